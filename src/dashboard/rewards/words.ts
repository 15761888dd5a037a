/** What this view says in more than one place. */

import type { Money } from '../../contract/money.ts';
import type { QueueState } from '../../contract/words.ts';
import type { PluralKey } from '../../locales/keys.ts';
import { locale, say, sayCount } from '../../locales/say.ts';
import { amounts, money, rewardCount } from '../../ui/amounts.ts';
import { dashboardHash } from '../../ui/dashboard-url.ts';
import { relativeTime } from '../../ui/time.ts';
import type { Deed } from './deeds.ts';
import type { Reward } from './read-rewards.ts';

/** Making a formatter costs more than all that it formats, and rows that fly past say the same again and again. */
function remembering<V>(make: (key: string) => V): (key: string) => V {
  const made = new Map<string, V>();
  return (key) => {
    const value = made.get(key) ?? make(key);
    if (made.size > 5000) made.clear();
    made.set(key, value);
    return value;
  };
}

const written = remembering((key) => {
  const [amount = '', currency = ''] = key.split(' ');
  return money({ amount: Number(amount), currency });
});
export const moneyOf = ({ amount, currency }: Money): string => written(`${amount} ${currency}`);

const lately = remembering((distance) => relativeTime(-Number(distance), 0));
const MINUTE = 60_000;
const STEPS = [24 * 60 * MINUTE, 60 * MINUTE, MINUTE];
/** In whole steps, so that few texts say all that is ever said. */
function distance(at: number, now: number): string {
  const step = STEPS.find((size) => now - at >= size) ?? MINUTE;
  return String(Math.max(0, Math.trunc((now - at) / step) * step));
}
/** `3 hours ago`. */
export const sinceWords = (at: number, now: number): string => lately(distance(at, now));

export const stateWord = (state: QueueState): string => say(`rewards_state_${state}`);
/** Dismissed rewards are held, and need nobody any more. */
export const standingOf = ({ state, reason }: Pick<Reward, 'state' | 'reason'>): string =>
  reason === 'dismissed' ? say('rewards_state_dismissed') : stateWord(state);

export function badgeOf({ state, reason }: Pick<Reward, 'state' | 'reason'>): string {
  if (state === 'held' && reason !== 'dismissed') return 'badge badge-warn';
  return state === 'credited' || state === 'redeemed' ? 'badge badge-good' : 'badge';
}

export const count = (number: number): string => new Intl.NumberFormat(locale()).format(number);

/** `3 rewards ($60.00 USD and €20.00 EUR)`. */
export const countAndSums = (number: number, sums: Money[]): string =>
  sums.length === 0
    ? rewardCount(number)
    : say('rewards_count_and_sums', { rewards: rewardCount(number), sums: amounts(sums) });

/** `Hold 3 rewards`. */
export const deedWords = (deed: Deed, number: number): string =>
  sayCount(`rewards_deed_${deed}` satisfies PluralKey, number);

export const rewardHash = (reward: string): string => dashboardHash('rewards', reward);
