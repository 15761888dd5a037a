/** The rewards of a browser's own queue that were never claimed, as people read them: in pages. */
import * as v from 'valibot';
import type { Money } from './money.ts';
import { type Facts, REASON_CODES, type Reason } from './reasons.ts';
import { Currency } from './routes.ts';

/** From `crediting` on the ledger knows a reward, and tells of it better. */
export const UNCLAIMED_STATES = ['waiting', 'ready', 'held', 'cancelled'] as const;
export type UnclaimedState = (typeof UNCLAIMED_STATES)[number];

const instant = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/**
 * `from` and `until`: since when it stands as it does. `q`: an id as somebody pastes it, of a reward (whole, or at least
 * its first six signs), of an account or a user (whole).
 */
export const QueuePageQuery = v.strictObject({
  state: v.optional(v.picklist(UNCLAIMED_STATES)),
  reason: v.optional(v.picklist(REASON_CODES)),
  currency: v.optional(Currency),
  from: v.optional(instant),
  until: v.optional(instant),
  q: v.optional(v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(255))),
  sort: v.optional(v.picklist(['newest', 'oldest']), 'newest'),
  after: v.optional(v.pipe(v.string(), v.regex(/^\d{1,16}:.{1,64}$/))),
});
export type QueuePageQuery = v.InferOutput<typeof QueuePageQuery>;

export type QueuedReward = {
  reward: string;
  accountId: string;
  userId: string;
  unit: string;
  money: Money | null;
  state: UnclaimedState;
  reason: Reason | null;
  facts: Facts;
  earnedAt: number;
  /** When this browser found it. */
  seenAt: number;
  /** Since when it stands in this state. */
  since: number;
  customer: string | null;
};
/** At most 100; fewer, even none, do not mean that it is the last page: that is the one without `after`. */
export type QueuePage = { rewards: QueuedReward[]; after: string | null };
