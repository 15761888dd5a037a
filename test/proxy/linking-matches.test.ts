import * as v from 'valibot';
import { expect, test } from 'vitest';
import type { SeedParticipant } from '../../sandbox/seed.ts';
import { type Match, MatchesAnswer } from '../../src/contract/linking.ts';
import type { Candidate } from '../../src/contract/routes.ts';
import { ANNA, ANNAS_CUSTOMER, customer, participant, reward, type Stage, setStage } from './stage.ts';

const unlinked = (more: Partial<SeedParticipant> = {}) => participant({ customFields: {}, ...more });
const BERT = { accountId: 'bert', userId: 'bert' };
const bert = (more: Partial<SeedParticipant> = {}) =>
  unlinked({
    accountId: 'bert',
    id: 'bert',
    firstName: 'Bert',
    lastName: 'Olsen',
    email: 'bert@example.com',
    rewards: [],
    ...more,
  });
const BERTS = customer({ id: 'cus_Bert000000001', name: 'Bert Olsen', email: 'bert@example.com' });
/** As the product writes it when it creates a customer. */
const madeFor = (accountId: string, userId: string) => ({
  metadata: { advocate_account_id: accountId, advocate_user_id: userId },
});

async function matches(stage: Stage, participants: object[] = [ANNA]): Promise<Match[]> {
  const { status, body, text } = await stage.ask('POST', '/test/matches', { participants });
  if (status !== 200) throw new Error(text);
  return v.parse(MatchesAnswer, body).matches;
}
async function matchOf(cast: Parameters<typeof setStage>[0]): Promise<Match> {
  const [match] = await matches(await setStage({ participants: [unlinked()], ...cast }));
  if (match === undefined) throw new Error('one is asked, one is answered');
  return match;
}
const toStripe = ({ exchanges }: Stage) => exchanges.filter(({ service }) => service === 'stripe');
const brief = ({ id, evidence, warnings }: Candidate) => ({ id, evidence: evidence.sort(), warnings });

test('the one customer with exactly this e-mail is sure', async () => {
  const match = await matchOf({ customers: [customer(), BERTS] });
  expect(match).toMatchObject({ ...ANNA, sure: ANNAS_CUSTOMER, problem: null });
  expect(match.candidates.map(brief)).toEqual([
    { id: ANNAS_CUSTOMER, evidence: ['email_exact', 'name'], warnings: [] },
  ]);
});

test('a customer that was made for the participant is sure, whatever its e-mail', async () => {
  const made = customer({
    email: 'billing@else.example',
    name: null,
    ...madeFor(ANNA.accountId, ANNA.userId),
  });
  expect(await matchOf({ customers: [made] })).toMatchObject({
    sure: ANNAS_CUSTOMER,
    candidates: [{ evidence: ['metadata_id'] }],
  });
});

test.each([
  ['two with this e-mail', [customer(), customer({ id: 'cus_twin' })]],
  [
    'another spelling on another customer',
    [customer(), customer({ id: 'cus_twin', email: 'Anna@Example.COM' })],
  ],
  ['only another spelling', [customer({ email: 'Anna@Example.com' })]],
  [
    'one by e-mail, one made for them',
    [customer(), customer({ id: 'cus_made', email: null, ...madeFor(ANNA.accountId, ANNA.userId) })],
  ],
  [
    'made for them, and their e-mail in another spelling elsewhere',
    [
      customer({ email: 'x@else.example', ...madeFor(ANNA.accountId, ANNA.userId) }),
      customer({ id: 'cus_twin', email: 'ANNA@example.com' }),
    ],
  ],
  ['made for somebody else', [customer(madeFor('else', 'else'))]],
  ['made for the same user id in another account', [customer(madeFor('else', ANNA.userId))]],
  ['billed in another currency', [customer({ currency: 'eur' })]],
  ['only the name', [customer({ email: 'a.meyer@else.example' })]],
])('never sure: %s', async (_, customers) => {
  const match = await matchOf({ customers });
  expect(match.candidates.length).toBeGreaterThan(0);
  expect(match.sure).toBeNull();
});

test('a customer that was never billed may still be sure', async () => {
  expect(await matchOf({ customers: [customer({ currency: null })] })).toMatchObject({
    sure: ANNAS_CUSTOMER,
    candidates: [{ warnings: ['currency_unset'] }],
  });
});

test('the currency is measured against the rewards that wait, in any of their units', async () => {
  const rewards = [reward({ unit: 'STRIPE/EUR' }), reward({ id: 'r2', status: 'cancelled' })];
  const warningsWith = async (currency: string, more = rewards) =>
    (await matchOf({ customers: [customer({ currency })], participants: [unlinked({ rewards: more })] }))
      .candidates[0]?.warnings;
  expect(await warningsWith('usd')).toEqual(['currency_differs']);
  expect(await warningsWith('eur')).toEqual([]);
  expect(await warningsWith('usd', [...rewards, reward({ id: 'r3' })])).toEqual([]);
  expect(await warningsWith('gbp', [])).toEqual([]);
});

test('where no e-mail fits, name and company are tried, and nothing else is', async () => {
  const customers = [
    customer({ id: 'cus_name', email: 'a@free.example' }),
    customer({ id: 'cus_company', name: 'Office', email: 'office@Studio.example' }),
    customer({ id: 'cus_gmail', name: 'Zoe', email: 'zoe@gmail.com' }),
  ];
  const match = await matchOf({ customers, participants: [unlinked({ email: 'anna@studio.example' })] });
  expect(match.candidates.map(brief)).toEqual([
    { id: 'cus_name', evidence: ['name'], warnings: [] },
    { id: 'cus_company', evidence: ['email_domain'], warnings: [] },
  ]);
  const free = await matchOf({ customers, participants: [unlinked({ email: 'anna@gmail.com' })] });
  expect(free.candidates.map(({ id }) => id)).toEqual(['cus_name']);
});

test('a name is evidence word for word, in any order and with or without accents', async () => {
  const named = async (first: string, last: string, name: string) =>
    (
      await matchOf({
        customers: [customer({ name })],
        participants: [unlinked({ firstName: first, lastName: last })],
      })
    ).candidates[0]?.evidence.includes('name');
  expect(await named('Dan', 'Lee', 'Jordan Leech')).toBe(false);
  expect(await named('Dan', 'Lee', 'LEE, Dan P.')).toBe(true);
  expect(await named('Zoë', 'Muñoz', 'zoe munoz')).toBe(true);
});

test('without an e-mail, or with an empty one, name and metadata are what is left', async () => {
  for (const email of [null, '', ' ']) {
    const participants = [unlinked({ email })];
    const made = { email: '', ...madeFor(ANNA.accountId, ANNA.userId) };
    expect(await matchOf({ customers: [customer(made)], participants })).toMatchObject({
      sure: ANNAS_CUSTOMER,
      candidates: [{ evidence: ['name', 'metadata_id'] }],
    });
    expect(await matchOf({ customers: [customer({ email: '' })], participants })).toMatchObject({
      sure: null,
      candidates: [{ evidence: ['name'] }],
    });
  }
});

test('a customer that somebody of another account has is never sure, and says whose it is', async () => {
  const others = ['b', 'c', 'd', 'e'].map((id) =>
    participant({ accountId: id, id, email: null, rewards: [] }),
  );
  const stage = await setStage({ participants: [unlinked(), ...others] });
  for (const { accountId, id } of others) await stage.ask('GET', `/test/participants/${accountId}/${id}`);
  await stage.ask('GET', '/test/rewards');
  for (const { accountId, id } of others)
    await stage.ask('PUT', `/test/participants/${accountId}/${id}/link`, {
      customer: ANNAS_CUSTOMER,
      previous: ANNAS_CUSTOMER,
    });
  const linkedTo = ['b', 'c', 'd'].map((id) => ({ accountId: id, userId: id }));
  const [match] = await matches(stage);
  expect(match).toMatchObject({ sure: null, candidates: [{ warnings: ['already_linked'], linkedTo }] });
  const query = new URLSearchParams({ q: 'anna@example.com', ...ANNA });
  expect((await stage.ask('GET', `/test/customers?${query}`)).body).toMatchObject({
    candidates: [{ warnings: ['already_linked'], linkedTo }],
  });
});

test('an account whose other participant is linked is only sure of that customer', async () => {
  const mate = (link: string) =>
    participant({ id: 'mate', email: null, rewards: [], customFields: { stripeCustomerId: link } });
  const sure = async (link: string) =>
    (await matchOf({ customers: [customer(), BERTS], participants: [unlinked(), mate(link)] })).sure;
  expect(await sure(ANNAS_CUSTOMER)).toBe(ANNAS_CUSTOMER);
  expect(await sure(BERTS.id)).toBeNull();
});

test('two accounts with one e-mail make a tie, asked together or alone', async () => {
  const twin = unlinked({ accountId: 'twin', id: 'twin', email: 'Anna@example.com', rewards: [] });
  const stage = await setStage({ participants: [unlinked(), { ...twin, email: 'anna@example.com' }] });
  const both = await matches(stage, [ANNA, { accountId: 'twin', userId: 'twin' }]);
  expect(both.map(({ sure }) => sure)).toEqual([null, null]);
  expect((await matches(stage)).map(({ sure }) => sure)).toEqual([null]);
});

test('a customer with one’s e-mail that was made for another is the other’s', async () => {
  const made = customer({ ...madeFor(BERT.accountId, BERT.userId), name: null });
  const stage = await setStage({ customers: [made], participants: [unlinked(), bert()] });
  expect((await matches(stage, [ANNA, BERT])).map(({ sure }) => sure)).toEqual([null, ANNAS_CUSTOMER]);
});

test('the customer of a misspelt field is offered, and another one is not sure beside it', async () => {
  const misspelt = (value: string) => ({ customFields: { stripeCustomerID: value } });
  const cast = (value: string) => ({
    customers: [customer(), BERTS],
    participants: [unlinked(misspelt(value))],
  });
  const other = await matchOf(cast(BERTS.id));
  expect(other.sure).toBeNull();
  expect(other.candidates[0]).toMatchObject({ id: BERTS.id, evidence: expect.arrayContaining(['id']) });
  expect((await matchOf(cast(ANNAS_CUSTOMER))).sure).toBe(ANNAS_CUSTOMER);
  expect(await matchOf(cast('cus_Nobody0000001'))).toMatchObject({
    sure: null,
    problem: null,
    candidates: [{ id: ANNAS_CUSTOMER }],
  });
});

test('where Stripe does not offer search, other spellings are unseen, so nothing is sure', async () => {
  const stage = await setStage({ participants: [unlinked()] });
  stage.stripe.inject({ fault: 'F12', path: /search$/, times: 99 });
  expect(await matches(stage)).toMatchObject([
    { sure: null, problem: null, candidates: [{ id: ANNAS_CUSTOMER, evidence: ['email_exact', 'name'] }] },
  ]);
});

test('what goes wrong with one participant is its own problem', async () => {
  const stage = await setStage({ customers: [customer(), BERTS], participants: [unlinked(), bert()] });
  const nobody = { accountId: 'nobody', userId: 'nobody' };
  const [anna, missing, other] = await matches(stage, [ANNA, nobody, BERT]);
  expect(anna).toMatchObject({ sure: ANNAS_CUSTOMER, problem: null });
  expect(missing).toMatchObject({ ...nobody, candidates: [], problem: { code: 'participant_missing' } });
  expect(other).toMatchObject({ sure: BERTS.id, problem: null });
  stage.stripe.inject({ fault: 'F27', path: /customers$/ });
  const codes = (await matches(stage, [ANNA, BERT])).map(({ problem }) => problem?.code ?? null);
  expect(codes.sort()).toEqual([null, 'stripe_unreachable'].sort());
});

test('a participant costs five calls to Stripe at most, and Advocate three for all', async () => {
  const participants = Array.from({ length: 20 }, (_, i) =>
    unlinked({
      accountId: `p${i}`,
      id: `p${i}`,
      email: `P${i}@Nowhere.example`,
      customFields: { stripeCustomerID: ANNAS_CUSTOMER },
      rewards: [reward({ id: `r${i}` })],
    }),
  );
  const stage = await setStage({ participants });
  stage.exchanges.length = 0;
  await matches(
    stage,
    participants.map(({ accountId, id }) => ({ accountId, userId: id })),
  );
  expect(toStripe(stage)).toHaveLength(5 * 20);
  expect(stage.exchanges.length - toStripe(stage).length).toBe(3);
});

test('ids and e-mails with quotes cannot change the search', async () => {
  const odd = { accountId: 'x', userId: `x" OR name~"Zoe` };
  const stage = await setStage({
    customers: [customer({ name: 'Zoe', email: 'zoe@zoe.example' })],
    participants: [unlinked({ accountId: odd.accountId, id: odd.userId, email: `a"b@c.example` })],
  });
  expect(await matches(stage, [odd])).toMatchObject([{ candidates: [], problem: null }]);
});

test('the newest subscription is told at no call more, else the newest invoice', async () => {
  const billed = customer({ monthly: 4900, createdDaysAgo: 40 });
  const stage = await setStage({
    customers: [billed, customer({ id: 'cus_invoiced', monthly: 1000 }), customer({ id: 'cus_new' })],
    participants: [unlinked()],
  });
  stage.stripe.finalizeInvoice('cus_invoiced');
  const { state } = stage.stripe;
  const books = state.accounts[state.accountId]?.books.test.customers.cus_invoiced;
  if (books !== undefined) books.monthly = null; // the plan has ended
  stage.exchanges.length = 0;
  const { body } = await stage.ask('GET', '/test/customers?q=anna@example.com');
  const { candidates } = body as { candidates: Candidate[] };
  const newest = Object.fromEntries(candidates.map((one) => [one.id, one.newest]));
  expect(newest).toEqual({
    [ANNAS_CUSTOMER]: { kind: 'subscription', at: expect.any(Number) },
    cus_invoiced: { kind: 'invoice', at: expect.any(Number) },
    cus_new: null,
  });
  expect(
    toStripe(stage)
      .map(({ path }) => path)
      .sort(),
  ).toEqual(['/v1/customers', '/v1/customers/search', '/v1/invoices', '/v1/invoices']);
});

test('a key that may not read subscriptions and invoices finds the customers all the same', async () => {
  const stage = await setStage({
    customers: [customer({ monthly: 4900 })],
    participants: [unlinked()],
    unconnected: true,
    env: {
      STRIPE_CLIENT_ID_TEST: undefined,
      STRIPE_SECRET_KEY_TEST: undefined,
      STRIPE_RESTRICTED_KEY_TEST: 'rk_test_sandboxMeadowNotARealKey',
    },
  });
  expect((await matches(stage)).map(({ sure }) => sure)).toEqual([ANNAS_CUSTOMER]);
  const ask = async () => (await stage.ask('GET', '/test/customers?q=anna@example.com')).body;
  expect(await ask()).toMatchObject({ candidates: [{ id: ANNAS_CUSTOMER, newest: null }] });
  // What is known to be refused is not asked again.
  stage.exchanges.length = 0;
  expect(await ask()).toMatchObject({ candidates: [{ newest: null }] });
  expect(stage.exchanges.map(({ status }) => status)).toEqual([200, 200]);
});

test('the participant’s own spelling is asked for as well, since the search lags', async () => {
  const stage = await setStage({ customers: [], participants: [unlinked({ email: 'Anna@Example.com' })] });
  const made = await stage.ask('POST', '/test/customers', ANNA);
  const query = new URLSearchParams({ q: 'anna@example.com', ...ANNA });
  expect((await stage.ask('GET', `/test/customers?${query}`)).body).toMatchObject({
    candidates: [{ id: made.body.id, evidence: expect.arrayContaining(['email_exact']) }],
  });
});

test.each([
  ['cus_Nobody0000001', 404, 'customer_missing'],
  ['cus_Deleted000001', 409, 'customer_deleted'],
  ['cus_Live000000001', 409, 'customer_other_mode'],
])('looking for %s says what is wrong with it', async (id, status, code) => {
  const stage = await setStage({
    customers: [
      customer({ id: 'cus_Deleted000001', deleted: true }),
      customer({ id: 'cus_Live000000001', mode: 'live' }),
    ],
  });
  expect(await stage.ask('GET', `/test/customers?q=${id}`)).toMatchObject({ status, body: { code } });
});
