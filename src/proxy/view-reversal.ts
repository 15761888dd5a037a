/** A reversal as people see it, beside the credit that it takes back. Asks nobody. */
import type { ReversalView } from '../contract/reversals.ts';
import type { LedgerRow } from './ledger.ts';
import type { Pairing } from './pairing.ts';
import type { ReversalRow } from './reversals.ts';

export async function viewReversal(
  pairing: Pick<Pairing, 'nameOf'>,
  row: ReversalRow,
  credit: LedgerRow,
): Promise<ReversalView> {
  const { reward, account_id, user_id, unit, customer, amount, currency } = credit;
  const money = (minor: number | null) => (minor === null ? null : { amount: minor, currency });
  return {
    reward,
    accountId: account_id,
    userId: user_id,
    unit,
    customer,
    credit: credit.credit ?? '',
    money: { amount, currency },
    cause: row.cause,
    linkedTo: row.linked_to,
    state: row.state,
    reason: row.reason,
    // Once confirmed, exactly this is taken back or nothing.
    unspent: row.state === 'confirmed' ? money(row.amount) : null,
    reversed: row.state === 'reversed' ? money(row.amount) : null,
    transaction: row.transaction_id,
    debit: money(row.debit),
    proposedAt: row.proposed_at,
    decidedAt: row.decided_at,
    decidedBy: row.decided_by === null ? null : await pairing.nameOf(row.decided_by),
  };
}
