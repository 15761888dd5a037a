import { expect, test, vi } from 'vitest';
import type { FaultInput } from '../../sandbox/stripe/faults.ts';
import { ACCOUNT, header, KEYS, rejection, startSandbox } from './stripe-setup.ts';

const credit = { amount: -2000, currency: 'usd' };

/** A sandbox with one fault waiting for the next credit, and a credit that can be sent again and again. */
async function withFault(fault: FaultInput) {
  const sandbox = await startSandbox();
  sandbox.sim.inject({ method: 'POST', path: /balance_transactions$/, ...fault });
  const send = () =>
    sandbox.stripe.customers.createBalanceTransaction('cus_Ana', credit, { idempotencyKey: 'reward-1' });
  const credits = () => sandbox.books().balanceTransactions.cus_Ana?.length ?? 0;
  return { ...sandbox, send, credits };
}

test('F1: the connection is reset before anything is executed', async () => {
  const { send, credits, exchanges } = await withFault({ fault: 'F1' });
  expect(await rejection(send())).toMatchObject({ type: 'StripeConnectionError' });
  expect(credits()).toBe(0);
  expect(exchanges).toMatchObject([{ status: null, requestBody: 'amount=-2000&currency=usd' }]);
  expect(await send()).toMatchObject({ ending_balance: -2000 });
});

test('F2: the credit is made, the answer is lost, and a repetition gets it', async () => {
  const { send, credits, exchanges } = await withFault({ fault: 'F2' });
  expect(await rejection(send())).toMatchObject({ type: 'StripeConnectionError' });
  expect(credits()).toBe(1);
  expect(exchanges).toMatchObject([{ status: null }]);
  expect(header(await send(), 'idempotent-replayed')).toBe('true');
  expect(credits()).toBe(1);
});

test('F3: half an answer arrives, then the connection breaks', async () => {
  const { raw, credits } = await withFault({ fault: 'F3', stallMs: 10 });
  const answer = await raw('/v1/customers/cus_Ana/balance_transactions', {
    method: 'POST',
    body: new URLSearchParams({ amount: '-2000', currency: 'usd' }),
  });
  expect(answer.status).toBe(200);
  await expect(answer.text()).rejects.toThrow();
  expect(credits()).toBe(1);
});

test('F3: the SDK reports the broken answer as an error', async () => {
  const { send, credits } = await withFault({ fault: 'F3', stallMs: 10 });
  await rejection(send());
  expect(credits()).toBe(1);
});

test('F4: the credit is made after the client has given up, its key in use until then', async () => {
  const { sim, sdk, send, credits, exchange } = await withFault({ fault: 'F4' });
  const settled = exchange(({ status }) => status === null);
  const impatient = sdk(KEYS.restrictedTest, { timeout: 400 });
  const first = impatient.customers.createBalanceTransaction('cus_Ana', credit, {
    idempotencyKey: 'reward-1',
  });
  const inUse = () => expect(Object.keys(sim.state.idempotency)).toHaveLength(1);
  await Promise.race([first, vi.waitFor(inUse, { interval: 2 })]);
  const meanwhile = await rejection(send());
  expect(meanwhile).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
  expect(credits()).toBe(0);
  expect(await rejection(first)).toMatchObject({ type: 'StripeConnectionError' });
  await settled;
  expect(credits()).toBe(1);
  expect(header(await send(), 'idempotent-replayed')).toBe('true');
  expect(credits()).toBe(1);
});

test('F4 with a time: the commit comes then, and still no answer', async () => {
  const { sdk, credits, exchange } = await withFault({ fault: 'F4', lateMs: 5 });
  const settled = exchange(({ status }) => status === null);
  const impatient = sdk(KEYS.restrictedTest, { timeout: 100 });
  await rejection(impatient.customers.createBalanceTransaction('cus_Ana', credit));
  expect(credits()).toBe(1);
  await settled;
});

test('F5: a 500 that did nothing and is not remembered', async () => {
  const { send, credits } = await withFault({ fault: 'F5' });
  expect(await rejection(send())).toMatchObject({ statusCode: 500, type: 'StripeAPIError' });
  expect(credits()).toBe(0);
  await send();
  expect(credits()).toBe(1);
});

test('F6: a 500 that did nothing and is replayed', async () => {
  const { send, credits } = await withFault({ fault: 'F6' });
  await rejection(send());
  const again = await rejection(send());
  expect(again).toMatchObject({ statusCode: 500, headers: { 'idempotent-replayed': 'true' } });
  expect(credits()).toBe(0);
});

test('F7: a 500 although the credit was made, replayed', async () => {
  const { send, credits } = await withFault({ fault: 'F7' });
  await rejection(send());
  expect(await rejection(send())).toMatchObject({
    statusCode: 500,
    headers: { 'idempotent-replayed': 'true' },
  });
  expect(credits()).toBe(1);
});

test.each([
  ['F8', { statusCode: 409, code: 'idempotency_key_in_use' }],
  ['F9', { statusCode: 429, code: 'rate_limit', type: 'StripeRateLimitError' }],
  ['F10', { statusCode: 429, code: 'lock_timeout', type: 'StripeRateLimitError' }],
  ['F11', { statusCode: 400, type: 'StripeIdempotencyError' }],
  ['F16', { statusCode: 404, code: 'resource_missing' }],
] as const)('%s: refused once, nothing done, and the next try goes through', async (fault, error) => {
  const { send, credits } = await withFault({ fault });
  expect(await rejection(send())).toMatchObject(error);
  expect(credits()).toBe(0);
  await send();
  expect(credits()).toBe(1);
});

test('only a real rate limit names its reason', async () => {
  const limited = await withFault({ fault: 'F9', reason: 'global-rate' });
  expect((await rejection(limited.send())).headers).toMatchObject({
    'stripe-rate-limited-reason': 'global-rate',
  });
  const locked = await withFault({ fault: 'F10' });
  expect((await rejection(locked.send())).headers).not.toHaveProperty('stripe-rate-limited-reason');
});

test('F12: a refusal that stays with its key; another key gets through', async () => {
  const { stripe, send, credits } = await withFault({ fault: 'F12', message: 'Not today.' });
  expect(await rejection(send())).toMatchObject({ statusCode: 400, message: 'Not today.' });
  expect(await rejection(send())).toMatchObject({
    message: 'Not today.',
    headers: { 'idempotent-replayed': 'true' },
  });
  expect(credits()).toBe(0);
  await stripe.customers.createBalanceTransaction('cus_Ana', credit, { idempotencyKey: 'reward-1-b' });
  expect(credits()).toBe(1);
});

test('F14: access of the platform ends in the middle and stays ended', async () => {
  const { sim, sdk, credits } = await withFault({ fault: 'F14', after: 1 });
  sim.connect('test');
  const send = () =>
    sdk(KEYS.test).customers.createBalanceTransaction('cus_Ana', credit, { stripeAccount: ACCOUNT });
  await send();
  expect(await rejection(send())).toMatchObject({ statusCode: 403, code: 'account_invalid' });
  sim.clearFaults();
  expect(await rejection(send())).toMatchObject({ statusCode: 403, code: 'account_invalid' });
  expect(credits()).toBe(1);
});

test('F14: a rolled restricted key stays refused', async () => {
  const { send, credits } = await withFault({ fault: 'F14' });
  for (let tries = 0; tries < 2; tries += 1)
    expect(await rejection(send())).toMatchObject({ statusCode: 401, code: 'api_key_expired' });
  expect(credits()).toBe(0);
});

test('F17: the customer is deleted just before the credit', async () => {
  const { stripe, send, credits } = await withFault({ fault: 'F17' });
  expect(await rejection(send())).toMatchObject({ statusCode: 404, code: 'resource_missing' });
  expect(await stripe.customers.retrieve('cus_Ana')).toMatchObject({ deleted: true });
  expect(credits()).toBe(0);
});

test.each([
  [false, 0],
  [true, 1],
])('F26: a 500 that must not be retried, executed: %s', async (commit, expected) => {
  const { send, credits } = await withFault({ fault: 'F26', commit });
  expect(await rejection(send())).toMatchObject({
    statusCode: 500,
    headers: { 'stripe-should-retry': 'false' },
  });
  expect(credits()).toBe(expected);
});

test.each([
  [false, 0],
  [true, 1],
])('F27: an intermediary answers HTML, executed: %s', async (commit, expected) => {
  const { send, credits, exchanges } = await withFault({ fault: 'F27', commit });
  await rejection(send());
  expect(exchanges).toMatchObject([{ status: 502, responseBody: expect.stringContaining('<html>') }]);
  expect(exchanges[0]?.responseHeaders['content-type']).toContain('text/html');
  expect(credits()).toBe(expected);
});

test('F28: a redirect, and whoever follows it with the POST is seen', async () => {
  const { sim, raw, credits } = await withFault({ fault: 'F28', times: 2 });
  const post = (redirect: RequestRedirect) =>
    raw('/v1/customers/cus_Ana/balance_transactions', {
      method: 'POST',
      body: new URLSearchParams(),
      redirect,
    });
  expect((await post('manual')).status).toBe(307);
  expect(sim.state.redirectsFollowed).toEqual([]);
  await post('follow');
  expect(sim.state.redirectsFollowed).toMatchObject([{ method: 'POST', authorized: true }]);
  expect(credits()).toBe(0);
});

test('a fault hits as many requests as it was told, after as many as it was told, and only matching ones', async () => {
  const { send, stripe, sim } = await withFault({ fault: 'F5', after: 1, times: 2 });
  await send();
  await stripe.customers.retrieve('cus_Ana');
  await rejection(send());
  await rejection(send());
  await send();
  sim.inject({ fault: 'F5' });
  sim.clearFaults();
  await stripe.customers.retrieve('cus_Ana');
});

test('OAuth answers can be lost too', async () => {
  const { sim, sdk } = await startSandbox();
  sim.connect('test');
  sim.inject({ fault: 'F2', path: /deauthorize/ });
  const leave = sdk(KEYS.test).oauth.deauthorize({ client_id: 'ca_test', stripe_user_id: ACCOUNT });
  expect(await rejection(leave)).toMatchObject({ type: 'StripeConnectionError' });
  expect(sim.state.connections).toMatchObject([{ revoked: true }]);
});

test('every request is reported once, whatever became of it', async () => {
  const { sim, send, exchanges, stripe } = await withFault({ fault: 'F2' });
  await rejection(send());
  sim.inject({ fault: 'F1' });
  await rejection(send());
  await send();
  await stripe.customers.list();
  expect(exchanges.map(({ method, status }) => [method, status])).toEqual([
    ['POST', null],
    ['POST', null],
    ['POST', 200],
    ['GET', 200],
  ]);
  expect(new Set(exchanges.slice(2).map(({ responseHeaders }) => responseHeaders['request-id'])).size).toBe(
    2,
  );
});
