/** Taking a credit back: proposed by the proxy, confirmed by an admin, one opposite transaction at Stripe. */
import * as v from 'valibot';
import { explain, REASON_CODES, type Reason } from './reasons.ts';
import { Money, RewardId } from './routes.ts';

/** Why a credit is proposed to be taken back. */
export const REVERSAL_CAUSES = ['cancelled_in_advocate', 'wrong_customer'] as const;
export type ReversalCause = (typeof REVERSAL_CAUSES)[number];

/**
 * `proposed` waits for an admin; `dismissed` stays as it is, by an admin's word; `confirmed` is on its way to Stripe;
 * `reversed` is done.
 */
export const REVERSAL_STATES = ['proposed', 'dismissed', 'confirmed', 'reversed'] as const;
export type ReversalState = (typeof REVERSAL_STATES)[number];

const instant = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

export const ReversalView = v.object({
  reward: RewardId,
  accountId: v.string(),
  userId: v.string(),
  unit: v.string(),
  /** Who got the credit, the credit itself and how much it was. */
  customer: v.string(),
  credit: v.string(),
  money: Money,
  cause: v.picklist(REVERSAL_CAUSES),
  /** The customer that the participant was linked to when it was proposed. */
  linkedTo: v.nullable(v.string()),
  state: v.picklist(REVERSAL_STATES),
  /** Why a confirmed one is not through yet; it is tried again by itself or by confirming once more. */
  reason: v.nullable(v.picklist(REASON_CODES)),
  /** What is unspent of the credit, and so what would be taken back now. Null where it is not asked or not known. */
  unspent: v.nullable(Money),
  /** What was taken back, and by which transaction. */
  reversed: v.nullable(Money),
  transaction: v.nullable(v.string()),
  /** An invoice used the credit in the same moment, so the customer owes this much now. */
  debit: v.nullable(Money),
  proposedAt: instant,
  decidedAt: v.nullable(instant),
  decidedBy: v.nullable(v.string()),
});
export type ReversalView = v.InferOutput<typeof ReversalView>;

export const ReversalsQuery = v.strictObject({
  after: v.optional(v.pipe(v.string(), v.maxLength(64))),
  state: v.optional(v.picklist(REVERSAL_STATES)),
});
/** In order of reward id; `unspent` is not asked for in a list. */
export const ReversalsPage = v.object({ reversals: v.array(ReversalView), after: v.nullable(v.string()) });
export type ReversalsPage = v.InferOutput<typeof ReversalsPage>;

/** `seen` is what the person was shown as unspent: another amount by now refuses, it never sets what is taken back. */
export const ReversalRequest = v.strictObject({ reward: RewardId, seen: Money });
export type ReversalRequest = v.InferOutput<typeof ReversalRequest>;

const SENTENCES: Partial<Record<Reason, { what: string; next: string }>> = {
  not_connected: {
    what: 'Stripe is not connected in this mode, or its access was taken back. Nothing was sent.',
    next: 'Connect the account again, and it goes on.',
  },
  account_changed: {
    what: 'The credit was made in another Stripe account than the one that is connected now. Nothing was sent.',
    next: 'Connect that account again, or take the credit back there by hand and press “Leave it” here.',
  },
  customer_deleted: {
    what: 'The customer was deleted in Stripe, and the credit with it. Nothing was sent.',
    next: 'There is nothing to take back. Press “Leave it”.',
  },
  customer_missing: {
    what: 'Stripe has no such customer in this account. Nothing was sent.',
    next: 'Look in Stripe where the customer went, or press “Leave it”.',
  },
  stripe_refused: {
    what: 'Stripe refused to take the credit back. Nothing was taken.',
    next: 'Look at the customer in Stripe, then confirm once more, or press “Leave it”.',
  },
  credit_differs: {
    what: 'Stripe holds a transaction that takes this credit back, but it does not fit the credit.',
    next: 'Look at it in Stripe before anything else.',
  },
  stripe_unreachable: {
    what: 'Stripe could not be reached. Nothing was taken back yet.',
    next: 'Once confirmed it is tried again by itself.',
  },
  rate_limited: {
    what: 'Stripe asked us to slow down. Nothing was taken back yet.',
    next: 'Once confirmed it is tried again by itself.',
  },
};

/** Why a credit is not taken back (yet), and what to do. Other reasons say it in the words they have for rewards. */
export function explainReversal(reason: Reason): { what: string; next: string } {
  const { what, next } = explain(reason);
  return SENTENCES[reason] ?? { what, next };
}
