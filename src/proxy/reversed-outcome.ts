/** The last word on a reward whose credit was taken back: it is never credited, redeemed or judged again. */
import type { Outcome } from '../contract/routes.ts';
import type { Ledger } from './ledger.ts';
import { fromRow } from './outcomes.ts';
import type { Reversals } from './reversals.ts';

export type ReversedContext = { ledger: Ledger; reversals: Reversals };

export async function reversedOutcome(
  { ledger, reversals }: ReversedContext,
  reward: string,
): Promise<Outcome | null> {
  if ((await reversals.find(reward))?.state !== 'reversed') return null;
  const row = await ledger.find(reward);
  return row === undefined ? null : fromRow(row, 'reversed', null);
}
