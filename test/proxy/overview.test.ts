/** What the plots show is what happened, counted as it happens and not by reading everything again. */
import { sql } from 'kysely';
import { expect, inject, test } from 'vitest';
import type { Overview } from '../../src/contract/overview.ts';
import { DAY_MS, lagOf } from '../../src/proxy/days.ts';
import { customer, participant, reward, type Stage, setStage } from './stage.ts';
import { confirm, relink, see } from './take-back-scene.ts';

const id = (n: number) => `aaaaaaaaaaaaaaaaaaaaaaa${n}`;
const rewards = [
  reward({ earnedDaysAgo: 3 }),
  reward({ id: id(2), amount: 500, earnedDaysAgo: 1 }),
  reward({ id: id(3), amount: 700, unit: 'STRIPE/EUR' }),
];
const setScene = () => setStage({ participants: [participant({ rewards })] });
async function overview(stage: Stage, query = ''): Promise<Overview> {
  const answer = await stage.ask('GET', `/test/overview${query}`);
  expect([answer.status, answer.text.slice(0, 300)]).toEqual([200, expect.any(String)]);
  return answer.body as Overview;
}
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);

test('credits per day and currency, how long they took, and what became of them', async () => {
  const stage = await setScene();
  const outcomes = await stage.credits({ rewards: rewards.map((one) => one.id) });
  // Her customer is billed in USD.
  expect(outcomes.map(({ state }) => state).sort()).toEqual(['held', 'redeemed', 'redeemed']);
  const seen = await overview(stage, '?days=7');
  const today = dayOf(stage.parts.now());
  expect(seen).toMatchObject({ from: dayOf(stage.parts.now() - 6 * DAY_MS), to: today });
  expect(seen.credited).toEqual([{ currency: 'USD', amount: 2500, count: 2 }]);
  expect(seen.days).toMatchObject([{ day: today, credited: [{ currency: 'USD', amount: 2500, count: 2 }] }]);
  expect(seen.outcomes).toEqual([
    { state: 'credited', reason: null, count: 2 },
    { state: 'held', reason: 'currency_differs', count: 1 },
  ]);
  // Earned one and three days ago.
  expect(seen.lag?.count).toBe(2);
  expect((seen.lag?.p50 ?? 0) / DAY_MS).toBeCloseTo(1, 0);
  expect((seen.lag?.p99 ?? 0) / DAY_MS).toBeGreaterThan(2.7);
  expect((seen.lag?.p99 ?? 0) / DAY_MS).toBeLessThan(3.3);
});

test('what is taken back is counted on its own day', async () => {
  const stage = await setScene();
  await stage.credits({ rewards: [reward().id] });
  const credited = stage.parts.now();
  stage.setClock(() => credited + 2 * DAY_MS);
  await relink(stage, null);
  await see(stage);
  expect((await confirm(stage, 2000)).status).toBe(200);
  const seen = await overview(stage, '?days=3');
  expect(seen.days.map(({ day, credited: made, reversed }) => [day, made.length, reversed.length])).toEqual([
    [dayOf(credited), 1, 0],
    [dayOf(credited + 2 * DAY_MS), 0, 1],
  ]);
  expect(seen.reversed).toEqual([{ currency: 'USD', amount: 2000, count: 1 }]);
  expect(seen.outcomes).toEqual([{ state: 'reversed', reason: null, count: 1 }]);
  // A day outside is not shown, and a window of one day has one.
  expect((await overview(stage, '?days=1')).credited).toEqual([]);
});

test('asking again for what is credited counts nothing twice', async () => {
  const stage = await setScene();
  for (let i = 0; i < 3; i++) await stage.credits({ rewards: [reward().id] });
  expect((await overview(stage)).credited).toEqual([{ currency: 'USD', amount: 2000, count: 1 }]);
});

test('a reward that is cancelled while it is held is not held any more', async () => {
  const stage = await setStage({ customers: [customer({ currency: 'eur' })] });
  await stage.credits({ rewards: [reward().id] });
  expect((await overview(stage)).outcomes).toMatchObject([{ state: 'held', count: 1 }]);
  stage.advocate.cancel(reward().id);
  await stage.ask('GET', '/test/rewards');
  expect((await overview(stage)).outcomes).toEqual([]);
  const audit = await stage.ask('GET', `/audit?subject=${reward().id}`);
  expect(audit.body).toMatchObject({ entries: [{ action: 'released', actor: null }, { action: 'held' }] });
});

test('nothing of the other mode is counted', async () => {
  const stage = await setScene();
  await stage.credits({ rewards: [reward().id] });
  expect((await stage.ask('GET', '/live/overview')).body).toMatchObject({
    days: [],
    credited: [],
    outcomes: [],
  });
});

test('percentiles are within a tenth of what they stand for', () => {
  const lags = Array.from({ length: 100 }, (_, i) => ({ upTo: (i + 1) * 1000, count: 1 }));
  const lag = lagOf(lags);
  expect(lag?.count).toBe(100);
  for (const [share, value] of [
    [50, lag?.p50],
    [90, lag?.p90],
    [99, lag?.p99],
  ] as const)
    expect(Math.abs((value ?? 0) / (share * 1000) - 1)).toBeLessThan(0.1);
  expect(lagOf([])).toBeNull();
});

test.each(['?days=0', '?days=401', '?days=all', '?from=1'])('refused: %s', async (query) => {
  const stage = await setStage();
  expect(await stage.ask('GET', `/test/overview${query}`)).toMatchObject({
    status: 400,
    body: { code: 'bad_request' },
  });
});

test.skipIf(inject('postgres') !== undefined)(
  'counting what is not at its end uses the indexes of just those',
  async () => {
    const stage = await setStage();
    for (const [query, index] of [
      [`select count(*) from told where mode = 'test' and state = 'held' group by reason`, 'told_held'],
      [
        `select count(*) from ledger where mode = 'test' and point in ('claimed', 'credited') and point = 'claimed'`,
        'ledger_at_point',
      ],
      [`select count(*) from ledger where mode = 'test' and redeemed_by_hand > 0`, 'ledger_by_hand'],
      [
        `select * from days where mode = 'test' and day >= 1 and day <= 2 order by day`,
        'sqlite_autoindex_days_1',
      ],
    ] as const) {
      const plan = await sql<{ detail: string }>`explain query plan ${sql.raw(query)}`.execute(stage.db);
      expect(plan.rows.map(({ detail }) => detail).join('\n')).toContain(index);
    }
  },
);
