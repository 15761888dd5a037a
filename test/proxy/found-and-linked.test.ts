import * as v from 'valibot';
import { expect, test } from 'vitest';
import { RewardsPage } from '../../src/contract/routes.ts';
import { ANNA, ANNAS_CUSTOMER, anotherProxy, customer, participant, reward, setStage } from './stage.ts';

type Stage = Awaited<ReturnType<typeof setStage>>;
const KEY = { accountId: ANNA.accountId, id: ANNA.userId };
const PATH = `/test/participants/${encodeURIComponent(ANNA.accountId)}/${encodeURIComponent(ANNA.userId)}`;

async function read(stage: Stage, after?: string): Promise<RewardsPage & { all: RewardsPage['rewards'] }> {
  const all: RewardsPage['rewards'] = [];
  for (let at = after; ; ) {
    const { status, body, text } = await stage.ask(
      'GET',
      `/test/rewards${at === undefined ? '' : `?after=${at}`}`,
    );
    if (status !== 200) throw new Error(text);
    const page = v.parse(RewardsPage, body);
    all.push(...page.rewards);
    at = page.after;
    if (!page.more) return { ...page, all };
  }
}
const many = (n: number) =>
  Array.from({ length: n }, (_, i) =>
    reward({ id: `c${String(i).padStart(23, '0')}`, earnedDaysAgo: 400 - i }),
  );

test('every payable reward is found, page by page, none twice', async () => {
  const stage = await setStage({ participants: [participant({ rewards: many(250) })] });
  const { all } = await read(stage);
  expect(new Set(all.map(({ id }) => id)).size).toBe(250);
  expect(all).toHaveLength(250);
  expect(all[0]).toMatchObject({ state: 'ready', money: { amount: 2000, currency: 'USD' }, ...ANNA });
});

test('rewards that came in one millisecond are all found', async () => {
  const rewards = many(230).map((r) => ({ ...r, earnedDaysAgo: 5 }));
  const stage = await setStage({ participants: [participant({ rewards })] });
  expect(new Set((await read(stage)).all.map(({ id }) => id)).size).toBe(230);
});

test('paying while reading skips nothing', async () => {
  const stage = await setStage({ participants: [participant({ rewards: many(150) })] });
  const first = await stage.ask('GET', '/test/rewards');
  const page = v.parse(RewardsPage, first.body);
  await stage.credits({ rewards: page.rewards.map(({ id }) => id) });
  const rest = await read(stage, page.after);
  const found = new Set([...page.rewards, ...rest.all].map(({ id }) => id));
  expect(found.size).toBe(150);
});

test('what is earned, cancelled or released later comes in the next page, and only that', async () => {
  const pending = reward({ id: 'aaaaaaaaaaaaaaaaaaaaaaa2', status: 'pending', pendingReason: 'SCHEDULED' });
  const stage = await setStage({ participants: [participant({ rewards: [reward(), pending] })] });
  const { after } = await read(stage);
  expect((await read(stage, after)).all).toEqual([]);
  const earned = stage.advocate.earn('test', KEY, { unit: 'STRIPE/USD', amount: 700 });
  stage.advocate.cancel(reward().id);
  stage.advocate.release(pending.id);
  const states = Object.fromEntries((await read(stage, after)).all.map(({ id, state }) => [id, state]));
  expect(states).toEqual({ [earned]: 'ready', [reward().id]: 'cancelled', [pending.id]: 'ready' });
});

test('a new browser sees what was begun, also when Advocate no longer has it available', async () => {
  const stage = await setStage();
  stage.advocate.inject({ fault: 'error-500', path: /redeem/, times: 9 });
  await stage.credits({ rewards: [reward().id] });
  stage.advocate.clearFaults();
  stage.advocate.cancel(reward().id);
  expect((await read(stage)).all).toMatchObject([
    { id: reward().id, state: 'held', reason: 'cancelled_after_credit' },
  ]);
});

test('a new browser that found only what was under way hears how it ended', async () => {
  const stage = await setStage();
  stage.advocate.inject({ fault: 'error-500', path: /redeem/, times: 9 });
  await stage.credits({ rewards: [reward().id] });
  stage.advocate.redeemByHand(reward().id, 2000);
  const first = await read(stage);
  expect(first.all).toMatchObject([{ id: reward().id, state: 'credited' }]);
  stage.advocate.clearFaults();
  await stage.credits({ rewards: [reward().id] });
  expect((await read(stage, first.after)).all).toMatchObject([
    { id: reward().id, state: 'redeemed', reason: null },
  ]);
});

test('a new browser sees everything that was begun, however much that is', async () => {
  const rewards = many(130);
  const stage = await setStage({ participants: [participant({ rewards })] });
  stage.advocate.inject({ fault: 'error-500', path: /redeem/, times: 9999 });
  for (const part of [rewards.slice(0, 100), rewards.slice(100)])
    await stage.credits({ rewards: part.map(({ id }) => id) });
  stage.advocate.clearFaults();
  for (const { id } of rewards) stage.advocate.cancel(id);
  const { all } = await read(stage);
  expect(all.map(({ id }) => id).sort()).toEqual(rewards.map(({ id }) => id));
  expect(new Set(all.map(({ reason }) => reason))).toEqual(new Set(['cancelled_after_credit']));
});

test('units that are not configured, and other kinds of reward, are not found', async () => {
  const rewards = [
    reward(),
    reward({ id: 'd1', unit: 'POINT' }),
    reward({ id: 'd2', unit: 'STRIPE/GBP' }),
    reward({ id: 'd3', type: 'PCT_DISCOUNT' }),
  ];
  const stage = await setStage({ participants: [participant({ rewards })] });
  expect((await read(stage)).all.map(({ id }) => id)).toEqual([reward().id]);
});

test('a unit that is added later brings its old rewards', async () => {
  const stage = await setStage({
    participants: [participant({ rewards: [reward(), reward({ id: 'e1', unit: 'STRIPE/EUR' })] })],
    settings: { units: ['STRIPE/USD'] },
  });
  const { after } = await read(stage);
  await stage.ask('PUT', '/test/settings', {
    version: 1,
    units: ['STRIPE/USD', 'STRIPE/EUR'],
    paused: false,
    currencyRule: 'confirm',
    caps: {},
  });
  expect((await read(stage, after)).all.map(({ id }) => id)).toContain('e1');
});

test('a link made through the proxy brings the participant’s old rewards', async () => {
  const stage = await setStage({ participants: [participant({ customFields: {} })] });
  const first = await read(stage);
  expect(first.all).toMatchObject([{ state: 'waiting', reason: 'not_linked' }]);
  const linked = await stage.ask('PUT', `${PATH}/link`, { customer: ANNAS_CUSTOMER, previous: null });
  expect(linked).toMatchObject({
    status: 200,
    body: { link: ANNAS_CUSTOMER, customer: { id: ANNAS_CUSTOMER, currency: 'USD' } },
  });
  expect((await read(stage, first.after)).all).toMatchObject([{ id: reward().id, state: 'ready' }]);
});

test('a link made in Advocate itself brings them too', async () => {
  const stage = await setStage({ participants: [participant({ customFields: {} })] });
  const { after } = await read(stage);
  stage.advocate.setCustomField('test', KEY, 'stripeCustomerId', ANNAS_CUSTOMER);
  stage.setClock(() => Date.now() + 30_000);
  expect((await read(stage, after)).all).toMatchObject([{ id: reward().id, state: 'ready' }]);
});

test('a link that is mended in Advocate wakes a reward that Stripe’s answer had held', async () => {
  const stage = await setStage({ customers: [customer({ id: 'cus_AnnaMeyer00002' })] });
  const { after } = await read(stage);
  expect(await stage.credits({ rewards: [reward().id] })).toMatchObject([
    { state: 'held', reason: 'customer_missing' },
  ]);
  stage.advocate.setCustomField('test', KEY, 'stripeCustomerId', 'cus_AnnaMeyer00002');
  stage.setClock(() => Date.now() + 30_000);
  expect((await read(stage, after)).all).toMatchObject([{ id: reward().id, state: 'ready' }]);
});

test('of two people who link at once the second is told, and nothing is overwritten', async () => {
  const stage = await setStage({
    participants: [participant({ customFields: {} })],
    customers: [customer(), customer({ id: 'cus_AnnaMeyer00002' })],
  });
  await stage.ask('PUT', `${PATH}/link`, { customer: ANNAS_CUSTOMER, previous: null });
  const second = await stage.ask('PUT', `${PATH}/link`, { customer: 'cus_AnnaMeyer00002', previous: null });
  expect(second).toMatchObject({ status: 409, body: { code: 'link_changed', current: ANNAS_CUSTOMER } });
  expect(stage.advocate.state.test.participants[0]?.customFields).toEqual({
    stripeCustomerId: ANNAS_CUSTOMER,
  });
});

test('linking changes the one field and leaves the others', async () => {
  const stage = await setStage({
    participants: [participant({ customFields: { plan: 'studio', seats: 4 } })],
  });
  await stage.ask('PUT', `${PATH}/link`, { customer: ANNAS_CUSTOMER, previous: null });
  expect(stage.advocate.state.test.participants[0]).toMatchObject({
    firstName: 'Anna',
    email: 'anna@example.com',
    customFields: { plan: 'studio', seats: 4, stripeCustomerId: ANNAS_CUSTOMER },
  });
});

test('participants of one account cannot be linked to different customers', async () => {
  const berta = participant({ id: 'berta', email: null, customFields: {}, rewards: [] });
  const stage = await setStage({
    participants: [participant(), berta],
    customers: [customer(), customer({ id: 'cus_Berta000000001' })],
  });
  const path = `/test/participants/${encodeURIComponent(ANNA.accountId)}/berta/link`;
  expect(await stage.ask('PUT', path, { customer: 'cus_Berta000000001', previous: null })).toMatchObject({
    status: 409,
    body: { code: 'account_customers_differ', current: ANNAS_CUSTOMER },
  });
  expect((await stage.ask('PUT', path, { customer: ANNAS_CUSTOMER, previous: null })).status).toBe(200);
});

test('a participant’s page shows the link, what waits and what was credited', async () => {
  const stage = await setStage({
    participants: [
      participant({ rewards: [reward(), reward({ id: 'f1', status: 'pending', pendingReason: 'US_TAX' })] }),
    ],
  });
  await stage.credits({ rewards: [reward().id] });
  expect((await stage.ask('GET', PATH)).body).toMatchObject({
    ...ANNA,
    name: 'Anna Meyer',
    link: ANNAS_CUSTOMER,
    linkProblem: null,
    customer: {
      id: ANNAS_CUSTOMER,
      credit: { amount: 2000, currency: 'USD' },
      dashboardUrl: expect.stringContaining(`/test/customers/${ANNAS_CUSTOMER}`),
    },
    rewards: [{ id: 'f1', state: 'waiting', reason: 'pending' }],
    credited: [{ amount: 2000, currency: 'USD' }],
  });
});

test('candidates come with evidence, the best first, and none is chosen', async () => {
  const stage = await setStage({
    customers: [
      customer({ id: 'cus_exact00000001' }),
      customer({ id: 'cus_case000000001', email: 'Anna@Example.com' }),
      customer({
        id: 'cus_meta000000001',
        email: 'other@elsewhere.com',
        name: 'Anna Meyer',
        metadata: { advocate_account_id: ANNA.accountId, advocate_user_id: ANNA.userId },
      }),
    ],
    participants: [participant({ customFields: {} })],
  });
  const query = new URLSearchParams({ q: 'anna@example.com', ...ANNA });
  const { body } = await stage.ask('GET', `/test/customers?${query}`);
  expect(body).toMatchObject({
    candidates: [
      { id: 'cus_meta000000001', evidence: ['name', 'metadata_id'], warnings: [] },
      {
        id: 'cus_exact00000001',
        evidence: expect.arrayContaining(['email_exact', 'name']),
        warnings: ['several_with_email'],
      },
      {
        id: 'cus_case000000001',
        evidence: expect.arrayContaining(['email_case']),
        warnings: ['several_with_email'],
      },
    ],
  });
  const byName = await stage.ask('GET', `/test/customers?${new URLSearchParams({ q: 'Anna', ...ANNA })}`);
  expect(byName.body).toMatchObject({
    candidates: [{ id: 'cus_meta000000001', evidence: expect.arrayContaining(['metadata_id']) }, {}, {}],
  });
  const byId = await stage.ask('GET', '/test/customers?q=cus_case000000001');
  expect(byId.body).toMatchObject({ candidates: [{ id: 'cus_case000000001', evidence: ['id'] }] });
});

test('participants whose e-mail differs in spelling alone are both told, so that nobody is taken for the other', async () => {
  const twin = participant({ accountId: 'twin', id: 'twin', email: 'Anna@Example.com', rewards: [] });
  const stage = await setStage({ participants: [participant(), twin] });
  const { body } = await stage.ask('GET', '/test/participants?q=Anna@Example.com');
  expect(body.participants).toMatchObject([{ userId: 'twin' }, { userId: ANNA.userId }]);
});

test('text with quotes cannot change the search', async () => {
  const stage = await setStage({
    customers: [customer(), customer({ id: 'cus_other00000001', name: 'Zoe', email: 'zoe@example.com' })],
  });
  const { body } = await stage.ask(
    'GET',
    `/test/customers?${new URLSearchParams({ q: 'xyz" OR name~"Zoe' })}`,
  );
  expect(body).toEqual({ candidates: [] });
});

test('a customer is created once, and an e-mail that is taken is told', async () => {
  const stage = await setStage({ customers: [], participants: [participant({ customFields: {} })] });
  const first = await stage.ask('POST', '/test/customers', ANNA);
  expect(first).toMatchObject({ status: 200, body: { name: 'Anna Meyer', email: 'anna@example.com' } });
  expect((await stage.ask('POST', '/test/customers', ANNA)).body.id).toBe(first.body.id);
  const taken = await setStage({ participants: [participant({ customFields: {} })] });
  expect(await taken.ask('POST', '/test/customers', ANNA)).toMatchObject({
    status: 409,
    body: { code: 'customer_exists', current: ANNAS_CUSTOMER },
  });
  const spelt = await setStage({
    customers: [customer({ email: 'ANNA@Example.com' })],
    participants: [participant({ customFields: {} })],
  });
  expect(await spelt.ask('POST', '/test/customers', ANNA)).toMatchObject({
    status: 409,
    body: { code: 'customer_exists', current: ANNAS_CUSTOMER },
  });
  expect(customersOf(spelt)).toHaveLength(1);
});

const customersOf = ({ stripe: { state } }: Stage) =>
  Object.values(state.accounts[state.accountId]?.books.test.customers ?? {});
const created = async ({ db }: Stage) =>
  (await db.selectFrom('audit').select('action').execute()).filter(
    ({ action }) => action === 'customer_created',
  );

test('a customer that was made is found again a day later, with or without an e-mail', async () => {
  for (const email of ['anna@example.com', null]) {
    const stage = await setStage({ customers: [], participants: [participant({ email, customFields: {} })] });
    const first = await stage.ask('POST', '/test/customers', ANNA);
    stage.setClock(() => Date.now() + 25 * 3_600_000);
    const again = await stage.ask('POST', '/test/customers', ANNA);
    expect(again).toMatchObject({ status: 200, body: { id: first.body.id } });
    expect(customersOf(stage)).toHaveLength(1);
    expect(await created(stage)).toHaveLength(1);
  }
});

test('of two people who create at once, through two proxies, both get the one customer', async () => {
  const stage = await setStage({ customers: [], participants: [participant({ customFields: {} })] });
  const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  const create = async () =>
    (await anotherProxy(stage, wait)).request('/v1/test/customers', {
      method: 'POST',
      headers: { authorization: `Bearer ${stage.admin}`, 'content-type': 'application/json' },
      body: JSON.stringify(ANNA),
    });
  const answers = await Promise.all([create(), create()]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  const ids = await Promise.all(answers.map(async (answer) => (await answer.json()).id));
  expect(new Set(ids).size).toBe(1);
  expect(customersOf(stage)).toHaveLength(1);
  expect(await created(stage)).toHaveLength(1);
});

test('when the answer is lost, the customer that was made is brought back', async () => {
  const stage = await setStage({
    customers: [],
    participants: [participant({ email: null, customFields: {} })],
  });
  stage.stripe.inject({ fault: 'F2', method: 'POST', path: /customers$/ });
  expect((await stage.ask('POST', '/test/customers', ANNA)).status).toBe(200);
  expect(customersOf(stage)).toHaveLength(1);
  expect(await created(stage)).toHaveLength(1);
});

test('a saved failure that hides a customer does not make a second one', async () => {
  const stage = await setStage({ customers: [], participants: [participant({ customFields: {} })] });
  stage.stripe.inject({ fault: 'F7', method: 'POST', path: /customers$/ });
  expect(await stage.ask('POST', '/test/customers', ANNA)).toMatchObject({
    status: 200,
    body: { email: 'anna@example.com' },
  });
  expect(customersOf(stage)).toHaveLength(1);
});

test('where the search by name fails, that is told: nobody was looked for, so nobody was found', async () => {
  const stage = await setStage();
  stage.stripe.inject({ fault: 'F12', path: /search$/ });
  expect(await stage.ask('GET', '/test/customers?q=Anna')).toMatchObject({
    status: 502,
    body: { code: 'stripe_refused' },
  });
  expect((await stage.ask('GET', '/test/customers?q=Anna')).body).toMatchObject({
    candidates: [{ id: ANNAS_CUSTOMER }],
  });
});

test('nothing of live mode is reachable from test mode', async () => {
  const stage = await setStage({
    customers: [customer({ mode: 'live' })],
    participants: [participant({ mode: 'live' })],
  });
  expect((await read(stage)).all).toEqual([]);
  expect((await stage.ask('GET', PATH)).body.code).toBe('participant_missing');
  expect((await stage.ask('GET', `/test/customers/${ANNAS_CUSTOMER}`)).body.code).toBe('customer_other_mode');
});

test('one browser drains; another takes over when the first has gone quiet', async () => {
  const stage = await setStage();
  const other = await stage.pairAs('admin', 'Firefox in Oslo');
  expect((await stage.ask('PUT', '/test/lease')).body).toMatchObject({ mine: true });
  expect((await stage.ask('PUT', '/test/lease', undefined, other)).body).toMatchObject({
    mine: false,
    holder: { name: 'admin’s browser' },
  });
  expect((await stage.ask('PUT', '/live/lease', undefined, other)).body).toMatchObject({ mine: true });
  stage.setClock(() => Date.now() + 90_000);
  expect((await stage.ask('PUT', '/test/lease', undefined, other)).body).toMatchObject({ mine: true });
  expect((await stage.ask('PUT', '/test/lease')).body).toMatchObject({
    mine: false,
    holder: { name: 'Firefox in Oslo' },
  });
});
