/** Caps: how much may be credited for one reward, and in one day (UTC) and currency. */
import { type Money, plainMoney } from '../contract/money.ts';
import type { Outcome, Settings } from '../contract/routes.ts';
import { because } from './outcomes.ts';

const DAY_MS = 86_400_000;

/** Why a reward is too large by itself, where it is. One that no day has room for would wait for ever, so it is held. */
export function tooLarge({ caps }: Pick<Settings, 'caps'>, id: string, money: Money): Outcome | null {
  const { perCredit = null, perDay = null } = caps[money.currency] ?? {};
  const largest = Math.min(perCredit ?? Number.POSITIVE_INFINITY, perDay ?? Number.POSITIVE_INFINITY);
  return money.amount <= largest ? null : overCap('over_cap_reward', id, money, largest, 0);
}

/** Why a cap stops a reward, where one does. `claimedToday`: what others claimed today in its currency. */
export async function capRefusal(
  settings: Pick<Settings, 'caps'>,
  id: string,
  money: Money,
  claimedToday: () => Promise<number>,
  now: number,
): Promise<Outcome | null> {
  const large = tooLarge(settings, id, money);
  const perDay = settings.caps[money.currency]?.perDay ?? null;
  if (large !== null || perDay === null) return large;
  const sum = (await claimedToday()) + money.amount;
  return sum <= perDay ? null : overCap('over_cap', id, money, perDay, now);
}

export function overCap(
  reason: 'over_cap' | 'over_cap_reward',
  id: string,
  money: Money,
  cap: number,
  now: number,
): Outcome {
  const facts = { cap: plainMoney({ amount: cap, currency: money.currency }) };
  const nextDay = (Math.floor(now / DAY_MS) + 1) * DAY_MS;
  return because(id, reason, { money, facts, retryAt: reason === 'over_cap' ? nextDay : null });
}
