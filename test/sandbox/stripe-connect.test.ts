import { describe, expect, test } from 'vitest';
import { ACCOUNT, CLIENT_IDS, KEYS, rejection, startSandbox } from './stripe-setup.ts';

type Mode = 'test' | 'live';
const BACK = 'http://127.0.0.1:9/callback';

function question(mode: Mode, change: Record<string, string> = {}) {
  return new URLSearchParams({
    client_id: CLIENT_IDS[mode],
    response_type: 'code',
    scope: 'read_write',
    redirect_uri: BACK,
    state: 's-1',
    ...change,
  });
}

async function start() {
  const sandbox = await startSandbox();
  const decide = async (mode: Mode, decision: 'connect' | 'cancel' = 'connect') => {
    const body = question(mode, { decision });
    const answer = await sandbox.raw('/oauth/authorize', { method: 'POST', body });
    return new URL(answer.headers.get('location') ?? '').searchParams;
  };
  const exchange = async (mode: Mode, code: string, keyMode: Mode = mode) =>
    sandbox.sdk(KEYS[keyMode]).oauth.token({ grant_type: 'authorization_code', code });
  const codeFor = async (mode: Mode) => (await decide(mode)).get('code') ?? '';
  /** Which customers the platform's key reads in the account, or the code of the refusal. */
  const reach = async (mode: Mode) =>
    sandbox
      .sdk(KEYS[mode])
      .customers.list({}, { stripeAccount: ACCOUNT })
      .then(
        ({ data }) => data.map(({ livemode }) => livemode),
        (error) => `${error.statusCode} ${error.code}`,
      );
  return { ...sandbox, decide, exchange, codeFor, reach };
}

describe('the authorize page', () => {
  test('says who asks, for which account, in which mode and for what', async () => {
    const { raw } = await start();
    const text = await (await raw(`/oauth/authorize?${question('test')}`)).text();
    for (const shown of ['Advocate Credits', 'Test Shop', ACCOUNT, 'Test mode', 'read_write', 'Sandbox'])
      expect(text).toContain(shown);
  });

  test('yes returns a code, the scope and the state as it came', async () => {
    const { decide } = await start();
    const back = await decide('test');
    expect(back.get('code')).toMatch(/^ac_/);
    expect(back.get('scope')).toBe('read_write');
    expect(back.get('state')).toBe('s-1');
  });

  test('no returns access_denied and connects nothing', async () => {
    const { decide, sim } = await start();
    const back = await decide('test', 'cancel');
    expect(back.get('error')).toBe('access_denied');
    expect(back.get('state')).toBe('s-1');
    expect(sim.state.connections).toEqual([]);
  });

  test.each<Record<string, string>>([
    { client_id: 'ca_unknown' },
    { redirect_uri: 'http://shop.example/callback' },
    { redirect_uri: 'javascript:alert(1)' },
    { redirect_uri: '' },
  ])('%j is answered on the page, sending nobody anywhere', async (change) => {
    const { raw } = await start();
    const answer = await raw(`/oauth/authorize?${question('test', change)}`);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('location')).toBeNull();
  });

  test.each([
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ scope: 'read_only' }, 'invalid_scope'],
    [{ scope: 'everything' }, 'invalid_scope'],
  ])('%j goes back as %s', async (change, error) => {
    const { raw } = await start();
    const answer = await raw(`/oauth/authorize?${question('test', change)}`);
    const back = new URL(answer.headers.get('location') ?? '').searchParams;
    expect(back.get('error')).toBe(error);
    expect(back.get('state')).toBe('s-1');
  });

  test('text from the address is shown as text', async () => {
    const { raw } = await start();
    const answer = await raw(`/oauth/authorize?${question('test', { client_id: '<script>x</script>' })}`);
    expect(await answer.text()).not.toContain('<script>');
  });
});

describe('tokens', () => {
  test('a code becomes a connection, and its token works as a key of the account', async () => {
    const { sdk, exchange, codeFor, sim } = await start();
    const token = await exchange('test', await codeFor('test'));
    expect(token).toMatchObject({
      stripe_user_id: ACCOUNT,
      livemode: false,
      scope: 'read_write',
      token_type: 'bearer',
    });
    expect(sim.state.connections).toMatchObject([{ account: ACCOUNT, mode: 'test', revoked: false }]);
    expect((await sdk(token.access_token).customers.list()).data).toHaveLength(3);
    expect(JSON.stringify(sim.state)).not.toContain(token.access_token);
  });

  test('a code used twice is refused, and the connection it made is gone', async () => {
    const { exchange, codeFor, reach } = await start();
    const code = await codeFor('test');
    await exchange('test', code);
    expect(await reach('test')).toHaveLength(3);
    const refused = await rejection(exchange('test', code));
    expect(refused).toMatchObject({ type: 'StripeInvalidGrantError', statusCode: 400 });
    expect(refused.message).toContain('already been used');
    expect(await reach('test')).toBe('403 account_invalid');
  });

  test('a code is good for five minutes', async () => {
    const { exchange, codeFor, clock } = await start();
    const code = await codeFor('test');
    clock.advance(5 * 60_000);
    expect(await rejection(exchange('test', code))).toMatchObject({ type: 'StripeInvalidGrantError' });
  });

  test('a code of one mode is refused to the key of the other, and stays good', async () => {
    const { exchange, codeFor } = await start();
    const code = await codeFor('test');
    const refused = await rejection(exchange('test', code, 'live'));
    expect(refused).toMatchObject({ type: 'StripeInvalidGrantError' });
    expect(refused.message).toContain('mode');
    expect(await exchange('test', code)).toMatchObject({ stripe_user_id: ACCOUNT });
  });

  test('a live refresh token gives a test token, a test one never gives live', async () => {
    const { exchange, codeFor, sdk } = await start();
    const refresh = (keyMode: Mode, token = '') =>
      sdk(KEYS[keyMode]).oauth.token({ grant_type: 'refresh_token', refresh_token: token });
    const live = await exchange('live', await codeFor('live'));
    expect(await refresh('test', live.refresh_token)).toMatchObject({ livemode: false });
    const forTest = await exchange('test', await codeFor('test'));
    expect(await rejection(refresh('live', forTest.refresh_token))).toMatchObject({
      type: 'StripeInvalidGrantError',
    });
  });

  test.each([
    [{}, 'invalid_request', 400],
    [{ grant_type: 'password' }, 'unsupported_grant_type', 400],
    [{ grant_type: 'authorization_code' }, 'invalid_request', 400],
    [{ grant_type: 'authorization_code', code: 'ac_unknown' }, 'invalid_grant', 400],
  ])('%j is answered %s', async (fields, error, status) => {
    const { raw } = await start();
    const body = new URLSearchParams({ ...fields, client_secret: KEYS.test });
    const answer = await raw('/oauth/token', { method: 'POST', body, headers: { authorization: '' } });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({ error, error_description: expect.any(String) });
  });

  test('a key that is not the platform’s is an invalid client', async () => {
    const { sdk } = await start();
    const refused = await rejection(
      sdk('sk_test_wrong_key').oauth.token({ grant_type: 'authorization_code', code: 'ac_1' }),
    );
    expect(refused).toMatchObject({ type: 'StripeInvalidClientError', statusCode: 401 });
  });
});

describe('which key reaches what', () => {
  test('a test connection reaches test, never live', async () => {
    const { sim, reach } = await start();
    expect(await reach('test')).toBe('403 account_invalid');
    sim.connect('test');
    expect(await reach('test')).toEqual([false, false, false]);
    expect(await reach('live')).toBe('403 account_invalid');
  });

  test('a live connection reaches live, and test with the test key', async () => {
    const { sim, reach } = await start();
    sim.connect('live');
    expect(await reach('live')).toEqual([true]);
    expect(await reach('test')).toEqual([false, false, false]);
  });

  test('revoking in the dashboard ends access at once', async () => {
    const { sim, reach } = await start();
    sim.connect('live');
    expect(sim.revoke(ACCOUNT, 'live')).toBe(true);
    expect(await reach('live')).toBe('403 account_invalid');
    expect(await reach('test')).toBe('403 account_invalid');
    expect(sim.revoke(ACCOUNT, 'live')).toBe(false);
  });

  test('deauthorize ends the connection, and says so when there is none', async () => {
    const { sim, sdk, reach } = await start();
    sim.connect('test');
    const leave = () =>
      sdk(KEYS.test).oauth.deauthorize({ client_id: CLIENT_IDS.test, stripe_user_id: ACCOUNT });
    expect(await leave()).toMatchObject({ stripe_user_id: ACCOUNT });
    expect(await reach('test')).toBe('403 account_invalid');
    expect(await rejection(leave())).toMatchObject({ type: 'StripeInvalidClientError' });
    const wrongMode = sdk(KEYS.live).oauth.deauthorize({
      client_id: CLIENT_IDS.test,
      stripe_user_id: ACCOUNT,
    });
    expect(await rejection(wrongMode)).toMatchObject({ type: 'StripeInvalidClientError' });
  });

  test('the account can be read by the platform; a restricted key is told what it lacks', async () => {
    const { sim, sdk, stripe } = await start();
    sim.connect('test');
    expect(await sdk(KEYS.test).accounts.retrieve(ACCOUNT)).toMatchObject({
      id: ACCOUNT,
      business_profile: { name: 'Test Shop' },
      default_currency: 'usd',
    });
    const refused = await rejection(stripe.accounts.retrieve(ACCOUNT));
    expect(refused).toMatchObject({ statusCode: 403, type: 'StripePermissionError' });
  });
});

describe('keys', () => {
  test('a restricted key without the permission is told its name, and nothing happens', async () => {
    const { sdk, books } = await start();
    const readOnly = sdk(KEYS.restrictedLive);
    expect(await readOnly.customers.retrieve('cus_Live')).toMatchObject({ id: 'cus_Live' });
    const refused = await rejection(
      readOnly.customers.createBalanceTransaction('cus_Live', { amount: -1, currency: 'usd' }),
    );
    expect(refused).toMatchObject({ statusCode: 403, type: 'StripePermissionError' });
    expect(refused.message).toContain("'rak_customer_write'");
    expect(refused.message).not.toContain(KEYS.restrictedLive);
    expect(books('live').balanceTransactions.cus_Live).toBeUndefined();
  });

  test('a restricted key cannot speak for another account', async () => {
    const { stripe } = await start();
    const refused = await rejection(stripe.customers.list({}, { stripeAccount: 'acct_Other' }));
    expect(refused).toMatchObject({ statusCode: 403, code: 'account_invalid' });
  });

  test('unknown, publishable and absent keys are refused; the message masks the key', async () => {
    const { sdk, sim } = await start();
    const unknown = await rejection(sdk('sk_test_unknown_0123456789').customers.list());
    expect(unknown).toMatchObject({ statusCode: 401, type: 'StripeAuthenticationError' });
    expect(unknown.message).not.toContain('unknown_0123456789');
    expect(await rejection(sdk('pk_test_0123456789').customers.list())).toMatchObject({
      code: 'secret_key_required',
    });
    expect((await fetch(`${sim.url}/v1/customers`)).status).toBe(401);
  });

  test('a key may come as the user name of Basic authorization', async () => {
    const { sim } = await start();
    const basic = Buffer.from(`${KEYS.restrictedTest}:`).toString('base64');
    const answer = await fetch(`${sim.url}/v1/customers`, { headers: { authorization: `Basic ${basic}` } });
    expect(answer.status).toBe(200);
  });
});
