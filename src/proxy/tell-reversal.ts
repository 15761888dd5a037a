/** After a reversal: what is written beside the credit in Stripe and beside the reward in Advocate. */
import { randomUUID } from 'node:crypto';
import { formatMoney } from '../contract/money.ts';
import type { Advocate } from './advocate.ts';
import { AdvocateError } from './advocate-error.ts';
import { NOTE_MARK } from './judge.ts';
import type { Ledger, LedgerRow } from './ledger.ts';
import type { ReversalRow, Reversals } from './reversals.ts';
import type { StripeAccess } from './stripe-access.ts';
import { type StripeFailure, StripeFailureError } from './stripe-failure.ts';

export type TellContext = {
  reversals: Reversals;
  ledger: Ledger;
  advocate: Advocate;
  onRevoked: (account: string | null, why: string) => Promise<void>;
};

const MARK_ON_CREDIT = 'advocate_reversed_by';
/** Stripe will never take the mark, so the rest does not wait for it. */
const NEVER: ReadonlySet<StripeFailure> = new Set([
  'customer_missing',
  'customer_deleted',
  'customer_other_mode',
  'refused',
]);

/** Both may be written twice and say the same. What fails now is written later; the money does not wait for it. */
export async function tellReversal(
  context: TellContext,
  stripe: StripeAccess,
  row: ReversalRow,
  credit: LedgerRow,
): Promise<void> {
  if (!(await mark(context, stripe, row, credit)) || !(await note(context, row, credit))) return;
  // The note of the credit itself, if it is still to be written, would say the opposite.
  if (credit.point === 'redeemed') await context.ledger.noted(credit.reward);
  await context.reversals.marked(row.reward);
}

async function mark(
  { onRevoked }: TellContext,
  stripe: StripeAccess,
  { transaction_id }: ReversalRow,
  { customer, credit }: LedgerRow,
): Promise<boolean> {
  if (transaction_id === null || credit === null) throw new Error('only what was reversed is marked');
  try {
    // A key of its own each time: a failure that was saved must not come back for the next try.
    await stripe.mark(customer, credit, { [MARK_ON_CREDIT]: transaction_id }, randomUUID());
    return true;
  } catch (error) {
    if (!(error instanceof StripeFailureError)) throw error;
    if (error.failure === 'revoked') await onRevoked(stripe.account, error.message);
    return NEVER.has(error.failure);
  }
}

async function note(
  { advocate }: TellContext,
  { amount, debit, transaction_id }: ReversalRow,
  { reward, customer, credit, currency }: LedgerRow,
): Promise<boolean> {
  const text = (minor: number) => formatMoney({ amount: minor, currency });
  const money = text(amount ?? 0);
  const owed =
    debit === null
      ? ''
      : ` An invoice used the credit in the same moment, so the customer owes ${text(debit)} now.`;
  try {
    await advocate.note(
      reward,
      'WARN',
      `${money} of this credit was taken back.`,
      `${money} of ${credit} was taken back from Stripe customer ${customer} (${transaction_id}).${owed}`,
      { by: NOTE_MARK, customer, credit, reversal: transaction_id, amount, currency },
    );
    return true;
  } catch (error) {
    if (!(error instanceof AdvocateError)) throw error;
    // A note that is refused for good is given up: it is evidence, not money.
    return error.failure === 'refused';
  }
}
