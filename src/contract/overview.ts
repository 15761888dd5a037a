/** What the plots show: by the ledger, whatever any browser has in its queue. */
import * as v from 'valibot';
import { REASON_CODES } from './reasons.ts';
import { Money } from './routes.ts';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const day = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\d$/));
/** How many credits, and their sum. */
const Sum = v.object({ ...Money.entries, count });

const MOST_DAYS = 400;
/** The last so many days, with today. */
export const OverviewQuery = v.strictObject({
  days: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[1-9]\d{0,2}$/),
      v.check((days) => Number(days) <= MOST_DAYS, `at most ${MOST_DAYS} days`),
    ),
    '30',
  ),
});

/**
 * Milliseconds from earned to credited, within a tenth; one in ten took longer than p90. Credits of earlier versions,
 * which did not write down when the reward was earned, are not counted.
 */
export const Lag = v.object({ count, p50: count, p90: count, p99: count });
export type Lag = v.InferOutput<typeof Lag>;

export const Overview = v.object({
  /** Days are UTC, as the caps of a day are. */
  from: day,
  to: day,
  /** In order; days without any are left out. */
  days: v.array(v.object({ day, credited: v.array(Sum), reversed: v.array(Sum), lag: v.nullable(Lag) })),
  credited: v.array(Sum),
  reversed: v.array(Sum),
  lag: v.nullable(Lag),
  /** How many took how long: up to so many milliseconds, and longer than the one before. */
  lags: v.array(v.object({ upTo: count, count })),
  /**
   * What became of them: `credited` in these days, without as many as were taken back; `reversed` in these days; and
   * `crediting` and `held`, with the reason, as it is now. What waits was never claimed, so it is the queue's to tell.
   */
  outcomes: v.array(
    v.object({
      state: v.picklist(['credited', 'reversed', 'crediting', 'held']),
      reason: v.nullable(v.picklist(REASON_CODES)),
      count,
    }),
  ),
});
export type Overview = v.InferOutput<typeof Overview>;
