/** Taking a credit back: proposed by the proxy, confirmed by an admin, one opposite transaction at Stripe. */
import * as v from 'valibot';
import { REASON_CODES } from './reasons.ts';
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
