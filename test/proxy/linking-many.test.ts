import { expect, test, vi } from 'vitest';
import type { LinkOutcome } from '../../src/contract/linking.ts';
import { linkMany } from '../../src/proxy/link-many.ts';
import { connected, participantContext } from '../../src/proxy/participants.ts';
import {
  crowd,
  customers,
  history,
  linkAt,
  links,
  OTHER,
  person,
  through,
  wish,
  wishes,
  writes,
} from './linking-hands.ts';
import { ANNA, ANNAS_CUSTOMER, customer, participant, reward, setStage } from './stage.ts';

test('each wish is read back, told on a line of its own, and stands in the history', async () => {
  const stage = await setStage({ customers, participants: [person('a'), person('b')] });
  const token = await stage.pairAs('support');
  const outcomes = await links(stage, { links: [wish('a'), wish('b', { customer: OTHER })] }, token);
  expect(outcomes.sort((x, y) => (x.userId < y.userId ? -1 : 1))).toEqual([
    {
      accountId: 'a',
      userId: 'a',
      customer: ANNAS_CUSTOMER,
      state: 'linked',
      current: ANNAS_CUSTOMER,
      problem: null,
    },
    { accountId: 'b', userId: 'b', customer: OTHER, state: 'linked', current: OTHER, problem: null },
  ]);
  expect([linkAt(stage, 'a'), linkAt(stage, 'b')]).toEqual([ANNAS_CUSTOMER, OTHER]);
  const linked = (await history(stage)).filter(({ action }) => action === 'linked');
  expect(linked.map(({ actor_name }) => actor_name)).toEqual(['support’s browser', 'support’s browser']);
});

test('what waited for the link goes on', async () => {
  const stage = await setStage({ participants: [participant({ customFields: {} })] });
  const first = await stage.ask('GET', '/test/rewards');
  await links(stage, { links: [{ ...ANNA, customer: ANNAS_CUSTOMER, previous: null }] });
  expect((await stage.ask('GET', `/test/rewards?after=${first.body.after}`)).body).toMatchObject({
    rewards: [{ id: reward().id, state: 'ready' }],
  });
});

test('only the one field is sent', async () => {
  const stage = await setStage({ participants: [person('a', { customFields: { plan: 'studio' } })] });
  await links(stage, { links: [wish('a')] });
  expect(writes(stage).map(({ requestBody }) => JSON.parse(requestBody))).toEqual([
    { id: 'a', accountId: 'a', customFields: { stripeCustomerId: ANNAS_CUSTOMER } },
  ]);
  expect(stage.advocate.state.test.participants[0]?.customFields).toEqual({
    plan: 'studio',
    stripeCustomerId: ANNAS_CUSTOMER,
  });
});

test.each([
  ['a missing participant', wish('nobody'), 'participant_missing', null],
  ['a link that somebody changed', wish('linked'), 'link_changed', OTHER],
  ['a customer that is not there', wish('a', { customer: 'cus_Nobody0000001' }), 'customer_missing', null],
  ['a deleted customer', wish('a', { customer: 'cus_Deleted000001' }), 'customer_deleted', null],
  ['a customer of live mode', wish('a', { customer: 'cus_Live000000001' }), 'customer_other_mode', null],
  [
    'another customer than the account’s',
    wish('mate', { accountId: 'linked' }),
    'account_customers_differ',
    null,
  ],
])('refused, and nothing written: %s', async (_, wanted, code, current) => {
  const stage = await setStage({
    customers: [
      ...customers,
      customer({ id: 'cus_Deleted000001', deleted: true }),
      customer({ id: 'cus_Live000000001', mode: 'live' }),
    ],
    participants: [
      person('a'),
      person('linked', { customFields: { stripeCustomerId: OTHER } }),
      person('mate', { accountId: 'linked' }),
      person('other'),
    ],
  });
  const outcomes = await links(stage, { links: [wanted, wish('other')] });
  expect(outcomes.find(({ userId }) => userId === wanted.userId)).toMatchObject({
    state: 'refused',
    current,
    problem: { code, requestId: expect.any(String) },
  });
  // The others go on.
  expect(linkAt(stage, 'other')).toBe(ANNAS_CUSTOMER);
  expect(writes(stage)).toHaveLength(1);
});

test('what stands like that already is left alone, whatever was seen before', async () => {
  const stage = await setStage({ participants: [participant()] });
  const wanted = { ...ANNA, customer: ANNAS_CUSTOMER };
  expect(
    await links(stage, {
      links: [
        { ...wanted, previous: null },
        { ...wanted, previous: OTHER },
      ],
    }),
  ).toMatchObject([
    { state: 'unchanged', current: ANNAS_CUSTOMER },
    { state: 'unchanged', current: ANNAS_CUSTOMER },
  ]);
  expect(writes(stage)).toEqual([]);
});

test('the same wish twice is written once', async () => {
  const stage = await setStage({ participants: [person('a')] });
  expect(await links(stage, { links: [wish('a'), wish('a')] })).toMatchObject([
    { state: 'linked' },
    { state: 'unchanged' },
  ]);
  expect(writes(stage)).toHaveLength(1);
});

test.each([false, true])(
  'a participant with two customers in one request gets neither (dry run: %s)',
  async (dryRun) => {
    const stage = await setStage({ customers, participants: [person('a'), person('b')] });
    const outcomes = await links(stage, {
      links: [wish('a'), wish('b'), wish('a', { customer: OTHER })],
      dryRun,
    });
    const ofA = outcomes.filter(({ userId }) => userId === 'a');
    expect(ofA).toMatchObject([
      { state: 'refused', problem: { code: 'bad_request' } },
      { state: 'refused', problem: { code: 'bad_request' } },
    ]);
    expect(linkAt(stage, 'a')).toBeNull();
    expect(outcomes.find(({ userId }) => userId === 'b')?.state).toBe(dryRun ? 'ready' : 'linked');
  },
);

test('of two participants of one account the second cannot go elsewhere, though they are wished at once', async () => {
  const mates = Array.from({ length: 6 }, (_, i) => person(`m${i}`, { accountId: 'shared' }));
  const stage = await setStage({ customers, participants: mates });
  const wanted = mates.map(({ id }, i) =>
    wish(id, { accountId: 'shared', customer: i % 2 === 0 ? ANNAS_CUSTOMER : OTHER }),
  );
  const outcomes = await links(stage, { links: wanted });
  expect(outcomes.map(({ state }) => state)).toEqual([
    'linked',
    'refused',
    'linked',
    'refused',
    'linked',
    'refused',
  ]);
  expect(await links(stage, { links: wanted, dryRun: true })).toMatchObject(
    outcomes.map(({ state }) => ({ state: state === 'linked' ? 'unchanged' : 'refused' })),
  );
});

test('a dry run says what would happen from one question, asks Stripe nothing and changes nothing', async () => {
  const stage = await setStage({
    customers,
    participants: [
      ...crowd(97),
      participant(),
      person('m1', { accountId: 'shared' }),
      person('m2', { accountId: 'shared' }),
    ],
  });
  const before = JSON.stringify([stage.stripe.state, stage.advocate.state]);
  stage.exchanges.length = 0;
  const outcomes = await links(stage, {
    links: [
      ...wishes(95),
      wish('nobody'),
      { ...ANNA, customer: ANNAS_CUSTOMER, previous: null },
      wish('p96', { previous: 'cus_NotCompared01' }),
      wish('m1', { accountId: 'shared' }),
      wish('m2', { accountId: 'shared', customer: OTHER }),
    ],
    dryRun: true,
  });
  expect(outcomes.slice(0, 95).every(({ state }) => state === 'ready')).toBe(true);
  expect(outcomes.slice(95)).toMatchObject([
    { state: 'refused', problem: { code: 'participant_missing' } },
    { state: 'unchanged', current: ANNAS_CUSTOMER },
    { state: 'ready', current: null },
    { state: 'ready' },
    { state: 'refused', problem: { code: 'account_customers_differ' } },
  ]);
  expect(stage.exchanges).toHaveLength(1);
  expect(JSON.stringify([stage.stripe.state, stage.advocate.state])).toBe(before);
  expect((await history(stage)).filter(({ action }) => action === 'linked')).toEqual([]);
});

test('a dry run that Advocate does not answer is refused as a whole', async () => {
  const stage = await setStage({ participants: [person('a')] });
  stage.advocate.inject({ fault: 'html-502' });
  expect(await stage.ask('POST', '/test/links', { links: [wish('a')], dryRun: true })).toMatchObject({
    status: 503,
    body: { code: 'advocate_unreachable' },
  });
});

test('a hundred come through, four at once at most, each customer looked up once', async () => {
  const stage = await setStage({ participants: crowd(100) });
  let [now, most] = [0, 0];
  const advocate = stage.parts.ofMode('test').advocate;
  const { setLink } = advocate;
  vi.spyOn(advocate, 'setLink').mockImplementation(async (...given) => {
    now += 1;
    most = Math.max(most, now);
    await setLink(...given);
    now -= 1;
  });
  stage.exchanges.length = 0;
  const outcomes = await links(stage, { links: wishes(100) });
  expect(outcomes.filter(({ state }) => state === 'linked')).toHaveLength(100);
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(4);
  expect(stage.exchanges.filter(({ service }) => service === 'stripe')).toHaveLength(1);
});

test('an answer of Advocate that is lost is no link that is lost', async () => {
  const stage = await setStage({ participants: [person('a'), person('b')] });
  stage.advocate.inject({ fault: 'reset-after-commit', method: 'PUT' });
  expect(await links(stage, { links: [wish('a')] })).toMatchObject([
    { state: 'linked', current: ANNAS_CUSTOMER },
  ]);
  expect((await history(stage)).filter(({ action }) => action === 'linked')).toHaveLength(1);
  stage.advocate.inject({ fault: 'reset-before', method: 'PUT' });
  expect(await links(stage, { links: [wish('b')] })).toMatchObject([
    { state: 'refused', current: null, problem: { code: 'advocate_unreachable' } },
  ]);
});

test('when nobody listens any more, what is under way is finished and nothing else is begun', async () => {
  const stage = await setStage({ participants: crowd(40) });
  const context = await participantContext(stage.parts, 'test', {
    id: 'x',
    name: 'x',
    role: 'support',
  });
  const desk = { ...context, stripe: connected(context.stripe), requestId: '1', onError: () => undefined };
  const told: LinkOutcome[] = [];
  await linkMany(
    desk,
    wishes(40),
    async (outcome) => void told.push(outcome),
    () => told.length > 0,
  );
  expect(told.length).toBeLessThanOrEqual(4);
  expect(told.every(({ state }) => state === 'linked')).toBe(true);
  expect(writes(stage)).toHaveLength(told.length);
});

test('a browser that goes away in the middle leaves nothing half done', async () => {
  const stage = await setStage({ participants: crowd(40) });
  const response = await stage.app.request('/v1/test/links', {
    method: 'POST',
    headers: { authorization: `Bearer ${stage.admin}`, 'content-type': 'application/json' },
    body: JSON.stringify({ links: wishes(40) }),
  });
  const reader = response.body?.getReader();
  await reader?.read();
  await reader?.cancel();
  const held = () => stage.db.selectFrom('link_turns').selectAll().execute();
  await vi.waitFor(async () => expect(await held()).toEqual([]));
  const linked = (await history(stage)).filter(({ action }) => action === 'linked');
  expect(linked.length).toBeLessThan(40);
  expect(writes(stage)).toHaveLength(linked.length);
});

test('a link that is as it is to be is not written again', async () => {
  const stage = await setStage({ participants: [participant()] });
  const path = `/participants/${encodeURIComponent(ANNA.accountId)}/${encodeURIComponent(ANNA.userId)}/link`;
  const body = { customer: ANNAS_CUSTOMER, previous: ANNAS_CUSTOMER };
  const answer = await through(stage.app, stage, path, body);
  expect(await answer.json()).toMatchObject({ link: ANNAS_CUSTOMER, customer: { id: ANNAS_CUSTOMER } });
  expect(writes(stage)).toEqual([]);
});

test('a link that Advocate took and that could not be read back stands in the history, and is told', async () => {
  const stage = await setStage({ participants: [person('a')] });
  const { advocate } = stage.parts.ofMode('test');
  const { setLink } = advocate;
  vi.spyOn(advocate, 'setLink').mockImplementation(async (...given) => {
    await setLink(...given);
    stage.advocate.inject({ fault: 'html-502' });
  });
  expect(await links(stage, { links: [wish('a')] })).toMatchObject([
    { state: 'refused', current: ANNAS_CUSTOMER, problem: { code: 'advocate_unreachable' } },
  ]);
  expect((await history(stage)).filter(({ action }) => action === 'linked')).toHaveLength(1);
  stage.advocate.clearFaults();
  expect(await links(stage, { links: [wish('a')] })).toMatchObject([{ state: 'unchanged' }]);
});

test('unlinking and linking again, as an undo does, needs what stands', async () => {
  const stage = await setStage({ customers, participants: [participant()] });
  const path = `/test/participants/${encodeURIComponent(ANNA.accountId)}/${encodeURIComponent(ANNA.userId)}/link`;
  const token = await stage.pairAs('support');
  const put = (body: object) => stage.ask('PUT', path, body, token);
  expect((await put({ customer: OTHER, previous: ANNAS_CUSTOMER })).body.link).toBe(OTHER);
  expect((await put({ customer: ANNAS_CUSTOMER, previous: OTHER })).body.link).toBe(ANNAS_CUSTOMER);
  expect((await stage.ask('DELETE', path, { previous: ANNAS_CUSTOMER }, token)).body.link).toBeNull();
  expect(await put({ customer: OTHER, previous: ANNAS_CUSTOMER })).toMatchObject({
    status: 409,
    body: { code: 'link_changed', current: null },
  });
  expect((await put({ customer: ANNAS_CUSTOMER, previous: null })).body.link).toBe(ANNAS_CUSTOMER);
});

test('without Stripe nothing is linked, matched or tried', async () => {
  const stage = await setStage({ participants: [person('a')], unconnected: true });
  for (const [path, body] of [
    ['/test/links', { links: [wish('a')] }],
    ['/test/links', { links: [wish('a')], dryRun: true }],
    ['/test/matches', { participants: [{ accountId: 'a', userId: 'a' }] }],
  ] as const)
    expect(await stage.ask('POST', path, body)).toMatchObject({
      status: 409,
      body: { code: 'not_connected' },
    });
  expect(writes(stage)).toEqual([]);
});
