/** Stripe forgets idempotency keys after a day; the ledger does not forget what it sent. */
import { expect, test } from 'vitest';
import { ANNAS_CUSTOMER, anotherProxy, creditsOf, creditsThrough, setStage } from '../proxy/stage.ts';
import { expectPaidOnce, expectUnpaid } from './expect-paid-once.ts';
import {
  ANOTHER_CUSTOMER,
  askUntilSettled,
  asMerchant,
  atCredit,
  atLook,
  DAY,
  HOUR,
  ID,
  later,
  loseTheAnswer,
  relink,
  twoCustomers,
} from './scene.ts';

test('F13 · the key is pruned over a weekend: the credit that exists is found, not made again', async () => {
  const stage = await setStage();
  expect(await loseTheAnswer(stage)).toMatchObject({ state: 'waiting', reason: 'outcome_unknown' });
  later(stage, 3 * DAY);
  await stage.credits({ rewards: [ID] });
  later(stage, 3 * DAY + 60_000);
  await stage.parts.ofMode('test').finishNotes();
  expectPaidOnce(stage);
});

test('F13 · pruned, and the first send never arrived: looked for, then made once', async () => {
  const stage = await setStage();
  atCredit(stage, { fault: 'F1', times: 3 });
  await stage.credits({ rewards: [ID] });
  expectUnpaid(stage);
  later(stage, 3 * DAY);
  expect(await stage.credits({ rewards: [ID] })).toMatchObject([{ state: 'redeemed' }]);
  expectPaidOnce(stage);
});

test('F13 · pruned, and the look fails too: nothing is sent until somebody could look', async () => {
  const stage = await setStage();
  await loseTheAnswer(stage);
  later(stage, 2 * DAY);
  atLook(stage, { fault: 'F5', times: 2 });
  for (const _ of ['once', 'twice'])
    expect(await stage.credits({ rewards: [ID] })).toMatchObject([
      { state: 'waiting', reason: 'outcome_unknown' },
    ]);
  expect(await stage.credits({ rewards: [ID] })).toMatchObject([{ state: 'redeemed' }]);
  expectPaidOnce(stage);
});

test('F13 · pruned, and relinked meanwhile: the old customer’s credit stands, the new one gets none', async () => {
  const stage = await setStage(twoCustomers);
  await loseTheAnswer(stage);
  relink(stage);
  later(stage, 3 * DAY);
  expect(await stage.credits({ rewards: [ID] })).toMatchObject([
    { state: 'redeemed', customer: ANNAS_CUSTOMER },
  ]);
  expectPaidOnce(stage);
});

test('F13 · a saved failure is pruned: the look still decides, and the credit is made once', async () => {
  const stage = await setStage();
  atCredit(stage, { fault: 'F7' });
  atLook(stage, { fault: 'F5', times: 9 });
  await stage.credits({ rewards: [ID] });
  stage.stripe.clearFaults();
  later(stage, 25 * HOUR);
  await askUntilSettled(stage);
  expectPaidOnce(stage);
});

test('F13 · what another tenant or another sign looks like is not taken for the reward’s own credit', async () => {
  const stage = await setStage();
  atCredit(stage, { fault: 'F1', times: 3 });
  await stage.credits({ rewards: [ID] });
  const path = `/customers/${ANNAS_CUSTOMER}/balance_transactions`;
  const mark = { currency: 'usd', 'metadata[advocate_reward]': ID };
  const tenant = stage.seed.advocate.tenants.test.alias;
  await asMerchant(stage, 'POST', path, {
    ...mark,
    amount: '-2000',
    'metadata[advocate_tenant]': 'somebody_else',
  });
  await asMerchant(stage, 'POST', path, { ...mark, amount: '2000', 'metadata[advocate_tenant]': tenant });
  later(stage, DAY + HOUR);
  expect(await stage.credits({ rewards: [ID] })).toMatchObject([{ state: 'redeemed' }]);
  const found = await stage.db.selectFrom('ledger').select('credit').executeTakeFirstOrThrow();
  expect(creditsOf(stage, ID).find(({ id }) => id === found.credit)).toMatchObject({
    amount: -2000,
    metadata: { advocate_tenant: tenant },
  });
});

test('F13 · a credit that exists but differs is shown to a person, not believed and not made again', async () => {
  const stage = await setStage(twoCustomers);
  atCredit(stage, { fault: 'F1', times: 3 });
  await stage.credits({ rewards: [ID] });
  await asMerchant(stage, 'POST', `/customers/${ANNAS_CUSTOMER}/balance_transactions`, {
    amount: '-500',
    currency: 'usd',
    'metadata[advocate_reward]': ID,
    'metadata[advocate_tenant]': stage.seed.advocate.tenants.test.alias,
  });
  relink(stage, ANOTHER_CUSTOMER);
  later(stage, DAY + HOUR);
  for (const proxy of [stage.app, await anotherProxy(stage)])
    expect(await creditsThrough(proxy, stage, [ID])).toMatchObject([
      { state: 'held', reason: 'credit_differs' },
    ]);
});
