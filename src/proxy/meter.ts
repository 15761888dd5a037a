/** How often this proxy asks Stripe, and how often Stripe asked it to slow down. In memory: it is about now. */
import type { Health } from '../contract/health.ts';
import type { Mode } from '../contract/words.ts';

export type Meter = ReturnType<typeof createMeter>;
/** What one account's calls are counted with. */
export type Counter = { called(): void; slowed(): void };

/** Stripe's documented limits, of all requests to one account in a second. */
const ALLOWED: Record<Mode, number> = { test: 25, live: 100 };
const SECONDS = 60;
const HOUR_MS = 3_600_000;
const MOST_KEPT = 10_000;

export function createMeter(now: () => number) {
  const perMode = { test: countOne('test'), live: countOne('live') };

  function countOne(mode: Mode) {
    /** Calls by second, of the last minute. */
    const calls = new Map<number, number>();
    let slowed: number[] = [];
    const second = () => Math.floor(now() / 1000);
    const forget = () => {
      for (const one of calls.keys()) if (one <= second() - SECONDS) calls.delete(one);
      slowed = slowed.filter((at) => at > now() - HOUR_MS).slice(-MOST_KEPT);
    };
    let lastSlowedAt: number | null = null;
    const ever = { calls: 0, slowed: 0 };
    return {
      /** Since this proxy started. */
      ever: () => ({ ...ever }),
      called() {
        ever.calls += 1;
        if (!calls.has(second())) forget();
        calls.set(second(), (calls.get(second()) ?? 0) + 1);
      },
      slowed() {
        ever.slowed += 1;
        lastSlowedAt = now();
        slowed.push(lastSlowedAt);
        forget();
      },
      read(): Health['limits'] {
        forget();
        const counts = [...calls.values()];
        return {
          allowed: ALLOWED[mode],
          busiest: Math.max(0, ...counts),
          lastMinute: counts.reduce((sum, one) => sum + one, 0),
          slowedLastHour: slowed.length,
          lastSlowedAt,
        };
      },
    };
  }

  return {
    of: (mode: Mode): Counter & { read(): Health['limits']; ever(): { calls: number; slowed: number } } =>
      perMode[mode],
  };
}
