import { expect, test } from 'vitest';
import { rejection, startSandbox } from './stripe-setup.ts';

/** How many of so many requests at one moment go through. */
async function passed(count: number, ask: () => Promise<unknown>) {
  const outcomes = await Promise.allSettled(Array.from({ length: count }, ask));
  return outcomes.filter(({ status }) => status === 'fulfilled').length;
}

test('nothing is limited until limits are switched on', async () => {
  const { stripe } = await startSandbox();
  expect(await passed(40, () => stripe.customers.retrieve('cus_Ana'))).toBe(40);
});

test('test mode takes 25 requests a second, and then names the reason', async () => {
  const { sim, stripe, clock } = await startSandbox();
  sim.limits.enabled = true;
  expect(await passed(30, () => stripe.customers.retrieve('cus_Ana'))).toBe(25);
  const refused = await rejection(stripe.customers.list());
  expect(refused).toMatchObject({
    statusCode: 429,
    code: 'rate_limit',
    headers: { 'stripe-rate-limited-reason': 'global-rate' },
  });
  clock.advance(200);
  expect(await passed(10, () => stripe.customers.retrieve('cus_Ana'))).toBe(5);
});

test('each operation has a limit of its own, search a lower one', async () => {
  const { sim, stripe, clock } = await startSandbox();
  Object.assign(sim.limits, { enabled: true, test: 1000 });
  const search = () => stripe.customers.search({ query: 'email~"example"' });
  expect(await passed(30, search)).toBe(20);
  expect((await rejection(search())).headers).toMatchObject({
    'stripe-rate-limited-reason': 'endpoint-rate',
  });
  expect(await passed(30, () => stripe.customers.list())).toBe(25);
  clock.advance(1000);
  expect(await passed(30, search)).toBe(20);
});

test('a limited request is not remembered under its key', async () => {
  const { sim, stripe, clock, books } = await startSandbox();
  Object.assign(sim.limits, { enabled: true, test: 1 });
  const send = () =>
    stripe.customers.createBalanceTransaction(
      'cus_Ana',
      { amount: -5, currency: 'usd' },
      { idempotencyKey: 'k' },
    );
  await stripe.customers.list();
  expect(await rejection(send())).toMatchObject({ statusCode: 429 });
  clock.advance(1000);
  expect(await send()).toMatchObject({ amount: -5 });
  expect(books().balanceTransactions.cus_Ana).toHaveLength(1);
});
