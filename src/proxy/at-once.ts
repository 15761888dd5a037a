/**
 * How many rewards are under way at once in one mode, over all requests: more while that alone holds work up, fewer when
 * Stripe says "too many", when calls queue for their turn, or when its answers take much longer than they did.
 */
import pLimit from 'p-limit';

const FIRST = 16;
const FEWEST = 8;
const MOST = 128;
/** A queue of calls this long only makes facts old. */
const LONGEST_QUEUE_MS = 1_000;
const ONE_SIGN_MS = 1_000;
/** What a call took at best, and what it may take: times this, and this many milliseconds more. */
const SLOW = { times: 2, more: 150 };
const SMOOTHED = 0.1;

export function createAtOnce(now: () => number) {
  const limit = pLimit(FIRST);
  let shrunkAt = Number.NEGATIVE_INFINITY;
  let best = Number.POSITIVE_INFINITY;
  let usual = 0;

  function shrink(to: number): void {
    if (Math.abs(now() - shrunkAt) < ONE_SIGN_MS) return;
    shrunkAt = now();
    limit.concurrency = Math.max(FEWEST, Math.floor(to));
  }

  return {
    /** Waits for room, works, and learns whether there is room for more. */
    run: <T>(work: () => Promise<T>, backlog: () => number): Promise<T> =>
      limit(async () => {
        try {
          return await work();
        } finally {
          const slow = usual > best * SLOW.times + SLOW.more;
          if (slow) shrink(limit.concurrency * 0.9);
          else if (backlog() > LONGEST_QUEUE_MS) shrink(limit.concurrency - 2);
          else if (limit.pendingCount > 0 && limit.concurrency < MOST) limit.concurrency += 1;
        }
      }),
    /** A call to Stripe was answered. */
    answered(ms: number): void {
      best = Math.min(best, ms);
      usual = usual === 0 ? ms : usual + SMOOTHED * (ms - usual);
    },
    refused: () => shrink(limit.concurrency * 0.7),
    get most(): number {
      return limit.concurrency;
    },
  };
}
