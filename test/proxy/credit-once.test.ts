import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import type { FaultInput } from '../../sandbox/stripe/faults.ts';
import { createStripeAccess } from '../../src/proxy/stripe-access.ts';
import {
  ANNAS_CUSTOMER,
  anotherProxy,
  creditsOf,
  creditsThrough,
  customer,
  participant,
  reward,
  rewardAt,
  setStage,
} from './stage.ts';

const ID = reward().id;
const TRANSACTIONS = /balance_transactions$/;

test('a reward becomes one credit, is redeemed and noted', async () => {
  const stage = await setStage();
  const [outcome] = await stage.credits({ rewards: [ID] });
  expect(outcome).toMatchObject({
    reward: ID,
    state: 'redeemed',
    reason: null,
    money: { amount: 2000, currency: 'USD' },
    customer: ANNAS_CUSTOMER,
    credit: { before: 0, after: 2000 },
  });
  const [credit, ...more] = creditsOf(stage, ID);
  expect(more).toEqual([]);
  expect(credit).toMatchObject({
    id: outcome?.credit?.id,
    amount: -2000,
    currency: 'usd',
    customer: ANNAS_CUSTOMER,
    livemode: false,
  });
  expect(rewardAt(stage, ID)).toMatchObject({ statuses: ['REDEEMED'], availableValue: 0 });
  expect(stage.advocate.state.test.metas).toMatchObject([
    { rewardId: ID, status: 'SUCCESS', customMeta: { credit: credit?.id } },
  ]);
});

test('asking again for a paid reward answers the same credit and sends nothing', async () => {
  const stage = await setStage();
  const [first] = await stage.credits({ rewards: [ID] });
  const sent = stage.exchanges.filter(
    ({ service, method }) => service === 'stripe' && method === 'POST',
  ).length;
  const [second] = await stage.credits({ rewards: [ID, ID] });
  expect(second?.credit).toEqual(first?.credit);
  expect(creditsOf(stage, ID)).toHaveLength(1);
  expect(
    stage.exchanges.filter(({ service, method }) => service === 'stripe' && method === 'POST'),
  ).toHaveLength(sent);
});

test('two requests at once make one credit', async () => {
  const stage = await setStage();
  const other = await anotherProxy(stage);
  await Promise.all([
    stage.credits({ rewards: [ID] }),
    creditsThrough(other, stage, [ID]),
    stage.credits({ rewards: [ID] }),
  ]);
  expect(creditsOf(stage, ID)).toHaveLength(1);
  const [settled] = await stage.credits({ rewards: [ID] });
  expect(settled?.state).toBe('redeemed');
});

/** Asks again, as the browser does, until the reward is settled or a person is needed. */
async function askUntilSettled(stage: Awaited<ReturnType<typeof setStage>>, rounds = 5) {
  const outcomes = [];
  let passed = 0;
  for (let round = 0; round < rounds; round++) {
    const [outcome] = await stage.credits({ rewards: [ID] });
    outcomes.push(outcome);
    if (outcome?.state === 'redeemed' || outcome?.state === 'held') break;
    passed += 60_000;
    const at = passed;
    stage.setClock(() => Date.now() + at);
  }
  return outcomes;
}

describe('whatever goes wrong on the way to Stripe, there is one credit in the end', () => {
  const faults: [string, FaultInput[]][] = [
    ['F1 reset before the request is read', [{ fault: 'F1' }]],
    ['F2 reset after the commit', [{ fault: 'F2' }]],
    ['F3 half an answer', [{ fault: 'F3' }]],
    ['F5 500 before execution', [{ fault: 'F5' }]],
    ['F6 500 that is saved and replayed', [{ fault: 'F6' }]],
    ['F7 500 after the commit, saved', [{ fault: 'F7' }]],
    ['F8 the key is in use', [{ fault: 'F8' }]],
    ['F9 rate limit', [{ fault: 'F9', times: 2 }]],
    ['F10 lock time-out', [{ fault: 'F10', times: 2 }]],
    ['F26 500 with should-retry false', [{ fault: 'F26' }]],
    ['F27 an HTML page instead of an answer', [{ fault: 'F27' }]],
    ['F27 an HTML page although it was done', [{ fault: 'F27', commit: true }]],
    ['F28 a redirect', [{ fault: 'F28' }]],
    ['three resets after the commit', [{ fault: 'F2', times: 3 }]],
    ['five refusals for speed', [{ fault: 'F9', times: 5 }]],
    ['a reset before, then one after the commit', [{ fault: 'F1' }, { fault: 'F2' }]],
  ];
  test.each(faults)('%s', async (_, injected) => {
    const stage = await setStage();
    for (const fault of injected) stage.stripe.inject({ method: 'POST', path: TRANSACTIONS, ...fault });
    const outcomes = await askUntilSettled(stage);
    expect(outcomes.at(-1)).toMatchObject({ state: 'redeemed', credit: { before: 0, after: 2000 } });
    expect(creditsOf(stage, ID)).toHaveLength(1);
    expect(rewardAt(stage, ID).statuses).toEqual(['REDEEMED']);
    expect(stage.stripe.state.redirectsFollowed).toEqual([]);
  });

  test('F12 a refusal saved under the key does not poison the reward', async () => {
    const stage = await setStage();
    stage.stripe.inject({ fault: 'F12', method: 'POST', path: TRANSACTIONS, message: 'No.' });
    const [held] = await stage.credits({ rewards: [ID] });
    expect(held).toMatchObject({ state: 'held', reason: 'stripe_refused', facts: { detail: 'No.' } });
    expect(creditsOf(stage, ID)).toEqual([]);
    const [again] = await stage.credits({ rewards: [ID] });
    expect(again?.state).toBe('redeemed');
    expect(creditsOf(stage, ID)).toHaveLength(1);
  });

  test('the key has been pruned after a weekend: the credit that exists is found, not made again', async () => {
    const stage = await setStage();
    stage.stripe.inject({ fault: 'F2', method: 'POST', path: TRANSACTIONS, times: 3 });
    // No look succeeds either, so the outcome stays unknown over the weekend.
    stage.stripe.inject({ fault: 'F5', method: 'GET', path: TRANSACTIONS, times: 9 });
    const [unknown] = await stage.credits({ rewards: [ID] });
    expect(unknown).toMatchObject({ state: 'waiting', reason: 'outcome_unknown' });
    stage.stripe.clearFaults();
    stage.setClock(() => Date.now() + 3 * 86_400_000);
    const [settled] = await stage.credits({ rewards: [ID] });
    expect(settled?.state).toBe('redeemed');
    expect(creditsOf(stage, ID)).toHaveLength(1);
  });

  test('a ledger that was lost finds its own credit again instead of making a second one', async () => {
    const stage = await setStage();
    stage.advocate.inject({ fault: 'error-500', path: /redeem/, times: 9 });
    const [credited] = await stage.credits({ rewards: [ID] });
    expect(credited).toMatchObject({ state: 'credited', reason: 'redeem_pending' });
    stage.advocate.clearFaults();
    await stage.db.deleteFrom('ledger').execute();
    await stage.db
      .updateTable('facts')
      .set({ value: String(Date.now()) })
      .where('name', '=', 'born_at')
      .execute();
    stage.setClock(() => Date.now() + 3 * 86_400_000);
    const reborn = await anotherProxy(stage);
    const [told] = await creditsThrough(reborn, stage, [ID]);
    expect(told).toMatchObject({
      state: 'redeemed',
      credit: { id: credited?.credit?.id },
    });
    expect(creditsOf(stage, ID)).toHaveLength(1);
  });
});

test('F14 once the access is revoked nothing more is sent for the account, and the rewards wait', async () => {
  const rewards = Array.from({ length: 30 }, (_, i) =>
    reward({ id: `bbbbbbbbbbbbbbbbbbbbbb${String(i).padStart(2, '0')}` }),
  );
  const stage = await setStage({ participants: [participant({ rewards })] });
  stage.stripe.inject({ fault: 'F14', method: 'POST', path: TRANSACTIONS, after: 2 });
  const outcomes = await stage.credits({ rewards: rewards.map(({ id }) => id) });
  expect(outcomes.filter(({ state }) => state === 'redeemed')).toHaveLength(2);
  expect(outcomes.filter(({ reason }) => reason === 'not_connected')).toHaveLength(28);
  const stripeCalls = stage.exchanges.filter(({ service }) => service === 'stripe');
  expect(stripeCalls.findIndex(({ status }) => status === 403)).toBe(stripeCalls.length - 1);
  const sent = stage.exchanges.length;
  const again = await stage.credits({ rewards: [rewards[5]?.id ?? ''] });
  expect(again).toMatchObject([{ state: 'waiting', reason: 'not_connected' }]);
  expect(stage.exchanges.slice(sent).filter(({ service }) => service === 'stripe')).toEqual([]);
  const { body } = await stage.ask('GET', '/session');
  expect(body).toMatchObject({
    modes: { test: { stripe: { connected: false, broken: expect.stringContaining('revoked') } } },
  });
});

test('F16 F17 a customer that vanishes between look and credit holds the reward, and a new link pays it once', async () => {
  const stage = await setStage({ customers: [customer(), customer({ id: 'cus_AnnaMeyer00002' })] });
  stage.stripe.inject({ fault: 'F17', method: 'POST', path: TRANSACTIONS });
  const [held] = await stage.credits({ rewards: [ID] });
  expect(held).toMatchObject({
    state: 'held',
    reason: 'customer_missing',
    facts: { customer: ANNAS_CUSTOMER },
  });
  stage.advocate.setCustomField(
    'test',
    { accountId: 'anna@example.com', id: 'anna@example.com' },
    'stripeCustomerId',
    'cus_AnnaMeyer00002',
  );
  const [paid] = await stage.credits({ rewards: [ID] });
  expect(paid).toMatchObject({ state: 'redeemed', customer: 'cus_AnnaMeyer00002' });
  expect(creditsOf(stage, ID)).toHaveLength(1);
});

test('a credit that exists but differs is shown to a person, not believed and not made again', async () => {
  const stage = await setStage();
  await stage.db
    .updateTable('facts')
    .set({ value: String(Date.now()) })
    .where('name', '=', 'born_at')
    .execute();
  const { secretKey } = stage.seed.stripe.platform.test;
  await fetch(`${stage.stripe.url}/v1/customers/${ANNAS_CUSTOMER}/balance_transactions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secretKey}`, 'stripe-account': stage.stripe.state.accountId },
    body: new URLSearchParams({
      amount: '-500',
      currency: 'usd',
      'metadata[advocate_reward]': ID,
      'metadata[advocate_tenant]': stage.seed.advocate.tenants.test.alias,
    }),
  });
  const reborn = await anotherProxy(stage);
  const [told] = await creditsThrough(reborn, stage, [ID]);
  expect(told).toMatchObject({ state: 'held', reason: 'credit_differs' });
  expect(creditsOf(stage, ID)).toMatchObject([{ amount: -500 }]);
});

test('with another account connected, what became of a credit in the first one is not guessed', async () => {
  const stage = await setStage();
  stage.stripe.inject({ fault: 'F2', method: 'POST', path: TRANSACTIONS, times: 3 });
  stage.stripe.inject({ fault: 'F5', method: 'GET', path: TRANSACTIONS, times: 9 });
  await stage.credits({ rewards: [ID] });
  stage.stripe.clearFaults();
  await stage.db.updateTable('connections').set({ account: 'acct_another' }).execute();
  expect(await stage.credits({ rewards: [ID] })).toMatchObject([
    { state: 'held', reason: 'account_changed', facts: { detail: stage.stripe.state.accountId } },
  ]);
});

test('an answer from the other mode is not believed', async () => {
  const body = {
    object: 'customer',
    id: ANNAS_CUSTOMER,
    livemode: true,
    balance: 0,
    created: 1,
    currency: 'usd',
  };
  const httpClient = Stripe.createFetchHttpClient(async () => Response.json(body));
  const access = createStripeAccess(
    new Stripe('sk_test_x', { httpClient }),
    'test',
    null,
    async () => undefined,
  );
  await expect(access.customer(ANNAS_CUSTOMER)).rejects.toMatchObject({ failure: 'unknown' });
});

test('a relink while the outcome at the old customer is unknown does not pay the new one as well', async () => {
  const stage = await setStage({ customers: [customer(), customer({ id: 'cus_AnnaMeyer00002' })] });
  stage.stripe.inject({ fault: 'F2', method: 'POST', path: TRANSACTIONS, times: 3 });
  stage.stripe.inject({ fault: 'F5', method: 'GET', path: TRANSACTIONS, times: 9 });
  await stage.credits({ rewards: [ID] });
  stage.stripe.clearFaults();
  stage.advocate.setCustomField(
    'test',
    { accountId: 'anna@example.com', id: 'anna@example.com' },
    'stripeCustomerId',
    'cus_AnnaMeyer00002',
  );
  const [settled] = await stage.credits({ rewards: [ID] });
  expect(settled).toMatchObject({ state: 'redeemed', customer: ANNAS_CUSTOMER });
  expect(creditsOf(stage, ID)).toHaveLength(1);
});

test('a relink after a send that never arrived waits until nothing can be under way, then pays the new customer', async () => {
  const stage = await setStage({ customers: [customer(), customer({ id: 'cus_AnnaMeyer00002' })] });
  stage.stripe.inject({ fault: 'F1', method: 'POST', path: TRANSACTIONS, times: 3 });
  const [unknown] = await stage.credits({ rewards: [ID] });
  expect(unknown?.reason).toBe('outcome_unknown');
  stage.advocate.setCustomField(
    'test',
    { accountId: 'anna@example.com', id: 'anna@example.com' },
    'stripeCustomerId',
    'cus_AnnaMeyer00002',
  );
  const [waits] = await stage.credits({ rewards: [ID] });
  expect(waits).toMatchObject({ state: 'waiting', reason: 'outcome_unknown' });
  expect(creditsOf(stage, ID)).toEqual([]);
  stage.setClock(() => Date.now() + 6 * 60_000);
  const [paid] = await stage.credits({ rewards: [ID] });
  expect(paid).toMatchObject({ state: 'redeemed', customer: 'cus_AnnaMeyer00002' });
  expect(creditsOf(stage, ID)).toHaveLength(1);
});
