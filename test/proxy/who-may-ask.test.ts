import { describe, expect, test } from 'vitest';
import { ANNA, ANNAS_CUSTOMER, creditsOf, reward, setStage } from './stage.ts';

const PERSON = `/test/participants/${encodeURIComponent(ANNA.accountId)}/${encodeURIComponent(ANNA.userId)}`;
const LINK = `${PERSON}/link`;
const WISH = { ...ANNA, customer: 'cus_Other00000001', previous: ANNAS_CUSTOMER };
const SETTINGS = { version: 1, units: [], paused: true, currencyRule: 'confirm', caps: {} };

test('a pairing code works once', async () => {
  const stage = await setStage();
  const code = await stage.parts.pairing.invite('support');
  const first = await stage.ask('POST', '/pair', { code, browserName: 'Chrome' });
  expect(first).toMatchObject({ status: 200, body: { role: 'support', token: expect.any(String) } });
  expect(await stage.ask('POST', '/pair', { code, browserName: 'Chrome' })).toMatchObject({
    status: 401,
    body: { code: 'code_invalid' },
  });
});

test('a pairing code is forgotten after a quarter of an hour', async () => {
  const stage = await setStage();
  const code = await stage.parts.pairing.invite('admin');
  stage.setClock(() => Date.now() + 16 * 60_000);
  expect(await stage.ask('POST', '/pair', { code, browserName: 'Chrome' })).toMatchObject({
    status: 401,
    body: { code: 'code_invalid' },
  });
});

test('a browser that gave its token up is not known any more', async () => {
  const stage = await setStage();
  const token = await stage.pairAs('support');
  expect((await stage.ask('GET', '/session', undefined, token)).status).toBe(200);
  await stage.ask('DELETE', '/session', undefined, token);
  expect(await stage.ask('GET', '/session', undefined, token)).toMatchObject({
    status: 401,
    body: { code: 'unauthorized' },
  });
});

test('neither tokens nor codes are in the database', async () => {
  const stage = await setStage();
  const code = await stage.parts.pairing.invite('admin');
  const rows = JSON.stringify([
    await stage.db.selectFrom('browsers').selectAll().execute(),
    await stage.db.selectFrom('codes').selectAll().execute(),
  ]);
  expect(rows).not.toContain(stage.admin);
  expect(rows).not.toContain(code);
});

describe('support looks up and links, and nothing else', () => {
  const refused: [string, string, unknown][] = [
    ['PUT', '/test/settings', SETTINGS],
    ['PUT', '/test/lease', undefined],
    ['POST', '/test/credits', { rewards: [reward().id] }],
    ['POST', '/test/holds', { rewards: [reward().id], deed: 'dismiss' }],
    ['POST', '/connect/test', undefined],
    ['DELETE', '/connect/test', undefined],
    ['POST', '/test/backfill', { version: 1, seen: [] }],
    ['POST', '/test/reversals', { reward: reward().id, seen: null }],
    ['POST', `/test/reversals/${reward().id}/dismiss`, undefined],
    ['POST', '/team/invitations', { role: 'admin' }],
    ['DELETE', '/team/00000000-0000-4000-8000-000000000000', undefined],
  ];
  test.each(refused)('refused: %s %s', async (method, path, body) => {
    const stage = await setStage();
    const token = await stage.pairAs('support');
    expect(await stage.ask(method, path, body, token)).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    expect(creditsOf(stage, reward().id)).toEqual([]);
    expect((await stage.ask('GET', '/session')).body).toMatchObject({
      modes: { test: { stripe: { connected: true }, settings: { version: 1 } } },
    });
  });

  test('allowed: session, units, rewards, customers, participants, link', async () => {
    const stage = await setStage();
    const token = await stage.pairAs('support');
    for (const path of [
      '/session',
      '/test/settings',
      '/test/units',
      '/test/rewards',
      '/test/ledger',
      '/test/customers?q=anna',
      '/test/participants?q=anna',
      '/test/unlinked',
      '/test/links',
      `/test/rewards/${reward().id}`,
      `/test/rewards/${reward().id}/landing`,
      `${PERSON}/landing`,
      '/test/overview',
      '/test/health',
      '/team',
    ])
      expect([path, (await stage.ask('GET', path, undefined, token)).status]).toEqual([path, 200]);
    const unlink = await stage.ask('DELETE', LINK, { previous: ANNAS_CUSTOMER }, token);
    expect(unlink).toMatchObject({ status: 200, body: { link: null } });
    const matches = await stage.ask('POST', '/test/matches', { participants: [ANNA] }, token);
    expect(matches).toMatchObject({ status: 200, body: { matches: [{ sure: ANNAS_CUSTOMER }] } });
    const wish = { ...ANNA, customer: ANNAS_CUSTOMER, previous: null };
    const links = await stage.ask('POST', '/test/links', { links: [wish] }, token);
    expect(JSON.parse(links.text)).toMatchObject({ state: 'linked' });
  });
});

describe('without a token there is nothing', () => {
  test.each([
    '/session',
    '/test/settings',
    '/test/units',
    '/test/rewards',
    '/test/ledger',
    '/test/customers?q=a',
    '/test/participants?q=a',
    '/test/unlinked',
    '/test/links',
    `/test/rewards/${reward().id}`,
    `/test/rewards/${reward().id}/landing`,
    `${PERSON}/landing`,
    '/test/overview',
    '/test/health',
    '/team',
    '/nothing',
  ])('%s', async (path) => {
    const stage = await setStage();
    expect(await stage.ask('GET', path, undefined, 'A'.repeat(43))).toMatchObject({
      status: 401,
      body: { code: 'unauthorized' },
    });
  });
});

describe('what is not known is refused with a code, and changes nothing', () => {
  const bad: [string, string, unknown, number, string][] = [
    ['POST', '/pair', { code: '' }, 400, 'bad_request'],
    ['POST', '/pair', '{"code":', 400, 'bad_request'],
    ['GET', '/nothing', undefined, 404, 'not_found'],
    ['GET', '/other/settings', undefined, 400, 'bad_request'],
    ['PUT', '/test/settings', { ...SETTINGS, version: 0 }, 409, 'settings_changed'],
    ['PUT', '/test/settings', { ...SETTINGS, units: ['STRIPE'] }, 400, 'bad_request'],
    ['PUT', '/test/settings', { ...SETTINGS, units: ['NOPE/USD'] }, 422, 'unit_not_usable'],
    ['PUT', '/test/settings', { ...SETTINGS, units: ['GOLD/USD'] }, 422, 'unit_not_usable'],
    ['PUT', '/test/settings', { ...SETTINGS, amount: 5 }, 400, 'bad_request'],
    ['GET', '/test/rewards?after=nonsense', undefined, 400, 'cursor_invalid'],
    ['GET', '/test/rewards?before=1', undefined, 400, 'bad_request'],
    ['POST', '/test/credits', { rewards: [] }, 400, 'bad_request'],
    ['POST', '/test/credits', { rewards: Array(101).fill('a') }, 400, 'bad_request'],
    ['POST', '/test/credits', { rewards: [reward().id], amount: 9_999_900 }, 400, 'bad_request'],
    ['POST', '/test/credits', { rewards: ['../../x'] }, 400, 'bad_request'],
    ['POST', '/test/credits', 'x'.repeat(70_000), 413, 'too_large'],
    ['POST', '/test/credits?dryRun=1', { rewards: [reward().id] }, 400, 'bad_request'],
    ['POST', '/test/holds', { rewards: Array(101).fill('a'), deed: 'hold' }, 400, 'bad_request'],
    ['POST', '/test/holds', { rewards: [reward().id], deed: 'pay' }, 400, 'bad_request'],
    ['GET', '/session?x=1', undefined, 400, 'bad_request'],
    ['PUT', '/test/lease?for=ever', undefined, 400, 'bad_request'],
    ['PUT', '/test/settings', { ...SETTINGS, units: ['STRIPE/USD', 'STRIPE/USD'] }, 400, 'bad_request'],
    [
      'PUT',
      '/test/settings',
      { ...SETTINGS, caps: { constructor: { perCredit: 1, perDay: 1 } } },
      400,
      'bad_request',
    ],
    [
      'PUT',
      '/test/settings',
      '{"version":1,"units":[],"paused":true,"currencyRule":"confirm","caps":{"__proto__":{}}}',
      400,
      'bad_request',
    ],
    [
      'PUT',
      '/test/settings',
      { ...SETTINGS, caps: { USD: { perCredit: 1e300, perDay: null } } },
      400,
      'bad_request',
    ],
    ['GET', '/test/customers', undefined, 400, 'bad_request'],
    ['GET', '/test/customers/acct_1', undefined, 400, 'bad_request'],
    ['GET', '/test/customers/cus_unknown00001', undefined, 404, 'customer_missing'],
    ['POST', '/test/customers', { accountId: 'nobody', userId: 'nobody' }, 404, 'participant_missing'],
    ['GET', '/test/participants/nobody/nobody', undefined, 404, 'participant_missing'],
    ['PUT', LINK, { customer: 'Anna', previous: null }, 400, 'bad_request'],
    ['PUT', LINK, { customer: 'cus_x1' }, 400, 'bad_request'],
    ['PUT', LINK, { customer: ANNAS_CUSTOMER, previous: null }, 409, 'link_changed'],
    ['PUT', LINK, { customer: 'cus_unknown00001', previous: ANNAS_CUSTOMER }, 404, 'customer_missing'],
    ['GET', '/test/unlinked?after=nonsense', undefined, 400, 'cursor_invalid'],
    ['GET', '/test/unlinked?limit=9', undefined, 400, 'bad_request'],
    ['GET', '/test/links?after=nonsense', undefined, 400, 'cursor_invalid'],
    ['POST', '/test/matches', { participants: [] }, 400, 'bad_request'],
    ['POST', '/test/matches', { participants: Array(21).fill(ANNA) }, 400, 'bad_request'],
    ['POST', '/test/matches', { participants: [{ ...ANNA, email: 'x' }] }, 400, 'bad_request'],
    ['POST', '/test/links', { links: [] }, 400, 'bad_request'],
    ['POST', '/test/links', { links: Array(101).fill(WISH) }, 400, 'bad_request'],
    ['POST', '/test/links', { links: [{ ...WISH, customer: 'Anna' }] }, 400, 'bad_request'],
    ['POST', '/test/links', { links: [{ ...ANNA, customer: ANNAS_CUSTOMER }] }, 400, 'bad_request'],
    ['GET', '/test/ledger?sort=newest&after=x', undefined, 400, 'cursor_invalid'],
    ['GET', '/test/ledger?limit=9', undefined, 400, 'bad_request'],
    ['GET', '/test/rewards/nobody', undefined, 404, 'not_found'],
    ['GET', '/test/overview?days=999', undefined, 400, 'bad_request'],
    ['GET', '/test/health?deep=1', undefined, 400, 'bad_request'],
    ['POST', '/team/invitations', { role: 'owner' }, 400, 'bad_request'],
    ['POST', '/team/invitations', { role: 'admin', code: 'AAAA-BBBB-CCCC' }, 400, 'bad_request'],
    ['DELETE', '/team/me', undefined, 400, 'bad_request'],
    ['DELETE', '/team/00000000-0000-4000-8000-000000000000', undefined, 404, 'not_found'],
    ['POST', '/test/links?dryRun=1', { links: [WISH] }, 400, 'bad_request'],
  ];
  test.each(bad)('%s %s', async (method, path, body, status, code) => {
    const stage = await setStage();
    const before = JSON.stringify([stage.stripe.state, stage.advocate.state]);
    expect(await stage.ask(method, path, body)).toMatchObject({
      status,
      body: { code, title: expect.any(String), requestId: expect.any(String) },
    });
    expect(JSON.stringify([stage.stripe.state, stage.advocate.state])).toBe(before);
    expect(await stage.db.selectFrom('ledger').selectAll().execute()).toEqual([]);
    expect((await stage.ask('GET', '/test/settings')).body).toMatchObject({ version: 1, paused: false });
  });
});

test('of two admins who save at once the second is told, and the first one’s settings stand', async () => {
  const stage = await setStage();
  const first = { ...SETTINGS, units: ['STRIPE/EUR'] };
  expect(await stage.ask('PUT', '/test/settings', first)).toMatchObject({
    status: 200,
    body: { version: 2 },
  });
  const second = await stage.ask('PUT', '/test/settings', { ...SETTINGS, units: ['STRIPE/JPY'] });
  expect(second).toMatchObject({ status: 409, body: { code: 'settings_changed' } });
  expect((await stage.ask('GET', '/test/settings')).body).toMatchObject({
    version: 2,
    units: ['STRIPE/EUR'],
  });
});

test('an upstream that lies or is silent becomes a problem, not a crash', async () => {
  const stage = await setStage();
  stage.advocate.inject({ fault: 'html-502', times: 3 });
  expect(await stage.ask('GET', '/test/participants?q=anna')).toMatchObject({
    status: 503,
    body: { code: 'advocate_unreachable' },
  });
  stage.advocate.clearFaults();
  stage.advocate.inject({ fault: 'unauthorized' });
  expect(await stage.ask('GET', '/test/units')).toMatchObject({
    status: 502,
    body: { code: 'advocate_refused_key' },
  });
  stage.stripe.inject({ fault: 'F27', times: 3 });
  expect(await stage.ask('GET', `/test/customers/${ANNAS_CUSTOMER}`)).toMatchObject({
    status: 503,
    body: { code: 'stripe_unreachable' },
  });
});

test('no secret and no e-mail address is in the log', async () => {
  const stage = await setStage();
  await stage.credits({ rewards: [reward().id] });
  stage.stripe.inject({ fault: 'F14', method: 'GET' });
  await stage.ask(
    'GET',
    `/test/participants/${encodeURIComponent(ANNA.accountId)}/${encodeURIComponent(ANNA.userId)}`,
  );
  stage.parts.log.info({ planted: stage.seed.stripe.platform.test.secretKey }, 'planted');
  const log = stage.logLines.join('');
  expect(log).toContain('outcome');
  expect(log).toContain('"planted":"[secret]"');
  for (const secret of [
    stage.admin,
    stage.seed.stripe.platform.test.secretKey,
    stage.seed.advocate.tenants.test.apiKey,
    '@example.com',
  ])
    expect(log).not.toContain(secret);
});

test('the OpenAPI document names every route', async () => {
  const stage = await setStage();
  const answer = await stage.app.request('/openapi.json');
  const { paths } = (await answer.json()) as { paths: Record<string, object> };
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining([
      '/v1/pair',
      '/v1/session',
      '/v1/connect/{mode}',
      '/v1/{mode}/settings',
      '/v1/{mode}/units',
      '/v1/{mode}/rewards',
      '/v1/{mode}/lease',
      '/v1/{mode}/credits',
      '/v1/{mode}/holds',
      '/v1/{mode}/ledger',
      '/v1/{mode}/customers',
      '/v1/{mode}/customers/{id}',
      '/v1/{mode}/participants',
      '/v1/{mode}/participants/{accountId}/{userId}',
      '/v1/{mode}/participants/{accountId}/{userId}/link',
      '/v1/{mode}/unlinked',
      '/v1/{mode}/matches',
      '/v1/{mode}/links',
      '/v1/{mode}/rewards/{reward}',
      '/v1/{mode}/rewards/{reward}/landing',
      '/v1/{mode}/participants/{accountId}/{userId}/landing',
      '/v1/{mode}/overview',
      '/v1/{mode}/health',
      '/v1/team',
      '/v1/team/invitations',
      '/v1/team/{browser}',
    ]),
  );
});
