/** The ledger as people read it: in pages, in the order and with the filter they choose, and one reward's whole story. */
import * as v from 'valibot';
import { AuditPage } from './audit.ts';
import { Problem } from './problems.ts';
import { REASON_CODES } from './reasons.ts';
import { ReversalView } from './reversals.ts';
import { Currency, CustomerId, Money, RewardId, RewardSeen } from './routes.ts';
import { LEDGER_POINTS } from './words.ts';

const instant = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const text = (max: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(max));
/** Epoch milliseconds, as a query writes them. */
const instantText = v.pipe(v.string(), v.regex(/^\d{1,15}$/));

/** Where a reward stands that was claimed: the words of the queue, as far as the ledger can tell them. */
export const LEDGER_STATES = ['crediting', 'credited', 'redeemed', 'held', 'reversed'] as const;
export type LedgerState = (typeof LEDGER_STATES)[number];
/** `reward`: by id, for whoever reads everything. Amounts compare only within a currency, so those need one. */
const LEDGER_SORTS = ['reward', 'newest', 'oldest', 'largest', 'smallest'] as const;
export type LedgerSort = (typeof LEDGER_SORTS)[number];

export const LedgerRow = v.object({
  reward: RewardId,
  accountId: v.string(),
  userId: v.string(),
  unit: v.string(),
  customer: v.string(),
  money: Money,
  point: v.picklist(LEDGER_POINTS),
  state: v.picklist(LEDGER_STATES),
  /** Why it is held; null otherwise. */
  reason: v.nullable(v.picklist(REASON_CODES)),
  credit: v.nullable(v.string()),
  requestId: v.nullable(v.string()),
  /** Null in rows of earlier versions, which did not write it down. */
  earnedAt: v.nullable(instant),
  claimedAt: instant,
  creditedAt: v.nullable(instant),
  redeemedAt: v.nullable(instant),
  notedAt: v.nullable(instant),
  reversedAt: v.nullable(instant),
});
export type LedgerRow = v.InferOutput<typeof LedgerRow>;

/**
 * `from` and `until`: when it was claimed. `q`: an id as somebody pastes it, of a reward, a customer or a credit (whole,
 * or at least its first six signs), of an account or a user (whole). Names and e-mails are Advocate's: find the
 * participant there, then ask with `accountId` and `userId`.
 */
export const LedgerQuery = v.pipe(
  v.strictObject({
    after: v.optional(text(100)),
    sort: v.optional(v.picklist(LEDGER_SORTS), 'reward'),
    state: v.optional(v.picklist(LEDGER_STATES)),
    currency: v.optional(Currency),
    customer: v.optional(CustomerId),
    accountId: v.optional(text(255)),
    userId: v.optional(text(255)),
    from: v.optional(instantText),
    until: v.optional(instantText),
    q: v.optional(v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(255))),
  }),
  v.check(
    ({ sort, currency }) => currency !== undefined || !(sort === 'largest' || sort === 'smallest'),
    'amounts are compared within one currency: say which',
  ),
);
export type LedgerQuery = v.InferOutput<typeof LedgerQuery>;
/** At most 100 rows; `after` goes with the same sort and filter, and is null at the end. */
export const LedgerPage = v.object({ rows: v.array(LedgerRow), after: v.nullable(v.string()) });
export type LedgerPage = v.InferOutput<typeof LedgerPage>;

/** One reward from beginning to end. What has not happened, or is not known, is null. */
export const RewardStory = v.object({
  reward: RewardId,
  accountId: v.string(),
  userId: v.string(),
  unit: v.string(),
  money: v.nullable(Money),
  /** As in a page of rewards: by Advocate, the ledger and the last attempt, or by the ledger alone. */
  state: RewardSeen.entries.state,
  reason: v.nullable(v.picklist(REASON_CODES)),
  facts: RewardSeen.entries.facts,
  /** Why Advocate could not be asked; then the story is the ledger's alone. */
  problem: v.nullable(Problem),
  advocate: v.nullable(
    v.object({ statuses: v.array(v.string()), changedAt: v.nullable(instant), note: v.nullable(v.string()) }),
  ),
  earned: v.nullable(v.object({ at: instant })),
  claimed: v.nullable(v.object({ at: instant, by: v.string(), customer: v.string() })),
  /** `unknown`: Stripe may hold the credit, and it was not seen yet. */
  sent: v.nullable(
    v.object({ first: instant, last: instant, unknown: v.boolean(), refusal: v.nullable(v.string()) }),
  ),
  credited: v.nullable(
    v.object({
      at: instant,
      credit: v.string(),
      requestId: v.nullable(v.string()),
      /** The customer's credit in this currency, positive. */
      before: v.nullable(Money),
      after: v.nullable(Money),
      customer: v.string(),
      customerUrl: v.string(),
    }),
  ),
  /** `amount` in the unit's own minor unit; `byHand`: what somebody else redeemed of it meanwhile. */
  redeemed: v.nullable(v.object({ at: instant, amount: v.number(), byHand: v.number() })),
  noted: v.nullable(v.object({ at: instant })),
  reversal: v.nullable(ReversalView),
  /** What the audit has on it, newest first; older entries: `GET /audit?subject=`. */
  history: AuditPage,
});
export type RewardStory = v.InferOutput<typeof RewardStory>;
