/** What each fault does, and that none makes two credits of one, is in test/faults. */
import { expect, test } from 'vitest';
import {
  ANNAS_CUSTOMER,
  anotherProxy,
  creditsOf,
  creditsThrough,
  customer,
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
