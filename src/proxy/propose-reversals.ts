/**
 * Proposals to take a credit back come and go by themselves, as Advocate's word on the reward and its participant does:
 * cancelled after the credit, or linked to another customer than the one that was credited. Only an admin decides.
 */
import type { Transaction } from 'kysely';
import type { ReversalCause } from '../contract/reversals.ts';
import type { ParticipantKey } from '../contract/routes.ts';
import type { Mode } from '../contract/words.ts';
import type { AdvocateReward } from './advocate-shapes.ts';
import { append, type NewEntry } from './audit.ts';
import { clockOf, type Database, type Tables } from './database.ts';
import { linkOf } from './judge.ts';
import type { LedgerRow } from './ledger.ts';
import type { ReversalRow } from './reversals.ts';

/** `cancelled` null: not asked, so that the last word on it stands. */
export type Sight = { cancelled: boolean | null; linkedTo: string | null };
type Step = 'leave' | 'withdraw' | ReversalCause;
export type Proposals = ReturnType<typeof createProposals>;

/** What becomes of the proposal, if there is or should be one. Pure. */
export function nextStep(credit: LedgerRow, standing: ReversalRow | undefined, sight: Sight): Step {
  const open = standing?.state === 'proposed';
  const cancelled = sight.cancelled ?? (open && standing.cause === 'cancelled_in_advocate');
  const cause = cancelled
    ? 'cancelled_in_advocate'
    : sight.linkedTo !== credit.customer
      ? 'wrong_customer'
      : null;
  if (standing === undefined) return cause ?? 'leave';
  const sameLink = standing.linked_to === sight.linkedTo;
  if (open) {
    if (cause === null) return 'withdraw';
    return cause === standing.cause && sameLink ? 'leave' : cause;
  }
  // What an admin dismissed comes back for another cause or another link, and what is decided is not proposed again.
  if (standing.state !== 'dismissed' || cause === null) return 'leave';
  const known = cause === 'wrong_customer' ? sameLink : cause === standing.cause;
  return known ? 'leave' : cause;
}

/** What the reward itself shows. Whoever it belongs to may be gone; then the last known link stands. */
export function sightOf(
  { statuses, user }: AdvocateReward,
  credit: LedgerRow,
  standing: ReversalRow | undefined,
): Sight {
  const cancelled = statuses.includes('CANCELLED');
  if (user === null)
    return { cancelled, linkedTo: standing === undefined ? credit.customer : standing.linked_to };
  const link = linkOf(user);
  return { cancelled, linkedTo: link.ok ? link.customer : null };
}

export function createProposals(db: Database, mode: Mode) {
  /** Changes the row only as it was read, so that of two who notice the same one writes. Null: nothing was changed. */
  async function take(
    tx: Transaction<Tables>,
    step: Step,
    { reward, customer, credit, amount, currency }: LedgerRow,
    standing: ReversalRow | undefined,
    { linkedTo }: Sight,
  ): Promise<NewEntry | null> {
    if (step === 'leave') return null;
    const was = standing && { state: standing.state, cause: standing.cause, linkedTo: standing.linked_to };
    const entry = { actor: null, mode, subject: reward, ...(was && { before: was }) };
    if (step === 'withdraw') {
      const withdrawn = await tx
        .deleteFrom('reversals')
        .where('mode', '=', mode)
        .where('reward', '=', reward)
        .where('state', '=', 'proposed')
        .returning('reward')
        .executeTakeFirst();
      return withdrawn ? { ...entry, action: 'reversal_dismissed', after: { state: 'withdrawn' } } : null;
    }
    const proposed = {
      state: 'proposed',
      cause: step,
      linked_to: linkedTo,
      proposed_at: clockOf(db),
    } as const;
    const written =
      standing === undefined
        ? await tx
            .insertInto('reversals')
            .values({ mode, reward, key_epoch: 0, outcome_unknown: 0, ...proposed })
            .onConflict((c) => c.columns(['mode', 'reward']).doNothing())
            .returning('reward')
            .executeTakeFirst()
        : await tx
            .updateTable('reversals')
            .set({ ...proposed, decided_at: null, decided_by: null })
            .where('mode', '=', mode)
            .where('reward', '=', reward)
            .where('state', '=', standing.state)
            .where('proposed_at', '=', standing.proposed_at)
            .returning('reward')
            .executeTakeFirst();
    const after = { state: 'proposed', cause: step, linkedTo, customer, credit, amount, currency };
    return written ? { ...entry, action: 'reversal_proposed', after } : null;
  }

  type Noticed = { credit: LedgerRow; standing: ReversalRow | undefined; sight: Sight };
  async function noticeIn(tx: Transaction<Tables>, all: readonly Noticed[]): Promise<void> {
    const entries: NewEntry[] = [];
    // In one order for everybody: two who wait for each other's rows would wait for ever.
    const inOrder = all.toSorted((a, b) => (a.credit.reward < b.credit.reward ? -1 : 1));
    for (const { credit, standing, sight } of inOrder) {
      const entry = await take(tx, nextStep(credit, standing, sight), credit, standing, sight);
      if (entry !== null) entries.push(entry);
    }
    // Last, since whoever holds the history must not wait for a row.
    for (const entry of entries) await append(tx, entry);
  }

  return {
    /** @returns whether there was anything to propose, to change or to withdraw. */
    async notice(all: readonly Noticed[]): Promise<boolean> {
      const news = all.filter(({ credit, standing, sight }) => nextStep(credit, standing, sight) !== 'leave');
      if (news.length > 0) await db.transaction().execute((tx) => noticeIn(tx, news));
      return news.length > 0;
    },

    /** A link was made, changed or removed, by us or anywhere: every credit of the participant is looked at. */
    async relinked(
      tx: Transaction<Tables>,
      { accountId, userId }: ParticipantKey,
      link: string | null,
    ): Promise<void> {
      const credits = await tx
        .selectFrom('ledger')
        .selectAll()
        .where('mode', '=', mode)
        .where('account_id', '=', accountId)
        .where('user_id', '=', userId)
        .where('point', '!=', 'claimed')
        .execute();
      if (credits.length === 0) return;
      const standing = await tx
        .selectFrom('reversals')
        .innerJoin('ledger', (join) =>
          join.onRef('ledger.mode', '=', 'reversals.mode').onRef('ledger.reward', '=', 'reversals.reward'),
        )
        .selectAll('reversals')
        .where('ledger.mode', '=', mode)
        .where('ledger.account_id', '=', accountId)
        .where('ledger.user_id', '=', userId)
        .execute();
      const byReward = new Map(standing.map((row) => [row.reward, row]));
      // Whatever else somebody wrote into the field is no link, and not to be repeated anywhere.
      const linkedTo = link !== null && /^cus_[A-Za-z0-9]{1,250}$/.test(link) ? link : null;
      const sight = { cancelled: null, linkedTo };
      await noticeIn(
        tx,
        credits.map((credit) => ({ credit, standing: byReward.get(credit.reward), sight })),
      );
    },
  };
}
