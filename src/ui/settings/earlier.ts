import type { PopupState } from '../../contract/messages.ts';
import { type Money, sumByCurrency } from '../../contract/money.ts';
import { amounts, rewardCount } from '../amounts.ts';

export type Earlier = { count: number; sums: Money[] };

/** Everything that waits because it was earned before its unit was added: one yes lets all of it through. */
export function earlierRewards({ waiting }: PopupState['queue']): Earlier | null {
  const groups = waiting.filter(({ reason }) => reason === 'earned_before_unit');
  if (groups.length === 0) return null;
  return {
    count: groups.reduce((sum, { count }) => sum + count, 0),
    sums: sumByCurrency(groups.flatMap(({ sums }) => sums)),
  };
}

/** `87 rewards · $2,310.00 USD and €40.00 EUR`. */
export const earlierWords = ({ count, sums }: Earlier): string =>
  [rewardCount(count), sums.length > 0 && amounts(sums)].filter((part) => part !== false).join(' · ');
