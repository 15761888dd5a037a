import { expect, test } from 'vitest';
import type { Answers, MessageName, Request } from '../../src/contract/messages.ts';
import { after, createDeedRun, fits } from '../../src/dashboard/rewards/deeds.ts';
import { EVERYTHING, queryOf, readFilter, sourcesOf } from '../../src/dashboard/rewards/filter.ts';
import { createReader, type Reward } from '../../src/dashboard/rewards/read-rewards.ts';
import { createSave } from '../../src/dashboard/rewards/save-rewards.ts';
import type { Ask } from '../../src/ui/ask.ts';
import { claimed, queued, THEN } from './dashboard-rewards-scene.ts';

type Told = { [N in MessageName]?: (request: Request<N>) => Answers[N] | Promise<Answers[N]> };
function asking(told: Told) {
  const asked: [MessageName, unknown][] = [];
  const ask: Ask = async <N extends MessageName>(name: N, request: Request<N>) => {
    asked.push([name, structuredClone(request)]);
    const answer: Told[N] = told[name];
    if (!answer) throw new Error(`Nothing was told for ${name}.`);
    return answer(request);
  };
  return { ask, asked };
}
/** Pages of a list, as the worker gives them. */
const pages =
  <T>(rows: T[], size = 100) =>
  ({ after }: { after?: string | undefined }) => {
    const from = Number(after ?? 0);
    return {
      rows: rows.slice(from, from + size),
      after: from + size < rows.length ? String(from + size) : null,
    };
  };
const queueOf =
  (rows: Parameters<typeof queued>[1][], size = 100) =>
  (request: { after?: string | undefined }) => {
    const page = pages(
      rows.map((more, at) => queued(`q${at}`, more)),
      size,
    )(request);
    return { rewards: page.rows, after: page.after };
  };
const ids = (rows: readonly { reward: string }[]) => rows.map(({ reward }) => reward);

async function readAll(reader: ReturnType<typeof createReader>): Promise<void> {
  while (reader.state.value !== 'done') {
    await reader.more();
    if (reader.problem.value) throw new Error(reader.problem.value.title);
  }
}

test('claimed and unclaimed rewards are one list by time, however their pages fall', async () => {
  const ledger = Array.from({ length: 250 }, (_, at) => claimed(`l${at}`, { claimedAt: THEN - at * 10 }));
  const { ask } = asking({
    ledger: pages(ledger),
    queuePage: queueOf(
      Array.from({ length: 90 }, (_, at) => ({ since: THEN - 5 - at * 30 })),
      20,
    ),
  });
  const reader = createReader(ask, EVERYTHING);
  await readAll(reader);
  expect(reader.rows).toHaveLength(340);
  const times = reader.rows.map(({ at }) => at);
  expect(times).toEqual([...times].sort((a, b) => b - a));
});

test('a reward that both know is one row: the ledger’s customer, the queue’s facts', async () => {
  const reason = 'customer_missing';
  const { ask } = asking({
    ledger: pages([claimed('r1', { state: 'held', reason, credit: null, claimedAt: THEN - 50 })]),
    queuePage: () => ({
      rewards: [queued('r1', { state: 'held', reason, facts: { customer: 'cus_gone' }, since: THEN })],
      after: null,
    }),
  });
  const reader = createReader(ask, { ...EVERYTHING, state: 'held' });
  await readAll(reader);
  expect(reader.rows).toHaveLength(1);
  expect(reader.rows[0]).toMatchObject({
    customer: 'cus_ann',
    claimed: true,
    facts: { customer: 'cus_gone' },
  });
});

test('what was paid is never shown as unclaimed, however far the ledger’s row of it lies behind', async () => {
  const facts = { detail: 'Gone.' };
  const kept = queued('r1', { state: 'held', reason: 'advocate_refused', facts, since: THEN });
  const paid = claimed('r1', { state: 'held', reason: 'advocate_refused', claimedAt: THEN - 5000 });
  const between = Array.from({ length: 150 }, (_, at) => claimed(`l${at}`, { claimedAt: THEN - at }));
  const told = {
    ledger: pages([...between, paid]),
    queuePage: () => ({ rewards: [kept], after: null }),
  };
  const reader = createReader(asking(told).ask, EVERYTHING);
  await reader.more();
  expect(reader.rows.filter((one) => !one.claimed)).toEqual([]);
  await readAll(reader);
  expect(reader.rows).toHaveLength(151);
  expect(reader.rows.at(-1)).toMatchObject({ reward: 'r1', credit: 'cbtxn_r1', facts });
  // Of other days than it was claimed on.
  const without = asking({ ...told, ledger: pages(between) }).ask;
  const ofDays = createReader(without, { ...EVERYTHING, from: '2026-09-21' });
  await readAll(ofDays);
  expect(ids(ofDays.rows)).not.toContain('r1');
  // A ledger that was lost hides it from nobody, and still nobody may hold it.
  const lost = createReader(without, EVERYTHING);
  await readAll(lost);
  expect(lost.rows.at(-1)).toMatchObject({ reward: 'r1', claimed: true });
  expect(fits('dismiss', lost.rows.at(-1) ?? row('none'))).toBe(false);
});

test('the file has what both sources know of a reward, however far apart they tell of it', async () => {
  const reason = 'customer_missing';
  const between = Array.from({ length: 150 }, (_, at) => claimed(`l${at}`, { claimedAt: THEN - 1 - at }));
  const both = claimed('r1', { state: 'held', reason, claimedAt: THEN - 5000, requestId: 'req_both' });
  const { ask } = asking({
    ledger: pages([...between, both]),
    queuePage: () => ({ rewards: [queued('r1', { state: 'held', reason, since: THEN })], after: null }),
  });
  const text = await new Blob((await createSave(ask).read(EVERYTHING)) ?? []).text();
  const lines = text.split('\r\n').filter((line) => line.startsWith('r1,'));
  expect(lines).toEqual([expect.stringContaining('cus_ann,cbtxn_r1,req_both')]);
});

test('a page that fails is said, and reading goes on where it stopped', async () => {
  let fails = true;
  const all = pages(Array.from({ length: 150 }, (_, at) => claimed(`l${at}`, { claimedAt: THEN - at })));
  const { ask } = asking({
    ledger: (request) => {
      if (request.after !== undefined && fails) throw new Error('out of reach');
      return all(request);
    },
  });
  const reader = createReader(ask, { ...EVERYTHING, state: 'redeemed' });
  await reader.more();
  await reader.more();
  expect(reader.problem.value?.detail).toBe('out of reach');
  expect(reader.rows).toHaveLength(100);
  fails = false;
  await readAll(reader);
  expect(new Set(ids(reader.rows)).size).toBe(150);
});

test('reading on costs the same behind 100,000 rows: none that is there is touched again', async () => {
  let reads = 0;
  const { ask } = asking({
    ledger: ({ after }) => {
      const from = Number(after ?? 0);
      const rows = Array.from({ length: 100 }, (_, at) => {
        const row = claimed(`l${from + at}`);
        return Object.defineProperty(row, 'claimedAt', {
          enumerable: true,
          get: () => {
            reads += 1;
            return THEN - from - at;
          },
        });
      });
      return { rows, after: from + 100 < 100_000 ? String(from + 100) : null };
    },
  });
  const reader = createReader(ask, { ...EVERYTHING, state: 'redeemed' });
  await readAll(reader);
  expect(reader.rows).toHaveLength(100_000);
  expect(reads).toBe(100_000);
});

test('the address says the filter and gives it back; what nobody understands narrows nothing', () => {
  const filter = readFilter({
    ...{ q: ' cus_ann ', state: 'held', currency: 'USD', from: '2026-11-01', until: '2026-11-03' },
    sort: 'largest',
  });
  expect(readFilter(queryOf(filter))).toEqual(filter);
  expect(sourcesOf(filter)).toEqual({
    ledger: {
      ...{ q: 'cus_ann', state: 'held', currency: 'USD', sort: 'largest' },
      from: String(Date.parse('2026-11-01')),
      until: String(Date.parse('2026-11-04')),
    },
    queue: null,
  });
  expect(readFilter({ state: 'lost', currency: 'usd', from: '2026-13-40', sort: 'largest' })).toEqual(
    EVERYTHING,
  );
});

test('each state is asked of whoever knows it, and a reason of its own state', () => {
  const sources = (query: Record<string, string>) => {
    const { ledger, queue } = sourcesOf(readFilter(query));
    return [ledger?.state ?? (ledger ? 'any' : null), queue?.state ?? (queue ? 'any' : null)];
  };
  expect(sources({})).toEqual(['any', 'any']);
  expect(sources({ state: 'held' })).toEqual(['held', 'held']);
  for (const state of ['waiting', 'ready', 'cancelled']) expect(sources({ state })).toEqual([null, state]);
  for (const state of ['crediting', 'credited', 'redeemed', 'reversed'])
    expect(sources({ state })).toEqual([state, null]);
  expect(sources({ reason: 'not_linked' })).toEqual([null, 'waiting']);
  expect(sources({ reason: 'customer_missing', state: 'redeemed' })).toEqual(['held', 'held']);
});

const row = (reward: string, more: Partial<Reward> = {}): Reward => ({
  ...{
    reward,
    accountId: 'acme',
    userId: 'bob',
    unit: 'STRIPE/USD',
    money: { amount: 100, currency: 'USD' },
  },
  ...{ state: 'waiting', reason: 'not_linked', facts: {}, at: THEN, customer: null },
  ...{ claimed: false, credit: null, ledger: null },
  ...more,
});

test('what was claimed can be neither held nor dismissed, and only an admin’s word is released', () => {
  const paid = row('r1', { state: 'redeemed', reason: null, claimed: true, credit: 'cbtxn_1' });
  const byHand = row('r2', { state: 'held', reason: 'held_by_hand' });
  const stuck = row('r3', { state: 'held', reason: 'customer_missing' });
  const list = (one: Reward) =>
    (['retry', 'hold', 'release', 'dismiss'] as const).filter((deed) => fits(deed, one));
  expect(list(paid)).toEqual([]);
  expect(list(byHand)).toEqual(['release', 'dismiss']);
  expect(list(stuck)).toEqual(['retry', 'hold', 'dismiss']);
  expect(list({ ...stuck, claimed: true })).toEqual(['retry']);
  expect(list({ ...stuck, state: 'crediting', claimed: true })).toEqual([]);
  expect(after('hold', stuck)).toMatchObject({ state: 'held', reason: 'held_by_hand' });
});

test('a deed goes in batches of 100, an outage stops it, and going on leaves nobody out or twice', async () => {
  let works = 1;
  const { ask, asked } = asking({
    holdRewards: ({ rewards }) => {
      if (works === 0) throw new Error('out of reach');
      works -= 1;
      return { outcomes: rewards.map((reward) => ({ reward, done: reward !== 'r7' })) };
    },
  });
  const rows = Array.from({ length: 250 }, (_, at) => row(`r${at}`));
  const heard: string[] = [];
  const run = createDeedRun(ask, 'hold', rows, ({ reward }) => heard.push(reward));
  await run.go();
  expect([run.state.value, run.tally.value]).toEqual(['paused', { all: 250, done: 99, refused: 1 }]);
  expect(run.problem.value?.detail).toBe('out of reach');
  works = 2;
  await run.go();
  expect([run.state.value, run.tally.value]).toEqual(['done', { all: 250, done: 249, refused: 1 }]);
  expect(heard).toEqual(ids(rows));
  expect(asked.map(([, request]) => (request as Request<'holdRewards'>).rewards.length)).toEqual([
    ...[100, 100, 100, 50],
  ]);
  expect(run.refused.map(({ row: one }) => one.reward)).toEqual(['r7']);
});

test('the file has every reward of the filter in exact amounts, and no cell that a spreadsheet would run', async () => {
  const { ask } = asking({
    ledger: pages(
      Array.from({ length: 130 }, (_, at) =>
        claimed(`l${at}`, {
          claimedAt: THEN - at,
          ...(at === 0 && { userId: '=cmd()', money: { amount: 1234567, currency: 'JPY' } }),
        }),
      ),
    ),
    queuePage: queueOf([{ since: THEN - 1000, money: { amount: 5, currency: 'USD' } }]),
  });
  const parts = await createSave(ask).read(EVERYTHING);
  const text = await new Blob(parts ?? []).text();
  const lines = text.trimEnd().split('\r\n');
  expect(lines).toHaveLength(132);
  expect(lines[0]).toMatch(/^reward,state,reason,unit,amount,currency,/);
  expect(lines[1]).toContain("1234567,JPY,acme,'=cmd(),cus_ann,cbtxn_l0,req_1");
  expect(lines.at(-1)).toMatch(/^q0,waiting,not_linked,STRIPE\/USD,0\.05,USD,/);
});
