/**
 * What holds rewards as far as it is judged without an attempt: kept beside what attempts found out, so that the team
 * is told and the plots are whole, whatever a browser has in its queue.
 */
import { isByHand, type Reason } from '../contract/reasons.ts';
import type { RewardSeen } from '../contract/routes.ts';
import type { Mode } from '../contract/words.ts';
import { append } from './audit.ts';
import { clockOf, type Database, serialise } from './database.ts';
import { heldByHand } from './holds.ts';

/** Nothing holds these: they wait for something else. A pause is not among them, since it ends as it began. */
const WAITS_FOR_ELSE: ReadonlySet<Reason> = new Set<Reason>([
  'not_linked',
  'field_name_differs',
  'pending',
  'unit_not_configured',
]);

type Held = RewardSeen & { reason: Reason };
/** What an admin holds was written down by whoever did it (`holds.ts`). */
const isHeld = (seen: RewardSeen): seen is Held =>
  seen.state === 'held' && seen.reason !== null && !isByHand(seen.reason);

/** Over: paid, cancelled, taken back, or waiting for something else. What is ready is told by the next attempt. */
const isOver = ({ state, reason }: RewardSeen): boolean =>
  ['redeemed', 'cancelled', 'reversed'].includes(state) ||
  (state === 'waiting' && reason !== null && WAITS_FOR_ELSE.has(reason));

/** @param settings the version of the settings that it was judged under. */
export async function noteJudged(
  db: Database,
  mode: Mode,
  seen: readonly RewardSeen[],
  settings: number,
): Promise<void> {
  const decided = seen.filter((one) => isHeld(one) || isOver(one));
  if (decided.length === 0) return;
  const rows = await db
    .selectFrom('told')
    .select(['reward', 'reason'])
    .where('mode', '=', mode)
    .where(
      'reward',
      'in',
      decided.map(({ id }) => id),
    )
    .where('state', '=', 'held')
    .execute();
  const known = new Map(rows.map(({ reward, reason }) => [reward, reason]));
  for (const one of decided) {
    if (isHeld(one)) {
      if (known.get(one.id) !== one.reason) await hold(db, mode, one, settings);
    } else if (known.has(one.id)) await release(db, mode, one);
  }
}

const hold = (db: Database, mode: Mode, { id, reason, facts }: Held, settings: number): Promise<void> =>
  db.transaction().execute(async (tx) => {
    await serialise(tx, 'told');
    if (await heldByHand(tx, mode, id)) return;
    const was = await tx
      .selectFrom('told')
      .select(['state', 'reason'])
      .where('mode', '=', mode)
      .where('reward', '=', id)
      .executeTakeFirst();
    const before = was?.state === 'held' ? { reason: was.reason } : null;
    if (before?.reason === reason) return;
    const word = {
      state: 'held',
      reason,
      facts: JSON.stringify(facts),
      customer: null,
      settings,
      at: clockOf(db),
    } as const;
    await tx
      .insertInto('told')
      .values({ mode, reward: id, ...word })
      .onConflict((c) => c.columns(['mode', 'reward']).doUpdateSet(word))
      .execute();
    await append(tx, { actor: null, mode, action: 'held', subject: id, before, after: { reason } });
  });

const release = (db: Database, mode: Mode, { id, state, reason }: RewardSeen): Promise<void> =>
  db.transaction().execute(async (tx) => {
    await serialise(tx, 'told');
    // Only people let go what people hold, whatever has become of it.
    if ((await heldByHand(tx, mode, id)) !== null) return;
    const before = await tx
      .deleteFrom('told')
      .where('mode', '=', mode)
      .where('reward', '=', id)
      .where('state', '=', 'held')
      .returning('reason')
      .executeTakeFirst();
    if (before !== undefined)
      await append(tx, {
        actor: null,
        mode,
        action: 'released',
        subject: id,
        before,
        after: { state, reason },
      });
  });
