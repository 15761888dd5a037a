import { expect, test } from 'vitest';
import { reward, setStage } from './stage.ts';

type Stage = Awaited<ReturnType<typeof setStage>>;

async function begin(stage: Stage, mode = 'test'): Promise<URL> {
  const { body } = await stage.ask('POST', `/connect/${mode}`);
  return new URL(String(body.url));
}
/** Clicks "Connect" on the authorize page and answers where Stripe sends the browser. */
async function authorize(url: URL, decision = 'connect'): Promise<URL> {
  const page = await fetch(url);
  const form = (await page.text()).match(/<form[^>]*action="([^"]*)"/)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const body = new URLSearchParams(url.search);
  body.set('decision', decision);
  const answer = await fetch(new URL(form || url.href, url), { method: 'POST', body, redirect: 'manual' });
  return new URL(answer.headers.get('location') ?? '');
}
const follow = (stage: Stage, url: URL) => stage.app.request(`${url.pathname}${url.search}`);
const stripeOf = async (stage: Stage) => {
  const { body } = await stage.ask('GET', '/session');
  return (body as { modes: { test: { stripe: Record<string, unknown> } } }).modes.test.stripe;
};

test('Connect ends with the account connected, in this mode alone', async () => {
  const stage = await setStage({ unconnected: true });
  expect(await stripeOf(stage)).toMatchObject({ via: 'connect', connected: false });
  const answer = await follow(stage, await authorize(await begin(stage)));
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('Stripe is connected')]);
  expect(await stripeOf(stage)).toMatchObject({
    connected: true,
    account: stage.stripe.state.accountId,
    accountName: 'Meadow Software',
  });
  expect((await stage.ask('GET', '/session')).body).toMatchObject({
    modes: { live: { stripe: { connected: false } } },
  });
});

test('the same redirect twice spends the code once', async () => {
  const stage = await setStage({ unconnected: true });
  const back = await authorize(await begin(stage));
  await follow(stage, back);
  const second = await follow(stage, back);
  expect(second.status).toBe(400);
  expect(await stripeOf(stage)).toMatchObject({ connected: true });
  expect(stage.exchanges.filter(({ path }) => path === '/oauth/token')).toHaveLength(1);
});

test('a forged, an old and a missing state are refused before anything is asked of Stripe', async () => {
  const stage = await setStage({ unconnected: true });
  const back = await authorize(await begin(stage));
  for (const state of ['forged', '', null]) {
    const forged = new URL(back);
    if (state === null) forged.searchParams.delete('state');
    else forged.searchParams.set('state', state);
    expect((await follow(stage, forged)).status).toBe(400);
  }
  stage.setClock(() => Date.now() + 11 * 60_000);
  expect((await follow(stage, back)).status).toBe(400);
  expect(stage.exchanges.filter(({ path }) => path === '/oauth/token')).toEqual([]);
  expect(await stripeOf(stage)).toMatchObject({ connected: false });
});

test('an admin who says no at Stripe is told so', async () => {
  const stage = await setStage({ unconnected: true });
  const answer = await follow(stage, await authorize(await begin(stage), 'cancel'));
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('denied')]);
});

test('disconnecting gives the access back, and twice is once', async () => {
  const stage = await setStage();
  expect((await stage.ask('DELETE', '/connect/test')).status).toBe(200);
  expect((await stage.ask('DELETE', '/connect/test')).status).toBe(200);
  expect(await stripeOf(stage)).toMatchObject({ connected: false, account: null });
  expect(stage.stripe.state.connections.filter(({ revoked }) => !revoked)).toEqual([]);
  expect(await stage.credits({ rewards: [reward().id] })).toMatchObject([
    { state: 'waiting', reason: 'not_connected' },
  ]);
});

const RESTRICTED = { STRIPE_CLIENT_ID_TEST: undefined, STRIPE_SECRET_KEY_TEST: undefined };

test('a restricted key pays without Connect', async () => {
  const stage = await setStage({
    unconnected: true,
    env: { ...RESTRICTED, STRIPE_RESTRICTED_KEY_TEST: 'rk_test_sandboxMeadowNotARealKey' },
  });
  expect(await stripeOf(stage)).toMatchObject({ via: 'restricted_key', connected: true });
  expect(await stage.ask('POST', '/connect/test')).toMatchObject({
    status: 409,
    body: { code: 'connect_not_possible' },
  });
  expect(await stage.credits({ rewards: [reward().id] })).toMatchObject([{ state: 'redeemed' }]);
});

test('a restricted key without the permission names the permission', async () => {
  const stage = await setStage({
    unconnected: true,
    env: { ...RESTRICTED, STRIPE_RESTRICTED_KEY_TEST: 'rk_test_sandboxMeadowNotARealKey' },
    change: (seed) => {
      seed.stripe.restrictedKeys.test.permissions = ['rak_customer_read'];
    },
  });
  expect(await stage.credits({ rewards: [reward().id] })).toMatchObject([
    {
      state: 'waiting',
      reason: 'permission_missing',
      facts: { detail: expect.stringContaining('rak_customer_write') },
    },
  ]);
});

test('wrong settings are refused with a sentence that names the variable', async () => {
  const { readEnvironment } = await import('../../src/proxy/environment.ts');
  const good = { ADVOCATE_TENANT_TEST: 'test_a', ADVOCATE_API_KEY_TEST: 'k' };
  const wrong: [Record<string, string>, string][] = [
    [{}, 'ADVOCATE_TENANT_TEST'],
    [{ ADVOCATE_TENANT_TEST: 'a' }, 'ADVOCATE_API_KEY_TEST'],
    [{ ...good, ADVOCATE_TENANT_LIVE: 'test_a', ADVOCATE_API_KEY_LIVE: 'k' }, 'same tenant'],
    [{ ...good, STRIPE_CLIENT_ID_TEST: 'ca_1' }, 'STRIPE_SECRET_KEY_TEST'],
    [{ ...good, STRIPE_CLIENT_ID_TEST: 'ca_1', STRIPE_SECRET_KEY_TEST: 'sk_live_1' }, 'live-mode key'],
    [
      {
        ...good,
        STRIPE_CLIENT_ID_TEST: 'ca_1',
        STRIPE_SECRET_KEY_TEST: 'sk_test_1',
        STRIPE_RESTRICTED_KEY_TEST: 'rk_test_1',
      },
      'not both',
    ],
    [{ ...good, PORT: 'http' }, 'PORT'],
    [{ ...good, DATABASE_URL: 'postgres://x' }, 'DATABASE_URL'],
    [{ ...good, PUBLIC_URL: 'http://proxy.example.com' }, 'PUBLIC_URL must be https'],
  ];
  for (const [variables, sentence] of wrong) expect(() => readEnvironment(variables)).toThrow(sentence);
  expect(readEnvironment(good)).toMatchObject({ port: 4242, host: '127.0.0.1' });
});
