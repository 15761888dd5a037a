/** The ledger can be read in every order and with every filter, page by page, without reading what is not shown. */
import { CompiledQuery } from 'kysely';
import { expect, inject, test, vi } from 'vitest';
import type { LedgerPage, LedgerRow } from '../../src/contract/ledger.ts';
import type { LedgerTable } from '../../src/proxy/database.ts';
import { type Stage, setStage } from './stage.ts';

const START = 1_700_000_000_000;
const ROWS = 250;
const id = (i: number) => `r${String((i * 7919) % 100_003).padStart(8, '0')}`;

function row(i: number): LedgerTable {
  const point = i % 10 === 0 ? 'claimed' : i % 10 === 1 ? 'credited' : 'noted';
  const credited = point === 'claimed' ? null : START + i * 1000 + 500;
  return {
    mode: 'test',
    reward: id(i),
    account_id: `account${i % 20}`,
    user_id: `user${i % 40}`,
    unit: i % 2 === 0 ? 'STRIPE/USD' : 'STRIPE/EUR',
    stripe_account: 'acct_1',
    customer: `cus_Customer${String(i % 50).padStart(6, '0')}`,
    amount: 100 + ((i * 37) % 60),
    currency: i % 2 === 0 ? 'USD' : 'EUR',
    redeem_amount: 1,
    redeemed_before: 0,
    point,
    key_epoch: 0,
    idempotency_key: `key ${i}`,
    parameters: '{}',
    claimed_by: 'test',
    // Some in the same moment.
    claimed_at: START + Math.floor(i / 3) * 1000,
    first_sent_at: null,
    last_sent_at: null,
    outcome_unknown: 0,
    refusal: null,
    credit: credited === null ? null : `cbtxn_Credit${String(i).padStart(6, '0')}`,
    request_id: null,
    credit_before: null,
    credit_after: null,
    credited_at: credited,
    redeem_sent_at: null,
    redeemed_at: point === 'noted' ? START + i * 1000 + 600 : null,
    redeemed_by_hand: i === 7 ? 5 : 0,
    noted_at: point === 'noted' ? START + i * 1000 + 700 : null,
    earned_at: START - i * 1000,
    locked_by: null,
    locked_until: null,
  };
}

async function setScene(): Promise<Stage> {
  const stage = await setStage();
  const { db } = stage;
  const all = Array.from({ length: ROWS }, (_, i) => row(i));
  for (let from = 0; from < ROWS; from += 50)
    await db
      .insertInto('ledger')
      .values(all.slice(from, from + 50))
      .execute();
  const told = { mode: 'test', state: 'held', facts: '{}', customer: null, settings: 1, at: 1 } as const;
  await db
    .insertInto('told')
    .values([
      { ...told, reward: id(20), reason: 'customer_deleted' },
      { ...told, reward: id(31), reason: 'advocate_refused' },
      // Not held: known for another reason.
      { ...told, reward: id(40), state: 'waiting', reason: 'over_cap' },
    ])
    .execute();
  await db
    .insertInto('reversals')
    .values({
      mode: 'test',
      reward: id(12),
      cause: 'wrong_customer',
      state: 'reversed',
      linked_to: null,
      proposed_at: 1,
      amount: 1,
      idempotency_key: 'reversal',
      parameters: '{}',
      key_epoch: 0,
      outcome_unknown: 0,
      transaction_id: 'cbtxn_back',
      reversed_at: 2,
    })
    .execute();
  return stage;
}

async function readAll(stage: Stage, query: string): Promise<LedgerRow[]> {
  const rows: LedgerRow[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const path = `/test/ledger?${query}${after && `&after=${after}`}`;
    const answer = await stage.ask('GET', path);
    expect([path, answer.status]).toEqual([path, 200]);
    const page = answer.body as LedgerPage;
    expect(page.rows.length).toBeLessThanOrEqual(100);
    rows.push(...page.rows);
    after = page.after;
  }
  return rows;
}
const sorted = (rows: LedgerRow[], compare: (a: LedgerRow, b: LedgerRow) => number) =>
  rows.toSorted((a, b) => compare(a, b) || (a.reward < b.reward ? -1 : 1)).map(({ reward }) => reward);

test('every order shows every row once, also where many are equal', async () => {
  const stage = await setScene();
  const all = await readAll(stage, '');
  expect(all.map(({ reward }) => reward)).toEqual(Array.from({ length: ROWS }, (_, i) => id(i)).sort());
  const ids = async (query: string) => (await readAll(stage, query)).map(({ reward }) => reward);
  const byTime = sorted(all, (a, b) => a.claimedAt - b.claimedAt);
  expect(await ids('sort=oldest')).toEqual(byTime);
  expect(await ids('sort=newest')).toEqual(byTime.toReversed());
  const dollars = all.filter(({ money }) => money.currency === 'USD');
  const byAmount = sorted(dollars, (a, b) => a.money.amount - b.money.amount);
  expect(await ids('sort=smallest&currency=USD')).toEqual(byAmount);
  expect(await ids('sort=largest&currency=USD')).toEqual(byAmount.toReversed());
});

test('each filter shows exactly its rows, and says why a row is held', async () => {
  const stage = await setScene();
  const all = await readAll(stage, 'sort=newest');
  const only = (keep: (row: LedgerRow) => boolean) => all.filter(keep);
  for (const state of ['crediting', 'credited', 'redeemed', 'held', 'reversed'] as const) {
    const expected = only((row) => row.state === state);
    expect(expected.length, state).toBeGreaterThan(0);
    expect(await readAll(stage, `sort=newest&state=${state}`), state).toEqual(expected);
  }
  const reasons = Object.fromEntries(all.map(({ reward, state, reason }) => [reward, [state, reason]]));
  expect(reasons[id(20)]).toEqual(['held', 'customer_deleted']);
  expect(reasons[id(31)]).toEqual(['held', 'advocate_refused']);
  expect(reasons[id(7)]).toEqual(['held', 'redeemed_by_hand']);
  expect(reasons[id(12)]).toEqual(['reversed', null]);
  expect(reasons[id(40)]).toEqual(['crediting', null]);
  const customer = 'cus_Customer000003';
  expect(await readAll(stage, `sort=newest&customer=${customer}`)).toEqual(
    only((row) => row.customer === customer),
  );
  expect(await readAll(stage, 'sort=newest&accountId=account3&userId=user3')).toEqual(
    only((row) => row.userId === 'user3'),
  );
  const [from, until] = [START + 20_000, START + 40_000];
  expect(await readAll(stage, `sort=newest&from=${from}&until=${until}`)).toEqual(
    only(({ claimedAt }) => claimedAt >= from && claimedAt < until),
  );
});

test('whoever pastes an id, or a good part of one, finds it', async () => {
  const stage = await setScene();
  const found = async (q: string) =>
    (await readAll(stage, `sort=newest&q=${encodeURIComponent(q)}`)).map(({ reward }) => reward);
  expect(await found(id(5))).toEqual([id(5)]);
  expect(await found(id(5).slice(0, 8))).toContain(id(5));
  expect(await found('cbtxn_Credit000005')).toEqual([id(5)]);
  expect(await found('cus_Customer000005')).toHaveLength(5);
  expect(await found(' user5 ')).toHaveLength(7);
  expect(await found('account5')).toHaveLength(13);
  // Too little of an id is nobody's, so that nobody sorts a million rows.
  for (const q of ['r000', 'cus_Cus', '%', "' or 1=1 --"]) expect(await found(q), q).toEqual([]);
});

test.each([
  'after=nonsense!',
  'sort=newest&after=abc',
  'after=12:abc',
  'sort=largest',
  'sort=random',
  'state=paid',
  'limit=5',
  'from=yesterday',
])('what is not understood is refused: %s', async (query) => {
  const stage = await setStage();
  expect((await stage.ask('GET', `/test/ledger?${query}`)).status).toBe(400);
});

/** What is asked, and which index it goes by. */
const QUERIES: [string, RegExp][] = [
  ['sort=reward', /autoindex_ledger_3/],
  ['sort=newest', /ledger_by_time/],
  ['sort=oldest&currency=USD', /ledger_in_currency/],
  ['sort=largest&currency=USD', /ledger_by_amount/],
  ['sort=newest&state=crediting', /autoindex_ledger_3/],
  ['sort=newest&customer=cus_Customer000003', /ledger_by_customer/],
  ['sort=newest&userId=user5', /ledger_by_user/],
  [`sort=newest&q=${id(5)}`, /autoindex_ledger_3/],
  ['sort=newest&state=held', /autoindex_ledger_3/],
  ['sort=newest&state=reversed', /autoindex_ledger_3/],
];
test.skipIf(inject('postgres') !== undefined)('no page walks through the whole ledger', async () => {
  const stage = await setScene();
  const executor = stage.db.getExecutor();
  for (const [query, index] of QUERIES) {
    const executed = vi.spyOn(executor, 'executeQuery');
    await stage.ask('GET', `/test/ledger?${query}`);
    const asked = executed.mock.calls
      .map(([compiled]) => compiled)
      .find(({ sql }) => /"ledger" as "l"/.test(sql));
    executed.mockRestore();
    if (asked === undefined) throw new Error('the ledger was not asked');
    const plan = await stage.db.executeQuery<{ detail: string }>(
      CompiledQuery.raw(`explain query plan ${asked.sql}`, [...asked.parameters]),
    );
    const steps = plan.rows.map(({ detail }) => detail);
    if (query.includes('crediting')) expect(steps.join('\n')).toContain('ledger_at_point');
    const [own] = steps.filter((step) => /^SEARCH l /.test(step));
    expect([query, own]).toEqual([query, expect.stringMatching(index)]);
    // In an order that the index has; a few rows, of one customer for example, may be sorted.
    const few = /customer=|userId=|q=|state=/.test(query);
    const sorts = steps.filter((step) => /TEMP B-TREE FOR ORDER BY/.test(step));
    expect([query, few ? [] : sorts]).toEqual([query, []]);
  }
});
