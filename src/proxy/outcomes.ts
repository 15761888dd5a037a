/** How an outcome line is made. */
import type { Facts, Reason } from '../contract/reasons.ts';
import type { Outcome } from '../contract/routes.ts';
import { stateOf } from './judge.ts';
import type { LedgerRow } from './ledger.ts';

type Told = Partial<Pick<Outcome, 'money' | 'customer' | 'retryAt' | 'credit'>> & { facts?: Facts };

/** A reward that is not (yet) paid, and why. */
export function because(reward: string, reason: Reason, told: Told = {}): Outcome {
  return {
    reward,
    state: stateOf(reason),
    reason,
    facts: told.facts ?? {},
    retryAt: told.retryAt ?? null,
    money: told.money ?? null,
    customer: told.customer ?? null,
    credit: told.credit ?? null,
  };
}

/** Where a reward with a ledger row stands: its money and its credit come from the row. */
export function fromRow(
  row: LedgerRow,
  state: Outcome['state'],
  reason: Reason | null,
  told: Told = {},
): Outcome {
  const credited = row.point !== 'claimed';
  return {
    reward: row.reward,
    state,
    reason,
    facts: told.facts ?? {},
    retryAt: told.retryAt ?? null,
    money: { amount: row.amount, currency: row.currency },
    customer: row.customer,
    credit: credited
      ? {
          id: row.credit,
          requestId: row.request_id,
          before: row.credit_before ?? 0,
          after: row.credit_after ?? 0,
        }
      : null,
  };
}
