/**
 * What admins held back or dismissed. Whoever claims a reward looks here in the same step (`ledger.ts`), in turns with
 * whoever holds it, so that a hold either wins or comes too late and says so. A row stays when it is released: the
 * others have to hear of that as well.
 */
import type { Transaction } from 'kysely';
import type { Deed } from '../contract/holds.ts';
import type { ByHand } from '../contract/reasons.ts';
import type { Mode } from '../contract/words.ts';
import { type Actor, append } from './audit.ts';
import { type Database, databaseNow, serialise, type Tables } from './database.ts';

export type Holds = ReturnType<typeof createHolds>;
export type Changed = 'done' | 'already_claimed' | 'not_found';

const REASONS: Record<Deed, ByHand | null> = { hold: 'held_by_hand', dismiss: 'dismissed', release: null };
const ACTIONS = { hold: 'held', dismiss: 'dismissed', release: 'released' } as const;

/** Claiming and holding one reward take turns: else neither would see the other before both are committed. */
export const takeTurn = (tx: Transaction<Tables>, mode: Mode, reward: string): Promise<void> =>
  serialise(tx, `reward ${mode} ${reward}`);

/** What keeps a reward back now; null where nothing does. */
export async function heldByHand(
  on: Pick<Database, 'selectFrom'>,
  mode: Mode,
  reward: string,
): Promise<ByHand | null> {
  const found = await readHold(on, mode, reward);
  return found?.reason ?? null;
}

const readHold = (on: Pick<Database, 'selectFrom'>, mode: Mode, reward: string) =>
  on
    .selectFrom('holds')
    .select('reason')
    .where('mode', '=', mode)
    .where('reward', '=', reward)
    .executeTakeFirst();

export function createHolds(db: Database, mode: Mode) {
  const rowsOf = (rewards: readonly string[]) =>
    rewards.length === 0
      ? Promise.resolve([])
      : db
          .selectFrom('holds')
          .select(['reward', 'reason'])
          .where('mode', '=', mode)
          .where('reward', 'in', rewards)
          .execute();

  async function lastSeq(on: Pick<Database, 'selectFrom'>): Promise<number> {
    const { last } = await on
      .selectFrom('holds')
      .select(({ fn }) => fn.max('seq').as('last'))
      .where('mode', '=', mode)
      .executeTakeFirstOrThrow();
    return last ?? 0;
  }

  return {
    /** What keeps these back now, where something does. */
    async of(rewards: readonly string[]): Promise<Map<string, ByHand>> {
      const rows = await rowsOf(rewards);
      return new Map(
        rows.flatMap(({ reward, reason }): [string, ByHand][] => (reason === null ? [] : [[reward, reason]])),
      );
    },

    /** Those that somebody decided on before, whatever stands now. */
    known: async (rewards: readonly string[]) => new Set((await rowsOf(rewards)).map(({ reward }) => reward)),

    /** What was held, dismissed or released after this place, in order. */
    since: (seq: number, limit: number): Promise<{ reward: string; seq: number }[]> =>
      db
        .selectFrom('holds')
        .select(['reward', 'seq'])
        .where('mode', '=', mode)
        .where('seq', '>', seq)
        .orderBy('seq')
        .limit(limit)
        .execute(),

    lastSeq: () => lastSeq(db),

    /** One admin's word on one reward; the same word again changes nothing. */
    change: (reward: string, deed: Deed, actor: NonNullable<Actor>): Promise<Changed> =>
      db.transaction().execute(async (tx) => {
        await takeTurn(tx, mode, reward);
        const reason = REASONS[deed];
        if (reason !== null && (await isClaimed(tx, mode, reward))) return 'already_claimed';
        const known = await readHold(tx, mode, reward);
        if (known === undefined && reason === null) return 'not_found';
        if (known?.reason === reason) return 'done';

        // Places are given in the order of the commits: one that came later with a lower place would never be read.
        await serialise(tx, `holds ${mode}`);
        const at = await databaseNow(tx);
        const seq = Math.max(at, (await lastSeq(tx)) + 1);
        const row = { reason, decided_by: actor.id, decided_at: at, seq };
        await tx
          .insertInto('holds')
          .values({ mode, reward, ...row })
          .onConflict((c) => c.columns(['mode', 'reward']).doUpdateSet(row))
          .execute();
        await retell(tx, mode, reward, reason, at);
        const said = (what: ByHand | null) => (what === null ? null : { reason: what });
        await append(tx, {
          actor,
          mode,
          action: ACTIONS[deed],
          subject: reward,
          before: said(known?.reason ?? null),
          after: said(reason),
        });
        return 'done';
      }),
  };
}

async function isClaimed(tx: Transaction<Tables>, mode: Mode, reward: string): Promise<boolean> {
  const row = await tx
    .selectFrom('ledger')
    .select('reward')
    .where('mode', '=', mode)
    .where('reward', '=', reward)
    .executeTakeFirst();
  return row !== undefined;
}

/** What an earlier attempt found out is over with either: it is kept back, or tried anew. */
async function retell(
  tx: Transaction<Tables>,
  mode: Mode,
  reward: string,
  reason: ByHand | null,
  at: number,
): Promise<void> {
  await serialise(tx, 'told');
  await tx.deleteFrom('told').where('mode', '=', mode).where('reward', '=', reward).execute();
  if (reason === null) return;
  const word = { state: 'held', reason, facts: '{}', customer: null, settings: 0, at } as const;
  await tx
    .insertInto('told')
    .values({ mode, reward, ...word })
    .execute();
}
