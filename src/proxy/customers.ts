/** Finding the right customer. Nothing is chosen here. */
import type { Candidate } from '../contract/routes.ts';
import type { AdvocateParticipant } from './advocate-shapes.ts';
import {
  asCandidates,
  type CandidateContext,
  companyDomain,
  emailOf,
  nameOf,
  PARTICIPANT_METADATA,
  type Sought,
} from './candidates.ts';
import type { StripeAccess } from './stripe-access.ts';
import type { FoundCustomer } from './stripe-customers.ts';
import { StripeFailureError } from './stripe-failure.ts';

export const MOST_CANDIDATES = 20;
/** Of so many candidates without a subscription the newest invoice is asked for: each costs a call. */
const MOST_INVOICES = 5;

/** Every candidate for what a person typed, with what speaks for it and against it, the best first. */
export async function findCustomers(
  context: CandidateContext,
  q: string,
  sought: Sought,
): Promise<Candidate[]> {
  const found = await gather(context.stripe, q, sought.participant);
  const candidates = (await asCandidates(context, found, { ...sought, q })).slice(0, MOST_CANDIDATES);
  const unbilled = candidates.filter(({ newest }) => newest === null).slice(0, MOST_INVOICES);
  await Promise.all(
    unbilled.map(async (candidate) => {
      const at = await context.stripe.newestInvoice(candidate.id);
      if (at !== null) candidate.newest = { kind: 'invoice', at };
    }),
  );
  return candidates;
}

async function gather(
  stripe: StripeAccess,
  q: string,
  participant: AdvocateParticipant | null,
): Promise<FoundCustomer[]> {
  if (q.startsWith('cus_')) return [await stripe.foundCustomer(q)];
  // Finding nobody must not be told where nobody was looked for, so a search that fails is an error here.
  if (!q.includes('@')) return stripe.searchCustomers(nameClause(q));
  const { customers, searched } = await ofEmail(stripe, q, participant);
  const own = emailOf(participant)?.toLowerCase() === q.toLowerCase();
  const further =
    participant !== null && own && searched && !hasEmail(customers, q)
      ? await likeParticipant(stripe, participant)
      : [];
  return onceEach([...customers, ...further]);
}

/**
 * Whoever has this e-mail in any spelling, and whoever was made here for this participant. The list (exact and current,
 * but case-sensitive) and the search (folds case, knows metadata, but lags by up to a minute, more on bad days) are
 * asked together. Search may be missing altogether (India): then `searched` is false, and other spellings are unseen.
 */
export async function ofEmail(
  stripe: StripeAccess,
  email: string | null,
  participant: AdvocateParticipant | null,
): Promise<{ customers: FoundCustomer[]; searched: boolean }> {
  const known = emailOf(participant);
  const spellings = [email, known?.toLowerCase() === email?.toLowerCase() ? known : null];
  const clauses = [
    ...(email === null ? [] : [`email:${quote(email)}`]),
    ...(participant === null ? [] : [`metadata["${PARTICIPANT_METADATA.userId}"]:${quote(participant.id)}`]),
  ];
  const [listed, search] = await Promise.all([
    listByEmail(
      stripe,
      spellings.filter((spelling) => spelling !== null),
    ),
    searchWhereOffered(stripe, clauses.join(' OR ')),
  ]);
  return { customers: onceEach([...listed, ...(search ?? [])]), searched: search !== null };
}

/** By name and company: for where nobody has the e-mail. */
export async function likeParticipant(
  stripe: StripeAccess,
  participant: AdvocateParticipant,
): Promise<FoundCustomer[]> {
  const name = nameOf(participant);
  const email = emailOf(participant);
  const domain = email === null ? null : companyDomain(email);
  const clauses = [
    ...(name === null ? [] : [nameClause(name)]),
    ...(domain === null ? [] : [`email~${quote(`@${domain}`)}`]),
  ];
  return clauses.length === 0 ? [] : stripe.searchCustomers(clauses.join(' OR '));
}

export const hasEmail = (customers: FoundCustomer[], wanted: string): boolean =>
  customers.some(({ email }) => email?.toLowerCase() === wanted.toLowerCase());

/** Of two answers about one customer the first counts. */
export const onceEach = (customers: FoundCustomer[]): FoundCustomer[] => [
  ...new Map(customers.toReversed().map((customer) => [customer.id, customer])).values(),
];

/** The e-mail as it is spelt, and as most people would have spelt it: the list takes them for different. */
async function listByEmail(stripe: StripeAccess, spellings: string[]): Promise<FoundCustomer[]> {
  const all = [...new Set(spellings.flatMap((email) => [email, email.toLowerCase()]))];
  return (await Promise.all(all.map((email) => stripe.customersByEmail(email)))).flat();
}

async function searchWhereOffered(stripe: StripeAccess, query: string): Promise<FoundCustomer[] | null> {
  if (query === '') return [];
  try {
    return await stripe.searchCustomers(query);
  } catch (error) {
    if (error instanceof StripeFailureError && error.failure === 'refused') return null;
    throw error;
  }
}

/** Stripe takes a part of a name from three letters on. */
const nameClause = (name: string) => (name.length >= 3 ? `name~${quote(name)}` : `name:${quote(name)}`);

/** Text in a search, so that it cannot become a part of the question. */
const quote = (text: string) => `"${text.replace(/[\\"]/g, '\\$&')}"`;
