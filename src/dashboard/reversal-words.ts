import { formatMoney } from '../contract/money.ts';
import type { ReversalState, ReversalView } from '../contract/reversals.ts';

export const STATE_WORDS: Record<ReversalState, string> = {
  proposed: 'Proposed',
  confirmed: 'On its way',
  reversed: 'Taken back',
  dismissed: 'Left as it is',
};

/** Why a credit is proposed to be taken back. */
export function causeOf({ cause, customer, linkedTo }: ReversalView): string {
  if (cause === 'cancelled_in_advocate') return 'Advocate cancelled the reward after its credit was made.';
  return linkedTo === null
    ? `The participant is not linked to ${customer} any more, which got the credit.`
    : `The participant is linked to ${linkedTo} now; the credit went to ${customer}.`;
}

/** What became of the money, for one that is done. */
export function resultOf({ reversed, transaction, debit, customer }: ReversalView): string[] {
  const said: string[] = [];
  if (reversed) {
    const by = transaction ? ` by the transaction ${transaction}` : '';
    said.push(`${formatMoney(reversed)} was taken back from ${customer}${by}.`);
  }
  if (debit) {
    said.push(
      `An invoice used the credit in the same moment, so the customer owes ${formatMoney(debit)} now. ` +
        'Stripe adds it to their next invoice, unless somebody gives it back to them in Stripe.',
    );
  }
  return said;
}
