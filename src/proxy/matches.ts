/** Which customers fit participants, and whether one of them leaves no doubt. Nothing is linked here. */
import pLimit from 'p-limit';
import type { Match } from '../contract/linking.ts';
import { ProblemError } from '../contract/problems.ts';
import type { Candidate, ParticipantKey, Settings } from '../contract/routes.ts';
import type { Advocate } from './advocate.ts';
import type { AdvocateParticipant } from './advocate-shapes.ts';
import {
  asCandidates,
  type CandidateContext,
  currenciesOf,
  emailOf,
  PARTICIPANT_METADATA,
  type Sought,
} from './candidates.ts';
import { hasEmail, likeParticipant, MOST_CANDIDATES, ofEmail, onceEach } from './customers.ts';
import { problemOf } from './http-problems.ts';
import { linkOf } from './judge.ts';
import type { StripeAccess } from './stripe-access.ts';
import type { FoundCustomer } from './stripe-customers.ts';
import { StripeFailureError } from './stripe-failure.ts';
import { misspeltLink } from './unlinked.ts';

export type MatchContext = CandidateContext & {
  advocate: Advocate;
  settings: Settings;
  requestId: string;
  onError: (error: unknown) => void;
};

/** Participants under way at once. Each costs at most five calls to Stripe, of which two are searches. */
const AT_ONCE = 4;

type Known = {
  /** Everybody of the participant's account, the participant too. */
  account: readonly AdvocateParticipant[];
  /** Somebody of another account has the same e-mail: whose customer it is, e-mail cannot say. */
  shared: boolean;
  currencies: ReadonlySet<string>;
};

export async function findMatches(context: MatchContext, keys: readonly ParticipantKey[]): Promise<Match[]> {
  const knownOf = await readKnown(context, keys);
  const limit = pLimit(AT_ONCE);
  return Promise.all(
    keys.map((key) =>
      limit(async (): Promise<Match> => {
        try {
          return { ...key, ...(await matchOne(context, key, knownOf(key))), problem: null };
        } catch (error) {
          const problem = problemOf(error);
          if (problem.code === 'internal') context.onError(error);
          return { ...key, candidates: [], sure: null, problem: problem.toProblem(context.requestId) };
        }
      }),
    ),
  );
}

/** What Advocate knows of all of them, in a few questions for all. */
async function readKnown(
  { advocate, settings }: MatchContext,
  keys: readonly ParticipantKey[],
): Promise<(key: ParticipantKey) => Known> {
  const accountIds = [...new Set(keys.map(({ accountId }) => accountId))];
  const [accounts, rewards] = await Promise.all([
    advocate.participantsOfAccounts(accountIds),
    advocate.rewardsWaiting(accountIds, settings.units),
  ]);
  const asked = keys.flatMap(({ accountId, userId }) =>
    (accounts.get(accountId) ?? []).filter(({ id }) => id === userId),
  );
  const emails = asked.flatMap((participant) => emailOf(participant) ?? []);
  const namesakes = await advocate.participantsByEmail([
    ...new Set(emails.flatMap((email) => [email, email.toLowerCase()])),
  ]);
  const fold = (participant: AdvocateParticipant) => emailOf(participant)?.toLowerCase() ?? null;
  const byEmail = Map.groupBy([...asked, ...namesakes], fold);
  return ({ accountId, userId }) => {
    const account = accounts.get(accountId) ?? [];
    const participant = account.find(({ id }) => id === userId);
    const email = participant === undefined ? null : fold(participant);
    const same = email === null ? [] : (byEmail.get(email) ?? []);
    const own = rewards.filter(({ user }) => user?.accountId === accountId && user.id === userId);
    return {
      account,
      shared: same.some((other) => other.accountId !== accountId),
      currencies: currenciesOf(own),
    };
  };
}

async function matchOne(
  context: MatchContext,
  { userId }: ParticipantKey,
  { account, shared, currencies }: Known,
): Promise<Pick<Match, 'candidates' | 'sure'>> {
  const participant = account.find(({ id }) => id === userId);
  if (participant === undefined) throw new ProblemError('participant_missing');
  const { customers, searched } = await gather(context.stripe, participant);
  const misspelt = misspeltLink(participant)?.value;
  const sought: Sought = { participant, currencies, ...(misspelt !== undefined && { q: misspelt }) };
  const candidates = (await asCandidates(context, customers, sought)).filter(
    ({ evidence }) => evidence.length > 0,
  );
  const linked = account.map(linkOf).flatMap((link) => (link.ok ? [link.customer] : []));
  const told = [...linked, ...(misspelt === undefined ? [] : [misspelt])];
  const sure = searched && !shared ? sureOf(candidates, customers, participant) : null;
  return {
    candidates: candidates.slice(0, MOST_CANDIDATES),
    sure: told.every((customer) => customer === sure) ? sure : null,
  };
}

/**
 * Exactly one that fits by e-mail or by metadata, and nothing against it. Another spelling of the e-mail on another
 * customer makes it a tie, and so does a customer that was made for somebody else.
 */
function sureOf(
  candidates: readonly Candidate[],
  customers: readonly FoundCustomer[],
  participant: AdvocateParticipant,
): string | null {
  const [one, ...more] = candidates.filter(
    ({ evidence }) => evidence.includes('email_exact') || evidence.includes('metadata_id'),
  );
  if (one === undefined || more.length > 0) return null;
  if (one.warnings.some((warning) => warning !== 'currency_unset')) return null;
  if (candidates.some(({ id, evidence }) => id !== one.id && evidence.includes('email_case'))) return null;
  const metadata = customers.find(({ id }) => id === one.id)?.metadata ?? {};
  const isFor = (name: 'accountId' | 'userId', value: string) =>
    (metadata[PARTICIPANT_METADATA[name]] ?? value) === value;
  return isFor('accountId', participant.accountId) && isFor('userId', participant.id) ? one.id : null;
}

/** By e-mail, by metadata, by what stands in a misspelt field; only where no e-mail fits by name and company. */
async function gather(
  stripe: StripeAccess,
  participant: AdvocateParticipant,
): Promise<{ customers: FoundCustomer[]; searched: boolean }> {
  const email = emailOf(participant);
  const misspelt = misspeltLink(participant);
  const [near, { customers, searched }] = await Promise.all([
    misspelt === null ? [] : customerIfAny(stripe, misspelt.value),
    ofEmail(stripe, email, participant),
  ]);
  const fits = email !== null && hasEmail([...near, ...customers], email);
  const further = fits || !searched ? [] : await likeParticipant(stripe, participant);
  return { customers: onceEach([...near, ...customers, ...further]), searched };
}

/** What somebody typed into a field need not be there. */
async function customerIfAny(stripe: StripeAccess, id: string): Promise<FoundCustomer[]> {
  try {
    return [await stripe.foundCustomer(id)];
  } catch (error) {
    if (error instanceof StripeFailureError && /^customer_/.test(error.failure)) return [];
    throw error;
  }
}
