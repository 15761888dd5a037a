/** Customers that change, vanish or are not found between one look and the next. */
import { describe, expect, test } from 'vitest';
import { ANNA, ANNAS_CUSTOMER, customer, participant, reward, setStage } from '../proxy/stage.ts';
import { expectPaidOnce, expectUnpaid } from './expect-paid-once.ts';
import {
  ANOTHER_CUSTOMER,
  askUntilSettled,
  asMerchant,
  atCredit,
  creditByHand,
  ID,
  later,
  loseTheAnswer,
  relink,
  TRANSACTIONS,
  twoCustomers,
} from './scene.ts';

const creditsTried = (exchanges: { method: string; path: string }[]) =>
  exchanges.filter(({ method, path }) => method === 'POST' && TRANSACTIONS.test(path)).length;

describe('F17 · the customer is deleted between lookup and credit', () => {
  test('the reward is held, and a new link pays it once', async () => {
    const stage = await setStage(twoCustomers);
    atCredit(stage, { fault: 'F17' });
    expect(await stage.credits({ rewards: [ID] })).toMatchObject([
      { state: 'held', reason: 'customer_missing', facts: { customer: ANNAS_CUSTOMER } },
    ]);
    expectUnpaid(stage);
    relink(stage);
    await askUntilSettled(stage);
    expectPaidOnce(stage, ID, { customer: ANOTHER_CUSTOMER });
  });

  test('deleted before the look: nothing is sent at all', async () => {
    const stage = await setStage();
    await asMerchant(stage, 'DELETE', `/customers/${ANNAS_CUSTOMER}`);
    expect(await stage.credits({ rewards: [ID] })).toMatchObject([
      { state: 'held', reason: 'customer_deleted' },
    ]);
    expect(creditsTried(stage.exchanges)).toBe(0);
    expectUnpaid(stage);
  });

  test('deleted after a credit whose answer was lost: the credit is found, and no other customer gets one', async () => {
    const stage = await setStage(twoCustomers);
    await loseTheAnswer(stage);
    await asMerchant(stage, 'DELETE', `/customers/${ANNAS_CUSTOMER}`);
    relink(stage);
    await askUntilSettled(stage);
    expectPaidOnce(stage);
  });

  test('unknown, and the list cannot be read any more: no other customer is paid for it', async () => {
    const stage = await setStage(twoCustomers);
    await loseTheAnswer(stage);
    stage.stripe.inject({ fault: 'F16', method: 'GET', path: TRANSACTIONS, times: 99 });
    relink(stage);
    for (const minutes of [0, 10, 60]) {
      later(stage, minutes * 60_000);
      const [outcome] = await stage.credits({ rewards: [ID] });
      expect(outcome?.reason).toBe('customer_other_mode');
    }
    stage.stripe.clearFaults();
    await askUntilSettled(stage);
    expectPaidOnce(stage);
  });

  test('a definite refusal, then a list that cannot be read any more: a new link is paid', async () => {
    const stage = await setStage(twoCustomers);
    atCredit(stage, { fault: 'F12', message: 'No.' });
    await stage.credits({ rewards: [ID] });
    const path = new RegExp(`${ANNAS_CUSTOMER}/balance_transactions$`);
    stage.stripe.inject({ fault: 'F16', method: 'GET', path, times: 99 });
    relink(stage);
    await askUntilSettled(stage);
    expectPaidOnce(stage, ID, { customer: ANOTHER_CUSTOMER });
  });
});

describe('F18 · the customer’s currency differs, or is not set', () => {
  test.each([
    ['differs: held, and nothing is sent', 'eur', 'currency_differs'],
    ['not set: held until a person confirms', null, 'currency_unset'],
  ])('%s', async (_, currency, reason) => {
    const stage = await setStage({ customers: [customer({ currency })] });
    expect(await stage.credits({ rewards: [ID] })).toMatchObject([{ state: 'held', reason }]);
    expect(creditsTried(stage.exchanges)).toBe(0);
    expectUnpaid(stage);
  });

  test('confirmed for one reward: that one is paid once, the other still waits for its own yes', async () => {
    const other = reward({ id: 'aaaaaaaaaaaaaaaaaaaaaaa2', unit: 'STRIPE/EUR' });
    const stage = await setStage({
      customers: [customer({ currency: null })],
      participants: [participant({ rewards: [reward(), other] })],
    });
    const outcomes = await stage.credits({ rewards: [ID, other.id], confirmCurrency: [ID] });
    const stateOf = new Map(outcomes.map(({ reward: id, state }) => [id, state]));
    expect([stateOf.get(ID), stateOf.get(other.id)]).toEqual(['redeemed', 'held']);
    expectPaidOnce(stage);
    expectUnpaid(stage, other.id);
  });

  test('the currency is fixed to another one after the answer was lost: the credit that exists is kept', async () => {
    const stage = await setStage({ customers: [customer({ currency: null })] });
    atCredit(stage, { fault: 'F1', times: 3 });
    await stage.credits({ rewards: [ID], confirmCurrency: [ID] });
    await asMerchant(stage, 'POST', `/customers/${ANNAS_CUSTOMER}/balance_transactions`, {
      amount: '-100',
      currency: 'eur',
    });
    later(stage, 10 * 60_000);
    expect(await stage.credits({ rewards: [ID] })).toMatchObject([
      { state: 'held', reason: 'currency_differs' },
    ]);
    expectUnpaid(stage);
  });
});

describe('F22 · the search index is stale', () => {
  const unlinked = { customers: [], participants: [participant({ customFields: {} })] };
  const query = `/test/customers?q=${encodeURIComponent(ANNA.userId)}`;

  test('a customer who was made just now is found by e-mail all the same', async () => {
    const stage = await setStage(unlinked);
    stage.stripe.settings.searchLagMs = 3_600_000;
    const made = await asMerchant(stage, 'POST', '/customers', { email: ANNA.userId });
    expect((await stage.ask('GET', query)).body.candidates).toMatchObject([
      { id: made.id, evidence: ['email_exact'] },
    ]);
  });

  test('no second customer is made while search does not know the first', async () => {
    const stage = await setStage(unlinked);
    stage.stripe.settings.searchLagMs = 3_600_000;
    const first = await stage.ask('POST', '/test/customers', ANNA);
    const again = await stage.ask('POST', '/test/customers', ANNA);
    expect([first.status, again.status, again.body.id]).toEqual([200, 200, first.body.id]);
    const foreign = { ...ANNA, userId: 'bob@example.com' };
    expect((await stage.ask('POST', '/test/customers', foreign)).status).toBe(404);
  });

  test('a customer whom search still shows although deleted is not credited', async () => {
    const stage = await setStage();
    stage.stripe.settings.searchLagMs = 3_600_000;
    await creditByHand(stage);
    await asMerchant(stage, 'DELETE', `/customers/${ANNAS_CUSTOMER}`);
    expect(await stage.credits({ rewards: [ID] })).toMatchObject([
      { state: 'held', reason: 'customer_deleted' },
    ]);
    expectUnpaid(stage);
  });

  test('Advocate shows old data: a refused second redemption is not taken for a real refusal', async () => {
    const stage = await setStage();
    stage.advocate.inject({ fault: 'reset-after-commit', path: /\/redeem$/ });
    stage.advocate.inject({ fault: 'stale-read', staleMs: 3_600_000, times: Number.POSITIVE_INFINITY });
    for (const _ of ['the lost answer', 'the refusal'])
      expect(await stage.credits({ rewards: [ID] })).toMatchObject([
        { state: 'credited', reason: 'redeem_pending' },
      ]);
    stage.advocate.clearFaults();
    await askUntilSettled(stage);
    expectPaidOnce(stage);
  });
});
