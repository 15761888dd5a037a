/** What changes while a request is under way: another proxy, a suspended machine, a person. */
import { expect, test } from 'vitest';
import { payerOf } from '../../src/proxy/units.ts';
import {
  ANNA,
  ANNAS_CUSTOMER,
  anotherProxy,
  creditsOf,
  creditsThrough,
  customer,
  participant,
  reward,
  type Stage,
  setStage,
} from './stage.ts';

const ID = reward().id;
const SECOND = reward({ id: 'aaaaaaaaaaaaaaaaaaaaaaa2' });
const TRANSACTIONS = /balance_transactions$/;
const ANOTHER = 'cus_AnnaMeyer00002';
const KEY = { accountId: ANNA.accountId, id: ANNA.userId };
const twoCustomers = { customers: [customer(), customer({ id: ANOTHER })] };
const twoRewards = { participants: [participant({ rewards: [reward(), SECOND] })] };
const relink = (stage: Stage, to: string) =>
  stage.advocate.setCustomField('test', KEY, 'stripeCustomerId', to);

/** A proxy whose first wait lasts as long as `meanwhile` says, with whatever happens in it. */
async function interrupted(stage: Stage, meanwhile: () => Promise<void> | void) {
  let waits = 0;
  return anotherProxy(stage, async () => {
    if (waits++ === 0) await meanwhile();
  });
}
/** Of two rewards of one batch, which take turns in either order: the one that was not sent first. */
function laterOf({ exchanges }: Stage): string {
  const first = exchanges.find(({ method, path }) => method === 'POST' && TRANSACTIONS.test(path));
  return first?.requestBody.includes(ID) ? SECOND.id : ID;
}
async function change(stage: Stage, changed: object) {
  const { turnedOnAt: _, backfill: __, ...settings } = (await stage.ask('GET', '/test/settings')).body;
  return stage.ask('PUT', '/test/settings', { ...settings, ...changed });
}

test('a machine that slept through its lock does not send what another proxy settled', async () => {
  const stage = await setStage();
  const slow = await interrupted(stage, async () => {
    stage.setClock(() => Date.now() + 130_000);
    await creditsThrough(await anotherProxy(stage), stage, [ID]);
    // By now Stripe has forgotten the key, so that only our own record stands between this send and a second credit.
    stage.setClock(() => Date.now() + 26 * 3_600_000);
  });
  stage.stripe.inject({ fault: 'F9', method: 'POST', path: TRANSACTIONS });
  expect(await creditsThrough(slow, stage, [ID])).toMatchObject([{ state: 'waiting', reason: 'busy' }]);
  expect(creditsOf(stage, ID)).toHaveLength(1);
});

test('a machine that slept through its lock does not wipe out that another send may have happened', async () => {
  const stage = await setStage(twoCustomers);
  const slow = await interrupted(stage, async () => {
    stage.setClock(() => Date.now() + 130_000);
    stage.stripe.clearFaults();
    stage.stripe.inject({ fault: 'F2', method: 'POST', path: TRANSACTIONS, times: 3 });
    stage.stripe.inject({ fault: 'F5', method: 'GET', path: TRANSACTIONS, times: 9 });
    await creditsThrough(await anotherProxy(stage), stage, [ID]);
    stage.stripe.clearFaults();
    stage.stripe.inject({ fault: 'F9', method: 'POST', path: TRANSACTIONS, times: 3 });
  });
  stage.stripe.inject({ fault: 'F9', method: 'POST', path: TRANSACTIONS });
  await creditsThrough(slow, stage, [ID]);
  stage.stripe.clearFaults();
  relink(stage, ANOTHER);
  await stage.credits({ rewards: [ID] });
  expect(creditsOf(stage, ID)).toHaveLength(1);
});

test('a relink during a long batch sends the rest to the new customer', async () => {
  const stage = await setStage({ ...twoCustomers, ...twoRewards });
  const slow = await interrupted(stage, () => {
    stage.setClock(() => Date.now() + 5_000);
    relink(stage, ANOTHER);
  });
  stage.stripe.inject({ fault: 'F9', method: 'POST', path: TRANSACTIONS });
  await creditsThrough(slow, stage, [ID, SECOND.id]);
  expect(creditsOf(stage, laterOf(stage))).toMatchObject([{ customer: ANOTHER }]);
});

test('pausing during a long batch stops the rest', async () => {
  const stage = await setStage(twoRewards);
  const slow = await interrupted(stage, async () => {
    stage.setClock(() => Date.now() + 5_000);
    expect((await change(stage, { paused: true })).status).toBe(200);
  });
  stage.stripe.inject({ fault: 'F9', method: 'POST', path: TRANSACTIONS });
  const outcomes = await creditsThrough(slow, stage, [ID, SECOND.id]);
  expect(outcomes.find((outcome) => outcome.reward === laterOf(stage))).toMatchObject({
    state: 'waiting',
    reason: 'paused',
  });
  expect(creditsOf(stage, laterOf(stage))).toEqual([]);
});

test('a clock that is set back during a batch makes nothing young: the rest goes to the new customer', async () => {
  const stage = await setStage({ ...twoCustomers, ...twoRewards });
  const slow = await interrupted(stage, () => {
    stage.setClock(() => Date.now() - 3_600_000);
    relink(stage, ANOTHER);
  });
  stage.stripe.inject({ fault: 'F9', method: 'POST', path: TRANSACTIONS });
  await creditsThrough(slow, stage, [ID, SECOND.id]);
  expect(creditsOf(stage, laterOf(stage))).toMatchObject([{ customer: ANOTHER }]);
});

test.each([
  ['over a relink', 11_000],
  ['while its clock was set back', -3_600_000],
])(
  'a proxy that stood still %s, between weighing and sending, sends nothing on what it knew',
  async (_, by) => {
    const stage = await setStage(twoCustomers);
    const { ledger } = stage.parts.ofMode('test');
    const { markSent } = ledger;
    ledger.markSent = async (...given) => {
      const marked = await markSent(...given);
      stage.setClock(() => Date.now() + by);
      relink(stage, ANOTHER);
      return marked;
    };
    expect(await stage.credits({ rewards: [ID] })).toMatchObject([{ state: 'waiting', reason: 'grew_old' }]);
    expect(creditsOf(stage, ID)).toEqual([]);
    ledger.markSent = markSent;
    expect(await stage.credits({ rewards: [ID] })).toMatchObject([{ state: 'redeemed' }]);
    expect(creditsOf(stage, ID)).toMatchObject([{ customer: ANOTHER }]);
  },
);

test('a reward cancelled during a long batch is not paid', async () => {
  const stage = await setStage(twoRewards);
  const slow = await interrupted(stage, () => {
    stage.setClock(() => Date.now() + 5_000);
    stage.advocate.cancel(laterOf(stage));
  });
  stage.stripe.inject({ fault: 'F9', method: 'POST', path: TRANSACTIONS });
  await creditsThrough(slow, stage, [ID, SECOND.id]);
  expect(creditsOf(stage, laterOf(stage))).toEqual([]);
});

test('a ledger that was lost, and a relink since: a person decides, however often it is asked', async () => {
  const stage = await setStage(twoCustomers);
  stage.advocate.inject({ fault: 'error-500', path: /redeem/, times: 9 });
  await stage.credits({ rewards: [ID] });
  stage.advocate.clearFaults();
  await stage.db.deleteFrom('ledger').execute();
  relink(stage, ANOTHER);
  for (const _ of ['first', 'again', 'and again'])
    expect(await stage.credits({ rewards: [ID] })).toMatchObject([
      { state: 'held', reason: 'credit_differs' },
    ]);
  expect(creditsOf(stage, ID)).toHaveLength(1);
});

test('a ledger that was silent for long counts as put back from a backup, and looks before it pays', async () => {
  const stage = await setStage();
  const { bornAt } = stage.parts;
  const born = await bornAt();
  stage.setClock(() => Date.now() + 19 * 3_600_000);
  expect(await bornAt()).toBe(born);
  const later = Date.now() + 60 * 3_600_000;
  stage.setClock(() => later);
  expect(await bornAt()).toBe(later);
});

test('a redemption that Advocate refuses for good is shown to a person in the end', async () => {
  const stage = await setStage();
  stage.advocate.inject({ fault: 'error-500', path: /redeem/ });
  await stage.credits({ rewards: [ID] });
  stage.advocate.expire(ID);
  const seen = [];
  for (let minutes = 1; minutes <= 12; minutes++) {
    stage.setClock(() => Date.now() + minutes * 60_000);
    const [outcome] = await stage.credits({ rewards: [ID] });
    seen.push(`${outcome?.state} ${outcome?.reason}`);
  }
  expect(seen[0]).toBe('credited redeem_pending');
  expect(seen.at(-1)).toBe('held advocate_refused');
  expect(creditsOf(stage, ID)).toHaveLength(1);
});

test('a cap set after the claim holds a reward that was never sent', async () => {
  const stage = await setStage();
  stage.stripe.inject({ fault: 'F9', method: 'POST', path: TRANSACTIONS, times: 9 });
  expect(await stage.credits({ rewards: [ID] })).toMatchObject([
    { state: 'waiting', reason: 'rate_limited' },
  ]);
  stage.stripe.clearFaults();
  await change(stage, { caps: { USD: { perCredit: 500, perDay: null } } });
  expect(await stage.credits({ rewards: [ID] })).toMatchObject([
    { state: 'held', reason: 'over_cap_reward' },
  ]);
  await change(stage, { caps: { USD: { perCredit: null, perDay: 1999 } } });
  expect(await stage.credits({ rewards: [ID] })).toMatchObject([
    { state: 'held', reason: 'over_cap_reward' },
  ]);
  expect(creditsOf(stage, ID)).toEqual([]);
});

test('one list that misses a reward does not end it', async () => {
  const stage = await setStage();
  const advocate = stage.parts.ofMode('test').advocate;
  const { rewardsById } = advocate;
  advocate.rewardsById = async () => new Map();
  expect(await stage.credits({ rewards: [ID] })).toMatchObject([{ state: 'redeemed' }]);
  advocate.rewardsById = rewardsById;
});

test('a note that is refused for good does not keep the others from being written', async () => {
  const stage = await setStage(twoRewards);
  stage.advocate.inject({ fault: 'error-500', operation: 'Note', times: 2 });
  await stage.credits({ rewards: [ID] });
  await stage.credits({ rewards: [SECOND.id] });
  await stage.db
    .updateTable('ledger')
    .set({ reward: 'f'.repeat(24) })
    .where('reward', '=', ID)
    .execute();
  stage.setClock(() => Date.now() + 60_000);
  await stage.parts.ofMode('test').finishNotes();
  expect(stage.advocate.state.test.metas).toMatchObject([{ rewardId: SECOND.id }]);
});

test('what is owed to a person stays: redeemed by hand is not forgotten by the next page of rewards', async () => {
  const stage = await setStage();
  stage.advocate.inject({ fault: 'rate-limited', path: /redeem/ });
  await stage.credits({ rewards: [ID] });
  stage.advocate.redeemByHand(ID, 2000);
  expect(await stage.credits({ rewards: [ID] })).toMatchObject([
    { state: 'held', reason: 'redeemed_by_hand' },
  ]);
  const { body } = await stage.ask('GET', '/test/rewards');
  await stage.ask('GET', `/test/rewards?after=${body.after}`);
  const page = await stage.ask(
    'GET',
    `/test/participants/${encodeURIComponent(ANNA.accountId)}/${encodeURIComponent(ANNA.userId)}`,
  );
  expect(page.body.rewards).toMatchObject([{ state: 'held', reason: 'redeemed_by_hand' }]);
});

test('two participants with different customers: mending either of them in Advocate wakes the reward', async () => {
  const bob = participant({
    id: 'bob',
    email: null,
    customFields: { stripeCustomerId: ANOTHER },
    rewards: [],
  });
  const stage = await setStage({ ...twoCustomers, participants: [participant(), bob] });
  const first = (await stage.ask('GET', '/test/rewards')).body;
  expect(first.rewards).toMatchObject([{ reason: 'account_customers_differ' }]);
  stage.advocate.setCustomField(
    'test',
    { accountId: ANNA.accountId, id: 'bob' },
    'stripeCustomerId',
    ANNAS_CUSTOMER,
  );
  stage.setClock(() => Date.now() + 60_000);
  const next = (await stage.ask('GET', `/test/rewards?after=${first.after}`)).body;
  expect(next.rewards).toMatchObject([{ id: ID, state: 'ready' }]);
});

test('a customer that was deleted, or whose creation failed, can be created again', async () => {
  const stage = await setStage({ customers: [], participants: [participant({ customFields: {} })] });
  stage.stripe.inject({ fault: 'F6', method: 'POST', path: /customers$/ });
  const made = await stage.ask('POST', '/test/customers', ANNA);
  expect(made.status).toBe(200);
  const { secretKey } = stage.seed.stripe.platform.test;
  const headers = { authorization: `Bearer ${secretKey}`, 'stripe-account': stage.stripe.state.accountId };
  await fetch(`${stage.stripe.url}/v1/customers/${made.body.id}`, { method: 'DELETE', headers });
  const again = await stage.ask('POST', '/test/customers', ANNA);
  expect(again.status).toBe(200);
  expect(again.body.id).not.toBe(made.body.id);
});

test('what Stripe says of a key does not reach the browser with the key in it', async () => {
  const stage = await setStage();
  const { secretKey } = stage.seed.stripe.platform.test;
  stage.stripe.inject({ fault: 'F12', method: 'POST', path: TRANSACTIONS, message: `Bad key ${secretKey}` });
  expect(await stage.credits({ rewards: [ID] })).toMatchObject([{ facts: { detail: 'Bad key [secret]' } }]);
});

test('Advocate’s own integration is recognised by either form of a unit’s name', () => {
  const config = { fulfilledRewardUnits: ['t/CREDIT/u/STRIPE/USD'] };
  const payer = payerOf([{ service: 'stripe', name: 'Stripe', enabled: true, config }]);
  expect([payer('STRIPE/USD'), payer('STRIPE/EUR')]).toEqual(['Stripe', null]);
});
