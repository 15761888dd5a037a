/** What Stripe itself answers: failures that are saved, turned away, slowed down or said of the key. */
import { describe, expect, test } from 'vitest';
import type { FaultInput } from '../../sandbox/stripe/faults.ts';
import { creditsThrough, setStage } from '../proxy/stage.ts';
import { expectPaidOnce, expectUnpaid } from './expect-paid-once.ts';
import {
  ANOTHER_CUSTOMER,
  askUntilSettled,
  atCredit,
  atLook,
  ID,
  interrupted,
  manyRewards,
  relink,
  TRANSACTIONS,
  twoCustomers,
} from './scene.ts';

const faults: [string, FaultInput[]][] = [
  ['F6 · 500 saved and replayed: looked for, not found, sent under a new key', [{ fault: 'F6' }]],
  ['F6 · two saved 500s in a row: each has a key of its own', [{ fault: 'F6', times: 2 }]],
  ['F7 · 500 after commit, saved: the credit is found', [{ fault: 'F7' }]],
  ['F8 · 409, the key is in use: the same key again', [{ fault: 'F8' }]],
  ['F9 · 429 rate limit: turned away, so it is simply sent again', [{ fault: 'F9', times: 2 }]],
  ['F9 · 429 five times: it waits, and says so', [{ fault: 'F9', times: 5 }]],
  ['F10 · 429 lock time-out: turned away, so it is simply sent again', [{ fault: 'F10', times: 2 }]],
  ['F12 · a 400 saved under the key: the next try has another key', [{ fault: 'F12' }]],
];

describe('whatever Stripe answers, there is one credit in the end', () => {
  test.each(faults)('%s', async (_, injected) => {
    const stage = await setStage();
    for (const fault of injected) atCredit(stage, fault);
    await askUntilSettled(stage);
    // What is held needs a person, who tries again.
    const outcomes = await askUntilSettled(stage);
    expect(outcomes.get(ID)).toMatchObject({ state: 'redeemed', credit: { before: 0, after: 2000 } });
    expectPaidOnce(stage);
  });
});

test('F6 · a saved 500 while the look fails: no new key as long as nobody could look', async () => {
  const stage = await setStage();
  atCredit(stage, { fault: 'F7' });
  atLook(stage, { fault: 'F5', times: 9 });
  const [unknown] = await stage.credits({ rewards: [ID] });
  expect(unknown).toMatchObject({ state: 'waiting', reason: 'outcome_unknown' });
  stage.stripe.clearFaults();
  await askUntilSettled(stage);
  expectPaidOnce(stage);
});

test('F8 · the key stays in use: it waits, nothing is sent under another one, and it is paid when the key is free', async () => {
  const stage = await setStage();
  atCredit(stage, { fault: 'F8', times: 3 });
  const [unknown] = await stage.credits({ rewards: [ID] });
  expect(unknown).toMatchObject({ state: 'waiting', reason: 'outcome_unknown' });
  expectUnpaid(stage);
  await askUntilSettled(stage);
  expectPaidOnce(stage);
});

test('F10 · twenty rewards of one customer: no two writes at once, and each is paid once', async () => {
  const { cast, ids } = manyRewards(20);
  const stage = await setStage({ ...cast, stripeLatency: () => 20 });
  stage.stripe.limits.enabled = false;
  await askUntilSettled(stage, ids);
  for (const id of ids) expectPaidOnce(stage, id);
  const refused = stage.exchanges.filter(({ path, status }) => TRANSACTIONS.test(path) && status === 429);
  expect(refused).toEqual([]);
});

test('F11 · the key was used with other parameters: a person looks, nothing is sent under another key', async () => {
  const stage = await setStage();
  atCredit(stage, { fault: 'F11' });
  for (const _ of ['first', 'again', 'and again'])
    expect(await stage.credits({ rewards: [ID] })).toMatchObject([
      { state: 'held', reason: 'credit_differs', facts: { detail: expect.stringContaining('key') } },
    ]);
  expectUnpaid(stage);
  expect(Object.keys(stage.stripe.state.idempotency)).toEqual([]);
});

test('F11 · the amount changes while the outcome is unknown: what travels under the key does not', async () => {
  const stage = await setStage();
  atCredit(stage, { fault: 'F2', times: 3 });
  atLook(stage, { fault: 'F5', times: 9 });
  await stage.credits({ rewards: [ID] });
  stage.stripe.clearFaults();
  stage.advocate.redeemByHand(ID, 500);
  const outcomes = await askUntilSettled(stage);
  expect(outcomes.get(ID)).toMatchObject({ money: { amount: 2000, currency: 'USD' } });
  const bodies = stage.exchanges.filter(({ method, path }) => method === 'POST' && TRANSACTIONS.test(path));
  expect(new Set(bodies.map(({ requestBody }) => requestBody)).size).toBe(1);
});

test('F12 · a saved 400 says why, holds for a person, and is not Stripe’s answer for ever', async () => {
  const stage = await setStage();
  atCredit(stage, { fault: 'F12', message: 'No.' });
  expect(await stage.credits({ rewards: [ID] })).toMatchObject([
    { state: 'held', reason: 'stripe_refused', facts: { detail: 'No.' } },
  ]);
  expectUnpaid(stage);
  await askUntilSettled(stage);
  expectPaidOnce(stage);
});

test('F9 · during the wait somebody relinks: the turned away send has sent nothing, so the new customer is paid', async () => {
  const stage = await setStage(twoCustomers);
  const slow = await interrupted(stage, () => relink(stage));
  atCredit(stage, { fault: 'F9', times: 9 });
  await creditsThrough(slow, stage, [ID]);
  stage.stripe.clearFaults();
  expect(await stage.credits({ rewards: [ID] })).toMatchObject([{ state: 'redeemed' }]);
  expectPaidOnce(stage, ID, { customer: ANOTHER_CUSTOMER });
});
