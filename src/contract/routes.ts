/** Bodies of the proxy's routes. Both sides check with these, and the OpenAPI document is made from them. */
import * as v from 'valibot';
import { REASON_CODES } from './reasons.ts';
import { MODES, ROLES } from './words.ts';

const text = (max: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(max));
const instant = v.pipe(v.number(), v.safeInteger(), v.minValue(0)); // epoch milliseconds
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const Currency = v.pipe(v.string(), v.regex(/^[A-Z]{3}$/));
export const UnitText = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}\/[A-Z]{3}$/));
export const RewardId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/));
export const CustomerId = v.pipe(v.string(), v.regex(/^cus_[A-Za-z0-9]{1,250}$/));
export const ParticipantKey = v.strictObject({ accountId: text(255), userId: text(255) });
export type ParticipantKey = v.InferOutput<typeof ParticipantKey>;

export const ModeParam = v.strictObject({ mode: v.picklist(MODES) });

/** Integer minor units of Stripe's table with an ISO 4217 code. Credit is positive here. */
export const Money = v.strictObject({ amount: v.pipe(v.number(), v.safeInteger()), currency: Currency });

const Facts = v.partial(
  v.strictObject({
    customer: v.string(),
    currency: v.string(),
    customerCurrency: v.string(),
    unit: v.string(),
    detail: v.string(),
    cap: v.string(),
  }),
);

// --- pairing and session -----------------------------------------------------------------------------------------

export const PairRequest = v.strictObject({ code: text(64), browserName: text(80) });
export const PairAnswer = v.object({
  token: v.string(),
  role: v.picklist(ROLES),
  browser: v.object({ id: v.string(), name: v.string() }),
});

/** `currencyRule`: what to do with a customer that has no currency yet. `confirm` holds for a person. */
export const SettingsBody = v.strictObject({
  units: v.pipe(
    v.array(UnitText),
    v.maxLength(50),
    v.check((units) => new Set(units).size === units.length, 'each unit once'),
  ),
  paused: v.boolean(),
  currencyRule: v.picklist(['confirm', 'allow']),
  /** Per currency, in minor units; null means no cap. */
  caps: v.pipe(
    // A record drops keys that every object has, such as `constructor`; here they are refused like any other.
    v.custom<Record<string, { perCredit: number | null; perDay: number | null }>>(
      (caps) =>
        typeof caps === 'object' && caps !== null && Object.keys(caps).every((key) => /^[A-Z]{3}$/.test(key)),
      'caps are by currency',
    ),
    v.record(
      Currency,
      v.strictObject({
        perCredit: v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
        perDay: v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
      }),
    ),
  ),
});
export type SettingsBody = v.InferOutput<typeof SettingsBody>;
/** PUT sends back the version it read; a newer one at the proxy refuses the write. */
export const SettingsWrite = v.strictObject({ version: count, ...SettingsBody.entries });
export const Settings = v.object({
  version: count,
  turnedOnAt: v.nullable(instant),
  ...SettingsBody.entries,
  /** Per unit, when it was added: what was earned before waits until an admin confirms it. Kept by the proxy. */
  backfill: v.optional(v.record(UnitText, instant), {}),
});
export type Settings = v.InferOutput<typeof Settings>;

/** An admin's yes to paying what was earned before its unit was added. `seen` is what they were shown, for the audit. */
export const BackfillRequest = v.strictObject({
  version: count,
  seen: v.pipe(v.array(Money), v.maxLength(50)),
});
export type BackfillRequest = v.InferOutput<typeof BackfillRequest>;

export const Lease = v.object({
  holder: v.nullable(v.object({ id: v.string(), name: v.string() })),
  until: v.nullable(instant),
  mine: v.boolean(),
});
export type Lease = v.InferOutput<typeof Lease>;

export const ModeSession = v.object({
  advocate: v.object({ configured: v.boolean(), tenant: v.nullable(v.string()) }),
  stripe: v.object({
    /** How the proxy can reach Stripe in this mode; null when its settings file names neither. */
    via: v.nullable(v.picklist(['connect', 'restricted_key'])),
    connected: v.boolean(),
    account: v.nullable(v.string()),
    accountName: v.nullable(v.string()),
    connectedAt: v.nullable(instant),
    /** Why a connection that once stood no longer does. */
    broken: v.nullable(v.string()),
  }),
  settings: Settings,
  lease: Lease,
  lastRun: v.nullable(v.object({ at: instant, browserName: v.string() })),
});
export const Session = v.object({
  version: v.string(),
  role: v.picklist(ROLES),
  browser: v.object({ id: v.string(), name: v.string() }),
  modes: v.object({ test: ModeSession, live: ModeSession }),
  /** This browser’s token is to be traded for a new one. */
  tokenDue: v.optional(v.boolean()),
});
export type Session = v.InferOutput<typeof Session>;

/** `until`: when it ends, unless it is traded for a new one before. The old one stays good until this is used. */
export const TokenAnswer = v.object({ token: v.string(), until: v.pipe(v.number(), v.safeInteger()) });
export type TokenAnswer = v.InferOutput<typeof TokenAnswer>;

export const ConnectAnswer = v.object({ url: v.pipe(v.string(), v.url()) });

// --- units ---------------------------------------------------------------------------------------------------------

export const UNIT_REFUSALS = [
  'built_in',
  'no_currency',
  'currency_unsupported',
  'multi_currency_off',
  'not_redeemable',
  'paid_by_advocate',
  'paid_by_other_integration',
  'unknown_to_advocate',
] as const;
export const UnitView = v.object({
  /** `KEY/CCC` where the unit has a currency, else the key alone. */
  unit: v.string(),
  key: v.string(),
  currency: v.nullable(v.string()),
  name: v.string(),
  kind: v.picklist(['custom', 'credit', 'cash', 'discount', 'fuel_tank']),
  usable: v.boolean(),
  why: v.nullable(v.picklist(UNIT_REFUSALS)),
});
/** `field`: how Advocate spells the custom field that holds the link, or null when it has none yet. */
export const UnitsAnswer = v.object({ units: v.array(UnitView), field: v.nullable(v.string()) });
export type UnitsAnswer = v.InferOutput<typeof UnitsAnswer>;

// --- rewards and credits -------------------------------------------------------------------------------------------

export const RewardSeen = v.object({
  id: RewardId,
  accountId: v.string(),
  userId: v.string(),
  unit: v.string(),
  /** Null where Advocate's amount cannot be one of Stripe's. */
  money: v.nullable(Money),
  /** Where the reward would stand if it came to the proxy now; `redeemed` where the ledger says it is settled. */
  state: v.picklist(['ready', 'waiting', 'held', 'cancelled', 'credited', 'redeemed', 'reversed']),
  reason: v.nullable(v.picklist(REASON_CODES)),
  facts: Facts,
  earnedAt: instant,
});
export type RewardSeen = v.InferOutput<typeof RewardSeen>;
export const RewardsQuery = v.strictObject({ after: v.optional(v.pipe(v.string(), v.maxLength(4096))) });
/** `after` is where to read on next time; `more` says that the next page is there already. */
export const RewardsPage = v.object({ rewards: v.array(RewardSeen), after: v.string(), more: v.boolean() });
export type RewardsPage = v.InferOutput<typeof RewardsPage>;

/** Which rewards, never how much: amount, currency, unit and customer are read by the proxy. */
export const CreditsRequest = v.strictObject({
  rewards: v.pipe(v.array(RewardId), v.minLength(1), v.maxLength(100)),
  /** Say what would happen and change nothing. */
  dryRun: v.optional(v.boolean(), false),
  /** Rewards for which a person confirmed that this credit may fix the customer's currency. */
  confirmCurrency: v.optional(v.pipe(v.array(RewardId), v.maxLength(100)), []),
  /** Rewards that a person lets through although a cap is reached. */
  releaseCap: v.optional(v.pipe(v.array(RewardId), v.maxLength(100)), []),
});
export type CreditsRequest = v.InferInput<typeof CreditsRequest>;

/** One NDJSON line of `POST /credits`, written once what it says is durable. */
export const Outcome = v.object({
  reward: RewardId,
  /** `ready` only in a dry run. */
  state: v.picklist(['ready', 'waiting', 'held', 'cancelled', 'credited', 'redeemed', 'reversed']),
  reason: v.nullable(v.picklist(REASON_CODES)),
  facts: Facts,
  /** When to ask again, if asking again can help. */
  retryAt: v.nullable(instant),
  money: v.nullable(Money),
  customer: v.nullable(v.string()),
  /** `before` and `after` are the customer's credit in this currency, positive. */
  credit: v.nullable(
    v.object({
      id: v.nullable(v.string()),
      requestId: v.nullable(v.string()),
      before: v.pipe(v.number(), v.safeInteger()),
      after: v.pipe(v.number(), v.safeInteger()),
    }),
  ),
});
export type Outcome = v.InferOutput<typeof Outcome>;

// --- customers and participants ------------------------------------------------------------------------------------

/** Why a customer is offered. */
export const EVIDENCE = ['id', 'email_exact', 'email_case', 'email_domain', 'name', 'metadata_id'] as const;
/** What speaks against it. */
export const WARNINGS = [
  'several_with_email',
  'already_linked',
  'currency_unset',
  'currency_differs',
] as const;

export const CustomerView = v.object({
  id: v.string(),
  name: v.nullable(v.string()),
  email: v.nullable(v.string()),
  currency: v.nullable(Currency),
  /** Credit now, in the customer's currency; null without a currency. */
  credit: v.nullable(Money),
  createdAt: instant,
  dashboardUrl: v.string(),
});
export type CustomerView = v.InferOutput<typeof CustomerView>;
export const Candidate = v.object({
  ...CustomerView.entries,
  evidence: v.array(v.picklist(EVIDENCE)),
  warnings: v.array(v.picklist(WARNINGS)),
  /** The newest subscription, or else invoice; null where there is none, or it was not or may not be read. */
  newest: v.nullable(v.object({ kind: v.picklist(['subscription', 'invoice']), at: instant })),
  /** Participants of other accounts who are linked to this customer, as far as the proxy has seen; at most 3. */
  linkedTo: v.array(ParticipantKey),
});
export type Candidate = v.InferOutput<typeof Candidate>;

/** `q` is an e-mail, a name or a `cus_…`; the participant, when given, is what evidence is measured against. */
export const CustomersQuery = v.strictObject({
  q: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200)),
  accountId: v.optional(text(255)),
  userId: v.optional(text(255)),
});
export const CustomersAnswer = v.object({ candidates: v.array(Candidate) });
export type CustomersAnswer = v.InferOutput<typeof CustomersAnswer>;

export const ParticipantView = v.object({
  accountId: v.string(),
  userId: v.string(),
  name: v.nullable(v.string()),
  email: v.nullable(v.string()),
  link: v.nullable(v.string()),
});
export type ParticipantView = v.InferOutput<typeof ParticipantView>;
export const ParticipantsQuery = v.strictObject({
  q: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(255)),
});
export const ParticipantsAnswer = v.object({ participants: v.array(ParticipantView) });
export type ParticipantsAnswer = v.InferOutput<typeof ParticipantsAnswer>;

export const ParticipantDetail = v.object({
  ...ParticipantView.entries,
  /** The linked customer, or why there is none to show. */
  customer: v.nullable(CustomerView),
  linkProblem: v.nullable(v.picklist(REASON_CODES)),
  facts: Facts,
  /** Everything unpaid in configured units, and why. */
  rewards: v.array(RewardSeen),
  /** What the ledger says was credited for this participant, per currency. */
  credited: v.array(Money),
});
export type ParticipantDetail = v.InferOutput<typeof ParticipantDetail>;

/** `previous` is the link the person saw; another value at Advocate refuses the change. */
export const LinkRequest = v.strictObject({
  customer: CustomerId,
  previous: v.nullable(v.pipe(v.string(), v.maxLength(1024))),
});
export const UnlinkRequest = v.strictObject({ previous: v.pipe(v.string(), v.maxLength(1024)) });
