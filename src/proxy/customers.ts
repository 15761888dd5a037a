/** Finding the right customer: every candidate with what speaks for it and against it. Nothing is chosen here. */
import type { Candidate, CustomerView } from '../contract/routes.ts';
import type { Mode } from '../contract/words.ts';
import type { AdvocateParticipant } from './advocate-shapes.ts';
import type { Database } from './database.ts';
import { type StripeAccess, type StripeCustomer, StripeFailureError } from './stripe-access.ts';

/** Of a customer made here: which participant it was made for. */
export const PARTICIPANT_METADATA = { accountId: 'advocate_account_id', userId: 'advocate_user_id' } as const;

const MOST = 20;
const FREE_MAIL = new Set(
  'gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com me.com aol.com proton.me protonmail.com gmx.de gmx.net web.de mail.com qq.com 163.com'.split(
    ' ',
  ),
);

export function viewCustomer(customer: StripeCustomer, mode: Mode, account: string | null): CustomerView {
  const path = [account, mode === 'test' ? 'test' : null, 'customers', customer.id].filter(
    (part) => part !== null,
  );
  return {
    id: customer.id,
    name: customer.name,
    email: customer.email,
    currency: customer.currency,
    credit: customer.currency === null ? null : { amount: customer.credit, currency: customer.currency },
    createdAt: customer.createdAt,
    dashboardUrl: `https://dashboard.stripe.com/${path.join('/')}`,
  };
}

export async function findCustomers(
  stripe: StripeAccess,
  db: Database,
  mode: Mode,
  q: string,
  participant: AdvocateParticipant | null,
): Promise<Candidate[]> {
  const found = await gather(stripe, q);
  const linkedElsewhere = await linkedCustomers(db, mode, [...found.keys()], participant);
  const emails = [...found.values()].map(({ email }) => email?.toLowerCase());
  const candidates = [...found.values()].map((customer): Candidate => {
    const evidence = evidenceFor(customer, q, participant);
    const warnings: Candidate['warnings'] = [];
    if (customer.email && emails.filter((email) => email === customer.email?.toLowerCase()).length > 1)
      warnings.push('several_with_email');
    if (linkedElsewhere.has(customer.id)) warnings.push('already_linked');
    if (customer.currency === null) warnings.push('currency_unset');
    return { ...viewCustomer(customer, mode, stripe.account), evidence, warnings };
  });
  const weight = ({ evidence }: Candidate) => evidence.reduce((sum, item) => sum + WEIGHTS[item], 0);
  return candidates.sort((a, b) => weight(b) - weight(a) || b.createdAt - a.createdAt).slice(0, MOST);
}

const WEIGHTS: Record<Candidate['evidence'][number], number> = {
  id: 100,
  metadata_id: 50,
  email_exact: 20,
  email_case: 15,
  name: 5,
  email_domain: 2,
};

/**
 * By id when it is one. Otherwise the list (exact and current, but case-sensitive) and the search (folds case, knows
 * names, but lags by up to a minute, more on bad days) are asked together. Search may be missing altogether (India).
 */
async function gather(stripe: StripeAccess, q: string): Promise<Map<string, StripeCustomer>> {
  if (q.startsWith('cus_')) return new Map([[q, await stripe.customer(q)]]);
  const found = new Map<string, StripeCustomer>();
  const add = (customers: StripeCustomer[]) => {
    for (const customer of customers) if (!found.has(customer.id)) found.set(customer.id, customer);
  };
  const phrase = `"${q.replace(/[\\"]/g, '\\$&')}"`;
  if (q.includes('@')) {
    const spellings = [...new Set([q, q.toLowerCase()])];
    const [search, ...lists] = await Promise.all([
      searchOrNothing(stripe, `email:${phrase}`),
      ...spellings.map((email) => stripe.customersByEmail(email)),
    ]);
    add(lists.flat());
    add(search);
  } else {
    add(await searchOrNothing(stripe, q.length >= 3 ? `name~${phrase}` : `name:${phrase}`));
  }
  return found;
}

async function searchOrNothing(stripe: StripeAccess, query: string): Promise<StripeCustomer[]> {
  try {
    return await stripe.searchCustomers(query);
  } catch (error) {
    if (
      error instanceof StripeFailureError &&
      (error.failure === 'refused' || error.failure === 'rate_limited')
    )
      return [];
    throw error;
  }
}

function evidenceFor(
  customer: StripeCustomer,
  q: string,
  participant: AdvocateParticipant | null,
): Candidate['evidence'] {
  const evidence: Candidate['evidence'] = [];
  if (customer.id === q) evidence.push('id');
  const email = participant?.email ?? (q.includes('@') ? q : null);
  if (email !== null && customer.email !== null) {
    const domain = email.toLowerCase().split('@')[1] ?? '';
    if (customer.email === email) evidence.push('email_exact');
    else if (customer.email.toLowerCase() === email.toLowerCase()) evidence.push('email_case');
    else if (domain !== '' && !FREE_MAIL.has(domain) && customer.email.toLowerCase().endsWith(`@${domain}`))
      evidence.push('email_domain');
  }
  const name = nameOf(participant) ?? (q.includes('@') || q.startsWith('cus_') ? null : q);
  if (name !== null && customer.name?.toLowerCase().includes(name.toLowerCase())) evidence.push('name');
  if (
    participant !== null &&
    customer.metadata[PARTICIPANT_METADATA.userId] === participant.id &&
    customer.metadata[PARTICIPANT_METADATA.accountId] === participant.accountId
  )
    evidence.push('metadata_id');
  return evidence;
}

export function nameOf(participant: AdvocateParticipant | null): string | null {
  return [participant?.firstName, participant?.lastName].filter(Boolean).join(' ') || null;
}

/** Which of these customers other participants are linked to, as far as the proxy has seen. */
async function linkedCustomers(
  db: Database,
  mode: Mode,
  customers: string[],
  participant: AdvocateParticipant | null,
) {
  if (customers.length === 0) return new Set<string>();
  const rows = await db
    .selectFrom('links')
    .select(['customer', 'account_id'])
    .where('mode', '=', mode)
    .where('customer', 'in', customers)
    .execute();
  return new Set(
    rows.filter(({ account_id }) => account_id !== participant?.accountId).map(({ customer }) => customer),
  );
}
