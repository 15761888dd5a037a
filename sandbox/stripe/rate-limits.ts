import type { Mode } from '../../src/contract/words.ts';
import { type RateReason, rateLimited } from './errors.ts';

/** Requests a second, as documented at https://docs.stripe.com/rate-limits. Off until switched on. */
export type Limits = {
  enabled: boolean;
  /** All requests of one account in one mode. */
  live: number;
  test: number;
  /** One operation of one account in one mode. */
  endpoint: number;
  search: number;
};

export const documentedLimits = (): Limits => ({
  enabled: false,
  live: 100,
  test: 25,
  endpoint: 25,
  search: 20,
});

export type RateLimiter = ReturnType<typeof createRateLimiter>;

export function createRateLimiter(limits: Limits, now: () => number) {
  const buckets = new Map<string, { tokens: number; at: number }>();

  /** The bucket with what has flowed in since it was last looked at. */
  function bucket(name: string, perSecond: number) {
    const at = now();
    const before = buckets.get(name) ?? { tokens: perSecond, at };
    const flowed = (Math.max(0, at - before.at) * perSecond) / 1000;
    const filled = { tokens: Math.min(perSecond, before.tokens + flowed), at };
    buckets.set(name, filled);
    return filled;
  }

  return {
    /** Takes one request off the account's and the operation's allowance, or refuses and takes nothing. */
    take(account: string, mode: Mode, operation: string) {
      if (!limits.enabled) return;
      const whole = bucket(`${account}/${mode}`, limits[mode]);
      const perSecond = operation === 'customers/search' ? limits.search : limits.endpoint;
      const own = bucket(`${account}/${mode}/${operation}`, perSecond);
      const short: [RateReason, boolean][] = [
        ['global-rate', whole.tokens < 1],
        ['endpoint-rate', own.tokens < 1],
      ];
      for (const [reason, empty] of short) if (empty) throw rateLimited(reason);
      whole.tokens -= 1;
      own.tokens -= 1;
    },
  };
}
