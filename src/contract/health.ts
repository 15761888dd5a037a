/** Whether everything stands, and what to do about what does not. */
import * as v from 'valibot';
import { HEALTH_CHECKS, HEALTH_CODES } from './health-codes.ts';
import { Lease } from './routes.ts';

export * from './health-codes.ts';

/** What a team is told once, through the webhook: a reward is held, a connection is lost, nothing runs, books differ. */
export const ALERT_KINDS = ['held', 'lost', 'quiet', 'differs'] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

const instant = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const known = v.nullable(v.boolean());

export const Health = v.object({
  at: instant,
  /** In the order in which things depend on each other. */
  checks: v.array(
    v.object({
      check: v.picklist(HEALTH_CHECKS),
      code: v.picklist(HEALTH_CODES),
      level: v.picklist(['good', 'notice', 'bad']),
      /** A name, or why in the words of another service; numbers and times stand in the answer itself. */
      detail: v.nullable(v.string()),
    }),
  ),
  versions: v.object({ proxy: v.string(), node: v.string(), database: v.picklist(['sqlite', 'postgres']) }),
  /** What Stripe's key may read; null where it could not be asked. Writing is told by the last time it worked. */
  permissions: v.object({ customers: known, subscriptions: known, invoices: known }),
  lastCreditAt: v.nullable(instant),
  lastRedeemAt: v.nullable(instant),
  lease: Lease,
  lastRun: v.nullable(v.object({ at: instant, browserName: v.string() })),
  /** Calls of this proxy alone, since it started; `allowed` is what Stripe documents for the whole account. */
  limits: v.object({
    allowed: count,
    /** The busiest second of the last minute. */
    busiest: count,
    lastMinute: count,
    slowedLastHour: count,
    lastSlowedAt: v.nullable(instant),
  }),
  /** When each last said something by webhook, to the minute. A proxy of an earlier version does not say. */
  heard: v.optional(v.object({ advocate: v.nullable(instant), stripe: v.nullable(instant) })),
  reconciled: v.nullable(v.object({ at: instant, differences: count })),
});
export type Health = v.InferOutput<typeof Health>;
