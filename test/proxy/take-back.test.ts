import { describe, expect, test } from 'vitest';
import type { FaultInput } from '../../sandbox/stripe/faults.ts';
import { type BalanceTransaction, postTransaction } from '../../sandbox/stripe/state.ts';
import type { Mode } from '../../src/contract/words.ts';
import { finishReversals } from '../../src/proxy/decide-reversal.ts';
import { reversalContext } from '../../src/proxy/reversal-context.ts';
import { createReversals } from '../../src/proxy/reversals.ts';
import { reversalParameters } from '../../src/proxy/take-back.ts';
import {
  ANNA,
  ANNAS_CUSTOMER,
  anotherProxy,
  type Cast,
  creditsOf,
  customer,
  participant,
  reward,
  rewardAt,
  type Stage,
  setStage,
} from './stage.ts';

const ID = reward().id;
const ANOTHER = 'cus_AnnaMeyer00002';
const THIRD = 'cus_AnnaMeyer00003';
const KEY = { accountId: ANNA.accountId, id: ANNA.userId };
const TRANSACTIONS = /balance_transactions$/;
const customers = [customer(), customer({ id: ANOTHER }), customer({ id: THIRD })];
const usd = (amount: number) => ({ amount, currency: 'USD' });

const books = ({ stripe: { state } }: Stage, mode: Mode = 'test') => {
  const found = state.accounts[state.accountId]?.books[mode];
  if (found === undefined) throw new Error('no books');
  return found;
};
const holder = (stage: Stage, id = ANNAS_CUSTOMER, mode: Mode = 'test') => {
  const found = books(stage, mode).customers[id];
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
};
/** What took something back, by the simulator's word. */
const takenBack = (stage: Stage, mode: Mode = 'test'): BalanceTransaction[] =>
  Object.values(books(stage, mode).balanceTransactions)
    .flat()
    .filter(({ metadata }) => metadata.advocate_reversed_reward !== undefined);
/** An invoice that uses so much of the credit. */
const spend = (stage: Stage, amount: number, currency = 'usd') =>
  postTransaction(books(stage), holder(stage), {
    amount,
    currency,
    created: Math.floor(Date.now() / 1000),
    type: 'applied_to_invoice',
  });
const relink = (stage: Stage, to: string | null) =>
  stage.advocate.setCustomField('test', KEY, 'stripeCustomerId', to ?? '');
const PERSON = `/test/participants/${encodeURIComponent(ANNA.accountId)}/${encodeURIComponent(ANNA.userId)}`;
/** Somebody opens the participant’s page, so that the proxy sees how they and their rewards are now. */
const see = async (stage: Stage) => expect((await stage.ask('GET', PERSON)).status).toBe(200);
const page = async (stage: Stage, after?: unknown) =>
  (await stage.ask('GET', `/test/rewards${after === undefined ? '' : `?after=${after}`}`)).body;
const proposed = async (stage: Stage, mode: Mode = 'test') =>
  (await stage.ask('GET', `/${mode}/reversals`)).body.reversals;
const one = async (stage: Stage, mode: Mode = 'test') =>
  (await stage.ask('GET', `/${mode}/reversals/${ID}`)).body;
const confirm = (stage: Stage, amount: number, more: { token?: string; currency?: string } = {}) =>
  stage.ask(
    'POST',
    '/test/reversals',
    { reward: ID, seen: { amount, currency: more.currency ?? 'USD' } },
    more.token,
  );
const actions = async ({ db }: Stage) =>
  (await db.selectFrom('audit').select('action').where('subject', '=', ID).orderBy('seq').execute()).map(
    ({ action }) => action,
  );

/** Credited and redeemed, then found linked to somebody else. */
async function wronglyCredited(cast: Cast = {}): Promise<Stage> {
  const stage = await setStage({ customers, ...cast });
  await see(stage);
  await stage.credits({ rewards: [ID] });
  relink(stage, ANOTHER);
  await see(stage);
  return stage;
}
/** Credited, then cancelled in Advocate before it could be redeemed. */
async function cancelledAfterCredit(cast: Cast = {}): Promise<Stage> {
  const stage = await setStage({ customers, ...cast });
  stage.advocate.inject({ fault: 'error-500', path: /redeem/, times: 9 });
  await stage.credits({ rewards: [ID] });
  stage.advocate.clearFaults();
  stage.advocate.cancel(ID);
  await see(stage);
  return stage;
}
/** Confirmed by a request that has not come further and holds the row. */
async function confirmedBy(stage: Stage, by: string) {
  const { tenant } = stage.parts.ofMode('test').advocate;
  const reversals = createReversals(stage.db, 'test', tenant);
  const credit = await stage.parts.ofMode('test').ledger.find(ID);
  const locked = await reversals.lock(ID, by, ANNAS_CUSTOMER);
  if (credit === undefined || locked === undefined) throw new Error('no scene');
  const parameters = reversalParameters(credit, 2000, tenant);
  return {
    reversals,
    parameters,
    row: await reversals.confirm(locked, 2000, parameters, { id: 'b', name: 'b' }),
  };
}
/** What a lease that is taken or renewed sets off, twice a minute; here it is awaited. */
async function heartbeat(stage: Stage, passed = 0): Promise<void> {
  if (passed > 0) stage.setClock(() => Date.now() + passed);
  await finishReversals(reversalContext(stage.parts, 'test'));
}

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

describe('whatever goes wrong on the way to Stripe, it is taken back once in the end', () => {
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
    ['F11 the key was used with other parameters', [{ fault: 'F11' }]],
    ['F26 500 with should-retry false', [{ fault: 'F26' }]],
    ['F26 the same although it was done', [{ fault: 'F26', commit: true }]],
    ['F27 an HTML page instead of an answer', [{ fault: 'F27' }]],
    ['F27 an HTML page although it was done', [{ fault: 'F27', commit: true }]],
    ['F28 a redirect', [{ fault: 'F28' }]],
    ['three resets after the commit', [{ fault: 'F2', times: 3 }]],
    ['a reset before, then one after the commit', [{ fault: 'F1' }, { fault: 'F2' }]],
  ];
  test.each(faults)('%s', async (_, injected) => {
    // More credit than is taken back, so that a second one would go through.
    const stage = await wronglyCredited();
    spend(stage, -9000);
    for (const fault of injected) stage.stripe.inject({ method: 'POST', path: TRANSACTIONS, ...fault });
    await confirm(stage, 2000);
    for (let minute = 1; minute <= 5; minute++) await heartbeat(stage, minute * 60_000);
    expect(await one(stage)).toMatchObject({ state: 'reversed', reason: null, reversed: usd(2000) });
    expect(takenBack(stage)).toMatchObject([{ amount: 2000 }]);
    expect(creditsOf(stage, ID)[0]?.metadata.advocate_reversed_by).toBe(takenBack(stage)[0]?.id);
    expect(stage.stripe.state.redirectsFollowed).toEqual([]);
  });

  test('whoever drains sets it off: taking the lease tries again', async () => {
    const stage = await wronglyCredited();
    stage.stripe.inject({ fault: 'F9', method: 'POST', path: TRANSACTIONS });
    await confirm(stage, 2000);
    expect((await stage.ask('PUT', '/test/lease')).body).toMatchObject({ mine: true });
    await expect.poll(async () => (await one(stage)).state).toBe('reversed');
  });

  test('those that nobody can finish now do not keep the others from being finished', async () => {
    const stage = await wronglyCredited();
    stage.stripe.inject({ fault: 'F9', method: 'POST', path: TRANSACTIONS });
    await confirm(stage, 2000);
    const credit = await stage.db.selectFrom('ledger').selectAll().executeTakeFirstOrThrow();
    const reversal = await stage.db.selectFrom('reversals').selectAll().executeTakeFirstOrThrow();
    const alike = async (name: string, account: string | null, parameters: string | null) => {
      const own = { reward: name, idempotency_key: `key ${name}` };
      const values = { ...credit, ...own, stripe_account: account, credit: `cbtxn_${name}` };
      await stage.db.insertInto('ledger').values(values).execute();
      await stage.db
        .insertInto('reversals')
        .values({ ...reversal, ...own, parameters })
        .execute();
    };
    await alike('A edited', credit.stripe_account, 'not as it was written');
    for (let i = 0; i < 60; i++) await alike(`A elsewhere ${i}`, 'acct_gone', reversal.parameters);
    await heartbeat(stage).catch(() => undefined);
    expect(await one(stage)).toMatchObject({ state: 'reversed' });
  });

  test('a lease that is renewed meanwhile does not set it off once more', async () => {
    const stage = await wronglyCredited();
    stage.stripe.inject({ fault: 'F9', method: 'POST', path: TRANSACTIONS });
    await confirm(stage, 2000);
    const { reversals } = stage.parts.ofMode('test');
    const { due } = reversals;
    const gate = Promise.withResolvers<void>();
    let asked = 0;
    reversals.due = async (...given) => {
      asked += 1;
      await gate.promise;
      return due(...given);
    };
    for (let times = 0; times < 3; times++) await stage.ask('PUT', '/test/lease');
    expect(asked).toBe(1);
    gate.resolve();
    await expect.poll(async () => (await one(stage)).state).toBe('reversed');
    await expect.poll(async () => (await stage.ask('PUT', '/test/lease')) && asked).toBe(2);
  });

  test('F4 it is made long after the client has gone: found, not made again', async () => {
    const stage = await wronglyCredited();
    spend(stage, -9000);
    stage.stripe.inject({ fault: 'F1', method: 'POST', path: TRANSACTIONS });
    expect((await confirm(stage, 2000)).body).toMatchObject({
      state: 'confirmed',
      reason: 'outcome_unknown',
    });
    const row = await stage.db.selectFrom('reversals').selectAll().executeTakeFirstOrThrow();
    const stripe = await stage.parts.connections.current('test');
    await stripe?.reverse(ANNAS_CUSTOMER, JSON.parse(row.parameters ?? ''), row.idempotency_key ?? '');
    await heartbeat(stage, 26 * 3_600_000);
    expect(await one(stage)).toMatchObject({ state: 'reversed' });
    expect(takenBack(stage)).toHaveLength(1);
  });

  test('F4 the first request arrives after the second: the same key, and nothing more is taken', async () => {
    const stage = await wronglyCredited();
    spend(stage, -9000);
    stage.stripe.inject({ fault: 'F1', method: 'POST', path: TRANSACTIONS });
    await confirm(stage, 2000);
    const row = await stage.db.selectFrom('reversals').selectAll().executeTakeFirstOrThrow();
    await heartbeat(stage, 60_000);
    expect(await one(stage)).toMatchObject({ state: 'reversed' });
    const stripe = await stage.parts.connections.current('test');
    await stripe?.reverse(ANNAS_CUSTOMER, JSON.parse(row.parameters ?? ''), row.idempotency_key ?? '');
    expect(takenBack(stage)).toHaveLength(1);
  });

  test('F12 a refusal saved under the key is told, and does not poison it', async () => {
    const stage = await wronglyCredited();
    stage.stripe.inject({ fault: 'F12', method: 'POST', path: TRANSACTIONS, message: 'No.' });
    expect((await confirm(stage, 2000)).body).toMatchObject({ state: 'confirmed', reason: 'stripe_refused' });
    await heartbeat(stage, 60_000);
    expect(await one(stage)).toMatchObject({ state: 'confirmed', reason: 'stripe_refused' });
    expect((await confirm(stage, 2000)).body).toMatchObject({ state: 'reversed' });
    expect(takenBack(stage)).toHaveLength(1);
  });

  test('F13 the key was pruned over the weekend: what was made is found, not made again', async () => {
    const stage = await wronglyCredited();
    spend(stage, -9000);
    stage.stripe.inject({ fault: 'F2', method: 'POST', path: TRANSACTIONS });
    stage.stripe.inject({ fault: 'F5', method: 'GET', path: TRANSACTIONS, after: 1 });
    expect((await confirm(stage, 2000)).body).toMatchObject({
      state: 'confirmed',
      reason: 'outcome_unknown',
    });
    stage.stripe.clearFaults();
    await heartbeat(stage, 3 * 86_400_000);
    expect(await one(stage)).toMatchObject({ state: 'reversed' });
    expect(takenBack(stage)).toHaveLength(1);
  });

  test('F14 access revoked: held, nothing more is sent, and it goes on when the account is connected again', async () => {
    const stage = await wronglyCredited();
    stage.stripe.inject({ fault: 'F14', method: 'POST', path: TRANSACTIONS });
    expect((await confirm(stage, 2000)).body).toMatchObject({ state: 'confirmed', reason: 'not_connected' });
    const sent = stage.exchanges.length;
    await heartbeat(stage, 60_000);
    expect(stage.exchanges.slice(sent).filter(({ service }) => service === 'stripe')).toEqual([]);
    stage.stripe.connect('test');
    await stage.db.updateTable('connections').set({ broken: null }).execute();
    await heartbeat(stage, 120_000);
    expect(await one(stage)).toMatchObject({ state: 'reversed' });
    expect(takenBack(stage)).toHaveLength(1);
  });

  test('another account is connected: nothing is asked there and nothing is sent', async () => {
    const stage = await wronglyCredited();
    await stage.db.updateTable('connections').set({ account: 'acct_another' }).execute();
    const sent = stage.exchanges.length;
    expect(await one(stage)).toMatchObject({ unspent: null, reason: 'account_changed' });
    const refused = await confirm(stage, 2000);
    expect(refused.body).toMatchObject({ code: 'reversal_not_possible' });
    expect(refused.body.detail).toMatch(/another Stripe account/);
    expect(stage.exchanges.slice(sent).filter(({ service }) => service === 'stripe')).toEqual([]);
  });

  test('F17 the customer is deleted in that moment: held with what to do, and it can be dismissed', async () => {
    const stage = await wronglyCredited();
    stage.stripe.inject({ fault: 'F17', method: 'POST', path: TRANSACTIONS });
    expect((await confirm(stage, 2000)).body).toMatchObject({
      state: 'confirmed',
      reason: 'customer_missing',
    });
    await heartbeat(stage, 60_000);
    expect((await confirm(stage, 2000)).body).toMatchObject({
      state: 'confirmed',
      reason: 'customer_deleted',
    });
    expect((await stage.ask('POST', `/test/reversals/${ID}/dismiss`)).body).toMatchObject({
      state: 'dismissed',
    });
    expect(takenBack(stage)).toEqual([]);
  });

  test('a customer deleted before: it cannot be taken back, and says so', async () => {
    const stage = await wronglyCredited();
    holder(stage).deleted = true;
    expect(await one(stage)).toMatchObject({ unspent: null, reason: 'customer_deleted', state: 'proposed' });
    expect((await confirm(stage, 2000)).body).toMatchObject({
      code: 'reversal_not_possible',
      detail: expect.stringContaining('deleted'),
    });
  });

  test('one that may have been carried out cannot be dismissed', async () => {
    const stage = await wronglyCredited();
    stage.stripe.inject({ fault: 'F1', method: 'POST', path: TRANSACTIONS });
    await confirm(stage, 2000);
    expect((await stage.ask('POST', `/test/reversals/${ID}/dismiss`)).body).toMatchObject({
      code: 'reversal_changed',
      current: 'confirmed',
    });
    expect(await one(stage)).toMatchObject({ state: 'confirmed' });
  });

  test('the mark and the note that failed are written later', async () => {
    const stage = await wronglyCredited();
    stage.stripe.inject({ fault: 'F5', method: 'POST', path: /balance_transactions\/cbtxn_\w+$/ });
    expect((await confirm(stage, 2000)).body).toMatchObject({ state: 'reversed' });
    expect(creditsOf(stage, ID)[0]?.metadata).not.toHaveProperty('advocate_reversed_by');
    stage.advocate.inject({ fault: 'error-500', times: 1 });
    await heartbeat(stage, 60_000);
    expect(creditsOf(stage, ID)[0]?.metadata).toHaveProperty('advocate_reversed_by');
    stage.advocate.clearFaults();
    await heartbeat(stage, 120_000);
    expect(stage.advocate.state.test.metas).toMatchObject([{ status: 'WARN' }]);
    const row = await stage.db.selectFrom('reversals').select('marked_at').executeTakeFirstOrThrow();
    expect(row.marked_at).not.toBeNull();
  });
});

describe('a proxy that was killed between two steps', () => {
  /** Confirmed, and as far sent as `sent` says; the lock of the dead one has run out. */
  async function crashed(sent: 'not sent' | 'marked as sent' | 'made at Stripe'): Promise<Stage> {
    const stage = await wronglyCredited();
    spend(stage, -9000);
    const { reversals, parameters, row } = await confirmedBy(stage, 'the dead one');
    if (sent !== 'not sent') await reversals.markSent(row);
    if (sent === 'made at Stripe') {
      const stripe = await stage.parts.connections.current('test');
      await stripe?.reverse(ANNAS_CUSTOMER, parameters, row.idempotency_key);
    }
    return stage;
  }

  test.each(['not sent', 'marked as sent', 'made at Stripe'] as const)('%s: once', async (sent) => {
    const stage = await crashed(sent);
    // Still the dead one's.
    expect(await confirm(stage, 2000)).toMatchObject({ status: 409, body: { code: 'reversal_changed' } });
    await heartbeat(stage, 130_000);
    expect(await one(stage)).toMatchObject({ state: 'reversed', reversed: usd(2000) });
    expect(takenBack(stage)).toHaveLength(1);
  });

  test.each(['marked as sent', 'made at Stripe'] as const)(
    '%s, and back after a weekend: once',
    async (sent) => {
      const stage = await crashed(sent);
      await heartbeat(stage, 3 * 86_400_000);
      expect(await one(stage)).toMatchObject({ state: 'reversed' });
      expect(takenBack(stage)).toHaveLength(1);
    },
  );

  test('a database put back from before it: what was taken back is found and not taken again', async () => {
    const stage = await wronglyCredited();
    spend(stage, -9000);
    await confirm(stage, 2000);
    await stage.db.deleteFrom('reversals').execute();
    stage.setClock(() => Date.now() + 3 * 86_400_000);
    await see(stage);
    expect((await confirm(stage, 2000)).body).toMatchObject({
      state: 'reversed',
      transaction: takenBack(stage)[0]?.id,
    });
    expect(takenBack(stage)).toHaveLength(1);
  });
});

test('a machine that slept through its lock does not send what another proxy took back', async () => {
  const stage = await wronglyCredited();
  spend(stage, -9000);
  const { reversals, row } = await confirmedBy(stage, 'the sleeper');
  stage.setClock(() => Date.now() + 130_000);
  await expect(reversals.markSent(row)).rejects.toMatchObject({ name: 'LockLostError' });
  expect(await reversals.lock(ID, 'another', ANNAS_CUSTOMER)).toBeDefined();
  await expect(reversals.markSent(row)).rejects.toMatchObject({ name: 'LockLostError' });
  await reversals.unlock(ID, 'another');
  expect((await confirm(stage, 2000)).body).toMatchObject({ state: 'reversed' });
  await expect(reversals.markSent(row)).rejects.toMatchObject({ name: 'LockLostError' });
  await expect(reversals.renew(row)).rejects.toMatchObject({ name: 'LockLostError' });
  await expect(reversals.reopen(row)).rejects.toMatchObject({ name: 'LockLostError' });
  expect(takenBack(stage)).toHaveLength(1);
});

test('taken back is final: whoever still holds the row sends nothing, and a second one is an alarm', async () => {
  const { reversals, row } = await confirmedBy(await wronglyCredited(), 'who holds it');
  const made = { ...{ id: 'cbtxn_1', customer: ANNAS_CUSTOMER, metadata: {} }, ...usd(2000), after: 0 };
  const answer = { ...made, createdAt: 1, requestId: null };
  await reversals.reversed(row, answer);
  await expect(reversals.markSent(row)).rejects.toMatchObject({ name: 'LockLostError' });
  expect(await reversals.reversed(row, answer)).toMatchObject({ transaction_id: 'cbtxn_1' });
  await expect(reversals.reversed(row, { ...answer, id: 'cbtxn_2' })).rejects.toThrow('taken back twice');
});

/** Somebody’s own adjustment that says of itself what only ours should. */
const markedByHand = (stage: Stage, amount: number, currency = 'usd') =>
  postTransaction(books(stage), holder(stage), {
    amount,
    currency,
    created: Math.floor(Date.now() / 1000),
    type: 'adjustment',
    metadata: { advocate_reversal_of: creditsOf(stage, ID)[0]?.id ?? '' },
  });

test('what has the sign of a credit is not taken for what took one back', async () => {
  const stage = await wronglyCredited();
  markedByHand(stage, -500);
  expect((await confirm(stage, 2000)).body).toMatchObject({ state: 'reversed', reversed: usd(2000) });
});

test.each([
  ['more than the credit', 2500, 'usd'],
  ['another currency', 100, 'eur'],
])('a transaction that cannot be its reversal is shown to a person: %s', async (_, amount, currency) => {
  const stage = await wronglyCredited();
  spend(stage, -9000);
  markedByHand(stage, amount, currency);
  expect((await confirm(stage, 2000)).body).toMatchObject({ state: 'confirmed', reason: 'credit_differs' });
  expect(takenBack(stage)).toEqual([]);
});

test('no reversal is taken for a credit, whatever its metadata say', async () => {
  const stage = await setStage();
  const { alias } = stage.seed.advocate.tenants.test;
  postTransaction(books(stage), holder(stage), {
    amount: 2000,
    currency: 'usd',
    created: Math.floor(Date.now() / 1000),
    type: 'adjustment',
    metadata: { advocate_reward: ID, advocate_tenant: alias },
  });
  // A ledger as young as this one looks before it credits.
  await stage.db
    .updateTable('facts')
    .set({ value: String(Date.now()) })
    .where('name', '=', 'born_at')
    .execute();
  expect((await stage.credits({ rewards: [ID] }))[0]).toMatchObject({ state: 'redeemed' });
  expect(creditsOf(stage, ID).map(({ amount }) => amount)).toEqual([2000, -2000]);
});
