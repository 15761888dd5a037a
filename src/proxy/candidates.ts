/** A customer as a candidate: what speaks for it and against it, measured against what is sought. */
import { sql } from 'kysely';
import type { Candidate, CustomerView, ParticipantKey } from '../contract/routes.ts';
import { parseUnit } from '../contract/unit.ts';
import type { Mode } from '../contract/words.ts';
import type { AdvocateParticipant, AdvocateReward } from './advocate-shapes.ts';
import type { Database } from './database.ts';
import type { StripeAccess } from './stripe-access.ts';
import type { FoundCustomer, StripeCustomer } from './stripe-customers.ts';
import { dashboardUrl } from './stripe-dashboard.ts';

/** Of a customer made here: which participant it was made for. */
export const PARTICIPANT_METADATA = { accountId: 'advocate_account_id', userId: 'advocate_user_id' } as const;

export type CandidateContext = { stripe: StripeAccess; db: Database; mode: Mode };
export type Sought = {
  /** What a person typed, if anything. */
  q?: string;
  participant: AdvocateParticipant | null;
  /** Currencies of the participant's waiting rewards; none where nothing is known to wait. */
  currencies: ReadonlySet<string>;
};

const MOST_LINKED = 3;
const FREE_MAIL = new Set(
  'gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com me.com aol.com proton.me protonmail.com gmx.de gmx.net web.de mail.com qq.com 163.com'.split(
    ' ',
  ),
);
const WEIGHTS: Record<Candidate['evidence'][number], number> = {
  id: 100,
  metadata_id: 50,
  email_exact: 20,
  email_case: 15,
  name: 5,
  email_domain: 2,
};

export function viewCustomer(customer: StripeCustomer, mode: Mode, account: string | null): CustomerView {
  return {
    id: customer.id,
    name: customer.name,
    email: customer.email,
    currency: customer.currency,
    credit: customer.currency === null ? null : { amount: customer.credit, currency: customer.currency },
    createdAt: customer.createdAt,
    dashboardUrl: dashboardUrl(mode, account, 'customers', customer.id),
  };
}

/** The best first. */
export async function asCandidates(
  { stripe, db, mode }: CandidateContext,
  found: FoundCustomer[],
  sought: Sought,
): Promise<Candidate[]> {
  const linkedTo = await linkedElsewhere(
    db,
    mode,
    found.map(({ id }) => id),
    sought.participant,
  );
  const emails = found.map(({ email }) => email?.toLowerCase());
  const candidates = found.map((customer): Candidate => {
    const warnings: Candidate['warnings'] = [];
    const { currency, subscribedAt } = customer;
    const others = linkedTo.get(customer.id) ?? [];
    if (customer.email && emails.filter((email) => email === customer.email?.toLowerCase()).length > 1)
      warnings.push('several_with_email');
    if (others.length > 0) warnings.push('already_linked');
    if (currency === null) warnings.push('currency_unset');
    else if (sought.currencies.size > 0 && !sought.currencies.has(currency))
      warnings.push('currency_differs');
    return {
      ...viewCustomer(customer, mode, stripe.account),
      evidence: evidenceFor(customer, sought),
      warnings,
      newest: subscribedAt === null ? null : { kind: 'subscription', at: subscribedAt },
      linkedTo: others,
    };
  });
  const weight = ({ evidence }: Candidate) => evidence.reduce((sum, item) => sum + WEIGHTS[item], 0);
  return candidates.sort((a, b) => weight(b) - weight(a) || b.createdAt - a.createdAt);
}

function evidenceFor(customer: StripeCustomer, { q = '', participant }: Sought): Candidate['evidence'] {
  const evidence: Candidate['evidence'] = [];
  if (customer.id === q) evidence.push('id');
  const email = emailOf(participant) ?? (q.includes('@') ? q : null);
  if (email !== null && customer.email) {
    const domain = companyDomain(email);
    if (customer.email === email) evidence.push('email_exact');
    else if (customer.email.toLowerCase() === email.toLowerCase()) evidence.push('email_case');
    else if (domain !== null && customer.email.toLowerCase().endsWith(`@${domain}`))
      evidence.push('email_domain');
  }
  const name = nameOf(participant);
  const typed = name !== null || q.includes('@') || q.startsWith('cus_') ? '' : q.toLowerCase();
  if (name !== null ? hasName(customer, name) : typed !== '' && customer.name?.toLowerCase().includes(typed))
    evidence.push('name');
  if (
    participant !== null &&
    customer.metadata[PARTICIPANT_METADATA.userId] === participant.id &&
    customer.metadata[PARTICIPANT_METADATA.accountId] === participant.accountId
  )
    evidence.push('metadata_id');
  return evidence;
}

/** Every word of it, in any order: Dan Lee is in Lee, Dan, and not in Jordan Leech. */
function hasName(customer: StripeCustomer, name: string): boolean {
  const theirs = new Set(wordsOf(customer.name ?? ''));
  const words = wordsOf(name);
  return words.length > 0 && words.every((word) => theirs.has(word));
}

const wordsOf = (name: string) =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .match(/[\p{L}\p{N}\p{M}]+/gu)
    ?.map((word) => word.replace(/\p{M}/gu, '')) ?? [];

/** Some have none, and some an empty one: two empty ones are not the same e-mail. */
export const emailOf = (participant: AdvocateParticipant | null): string | null =>
  participant?.email?.trim() || null;

/** What stands after the @, where it tells a company rather than a provider that anybody may have. */
export function companyDomain(email: string): string | null {
  const domain = email.toLowerCase().split('@')[1] ?? '';
  return domain === '' || FREE_MAIL.has(domain) ? null : domain;
}

export function nameOf(participant: AdvocateParticipant | null): string | null {
  return [participant?.firstName, participant?.lastName].filter(Boolean).join(' ') || null;
}

export const currenciesOf = (rewards: readonly AdvocateReward[]): ReadonlySet<string> =>
  new Set(
    rewards.flatMap(({ unit }) => {
      const parsed = parseUnit(unit);
      return parsed.ok ? [parsed.value.currency] : [];
    }),
  );

/** Which participants of other accounts are linked to these customers, as far as the proxy has seen; the first few. */
async function linkedElsewhere(
  db: Database,
  mode: Mode,
  customers: string[],
  participant: AdvocateParticipant | null,
): Promise<Map<string, ParticipantKey[]>> {
  if (customers.length === 0) return new Map();
  // Not by the columns as they are: rather than sort the few rows, SQLite would walk all links in their order.
  const place = sql<number>`row_number() over (partition by customer order by account_id || '', user_id || '')`;
  const linked = db
    .selectFrom('links')
    .select(['customer', 'account_id', 'user_id', place.as('place')])
    .where('mode', '=', mode)
    .where('customer', 'in', customers)
    .$if(participant !== null, (asked) => asked.where('account_id', '!=', participant?.accountId ?? ''));
  const rows = await db
    .selectFrom(linked.as('linked'))
    .select(['customer', 'account_id as accountId', 'user_id as userId'])
    .where('place', '<=', MOST_LINKED)
    .orderBy('place')
    .execute();
  const byCustomer = Map.groupBy(rows, ({ customer }) => customer ?? '');
  return new Map(
    [...byCustomer].map(([customer, all]) => [
      customer,
      all.map(({ accountId, userId }) => ({ accountId, userId })),
    ]),
  );
}
