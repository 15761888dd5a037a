/** Where credits went: which invoice used how much of each, and what is left. */
import * as v from 'valibot';
import { Money } from './routes.ts';

const instant = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/**
 * `invoice`: taken off an invoice. `taken_back`: by an admin here. `other`: somebody changed the balance in Stripe, or
 * the customer owed something from before.
 */
const USE_KINDS = ['invoice', 'taken_back', 'other'] as const;
export type UseKind = (typeof USE_KINDS)[number];

export const CreditUse = v.object({
  kind: v.picklist(USE_KINDS),
  money: Money,
  /** When it was used: of an invoice, when that was finalized. */
  at: instant,
  invoice: v.nullable(v.string()),
  invoiceUrl: v.nullable(v.string()),
  /** The balance transaction that used it. */
  transaction: v.string(),
});
export type CreditUse = v.InferOutput<typeof CreditUse>;

/** Why it cannot be told of a credit. */
const LANDING_GAPS = ['other_account', 'customer_gone', 'too_long_ago'] as const;
export const CreditLanding = v.object({
  reward: v.string(),
  credit: v.string(),
  customer: v.string(),
  money: Money,
  creditedAt: instant,
  uses: v.array(CreditUse),
  /** Null where `gap` says why nobody knows. What is used and what is left add up to the credit. */
  left: v.nullable(Money),
  gap: v.nullable(v.picklist(LANDING_GAPS)),
});
export type CreditLanding = v.InferOutput<typeof CreditLanding>;

/**
 * Stripe pools a customer's credit and does not say which credit an invoice used, so it is told as people count it: the
 * oldest credit is used first, and what was taken back of a credit is none that an invoice used. Newest credit first, at
 * most 100; `more`: there are older ones.
 */
export const LandingAnswer = v.object({ credits: v.array(CreditLanding), more: v.boolean() });
export type LandingAnswer = v.InferOutput<typeof LandingAnswer>;
