/** What this view says in more than one place. */
import { type Money, sumByCurrency } from '../../contract/money.ts';
import { locale, say, sayCount } from '../../locales/say.ts';
import { amounts, rewardCount } from '../../ui/amounts.ts';
import { relativeTime } from '../../ui/time.ts';
import type { Row } from './read-unlinked.ts';

/** Making a formatter costs more than all that it formats, and rows that fly past say the same again and again. */
function remembering<K, V>(make: (key: K) => V): (key: K) => V {
  const made = new Map<K, V>();
  return (key) => {
    const value = made.get(key) ?? make(key);
    made.set(key, value);
    return value;
  };
}

const MINUTE = 60_000;
const STEPS = [24 * 60 * MINUTE, 60 * MINUTE, MINUTE];

export const count: (number: number) => string = remembering((number) =>
  new Intl.NumberFormat(locale()).format(number),
);
export const rewardWords: (number: number) => string = remembering(rewardCount);

const oneAmount: (key: string) => string = remembering((key) => amounts([JSON.parse(key)]));
export const moneyWords = (sums: Money[]): string =>
  sums.length === 1 ? oneAmount(JSON.stringify(sums[0])) : amounts(sums);

const lately: (distance: number) => string = remembering((distance) => relativeTime(-distance, 0));
export function sinceWords(at: number, now: number): string {
  const step = STEPS.find((size) => now - at >= size) ?? MINUTE;
  return lately(Math.max(0, Math.trunc((now - at) / step) * step));
}

/** `1 participant`, `1,204 participants`. */
export const participantCount = (number: number): string => sayCount('unlinked_participants', number);

/** `Ann, Ben and Cleo`: parts of a sentence, or names. */
export const listed = (parts: readonly string[]): string =>
  new Intl.ListFormat(locale(), { type: 'conjunction' }).format(parts);

export const nameOf = ({ name, email, userId }: Pick<Row, 'name' | 'email' | 'userId'>): string =>
  name ?? email ?? userId;

/** `340 rewards ($60.00 USD and €20.00 EUR)`. */
export function waitingWords(rows: readonly Row[]): string {
  const sums = sumByCurrency(rows.flatMap(({ waiting }) => waiting));
  const rewards = rewardCount(rows.reduce((sum, row) => sum + row.rewards, 0));
  return sums.length === 0 ? rewards : say('unlinked_rewards_sums', { rewards, sums: amounts(sums) });
}
