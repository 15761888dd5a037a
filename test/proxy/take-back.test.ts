/** What is proposed to be taken back, and what an admin’s yes does. */
import { describe, expect, test } from 'vitest';
import {
  ANNA,
  ANNAS_CUSTOMER,
  anotherProxy,
  creditsOf,
  customer,
  participant,
  reward,
  rewardAt,
  setStage,
} from './stage.ts';
import {
  ANOTHER,
  actions,
  cancelledAfterCredit,
  confirm,
  customers,
  heartbeat,
  holder,
  ID,
  one,
  PERSON,
  page,
  proposed,
  relink,
  see,
  spend,
  THIRD,
  TRANSACTIONS,
  takenBack,
  usd,
  wronglyCredited,
} from './take-back-scene.ts';

describe('a proposal comes and goes by itself', () => {
  test('a reward cancelled after its credit is held, and its credit proposed to be taken back', async () => {
    const stage = await cancelledAfterCredit();
    expect(await proposed(stage)).toMatchObject([
      {
        reward: ID,
        ...ANNA,
        customer: ANNAS_CUSTOMER,
        credit: creditsOf(stage, ID)[0]?.id,
        money: usd(2000),
        cause: 'cancelled_in_advocate',
        linkedTo: ANNAS_CUSTOMER,
        state: 'proposed',
        unspent: null,
        reversed: null,
      },
    ]);
    expect(await one(stage)).toMatchObject({ unspent: usd(2000), reason: null });
    expect(await actions(stage)).toContain('reversal_proposed');
    expect(takenBack(stage)).toEqual([]);
  });

  test('the page tells that a cancelled reward is held', async () => {
    const stage = await setStage();
    const { after } = await page(stage);
    stage.advocate.inject({ fault: 'error-500', path: /redeem/, times: 9 });
    await stage.credits({ rewards: [ID] });
    stage.advocate.cancel(ID);
    expect((await page(stage, after)).rewards).toMatchObject([
      { id: ID, state: 'held', reason: 'cancelled_after_credit' },
    ]);
  });

  test('a cancellation that Advocate takes back withdraws the proposal, and the reward is redeemed', async () => {
    const stage = await cancelledAfterCredit();
    stage.advocate.uncancel(ID);
    await see(stage);
    expect(await proposed(stage)).toEqual([]);
    expect((await stage.credits({ rewards: [ID] }))[0]).toMatchObject({ state: 'redeemed' });
    expect(await actions(stage)).toEqual(expect.arrayContaining(['reversal_proposed', 'reversal_dismissed']));
  });

  test('a participant relinked elsewhere: what was credited to the old customer is proposed', async () => {
    const stage = await wronglyCredited();
    expect(await proposed(stage)).toMatchObject([
      { cause: 'wrong_customer', customer: ANNAS_CUSTOMER, linkedTo: ANOTHER, state: 'proposed' },
    ]);
  });

  test('relinked in Advocate while none of their rewards changes, it is noticed in turn', async () => {
    const stage = await setStage({ customers });
    const first = await page(stage);
    await stage.credits({ rewards: [ID] });
    const second = await page(stage, first.after);
    relink(stage, ANOTHER);
    stage.setClock(() => Date.now() + 7 * 3_600_000);
    await page(stage, second.after);
    expect(await proposed(stage)).toMatchObject([{ cause: 'wrong_customer', linkedTo: ANOTHER }]);
  });

  test('relinked by us: proposed in the same step; back again: withdrawn', async () => {
    const stage = await setStage({ customers });
    await stage.credits({ rewards: [ID] });
    const path = `${PERSON}/link`;
    expect((await stage.ask('PUT', path, { customer: ANOTHER, previous: ANNAS_CUSTOMER })).status).toBe(200);
    expect(await proposed(stage)).toMatchObject([{ cause: 'wrong_customer', linkedTo: ANOTHER }]);
    await stage.ask('PUT', path, { customer: THIRD, previous: ANOTHER });
    expect(await proposed(stage)).toMatchObject([{ cause: 'wrong_customer', linkedTo: THIRD }]);
    await stage.ask('PUT', path, { customer: ANNAS_CUSTOMER, previous: THIRD });
    expect(await proposed(stage)).toEqual([]);
    await stage.ask('DELETE', path, { previous: ANNAS_CUSTOMER });
    expect(await proposed(stage)).toMatchObject([{ cause: 'wrong_customer', linkedTo: null }]);
  });

  test('relinked after the unit was taken out of the settings: proposed all the same', async () => {
    const stage = await setStage({ customers });
    await stage.credits({ rewards: [ID] });
    const { body } = await stage.ask('GET', '/test/settings');
    const { version, paused, currencyRule, caps } = body;
    const settings = { version, paused, currencyRule, caps, units: ['STRIPE/EUR'] };
    expect((await stage.ask('PUT', '/test/settings', settings)).status).toBe(200);
    await stage.ask('PUT', `${PERSON}/link`, { customer: ANOTHER, previous: ANNAS_CUSTOMER });
    expect(await proposed(stage)).toMatchObject([{ cause: 'wrong_customer', linkedTo: ANOTHER }]);
  });

  test('what an admin dismissed does not come back for the same link, and does for another one', async () => {
    const stage = await wronglyCredited();
    const dismissed = await stage.ask('POST', `/test/reversals/${ID}/dismiss`);
    expect(dismissed.body).toMatchObject({ state: 'dismissed', decidedBy: 'admin’s browser' });
    for (const [link, state] of [
      [ANNAS_CUSTOMER, 'dismissed'],
      [ANOTHER, 'dismissed'],
      [THIRD, 'proposed'],
    ] as const) {
      relink(stage, link);
      await see(stage);
      expect(await proposed(stage)).toMatchObject([{ state }]);
    }
  });

  test('a dismissed one cannot be confirmed', async () => {
    const stage = await wronglyCredited();
    await stage.ask('POST', `/test/reversals/${ID}/dismiss`);
    expect(await confirm(stage, 2000)).toMatchObject({
      status: 409,
      body: { code: 'reversal_not_possible' },
    });
    expect(takenBack(stage)).toEqual([]);
  });

  test('live and test apart: the other mode knows nothing of it', async () => {
    const stage = await wronglyCredited();
    expect(await proposed(stage, 'live')).toEqual([]);
    expect((await stage.ask('GET', `/live/reversals/${ID}`)).status).toBe(404);
    expect((await stage.ask('POST', '/live/reversals', { reward: ID, seen: usd(2000) })).status).toBe(404);
    expect(takenBack(stage)).toEqual([]);
  });
});

describe('an admin confirms', () => {
  test('one opposite transaction, linked both ways, noted, and the reward says so for ever', async () => {
    const stage = await wronglyCredited();
    const answer = await confirm(stage, 2000);
    expect(answer).toMatchObject({
      status: 200,
      body: { state: 'reversed', reversed: usd(2000), debit: null },
    });
    const [credit] = creditsOf(stage, ID);
    const [back, ...more] = takenBack(stage);
    expect(more).toEqual([]);
    expect(back).toMatchObject({
      id: answer.body.transaction,
      amount: 2000,
      currency: 'usd',
      customer: ANNAS_CUSTOMER,
      metadata: {
        advocate_reversal_of: credit?.id,
        advocate_reversed_reward: ID,
        advocate_tenant: stage.seed.advocate.tenants.test.alias,
      },
    });
    expect(back?.metadata).not.toHaveProperty('advocate_reward');
    expect(credit?.metadata.advocate_reversed_by).toBe(back?.id);
    expect(holder(stage).balances.usd).toBe(0);
    expect(stage.advocate.state.test.metas).toMatchObject([
      { rewardId: ID, status: 'WARN', customMeta: { reversal: back?.id, amount: 2000 } },
    ]);
    expect(await actions(stage)).toEqual(
      expect.arrayContaining(['reversal_proposed', 'reversal_confirmed', 'reversed']),
    );
    const [asked] = await stage.credits({ rewards: [ID] });
    expect(asked).toMatchObject({ state: 'reversed', reason: null, customer: ANNAS_CUSTOMER });
    expect((await stage.credits({ rewards: [ID], dryRun: true }))[0]).toMatchObject({ state: 'reversed' });
    expect(creditsOf(stage, ID)).toHaveLength(1);
  });

  test('the page tells every browser that it was taken back', async () => {
    const stage = await setStage({ customers });
    const { after } = await page(stage);
    await stage.credits({ rewards: [ID] });
    relink(stage, ANOTHER);
    await see(stage);
    await confirm(stage, 2000);
    expect((await page(stage, after)).rewards).toMatchObject([{ id: ID, state: 'reversed', reason: null }]);
  });

  test('a reward cancelled after its credit is reversed and never credited again, not even when it counts again', async () => {
    const stage = await cancelledAfterCredit();
    expect((await confirm(stage, 2000)).body).toMatchObject({ state: 'reversed' });
    stage.advocate.uncancel(ID);
    stage.setClock(() => Date.now() + 60_000);
    expect((await stage.credits({ rewards: [ID] }))[0]).toMatchObject({ state: 'reversed' });
    expect(creditsOf(stage, ID)).toHaveLength(1);
    expect(rewardAt(stage, ID).redeemed).toBe(0);
  });

  test('of what was spent in part, only the rest is taken back', async () => {
    const stage = await wronglyCredited();
    spend(stage, 1500);
    expect(await one(stage)).toMatchObject({ unspent: usd(500) });
    expect((await confirm(stage, 500)).body).toMatchObject({ state: 'reversed', reversed: usd(500) });
    expect(holder(stage).balances.usd).toBe(0);
  });

  test('never more than the credit, however much credit the customer has', async () => {
    const stage = await wronglyCredited();
    spend(stage, -9000);
    expect(await one(stage)).toMatchObject({ unspent: usd(2000) });
    expect((await confirm(stage, 11000)).body).toMatchObject({ code: 'reversal_changed' });
    await confirm(stage, 2000);
    expect(takenBack(stage)).toMatchObject([{ amount: 2000 }]);
  });

  test('nothing is left: refused with a sentence, and nothing is sent', async () => {
    const stage = await wronglyCredited();
    spend(stage, 2000);
    expect(await one(stage)).toMatchObject({ unspent: usd(0), state: 'proposed' });
    for (const seen of [2000, 0, 1]) {
      const refused = await confirm(stage, seen);
      expect(refused).toMatchObject({ status: 409, body: { code: 'reversal_not_possible' } });
      expect(refused.body.detail).toMatch(/Nothing .* is unspent/);
    }
    expect(takenBack(stage)).toEqual([]);
  });

  test('a customer who owes something has nothing unspent', async () => {
    const stage = await wronglyCredited();
    spend(stage, 5000);
    expect(await one(stage)).toMatchObject({ unspent: usd(0) });
  });

  test.each([
    ['less', 1999, 'USD'],
    ['more', 2001, 'USD'],
    ['another currency', 2000, 'EUR'],
  ])('whoever saw %s is told what it is now, and nothing is sent', async (_, amount, currency) => {
    const stage = await wronglyCredited();
    expect(await confirm(stage, amount, { currency })).toMatchObject({
      status: 409,
      body: { code: 'reversal_changed', current: '$20.00 USD' },
    });
    expect(takenBack(stage)).toEqual([]);
    expect(await one(stage)).toMatchObject({ state: 'proposed' });
  });

  test('a currency without decimals', async () => {
    const stage = await wronglyCredited({
      customers: [customer({ currency: 'jpy' }), customer({ id: ANOTHER, currency: 'jpy' })],
      participants: [participant({ rewards: [reward({ unit: 'STRIPE/JPY', amount: 500 })] })],
    });
    spend(stage, 120, 'jpy');
    expect(await one(stage)).toMatchObject({ unspent: { amount: 380, currency: 'JPY' } });
    await confirm(stage, 380, { currency: 'JPY' });
    expect(takenBack(stage)).toMatchObject([{ amount: 380, currency: 'jpy' }]);
  });

  test('what counts is the credit’s own currency, also where the customer is billed in another one by now', async () => {
    const stage = await wronglyCredited();
    holder(stage).currency = 'eur';
    spend(stage, -700, 'eur');
    spend(stage, 1200, 'usd');
    expect(await one(stage)).toMatchObject({ unspent: usd(800) });
    await confirm(stage, 800);
    expect(holder(stage).balances).toEqual({ usd: 0, eur: -700 });
  });

  test('twice by mistake, and by two admins at once: once', async () => {
    const stage = await wronglyCredited();
    const second = await stage.pairAs('admin', 'the other admin');
    const answers = await Promise.all([confirm(stage, 2000), confirm(stage, 2000, { token: second })]);
    expect(answers.map(({ body }) => body.state)).toEqual(['reversed', 'reversed']);
    expect((await confirm(stage, 2000)).body).toMatchObject({ state: 'reversed' });
    expect((await confirm(stage, 1)).body).toMatchObject({ code: 'reversal_changed', current: '$20.00 USD' });
    expect(takenBack(stage)).toHaveLength(1);
    expect((await actions(stage)).filter((action) => action === 'reversal_confirmed')).toHaveLength(1);
  });

  test('two proxies at once: once', async () => {
    const stage = await wronglyCredited();
    const other = await anotherProxy(stage);
    const there = other.request('/v1/test/reversals', {
      method: 'POST',
      headers: { authorization: `Bearer ${stage.admin}`, 'content-type': 'application/json' },
      body: JSON.stringify({ reward: ID, seen: usd(2000) }),
    });
    const answers = await Promise.all([confirm(stage, 2000), there]);
    expect(answers.map(({ status }) => status)).toContain(200);
    expect(takenBack(stage)).toHaveLength(1);
  });

  test('two credits of one customer through two proxies at once: the second sees what the first has taken', async () => {
    const second = reward({ id: 'aaaaaaaaaaaaaaaaaaaaaaa2' });
    const stage = await setStage({ customers, participants: [participant({ rewards: [reward(), second] })] });
    await see(stage);
    await stage.credits({ rewards: [ID, second.id] });
    spend(stage, 2000);
    relink(stage, ANOTHER);
    await see(stage);
    stage.stripe.inject({ fault: 'F1', method: 'POST', path: TRANSACTIONS, times: 2 });
    const take = (id: string) => stage.ask('POST', '/test/reversals', { reward: id, seen: usd(2000) });
    expect(await Promise.all([take(ID), take(second.id)])).toMatchObject([{ status: 200 }, { status: 200 }]);
    stage.stripe.clearFaults();
    const app = await anotherProxy(stage);
    const headers = { authorization: `Bearer ${stage.admin}`, 'content-type': 'application/json' };
    const body = (id: string) => JSON.stringify({ reward: id, seen: usd(2000) });
    await Promise.all([
      stage.app.request('/v1/test/reversals', { method: 'POST', headers, body: body(ID) }),
      app.request('/v1/test/reversals', { method: 'POST', headers, body: body(second.id) }),
    ]);
    expect(takenBack(stage)).toHaveLength(1);
    expect(holder(stage).balances).toEqual({ usd: 0 });
  });

  test('a proposal whose cause went away meanwhile is withdrawn instead', async () => {
    const stage = await wronglyCredited();
    relink(stage, ANNAS_CUSTOMER);
    expect(await confirm(stage, 2000)).toMatchObject({ status: 409, body: { code: 'reversal_changed' } });
    expect(takenBack(stage)).toEqual([]);
    expect(await proposed(stage)).toEqual([]);
  });

  test('support may read it, and neither confirm nor dismiss', async () => {
    const stage = await wronglyCredited();
    const token = await stage.pairAs('support');
    expect((await stage.ask('GET', '/test/reversals', undefined, token)).status).toBe(200);
    expect((await stage.ask('GET', `/test/reversals/${ID}`, undefined, token)).status).toBe(200);
    expect((await confirm(stage, 2000, { token })).status).toBe(403);
    expect((await stage.ask('POST', `/test/reversals/${ID}/dismiss`, undefined, token)).status).toBe(403);
    expect(takenBack(stage)).toEqual([]);
    expect(await one(stage)).toMatchObject({ state: 'proposed' });
  });

  test('what is not proposed cannot be taken back', async () => {
    const stage = await setStage();
    await stage.credits({ rewards: [ID] });
    expect((await confirm(stage, 2000)).status).toBe(404);
    expect((await stage.ask('POST', `/test/reversals/${ID}/dismiss`)).status).toBe(404);
    expect(takenBack(stage)).toEqual([]);
  });

  test('the list is read in pages and by state', async () => {
    const rewards = Array.from({ length: 103 }, (_, i) =>
      reward({ id: `cccccccccccccccccccccc${String(i).padStart(3, '0')}`, amount: 10 }),
    );
    const stage = await setStage({ customers, participants: [participant({ rewards })] });
    const ids = rewards.map(({ id }) => id);
    await stage.credits({ rewards: ids.slice(0, 100) });
    await stage.credits({ rewards: ids.slice(100) });
    await see(stage);
    relink(stage, ANOTHER);
    await see(stage);
    const first = (await stage.ask('GET', '/test/reversals?state=proposed')).body;
    const second = (await stage.ask('GET', `/test/reversals?state=proposed&after=${first.after}`)).body;
    expect([first.reversals, second.reversals].flat()).toMatchObject(ids.map((id) => ({ reward: id })));
    expect(second.after).toBeNull();
    expect((await stage.ask('GET', '/test/reversals?state=reversed')).body).toEqual({
      reversals: [],
      after: null,
    });
  });
});

describe('an invoice that uses the credit in the same moment', () => {
  test('between reading and taking: the debt is recorded and told, and nothing is repaired', async () => {
    const stage = await wronglyCredited();
    const { push } = stage.exchanges;
    let reads = 0;
    // The second time is the last one before it is sent.
    stage.exchanges.push = (...all) => {
      const read = all.some(
        ({ method, path }) => method === 'GET' && path === `/v1/customers/${ANNAS_CUSTOMER}`,
      );
      if (read && ++reads === 2) spend(stage, 1200);
      return push.apply(stage.exchanges, all);
    };
    const answer = await confirm(stage, 2000);
    expect(answer.body).toMatchObject({ state: 'reversed', reversed: usd(2000), debit: usd(1200) });
    expect(takenBack(stage)).toHaveLength(1);
    expect(stage.advocate.state.test.metas[0]?.internalMessage).toContain('owes $12.00 USD');
    await heartbeat(stage);
    expect(holder(stage).balances.usd).toBe(1200);
    expect(creditsOf(stage, ID)).toHaveLength(1);
  });

  test('used before a confirmed one could be sent: an admin is asked again, never silently into debit', async () => {
    const stage = await wronglyCredited();
    stage.stripe.inject({ fault: 'F9', method: 'POST', path: TRANSACTIONS });
    await confirm(stage, 2000);
    spend(stage, 1200);
    await heartbeat(stage);
    expect(await one(stage)).toMatchObject({ state: 'proposed', unspent: usd(800), decidedAt: null });
    expect(takenBack(stage)).toEqual([]);
    expect((await confirm(stage, 800)).body).toMatchObject({ state: 'reversed', reversed: usd(800) });
  });

  test('used while it may still be under way: waited for, then an admin is asked again', async () => {
    const stage = await wronglyCredited();
    stage.stripe.inject({ fault: 'F1', method: 'POST', path: TRANSACTIONS });
    expect((await confirm(stage, 2000)).body).toMatchObject({
      state: 'confirmed',
      reason: 'outcome_unknown',
    });
    spend(stage, 1200);
    await heartbeat(stage, 60_000);
    expect(await one(stage)).toMatchObject({ state: 'confirmed', reason: 'outcome_unknown' });
    await heartbeat(stage, 6 * 60_000);
    expect(await one(stage)).toMatchObject({ state: 'proposed', unspent: usd(800) });
    expect(takenBack(stage)).toEqual([]);
  });
});
