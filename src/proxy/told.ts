/**
 * The last outcome of each reward that only an attempt reveals, for those who did not hear it: other browsers, a fresh
 * profile, support. It is said only while nothing is known to have changed, and for a day at most: afterwards the
 * reward counts as ready again, so that it is tried anew. Saying it too long would stall a reward; not saying it only
 * costs an attempt, so whenever in doubt it is not said.
 */
import { sql, type Transaction } from 'kysely';
import * as v from 'valibot';
import { isByHand, type Reason } from '../contract/reasons.ts';
import { type Outcome, RewardSeen, type Settings } from '../contract/routes.ts';
import type { Mode } from '../contract/words.ts';
import type { AdvocateReward } from './advocate-shapes.ts';
import { actorOf, append } from './audit.ts';
import { clockOf, type Database, serialise, type Tables } from './database.ts';
import { noteJudged } from './held.ts';
import { heldByHand } from './holds.ts';
import { linkOf } from './judge.ts';
import type { LedgerRow } from './ledger.ts';

export type Told = ReturnType<typeof createTold>;
/** What is remembered of a reward. `at`: by the database's clock. */
export type LastWord = Pick<RewardSeen, 'state' | 'reason' | 'facts'> & {
  customer: string | null;
  settings: number;
  at: number;
};
const FRESH_MS = 24 * 3_600_000;
/** The same outcome again is written down again this late, so that it stays fresh while it stays true. */
const AGAIN_MS = 3_600_000;

/**
 * What may be said from memory. Not here: what a connection decides (`not_connected`, `permission_missing`,
 * `account_changed`), since the memory does not know of which account it was; what Advocate and the settings decide
 * alone, since those are asked each time; and whatever passes by itself within minutes.
 */
const SAYABLE: ReadonlySet<Reason> = new Set<Reason>([
  'currency_unset',
  'currency_differs',
  'customer_missing',
  'customer_deleted',
  'customer_other_mode',
  'stripe_refused',
  'credit_differs',
  'over_cap',
  'over_cap_reward',
  'advocate_refused',
]);

/** These say nothing of the reward itself. They come from the way to it, and it is tried again by itself. */
const PASSING: ReadonlySet<Reason> = new Set<Reason>([
  'busy',
  'proxy_failed',
  'rate_limited',
  'stripe_unreachable',
  'advocate_unreachable',
  'advocate_refused_key',
]);

const FactsText = RewardSeen.entries.facts;

export function createTold(db: Database, mode: Mode) {
  const now = () => clockOf(db);
  /** Facts of the queue's rows may come from a newer version: then nothing is said. */
  const parse = (row: { facts: string }) => v.safeParse(FactsText, JSON.parse(row.facts));

  return {
    /** What may be said of these rewards, where it is known and not too old. */
    async of(rewards: readonly string[]): Promise<Map<string, LastWord>> {
      if (rewards.length === 0) return new Map();
      const rows = await db
        .selectFrom('told')
        .selectAll()
        .where('mode', '=', mode)
        .where('reward', 'in', rewards)
        .where('at', '>', sql<number>`${now()} - ${sql.lit(FRESH_MS)}`)
        .where('at', '<=', now())
        .execute();
      return new Map(
        rows.flatMap(({ reward, state, reason, customer, settings, at, ...row }): [string, LastWord][] => {
          const facts = parse(row);
          if (reason === null || !SAYABLE.has(reason) || !facts.success) return [];
          return [[reward, { state, reason, facts: facts.output, customer, settings, at }]];
        }),
      );
    },

    /**
     * @param settings the version of the settings that the outcome was decided under, or an older one.
     * @param by whose request it was: the browser's id.
     */
    async remember(outcome: Outcome, settings: number, by: string): Promise<void> {
      const { reward, state, reason, facts } = outcome;
      // Written down by whoever held it.
      if (isByHand(reason)) return;
      const known = await db
        .selectFrom('told')
        .where('mode', '=', mode)
        .where('reward', '=', reward)
        .select(['state', 'reason', 'facts', 'customer', 'settings'])
        .select(sql<number>`${now()} - at`.as('age'))
        .executeTakeFirst();
      // What is through, or was never held, is told by the ledger and by Advocate.
      const worth = state === 'held' || (reason !== null && SAYABLE.has(reason));
      if (known === undefined && !worth) return;
      const passing = reason !== null && PASSING.has(reason);
      const customer = outcome.customer ?? facts.customer ?? null;
      const word = { state, reason, facts: JSON.stringify(facts), customer, settings };
      const { age = 0, ...before } = known ?? {};
      const repeated = known !== undefined && JSON.stringify(before) === JSON.stringify(word);
      if (repeated && age < AGAIN_MS && age >= 0) return;

      await db.transaction().execute(async (tx) => {
        const row = { mode, reward };
        // Others may have heard another outcome meanwhile.
        await serialise(tx, 'told');
        if (await heldByHand(tx, mode, reward)) return;
        const last = await tx
          .updateTable('told')
          // Tried since, and not in the way any more as far as is known: nothing is said until it is known again.
          .set({ at: 0 })
          .where('mode', '=', mode)
          .where('reward', '=', reward)
          .returning(['state', 'reason'])
          .executeTakeFirst();
        if (passing) return;
        if (worth)
          await tx
            .insertInto('told')
            .values({ ...row, ...word, at: now() })
            .onConflict((c) => c.columns(['mode', 'reward']).doUpdateSet({ ...word, at: now() }))
            .execute();
        else await tx.deleteFrom('told').where('mode', '=', mode).where('reward', '=', reward).execute();
        const wasHeld = last?.state === 'held';
        const isHeld = state === 'held';
        const changed = isHeld ? !wasHeld || last.reason !== reason : wasHeld;
        if (!changed) return;
        await append(tx, {
          actor: await actorOf(tx, by),
          mode,
          action: isHeld ? 'held' : 'released',
          subject: reward,
          before: wasHeld ? { reason: last.reason } : null,
          after: isHeld ? { reason, ...(customer !== null && { customer }) } : { state, reason },
        });
      });
    },

    /** What holds these now, or that nothing does any more, as it is judged without an attempt. */
    judged: (seen: readonly RewardSeen[], settings: number): Promise<void> =>
      noteJudged(db, mode, seen, settings),
  };
}

/** In the caller's transaction, when another account is connected: what the former one said does not count there. */
export async function forgetTold(tx: Transaction<Tables>, mode: Mode): Promise<void> {
  await tx.updateTable('told').set({ at: 0 }).where('mode', '=', mode).execute();
}

/** What the judge and the ledger say of a reward, with what an earlier attempt found out, while that can still be true. */
export function withMemory(
  judged: RewardSeen,
  reward: AdvocateReward,
  row: LedgerRow | undefined,
  settings: Settings,
  word: LastWord | undefined,
): RewardSeen {
  const stands = (customer: string) =>
    word !== undefined &&
    (word.customer === null || word.customer === customer) &&
    word.settings === settings.version &&
    // Whatever was done to the reward since may have mended it.
    reward.dateModified !== null &&
    reward.dateModified <= word.at;
  const said = word && { state: word.state, reason: word.reason, facts: word.facts };

  if (row?.point === 'credited' && judged.state === 'credited')
    return said?.reason === 'advocate_refused' && stands(row.customer) ? { ...judged, ...said } : judged;
  if (row?.point === 'claimed' && row.outcome_unknown === 1) {
    // Stripe may hold the credit, whatever has become of the reward since: that is found out first.
    const money = { amount: row.amount, currency: row.currency };
    if (said?.state === 'held' && stands(row.customer)) return { ...judged, money, ...said };
    return { ...judged, money, state: 'waiting', reason: 'outcome_unknown', facts: {} };
  }
  if (judged.state !== 'ready' || said === undefined || said.reason === 'advocate_refused') return judged;
  const link = reward.user && linkOf(reward.user);
  return link?.ok && stands(link.customer) ? { ...judged, ...said } : judged;
}
