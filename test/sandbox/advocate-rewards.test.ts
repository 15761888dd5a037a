import { expect, test } from 'vitest';
import { ask, call, participant, rewardOf, start } from './advocate-setup.ts';

const nora = participant('Nora Whitfield');
const DAY = 86_400_000;
const redeem = (id: string, amount: number, unit = 'STRIPE/USD') =>
  [`/credit/${id}/redeem`, { amount, unit }] as const;

test('redeeming is not idempotent: asked again it takes again, and refuses when too little is left', async () => {
  const simulator = await start();
  const { id } = rewardOf('Nora Whitfield', { amount: 2000 });
  const first = await call(simulator, 'POST', ...redeem(id, 800));
  expect(first.body).toEqual({ creditRedeemed: 800, creditAvailable: 4700, unit: 'STRIPE/USD' });
  expect((await call(simulator, 'POST', ...redeem(id, 800))).body.creditAvailable).toBe(3900);
  expect((await call(simulator, 'POST', ...redeem(id, 800))).status).toBe(400);
  const reward = simulator.state.test.rewards.find((r) => r.id === id);
  expect(reward).toMatchObject({ redeemed: 1600, availableValue: 400, statuses: ['AVAILABLE'] });
  expect(simulator.state.test.redemptions.filter((t) => t.parts.some((p) => p.rewardId === id))).toHaveLength(
    2,
  );
});

test('two redemptions of the same reward at once: one wins', async () => {
  const simulator = await start();
  const { id, amount } = rewardOf('Nora Whitfield');
  const answers = await Promise.all([1, 2].map(() => call(simulator, 'POST', ...redeem(id, amount))));
  expect(answers.map((a) => a.status).sort()).toEqual([200, 400]);
});

test('a redemption must name the exact unit, a whole amount above zero, and a reward that is available', async () => {
  const simulator = await start();
  const before = simulator.state.test.rewards;
  const { id } = rewardOf('Nora Whitfield');
  const refused = [
    redeem(id, 100, 'STRIPE'),
    redeem(id, 100, 'stripe/usd'),
    redeem(id, 0),
    redeem(id, 1.5),
    redeem(id, 2001),
    redeem(rewardOf('Marcus Bell', { pendingReason: 'US_TAX' }).id, 100),
    redeem(rewardOf('Marcus Bell', { status: 'expired' }).id, 100),
    redeem(rewardOf('Adele Moreau', { status: 'cancelled' }).id, 100, 'STRIPE/EUR'),
    redeem(rewardOf('Leo Barnett', { unit: 'PROMO/USD' }).id, 100, 'PROMO/USD'),
    redeem(rewardOf('Leo Barnett', { type: 'INTEGRATION' }).id, 100, 'INTEGRATION'),
  ];
  for (const request of refused) expect((await call(simulator, 'POST', ...request)).status).toBe(400);
  expect((await call(simulator, 'POST', ...redeem('nothing', 100))).status).toBe(404);
  expect(simulator.state.test.rewards).toEqual(before);
});

test('an account’s participants share one pool, which a redemption of the balance draws on', async () => {
  const simulator = await start();
  const body = { accountId: 'northgate-labs', unit: 'STRIPE/USD', amount: 5000 };
  expect((await call(simulator, 'POST', '/credit/bulkredeem', body)).body).toMatchObject({
    creditRedeemed: 5000,
    creditAvailable: 1500,
  });
  expect((await call(simulator, 'POST', '/credit/bulkredeem', body)).status).toBe(400);
  const taken = simulator.state.test.redemptions.at(-1);
  expect(taken?.parts.length).toBeGreaterThan(1);
});

test('statuses follow from dates and amounts', async () => {
  const simulator = await start();
  const seen = (id: string) => simulator.state.test.rewards.find((r) => r.id === id)?.statuses;
  expect(seen(rewardOf('Adele Moreau', { status: 'redeemed' }).id)).toEqual(['REDEEMED']);
  expect(seen(rewardOf('Adele Moreau', { status: 'partly' }).id)).toEqual(['AVAILABLE']);
  expect(seen(rewardOf('Adele Moreau', { status: 'expired' }).id)).toEqual(['EXPIRED']);
  expect(seen(rewardOf('Adele Moreau', { status: 'cancelled' }).id)).toEqual(['CANCELLED']);
  const pending = rewardOf('Adele Moreau', { status: 'pending' }).id;
  expect(seen(pending)).toEqual(['PENDING']);
  simulator.cancel(pending);
  expect(seen(pending)).toEqual(['PENDING', 'CANCELLED']);
});

test('a date that passes changes the status and not dateModified; every write changes dateModified', async () => {
  const clock = { now: Date.UTC(2026, 5, 1) };
  const simulator = await start({ now: () => clock.now });
  const of = (id: string) => simulator.state.test.rewards.find((r) => r.id === id);
  const scheduled = simulator.earn('test', nora, {
    unit: 'STRIPE/USD',
    amount: 100,
    scheduledFor: clock.now + DAY,
    expiresAt: clock.now + 3 * DAY,
  });
  const created = of(scheduled)?.dateModified;
  expect(of(scheduled)?.statuses).toEqual(['PENDING']);
  clock.now += DAY;
  expect(of(scheduled)).toMatchObject({ statuses: ['AVAILABLE'], dateModified: created });
  await ask(simulator, 'mutation M($m: RewardMetaInput!) { upsertRewardMeta(rewardMetaInput: $m) { id } }', {
    m: { rewardId: scheduled, status: 'WARN', message: 'Soon' },
  });
  expect(of(scheduled)).toMatchObject({ statuses: ['AVAILABLE'], dateModified: clock.now });
  clock.now += 2 * DAY;
  expect(of(scheduled)).toMatchObject({
    statuses: ['EXPIRED'],
    availableValue: 0,
    dateModified: clock.now - 2 * DAY,
  });
});

test('a page over a list that shrinks meanwhile skips rows', async () => {
  const simulator = await start();
  const query = `query P($offset: Int!) { rewards(limit: 5, offset: $offset, sortBy: [{ field: "dateCreated", order: ASC }],
    filter: { unit_eq: "STRIPE/USD", statuses_eq: { status: AVAILABLE } }) { data { id value } totalCount } }`;
  const page = async (offset: number) => (await ask(simulator, query, { offset })).rewards;
  const [first, second] = [await page(0), await page(5)];
  for (const { id, value } of first?.data ?? [])
    simulator.redeemByHand(
      String(id),
      Number(value) - (simulator.state.test.rewards.find((r) => r.id === id)?.redeemed ?? 0),
    );
  const shifted = await page(5);
  expect(shifted?.totalCount).toBe(Number(second?.totalCount) - 5);
  expect(shifted?.data.map((r) => r.id)).not.toContain(second?.data[0]?.id);
});

test('rewards are filtered by id, type, unit, owner, date and status, nested by AND and OR', async () => {
  const simulator = await start();
  const count = async (filter: object) =>
    (
      await ask(
        simulator,
        'query C($filter: RewardFilterInput) { rewards(filter: $filter) { totalCount } }',
        { filter },
      )
    ).rewards?.totalCount;
  const all = simulator.state.test.rewards;
  const ids = nora.rewards.map((r) => r.id);
  expect(await count({ id_in: ids })).toBe(3);
  expect(await count({ id_in: ids, unit_in: ['STRIPE/EUR'] })).toBe(0);
  expect(await count({ type_eq: 'FUELTANK' })).toBe(1);
  expect(await count({ userId_eq: nora.id, accountId_eq: nora.accountId })).toBe(3);
  expect(await count({ unit_eq: 'STRIPE' })).toBe(0);
  expect(await count({ OR: [{ id_eq: ids[0] }, { type_eq: 'PCT_DISCOUNT' }] })).toBe(2);
  expect(await count({ statuses_in: [{ status: 'EXPIRED' }, { status: 'CANCELLED' }] })).toBe(3);
  expect(await count({ statuses_eq: { status: 'PENDING' } })).toBe(
    all.filter((r) => r.statuses.includes('PENDING')).length,
  );
  const cut = Date.now() - 20 * DAY;
  const [since, before] = [await count({ dateModified_gte: cut }), await count({ dateModified_lt: cut })];
  expect(since).toBe(all.filter((r) => r.dateModified >= cut).length);
  expect(Number(since) + Number(before)).toBe(all.length);
});

test('GraphQL tells what REST leaves out: statuses, currency, note, redemptions and owner', async () => {
  const simulator = await start();
  const { id } = rewardOf('Kaito Yamada');
  const { reward } = await ask(
    simulator,
    `query R($id: ID!) { reward(id: $id) { statuses pendingReasons availableValue redeemable prettyValue
      rewardUnit { key name currency { currencyCode fractionDigits numberToBasic } }
      user { id email customFields } meta { status integration { service } }
      rewardRedemptionTransactions { totalCount data { creditRedeemed } } } }`,
    { id },
  );
  expect(reward).toMatchObject({
    statuses: ['AVAILABLE'],
    availableValue: 2000,
    prettyValue: '¥2,000',
    rewardUnit: { key: 'STRIPE/JPY', currency: { currencyCode: 'JPY', fractionDigits: 0, numberToBasic: 1 } },
    user: { email: 'kaito@yamadacoffee.jp' },
    meta: null,
    rewardRedemptionTransactions: { totalCount: 0, data: [] },
  });
  const rest = await call(simulator, 'GET', `/reward/${id}`);
  expect(rest.body).toMatchObject({ id, assignedCredit: 2000, redeemedCredit: 0, redemptions: [] });
  for (const key of ['statuses', 'meta', 'availableValue', 'dateRedeemed'])
    expect(rest.body).not.toHaveProperty(key);
});

test('the REST list is a bare array, and the balance is assigned minus redeemed', async () => {
  const simulator = await start();
  const query = `accountId=${encodeURIComponent(participant('Marcus Bell').accountId)}`;
  const list: unknown = JSON.parse((await call(simulator, 'GET', `/reward?${query}`)).text);
  expect(list).toHaveLength(5);
  const [balance]: Record<string, number>[] = JSON.parse(
    (await call(simulator, 'GET', `/reward/balance?${query}`)).text,
  );
  expect(Number(balance?.totalAssignedCredit) - Number(balance?.totalRedeemedCredit)).toBe(2500);
  expect((await call(simulator, 'GET', '/reward')).body).toMatchObject({ statusCode: 400, rsCode: 'RS003' });
});

test('a GraphQL failure is status 200 with errors and Advocate’s own error beside them', async () => {
  const simulator = await start();
  const query =
    'mutation R { redeemRewardCredit(id: "none", redeemCreditInput: { amount: 1, unit: "X" }) { unit } }';
  const { status, body } = await call(simulator, 'POST', '/graphql', { query });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    errors: [{ message: expect.any(String) }],
    extensions: { apiError: { statusCode: 404, apiErrorCode: 'NOT_FOUND' } },
  });
  const wrong = await call(simulator, 'POST', '/graphql', { query: 'query { nothing }' });
  expect([wrong.status, Array.isArray(wrong.body.errors)]).toEqual([200, true]);
});

test('a redeemed reward cannot be cancelled; another can, once', async () => {
  const simulator = await start();
  const { id } = rewardOf('Nora Whitfield');
  expect((await call(simulator, 'POST', `/reward/${id}/cancel`)).body.dateCancelled).toEqual(
    expect.any(Number),
  );
  expect((await call(simulator, 'POST', `/reward/${id}/cancel`)).status).toBe(400);
  expect(
    (await call(simulator, 'POST', `/reward/${rewardOf('Adele Moreau', { status: 'partly' }).id}/cancel`))
      .status,
  ).toBe(400);
});

test('unit settings come by key or by pair, integrations and custom fields as seeded', async () => {
  const simulator = await start();
  const query =
    'query U { rewardUnitSettingsList { data { id config } } integrations { data { service enabled } } customFields { data { key } } }';
  const ids = async () => (await ask(simulator, query)).rewardUnitSettingsList?.data.map((s) => s.id);
  expect(await ids()).toEqual(['STRIPE', 'CASH', 'POINT', 'GOLD', 'PROMO']);
  simulator.setUnitForm('test', 'pair');
  expect(await ids()).toEqual([
    'STRIPE/EUR',
    'STRIPE/GBP',
    'STRIPE/JPY',
    'STRIPE/USD',
    'CASH/USD',
    'POINT',
    'GOLD',
    'PROMO/USD',
  ]);
  simulator.setUnitForm('test', 'path');
  expect(await ids()).toContain('t/CREDIT/u/STRIPE/USD');
  const { integrations, customFields } = await ask(simulator, query);
  expect(integrations?.data).toEqual([
    { service: 'stripe', enabled: false },
    { service: 'paypal', enabled: true },
  ]);
  expect(customFields?.data.map((f) => f.key)).toContain('stripeCustomerId');
});
