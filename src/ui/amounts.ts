import { formatMoney, type Money } from '../contract/money.ts';
import { locale, sayCount } from '../locales/say.ts';

/** `$20.00 USD`, as the language of the words writes it. */
export const money = (sum: Money): string => formatMoney(sum, locale());

/** `$60.00 USD and €20.00 EUR`: one amount per currency, never added up across currencies. */
export function amounts(sums: Money[]): string {
  return new Intl.ListFormat(locale(), { type: 'conjunction' }).format(sums.map(money));
}

/** `1 reward`, `3 rewards`. */
export const rewardCount = (count: number): string => sayCount('ui_rewards', count);
