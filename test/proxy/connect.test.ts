import { expect, test } from 'vitest';
import { authorize, begin, follow, stripeOf } from '../support/through-connect.ts';
import { reward, setStage } from './stage.ts';

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
