/** Rewards, ledger and Stripe are set one to one, and whatever differs is found and named. */
import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Customer } from '../../sandbox/stripe/state.ts';
import { postTransaction } from '../../sandbox/stripe/state.ts';
import type { ReconcileLine, ReportLine } from '../../src/contract/reconciliation.ts';
import { reconcileContext } from '../../src/proxy/reconcile-context.ts';
import { createReconcileReads } from '../../src/proxy/reconcile-reads.ts';
import { verifyReport } from '../../src/proxy/verify-report.ts';
import {
  ANNAS_CUSTOMER,
  type Cast,
  creditsOf,
  customer,
  participant,
  reward,
  type Stage,
  setStage,
} from './stage.ts';

const ids = Array.from({ length: 6 }, (_, i) => `aaaaaaaaaaaaaaaaaaaaaaa${i + 1}`);
const [FIRST = '', SECOND = ''] = ids;
const STRANGER = 'cus_Stranger000001';
const BO = 'cus_BoAndersen0001';

/** Two participants with rewards, credited and settled, and a third customer whom nobody linked. */
async function settledStage(cast: Cast = {}) {
  const stage = await setStage({
    customers: [
      customer(),
      customer({ id: BO, name: 'Bo', email: 'bo@example.com' }),
      customer({ id: STRANGER, name: 'Stranger', email: 's@example.com' }),
    ],
    participants: [
      participant({ rewards: [reward({ id: FIRST }), reward({ id: SECOND, amount: 1500 })] }),
      participant({
        accountId: 'bo',
        id: 'bo',
        email: 'bo@example.com',
        customFields: { stripeCustomerId: BO },
        rewards: [reward({ id: ids[2], amount: 700 })],
      }),
    ],
    ...cast,
  });
  const outcomes = await stage.credits({ rewards: ids.slice(0, 3) });
  expect(outcomes.map(({ state }) => state)).toEqual(['redeemed', 'redeemed', 'redeemed']);
  return stage;
}

async function report(stage: Stage) {
  const { status, text } = await stage.ask('GET', '/test/reconciliation');
  expect(status, text).toBe(200);
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ReportLine);
  const rewards: ReconcileLine[] = lines.flatMap((line) => (line.line === 'reward' ? [line] : []));
  const summary = lines.find((line) => line.line === 'summary');
  return { text, lines, rewards, summary };
}

/** The one line that is not matched, after a look at the report as a whole. */
async function theDifference(stage: Stage): Promise<ReconcileLine> {
  const { text, rewards } = await report(stage);
  expect(await verifyReport([Buffer.from(text)], null)).toMatchObject({ ok: true });
  const others = rewards.filter(({ finding }) => finding !== 'matched');
  expect(others, JSON.stringify(others)).toHaveLength(1);
  const [difference] = others;
  if (difference === undefined) throw new Error('nothing differs');
  return difference;
}

function booksOf(stage: Stage) {
  const { state } = stage.stripe;
  const books = state.accounts[state.accountId]?.books.test;
  if (books === undefined) throw new Error('no books');
  return books;
}
function atStripe(stage: Stage, id: string): Customer {
  const found = booksOf(stage).customers[id];
  if (found === undefined) throw new Error(`no customer ${id}`);
  return found;
}
function creditAt(stage: Stage, id: string) {
  const [found] = creditsOf(stage, id);
  if (found === undefined) throw new Error(`no credit of ${id}`);
  return found;
}
const byHand = (
  stage: Stage,
  to: string,
  amount: number,
  metadata: Record<string, string>,
  currency = 'usd',
) =>
  postTransaction(booksOf(stage), atStripe(stage, to), {
    amount,
    currency,
    created: Math.floor(Date.now() / 1000),
    type: 'adjustment',
    metadata,
  });
const tenantOf = (stage: Stage) => stage.seed.advocate.tenants.test.alias;
const ours = (stage: Stage, id: string) => ({ advocate_reward: id, advocate_tenant: tenantOf(stage) });
const editRow = (stage: Stage, id: string, values: object) =>
  stage.db.updateTable('ledger').set(values).where('reward', '=', id).execute();
const forget = (stage: Stage, id: string) => stage.db.deleteFrom('ledger').where('reward', '=', id).execute();
function dropAtStripe(stage: Stage, customerId: string, id: string) {
  const books = booksOf(stage);
  books.balanceTransactions[customerId] = (books.balanceTransactions[customerId] ?? []).filter(
    (transaction) => transaction.id !== id,
  );
}

test('what agrees is matched, counted and summed, in a report that verifies', async () => {
  const stage = await settledStage();
  const { rewards, summary, text } = await report(stage);
  expect(rewards.map(({ finding }) => finding)).toEqual(['matched', 'matched', 'matched']);
  expect(rewards.map((line) => line.detail)).toEqual([null, null, null]);
  expect(summary).toMatchObject({
    mode: 'test',
    tenant: tenantOf(stage),
    rewards: 3,
    transactions: 3,
    findings: { matched: 3, missing: 0 },
    credited: [{ amount: 4200, currency: 'USD' }],
    reversed: [],
  });
  expect(await verifyReport([Buffer.from(text)], null)).toMatchObject({ ok: true });
});

test('nothing at all is a complete report too', async () => {
  const stage = await setStage({ participants: [] });
  const { rewards, summary } = await report(stage);
  expect(rewards).toEqual([]);
  expect(summary).toMatchObject({ rewards: 0, credited: [], auditHead: expect.anything() });
});

test('support may read it; without a token nobody may', async () => {
  const stage = await settledStage();
  const support = await stage.pairAs('support');
  expect((await stage.ask('GET', '/test/reconciliation', undefined, support)).status).toBe(200);
  expect((await stage.ask('GET', '/test/reconciliation', undefined, 'none')).status).toBe(401);
  expect((await stage.ask('GET', '/test/reconciliation?dry=1')).status).toBe(400);
});

test('one at a time in each mode: a second one is refused at once, and asks Stripe nothing', async () => {
  const stage = await settledStage();
  const ask = () => stage.ask('GET', '/test/reconciliation');
  const answers = await Promise.all([ask(), ask(), ask()]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'already_reconciling' });
  expect((await ask()).status).toBe(200);
});

test('whoever goes away in the middle of a report leaves the way free for the next one', async () => {
  const stage = await settledStage();
  const headers = { authorization: `Bearer ${stage.admin}` };
  const left = await stage.app.request('/v1/test/reconciliation', { headers });
  await left.body?.cancel();
  await expect.poll(async () => (await stage.ask('GET', '/test/reconciliation')).status).toBe(200);
});

test('whoever asks and reads nothing of the report does not keep the others for ever', async () => {
  const stage = await settledStage();
  const real = globalThis.setTimeout;
  vi.stubGlobal('setTimeout', (work: () => void, ms?: number, ...rest: never[]) =>
    real(work, ms === 30_000 ? 50 : ms, ...rest),
  );
  onTestFinished(() => void vi.unstubAllGlobals());
  const headers = { authorization: `Bearer ${stage.admin}` };
  await stage.app.request('/v1/test/reconciliation', { method: 'HEAD', headers });
  await expect.poll(async () => (await stage.ask('GET', '/test/reconciliation')).status).toBe(200);
});

test('not connected is said at once, not in a report', async () => {
  const stage = await setStage({ unconnected: true });
  expect(await stage.ask('GET', '/test/reconciliation')).toMatchObject({
    status: 409,
    body: { code: 'not_connected' },
  });
});

test('a credit that vanished at Stripe is missing', async () => {
  const stage = await settledStage();
  dropAtStripe(stage, ANNAS_CUSTOMER, creditAt(stage, FIRST).id);
  expect(await theDifference(stage)).toMatchObject({ finding: 'missing', reward: FIRST });
});

test('a customer who was deleted in the other books is missing with the reason', async () => {
  const stage = await settledStage();
  delete booksOf(stage).customers[BO];
  expect(await theDifference(stage)).toMatchObject({
    finding: 'missing',
    reward: ids[2],
    detail: expect.stringContaining('does not exist'),
  });
});

test('a second credit for one reward is extra', async () => {
  const stage = await settledStage();
  byHand(stage, ANNAS_CUSTOMER, -2000, ours(stage, FIRST));
  expect(await theDifference(stage)).toMatchObject({ finding: 'extra', reward: FIRST });
});

test('a second credit for one reward, with a customer whom nothing names, is extra', async () => {
  const stage = await settledStage();
  const { id } = byHand(stage, STRANGER, -2000, ours(stage, FIRST));
  expect(await theDifference(stage)).toMatchObject({
    finding: 'extra',
    reward: FIRST,
    customer: STRANGER,
    credit: id,
  });
});

test('a credit in another currency than the customer’s is found with a stranger too', async () => {
  const stage = await settledStage();
  byHand(stage, STRANGER, -2000, ours(stage, 'aaaaaaaaaaaaaaaaaaaaaaa9'), 'eur');
  expect(await theDifference(stage)).toMatchObject({ finding: 'extra', customer: STRANGER });
});

test('a credit whose reward the ledger has lost is missing there', async () => {
  const stage = await settledStage();
  await forget(stage, FIRST);
  expect(await theDifference(stage)).toMatchObject({
    finding: 'missing',
    reward: FIRST,
    detail: expect.stringContaining('the ledger does not'),
  });
});

test('a ledger that was lost as a whole shows every credit once, spent ones as well', async () => {
  const stage = await settledStage();
  await stage.db.deleteFrom('ledger').execute();
  await stage.db.deleteFrom('links').execute();
  // Bo’s credit was used up, so that Stripe’s list of customers does not show it.
  byHand(stage, BO, 700, {});
  const { rewards } = await report(stage);
  expect(rewards.map(({ finding, reward: id }) => [finding, id]).sort()).toEqual(
    ids.slice(0, 3).map((id) => ['missing', id]),
  );
});

test('a reward that is redeemed and noted as ours without a credit anywhere is missing', async () => {
  const stage = await settledStage();
  dropAtStripe(stage, ANNAS_CUSTOMER, creditAt(stage, FIRST).id);
  await forget(stage, FIRST);
  expect(await theDifference(stage)).toMatchObject({
    finding: 'missing',
    reward: FIRST,
    detail: expect.stringContaining('neither the ledger nor Stripe'),
  });
});

test('a note is told only where the ledger does not have its reward by then either', async () => {
  const stage = await settledStage();
  dropAtStripe(stage, ANNAS_CUSTOMER, creditAt(stage, FIRST).id);
  const { ledger } = stage.parts.ofMode('test');
  const findMany = ledger.findMany;
  let looks = 0;
  ledger.findMany = async (rewards) => {
    const rows = await findMany(rewards);
    // The walk through Advocate's rewards looks first, before any customer is read.
    if (looks === 0) rows.delete(FIRST);
    looks += 1;
    return rows;
  };
  expect(await theDifference(stage)).toMatchObject({ finding: 'missing', reward: FIRST });
});

test('every reward at Advocate is read once, however many were created in one millisecond', async () => {
  const stage = await settledStage();
  const context = await reconcileContext(stage.parts, 'test');
  const known = (await context.advocate.rewardsById([FIRST])).get(FIRST);
  if (known === undefined) throw new Error('Advocate has lost the reward');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 250 }), { maxLength: 8 }), async (crowds) => {
      const all = crowds.flatMap((crowd, at) =>
        Array.from({ length: crowd }, (_, i) => ({ ...known, id: `${at} ${i}`, dateCreated: 1000 + at })),
      );
      const rewards: typeof context.advocate.rewards = async (filter, limit, offset) => {
        const { dateCreated_gte: from = 0, dateCreated_lt: until = Number.POSITIVE_INFINITY } = filter;
        const fitting = all.filter(
          ({ dateCreated }) => dateCreated >= Number(from) && dateCreated < Number(until),
        );
        return { totalCount: fitting.length, rewards: fitting.slice(offset, offset + limit) };
      };
      const reads = createReconcileReads({ ...context, advocate: { ...context.advocate, rewards } });
      const read: string[] = [];
      for await (const page of reads.rewardsAtAdvocate()) read.push(...page.map(({ id }) => id));
      expect(read).toEqual(all.map(({ id }) => id));
    }),
  );
});

test.each([
  ['amount', { amount: -1999 }, 'wrong_amount'],
  ['currency', { currency: 'eur' }, 'wrong_currency'],
])('another %s at Stripe than in the ledger is found', async (_, values, finding) => {
  const stage = await settledStage();
  Object.assign(creditAt(stage, FIRST), values);
  expect(await theDifference(stage)).toMatchObject({ finding, reward: FIRST });
});

test.each([
  ['amount', { amount: 1000 }, 'wrong_amount'],
  ['currency', { currency: 'EUR' }, 'wrong_currency'],
  ['currency that is none', { currency: 'us1' }, 'wrong_currency'],
  ['customer', { customer: BO }, 'wrong_customer'],
  ['customer whom nobody knows', { customer: 'cus_Nobody00000001' }, 'wrong_customer'],
  ['credit', { credit: 'cbtxn_another' }, 'extra'],
  ['unit', { unit: 'STRIPE/EUR' }, 'wrong_currency'],
  ['amount to redeem', { redeem_amount: 1000 }, 'wrong_amount'],
  ['account', { stripe_account: 'acct_another' }, 'missing'],
])('a ledger row whose %s somebody edited is found', async (_, values, finding) => {
  const stage = await settledStage();
  await editRow(stage, FIRST, values);
  expect(await theDifference(stage)).toMatchObject({ finding, reward: FIRST });
});

test('a row edited in the ledger and at Stripe alike still differs from Advocate', async () => {
  const stage = await settledStage();
  const frozen = { amount: 9000, currency: 'USD', metadata: ours(stage, FIRST) };
  await editRow(stage, FIRST, { amount: 9000, redeem_amount: 9000, parameters: JSON.stringify(frozen) });
  creditAt(stage, FIRST).amount = -9000;
  expect(await theDifference(stage)).toMatchObject({ finding: 'wrong_amount', reward: FIRST });
});

test('what was frozen to be sent, changed afterwards, is found', async () => {
  const stage = await settledStage();
  await editRow(stage, FIRST, { parameters: '{}' });
  expect(await theDifference(stage)).toMatchObject({ finding: 'wrong_amount', reward: FIRST });
});

test('a credit with another customer than the ledger’s has one line, whoever comes first', async () => {
  for (const [from, to] of [
    [BO, STRANGER],
    [ANNAS_CUSTOMER, BO],
    [BO, ANNAS_CUSTOMER],
  ] as const) {
    const stage = await settledStage();
    const id = from === BO ? (ids[2] ?? '') : FIRST;
    const credit = creditAt(stage, id);
    dropAtStripe(stage, from, credit.id);
    const books = booksOf(stage);
    books.balanceTransactions[to] = [...(books.balanceTransactions[to] ?? []), { ...credit, customer: to }];
    atStripe(stage, to).balances.usd = -700;
    expect(await theDifference(stage)).toMatchObject({ finding: 'wrong_customer', reward: id, customer: to });
  }
});

const takenBack = (stage: Stage, more: object = {}) =>
  stage.db
    .insertInto('reversals')
    .values({
      mode: 'test',
      reward: FIRST,
      cause: 'wrong_customer',
      state: 'reversed',
      linked_to: null,
      proposed_at: 1,
      decided_at: 2,
      decided_by: 'admin',
      amount: 1200,
      idempotency_key: 'key',
      key_epoch: 0,
      parameters: '{}',
      first_sent_at: 2,
      last_sent_at: 2,
      outcome_unknown: 0,
      reason: null,
      transaction_id: null,
      request_id: null,
      reversed_at: 3,
      debit: null,
      marked_at: 3,
      locked_by: null,
      locked_until: null,
      ...more,
    })
    .execute();
const opposite = (stage: Stage, amount: number) =>
  byHand(stage, ANNAS_CUSTOMER, amount, {
    advocate_reversal_of: creditAt(stage, FIRST).id,
    advocate_reversed_reward: FIRST,
    advocate_tenant: tenantOf(stage),
  }).id;

test('a credit that was taken back is reversed, with what was taken back of it', async () => {
  const stage = await settledStage();
  await takenBack(stage, { transaction_id: opposite(stage, 1200) });
  expect(await theDifference(stage)).toMatchObject({
    finding: 'reversed',
    money: { amount: 1200, currency: 'USD' },
    detail: '$8.00 USD of it was spent.',
  });
  const { summary } = await report(stage);
  expect(summary).toMatchObject({
    reversed: [{ amount: 1200, currency: 'USD' }],
    credited: [{ amount: 2200, currency: 'USD' }],
  });
});

test.each<[string, (stage: Stage) => unknown, string]>([
  ['that nobody confirmed', (stage) => opposite(stage, 1200), 'extra'],
  ['that Stripe does not have', (stage) => takenBack(stage, { transaction_id: 'cbtxn_x' }), 'missing'],
  [
    'of another amount',
    (stage) => takenBack(stage, { transaction_id: opposite(stage, 1300) }),
    'wrong_amount',
  ],
  [
    'of more than the credit',
    (stage) => takenBack(stage, { amount: 2100, transaction_id: opposite(stage, 2100) }),
    'wrong_amount',
  ],
  [
    'twice',
    (stage) => [opposite(stage, 1200), takenBack(stage, { transaction_id: opposite(stage, 1200) })][1],
    'extra',
  ],
  ['that is on its way', (stage) => takenBack(stage, { state: 'confirmed', reversed_at: null }), 'under_way'],
  [
    'that is proposed',
    (stage) => takenBack(stage, { state: 'proposed', amount: null, parameters: null, reversed_at: null }),
    'under_way',
  ],
])('taking back %s is told as it is', async (_, make, finding) => {
  const stage = await settledStage();
  await make(stage);
  expect(await theDifference(stage)).toMatchObject({ finding, reward: FIRST });
});

test('the transactions of another tenant on the same Stripe account are none of ours', async () => {
  const stage = await settledStage();
  byHand(stage, ANNAS_CUSTOMER, -500, { advocate_reward: FIRST, advocate_tenant: 'somebody_else' });
  byHand(stage, STRANGER, -500, { advocate_reward: 'x', advocate_tenant: 'somebody_else' });
  const { summary } = await report(stage);
  expect(summary).toMatchObject({ transactions: 3, findings: { matched: 3, extra: 0 } });
});

test('what is under way is no difference: claimed, sent and not heard of, credited and not redeemed', async () => {
  const stage = await settledStage();
  const old = Date.now() - 3_600_000;
  await editRow(stage, FIRST, { point: 'claimed', credit: null, outcome_unknown: 1, claimed_at: old });
  await editRow(stage, SECOND, { point: 'claimed', credit: null, claimed_at: old });
  dropAtStripe(stage, ANNAS_CUSTOMER, creditAt(stage, SECOND).id);
  await editRow(stage, ids[2] ?? '', { point: 'credited', credited_at: old });
  const { rewards } = await report(stage);
  expect(rewards.map(({ finding }) => finding)).toEqual(['under_way', 'under_way', 'under_way']);
  expect(rewards.every(({ detail }) => detail !== null)).toBe(true);
});

test('a locked row is under way, whatever it looks like', async () => {
  const stage = await settledStage();
  dropAtStripe(stage, ANNAS_CUSTOMER, creditAt(stage, FIRST).id);
  await editRow(stage, FIRST, { locked_by: 'x', locked_until: Date.now() + 60_000 });
  expect((await theDifference(stage)).finding).toBe('under_way');
});

test('a reward that is credited between two looks makes no false difference', async () => {
  const stage = await settledStage();
  const fresh = 'aaaaaaaaaaaaaaaaaaaaaab1';
  // Stripe is read, then the whole credit happens, then the ledger is read.
  const { ledger } = stage.parts.ofMode('test');
  const findMany = ledger.findMany;
  let earned: string | null = null;
  await editRow(stage, FIRST, { point: 'claimed', credit: null, outcome_unknown: 1, redeemed_at: null });
  const credit = creditAt(stage, FIRST);
  dropAtStripe(stage, ANNAS_CUSTOMER, credit.id);
  ledger.findMany = async (rewards) => {
    if (earned === null && rewards.includes(FIRST)) {
      earned = fresh;
      booksOf(stage).balanceTransactions[ANNAS_CUSTOMER]?.push(credit);
      await editRow(stage, FIRST, { point: 'noted', credit: credit.id, outcome_unknown: 0, redeemed_at: 1 });
    }
    return findMany(rewards);
  };
  const { rewards } = await report(stage);
  expect(earned).not.toBeNull();
  expect(rewards.map(({ finding }) => finding)).toEqual(['matched', 'matched', 'matched']);
});

test('when Stripe goes down in the middle the report says so and can not be taken for a good one', async () => {
  const stage = await settledStage();
  // Customer by customer is read, and then the list of all of them.
  stage.stripe.inject({ fault: 'F5', method: 'GET', path: /^\/v1\/customers$/, times: 20 });
  const { text, lines } = await report(stage);
  expect(lines.at(-1)).toMatchObject({ line: 'incomplete', detail: expect.stringContaining('Stripe') });
  expect(lines.some(({ line }) => line === 'summary' || line === 'signature')).toBe(false);
  expect(await verifyReport([Buffer.from(text)], null)).toMatchObject({ ok: false });
});

test('a reward that Advocate cancelled after its credit is extra until an admin lets the credit stand', async () => {
  const stage = await settledStage();
  const { advocate } = stage.parts.ofMode('test');
  const rewardsById = advocate.rewardsById;
  advocate.rewardsById = async (wanted) => {
    const found = await rewardsById(wanted);
    const cancelled = found.get(FIRST);
    if (cancelled !== undefined) found.set(FIRST, { ...cancelled, statuses: ['CANCELLED'] });
    return found;
  };
  expect(await theDifference(stage)).toMatchObject({ finding: 'extra', reward: FIRST });
  await takenBack(stage, {
    cause: 'cancelled_in_advocate',
    state: 'dismissed',
    amount: null,
    reversed_at: null,
  });
  const { rewards } = await report(stage);
  expect(rewards.map(({ finding }) => finding)).toEqual(['matched', 'matched', 'matched']);
});
