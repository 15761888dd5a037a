/** The one-to-one proof: rewards at Advocate, the ledger, and balance transactions at Stripe, set side by side. */
import * as v from 'valibot';
import { Money } from './routes.ts';
import { MODES } from './words.ts';

/**
 * `matched`: reward, ledger row and credit agree. `under_way`: claimed and not yet credited, or credited and not yet
 * redeemed, with nothing wrong about it. `reversed`: credited and taken back. Everything else is a difference:
 * `missing` one of the three lacks it, `extra` there is more than there should be.
 * Every reward that was ever claimed has one line; a transaction that belongs to no claimed reward, or is one too many
 * with another customer, has a line of its own.
 */
export const FINDINGS = [
  'matched',
  'under_way',
  'reversed',
  'missing',
  'extra',
  'wrong_amount',
  'wrong_customer',
  'wrong_currency',
] as const;
export type Finding = (typeof FINDINGS)[number];
export const GOOD_FINDINGS: readonly Finding[] = ['matched', 'under_way', 'reversed'];

/**
 * What exactly differs: a code with its words (`reconcile_why_…` in locales/en/reconcile.json), and what stands in them.
 * Amounts as `20.00 USD`, `at` in ISO 8601.
 */
export const ReconcileWhy = v.object({ code: v.string(), facts: v.record(v.string(), v.string()) });
export type ReconcileWhy = v.InferOutput<typeof ReconcileWhy>;

export const ReconcileLine = v.object({
  /** Null only for a transaction at Stripe that takes back a credit and names no reward. */
  reward: v.nullable(v.string()),
  finding: v.picklist(FINDINGS),
  customer: v.nullable(v.string()),
  credit: v.nullable(v.string()),
  /** What was credited; of a credit that was taken back, how much of it. */
  money: v.nullable(Money),
  /** The same in an English sentence, for whoever reads the file; null where nothing differs. */
  detail: v.nullable(v.string()),
  /** Not in reports of older versions. */
  why: v.optional(ReconcileWhy),
});
export type ReconcileLine = v.InferOutput<typeof ReconcileLine>;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const counts = v.record(v.picklist(FINDINGS), count);
export const ReconcileSummary = v.object({
  mode: v.picklist(MODES),
  account: v.nullable(v.string()),
  tenant: v.string(),
  startedAt: count,
  finishedAt: count,
  /** Lines that name a reward, and transactions at Stripe that are ours. */
  rewards: count,
  transactions: count,
  findings: counts,
  /** Sums of what is matched and of what is reversed, per currency. */
  credited: v.array(Money),
  reversed: v.array(Money),
  /** The last entry of the audit, so that the report is an anchor for it. */
  auditHead: v.nullable(v.object({ seq: count, hash: v.string() })),
});
export type ReconcileSummary = v.InferOutput<typeof ReconcileSummary>;

/**
 * The lines of the report, as NDJSON: a head, any number of rewards, a summary and a signature of every byte before it.
 * `progress` says that reading goes on where nothing is to be told for a while. `incomplete` ends a report that has no
 * summary, and why: it proves nothing.
 */
export const ReportLine = v.variant('line', [
  v.strictObject({
    line: v.literal('head'),
    format: v.literal(1),
    mode: v.picklist(MODES),
    tenant: v.string(),
    account: v.nullable(v.string()),
    startedAt: count,
  }),
  v.strictObject({ line: v.literal('reward'), ...ReconcileLine.entries }),
  v.strictObject({ line: v.literal('progress'), rewards: count, transactions: count }),
  v.strictObject({ line: v.literal('incomplete'), detail: v.string() }),
  v.strictObject({ line: v.literal('summary'), ...ReconcileSummary.entries }),
  v.strictObject({
    line: v.literal('signature'),
    algorithm: v.literal('Ed25519'),
    /** SHA-256 of every byte before this line, hexadecimal; the signature is over these 32 bytes. */
    sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
    /** DER (SPKI) in base64, as the signature is. */
    publicKey: v.string(),
    signature: v.string(),
  }),
]);
export type ReportLine = v.InferOutput<typeof ReportLine>;
