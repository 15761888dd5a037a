import type { ReversalView } from '../../contract/reversals.ts';
import { say } from '../../locales/say.ts';
import { money } from '../../ui/amounts.ts';

/** Why a credit is proposed to be taken back. */
export function causeOf({ cause, customer, linkedTo }: ReversalView): string {
  if (cause === 'cancelled_in_advocate') return say('reversals_cause_cancelled');
  return linkedTo === null
    ? say('reversals_cause_unlinked', { customer })
    : say('reversals_cause_relinked', { linked: linkedTo, customer });
}

/** What became of the money, for one that is done. */
export function resultOf({ reversed, transaction, debit, customer }: ReversalView): string[] {
  const said: string[] = [];
  if (reversed) {
    const taken = { amount: money(reversed), customer };
    said.push(
      transaction ? say('reversals_result_by', { ...taken, transaction }) : say('reversals_result', taken),
    );
  }
  if (debit) said.push(say('reversals_result_debit', { amount: money(debit) }));
  return said;
}
