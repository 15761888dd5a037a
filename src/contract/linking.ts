/** The linking desk: who waits for a link, which customers fit, and many links at once. Support may do all of it. */
import * as v from 'valibot';
import { Problem } from './problems.ts';
import { Candidate, CustomerId, Money, ParticipantKey } from './routes.ts';

const cursor = v.pipe(v.string(), v.minLength(1), v.maxLength(4096));
const instant = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/**
 * A participant whose rewards wait for a link, as far as this page saw them. Pages go from the oldest reward to the
 * newest, so the same participant may come again with more: counts and sums add up, `oldest` stays the first.
 */
export const Unlinked = v.object({
  ...ParticipantKey.entries,
  name: v.nullable(v.string()),
  email: v.nullable(v.string()),
  /** A customer id that stands in a field of almost the right name, such as `stripeCustomerID`. */
  misspelt: v.nullable(v.object({ field: v.string(), value: v.string() })),
  rewards: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  waiting: v.array(Money),
  oldest: instant,
});
export type Unlinked = v.InferOutput<typeof Unlinked>;
export const PageQuery = v.strictObject({ after: v.optional(cursor) });
/** `after`: where the next page begins; null at the end. A page may be empty and not be the last. */
export const UnlinkedPage = v.object({ participants: v.array(Unlinked), after: v.nullable(cursor) });
export type UnlinkedPage = v.InferOutput<typeof UnlinkedPage>;

/** Each participant costs a few calls to Stripe, so they are asked about as they come into view. */
export const MatchesRequest = v.strictObject({
  participants: v.pipe(v.array(ParticipantKey), v.minLength(1), v.maxLength(20)),
});
/** `sure`: the one candidate whose evidence leaves no doubt; null where there is none, or more than one fits. */
export const Match = v.object({
  ...ParticipantKey.entries,
  candidates: v.array(Candidate),
  sure: v.nullable(v.string()),
  problem: v.nullable(Problem),
});
export type Match = v.InferOutput<typeof Match>;
export const MatchesAnswer = v.object({ matches: v.array(Match) });
export type MatchesAnswer = v.InferOutput<typeof MatchesAnswer>;

/** `previous` is the link the person saw, as in a single link; in a dry run it is not compared. */
export const LinkWish = v.strictObject({
  ...ParticipantKey.entries,
  customer: CustomerId,
  previous: v.nullable(v.pipe(v.string(), v.maxLength(1024))),
});
export type LinkWish = v.InferOutput<typeof LinkWish>;
export const LinksRequest = v.strictObject({
  links: v.pipe(v.array(LinkWish), v.minLength(1), v.maxLength(100)),
  /** Say what would happen and change nothing. Customers are looked up only when they are linked. */
  dryRun: v.optional(v.boolean(), false),
});
export type LinksRequest = v.InferInput<typeof LinksRequest>;
/**
 * One NDJSON line for each wish, written once the link is read back. `unchanged`: it stood like that already, so
 * nothing was written. `ready` only in a dry run. `current`: the link as it stands now; null also where it was not read.
 */
export const LinkOutcome = v.object({
  ...ParticipantKey.entries,
  customer: v.string(),
  state: v.picklist(['ready', 'linked', 'unchanged', 'refused']),
  current: v.nullable(v.string()),
  problem: v.nullable(Problem),
});
export type LinkOutcome = v.InferOutput<typeof LinkOutcome>;

/** Participants with their links, as Advocate's bulk import takes them. */
export const LinksPage = v.object({
  links: v.array(v.object({ ...ParticipantKey.entries, customer: v.nullable(v.string()) })),
  after: v.nullable(cursor),
});
export type LinksPage = v.InferOutput<typeof LinksPage>;
