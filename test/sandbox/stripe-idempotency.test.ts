import { expect, test, vi } from 'vitest';
import { ACCOUNT, header, KEYS, rejection, startSandbox } from './stripe-setup.ts';

const credit = { amount: -2000, currency: 'usd' };
const key = { idempotencyKey: 'reward-1' };

test('a repeated request is answered from memory and executed once', async () => {
  const { stripe, books } = await startSandbox();
  const first = await stripe.customers.createBalanceTransaction('cus_Ana', credit, key);
  const again = await stripe.customers.createBalanceTransaction('cus_Ana', credit, key);
  expect(again.id).toBe(first.id);
  expect(header(again, 'idempotent-replayed')).toBe('true');
  expect(header(again, 'original-request')).toBe(header(first, 'request-id'));
  expect(header(again, 'idempotency-key')).toBe('reward-1');
  expect(header(first, 'idempotent-replayed')).toBeNull();
  expect(again.lastResponse.requestId).not.toBe(first.lastResponse.requestId);
  expect(books().balanceTransactions.cus_Ana).toHaveLength(1);
});

test('other parameters or another path under the same key are refused', async () => {
  const { stripe, books } = await startSandbox();
  await stripe.customers.createBalanceTransaction('cus_Ana', credit, key);
  const others = [
    stripe.customers.createBalanceTransaction('cus_Ana', { ...credit, amount: -1 }, key),
    stripe.customers.createBalanceTransaction('cus_Ben', credit, key),
  ];
  for (const other of others)
    expect(await rejection(other)).toMatchObject({ statusCode: 400, type: 'StripeIdempotencyError' });
  expect(books().balanceTransactions.cus_Ana).toHaveLength(1);
  expect(books().balanceTransactions.cus_Ben).toHaveLength(1);
});

test('the order of parameters does not make another request', async () => {
  const { raw, books } = await startSandbox();
  for (const body of ['amount=-5&currency=usd', 'currency=usd&amount=-5']) {
    const answer = await raw('/v1/customers/cus_Ana/balance_transactions', {
      method: 'POST',
      body: new URLSearchParams(body),
      headers: { 'idempotency-key': 'k' },
    });
    expect(answer.status).toBe(200);
  }
  expect(books().balanceTransactions.cus_Ana).toHaveLength(1);
});

test('while the first runs, a repetition is told that the key is in use', async () => {
  const { sim, stripe, books } = await startSandbox({ latency: () => 250 });
  const send = () => stripe.customers.createBalanceTransaction('cus_Ana', credit, key);
  const first = send();
  await vi.waitFor(() => expect(Object.keys(sim.state.idempotency)).toHaveLength(1), { interval: 2 });
  expect(await rejection(send())).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
  await first;
  expect(books().balanceTransactions.cus_Ana).toHaveLength(1);
});

test('two writes to one customer do not overlap, and the refusal is not remembered', async () => {
  const { sim, stripe, books } = await startSandbox({ latency: () => 250 });
  const write = (idempotencyKey: string) =>
    stripe.customers.createBalanceTransaction('cus_Ana', credit, { idempotencyKey });
  const first = write('a');
  await vi.waitFor(() => expect(Object.keys(sim.state.idempotency)).toHaveLength(1), { interval: 2 });
  const refused = await rejection(write('b'));
  expect(refused).toMatchObject({ statusCode: 429, code: 'lock_timeout' });
  expect(refused.headers).not.toHaveProperty('stripe-rate-limited-reason');
  await first;
  await write('b');
  expect(books().balanceTransactions.cus_Ana).toHaveLength(2);
});

test('a refusal by execution is remembered, a refusal of parameters is not', async () => {
  const { stripe, raw } = await startSandbox();
  const gone = () => stripe.customers.createBalanceTransaction('cus_Gone', credit, key);
  await rejection(gone());
  const replayed = await rejection(gone());
  expect(replayed).toMatchObject({ statusCode: 404, headers: { 'idempotent-replayed': 'true' } });

  const post = (amount: string) =>
    raw('/v1/customers/cus_Ana/balance_transactions', {
      method: 'POST',
      body: new URLSearchParams({ amount, currency: 'usd' }),
      headers: { 'idempotency-key': 'other' },
    });
  expect((await post('zero')).status).toBe(400);
  expect((await post('-5')).status).toBe(200);
});

test('a key is forgotten after its time, and the request runs again', async () => {
  const { stripe, clock, books } = await startSandbox();
  const send = () => stripe.customers.createBalanceTransaction('cus_Ana', credit, key);
  await send();
  clock.advance(24 * 3_600_000 - 1);
  await send();
  expect(books().balanceTransactions.cus_Ana).toHaveLength(1);
  clock.advance(1);
  await send();
  expect(books().balanceTransactions.cus_Ana).toHaveLength(2);
});

test('keys of different accounts and modes do not meet', async () => {
  const { sim, sdk, books } = await startSandbox();
  sim.connect('live');
  const body = { name: 'Same' };
  const here = await sdk(KEYS.test).customers.create(body, { ...key, stripeAccount: ACCOUNT });
  const own = await sdk(KEYS.test).customers.create(body, key);
  const live = await sdk(KEYS.live).customers.create(body, { ...key, stripeAccount: ACCOUNT });
  expect(new Set([here.id, own.id, live.id]).size).toBe(3);
  expect(live.livemode).toBe(true);
  expect(Object.keys(books('live').customers)).toContain(live.id);
});

test('a key of more than 255 characters is refused', async () => {
  const { stripe } = await startSandbox();
  const refused = await rejection(stripe.customers.create({}, { idempotencyKey: 'k'.repeat(256) }));
  expect(refused.statusCode).toBe(400);
});
