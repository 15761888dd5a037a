import { formatMoney, type Money } from '../contract/money.ts';

/** `$60.00 USD and €20.00 EUR`: one amount per currency, never added up across currencies. */
export function amounts(sums: Money[]): string {
  return new Intl.ListFormat(undefined, { type: 'conjunction' }).format(sums.map((sum) => formatMoney(sum)));
}

/** `1 reward`, `3 rewards`. */
export function rewardCount(count: number): string {
  return `${new Intl.NumberFormat().format(count)} ${count === 1 ? 'reward' : 'rewards'}`;
}
