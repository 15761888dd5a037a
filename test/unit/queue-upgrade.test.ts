import { readFileSync } from 'node:fs';
import { type IDBPDatabase, openDB } from 'idb';
import { beforeEach, expect, test } from 'vitest';
import { openQueue } from '../../src/background/queue.ts';
import type { Row } from '../../src/background/queue-row.ts';
import { recount, type Total } from '../../src/background/queue-totals.ts';
import { KEPT } from '../fixtures/scene.ts';
import { emptyDisk, outcome, page, seen } from './background-fakes.ts';

type Kept = {
  rewards: { key: string; value: Row }[];
  totals: { key: string; value: Total }[];
  meta: { key: string; value: string | number }[];
};

/** How each released version made its stores. Written down here, since the product's own steps may be what is wrong. */
const MADE: Record<number, (db: IDBPDatabase) => void> = {
  1: (db) => {
    const rewards = db.createObjectStore('rewards', { keyPath: 'reward' });
    rewards.createIndex('due', 'dueAt');
    rewards.createIndex('since', ['state', 'since']);
    rewards.createIndex('standing', ['state', 'reason']);
    rewards.createIndex('account', 'accountId');
    db.createObjectStore('totals', { keyPath: 'key' });
    db.createObjectStore('meta');
  },
};
const VERSIONS = Object.keys(MADE).map(Number);

const keptBy = (version: number): Record<string, Kept> =>
  JSON.parse(readFileSync(new URL(`../fixtures/queue-v${version}/rows.json`, import.meta.url), 'utf8'));

async function leaveBehind(version: number, name: string, as = version): Promise<Kept> {
  const kept = keptBy(version)[name];
  if (kept === undefined) throw new Error(`There is no ${name} of version ${version}.`);
  const db = await openDB(name, as, { upgrade: (fresh) => MADE[version]?.(fresh) });
  const tx = db.transaction(['rewards', 'totals', 'meta'], 'readwrite');
  for (const { value } of kept.rewards) await tx.objectStore('rewards').put(value);
  for (const { value } of kept.totals) await tx.objectStore('totals').put(value);
  for (const { key, value } of kept.meta) await tx.objectStore('meta').put(value, key);
  await tx.done;
  db.close();
  return kept;
}

const sorted = <T extends { reward: string }>(rows: T[]) =>
  [...rows].sort((a, b) => a.reward.localeCompare(b.reward));

beforeEach(emptyDisk);

test.each(VERSIONS)('a queue of version %i keeps every row, every sum and both cursors', async (version) => {
  for (const mode of ['test', 'live'] as const) {
    const kept = await leaveBehind(version, `credits-${mode}`);
    const rows = kept.rewards.map(({ value }) => value);
    expect(rows.length).toBeGreaterThan(0);
    const queue = openQueue({ mode, boot: 'today' });
    expect(sorted(await queue.rows())).toMatchObject(sorted(rows));
    expect(await queue.rows()).toHaveLength(rows.length);

    const meta = new Map(kept.meta.map(({ key, value }) => [key, value]));
    expect(await queue.cursors()).toEqual({
      news: meta.get('news'),
      full: meta.get('full') ?? null,
      fullLookAt: meta.get('fullLookAt'),
    });
    const { counts } = await queue.summary();
    for (const [state, count] of Object.entries(counts))
      expect(rows.filter((row) => row.state === state).length, state).toBe(count);
    expect(new Map(kept.totals.map(({ key, value }) => [key, value.count]))).toEqual(
      new Map([...recount(rows)].map(([key, total]) => [key, total.count])),
    );
    await queue.close();
  }
});

test.each(VERSIONS)('what version %i holds is listed and told of, as of one that is new', async (version) => {
  const kept = await leaveBehind(version, 'credits-test');
  const queue = openQueue({ mode: 'test', boot: 'today' });
  const held = kept.rewards.filter(({ value }) => value.state === 'held').map(({ key }) => key);
  expect(held.length).toBeGreaterThan(1);
  expect((await queue.summary()).held.map(({ reward }) => reward).sort()).toEqual(held.sort());
  expect((await queue.takeUntold()).count).toBe(held.length);
  expect((await queue.takeUntold()).count).toBe(0);
  await queue.enqueue(page([seen('fresh', { state: 'held', reason: 'stripe_refused' })]), 'news');
  expect(await queue.takeUntold()).toMatchObject({ count: 1, one: { reward: 'fresh' } });
});

test('every state of version 1 is among what is kept', () => {
  const states = keptBy(1)['credits-test']?.rewards.map(({ value }) => value.state);
  expect([...new Set(states)].sort()).toEqual(
    ['cancelled', 'credited', 'crediting', 'held', 'ready', 'redeemed', 'reversed', 'waiting'].sort(),
  );
});

test.each(VERSIONS)('a queue of version %i is worked on where it stopped', async (version) => {
  const kept = await leaveBehind(version, 'credits-test');
  // Minutes after it was left: what waits for a day must not be due whenever this runs.
  const now = Math.max(...kept.rewards.map(({ value }) => value.since)) + 3 * 60_000;
  const queue = openQueue({ mode: 'test', boot: 'today', now: () => now });
  await queue.takeBack();
  const claimed = (await queue.claim(100)).map(({ reward }) => reward);
  const mine = [KEPT.unknown.reward, KEPT.unsent.reward, KEPT.ready.reward];
  expect(claimed).toEqual(expect.arrayContaining(mine));
  for (const reward of mine) expect(await queue.settle(outcome(reward))).toBe(true);
  for (const reward of mine) expect(await queue.row(reward)).toMatchObject({ state: 'redeemed' });
  // What a page says of a row of old finds it, instead of making another.
  const known = seen(KEPT.notLinked.reward, { accountId: 'nils@example.com', userId: 'nils@example.com' });
  expect(await queue.enqueue(page([known]), 'news')).toEqual({ found: 0 });
  expect(await queue.row(known.id)).toMatchObject({ state: 'ready' });
  const totals = recount(await queue.rows());
  const { counts } = await queue.summary();
  for (const [state, count] of Object.entries(counts))
    expect(totals.get(`state/${state}`)?.count ?? 0).toBe(count);
});

test('a queue of a newer version is refused in a sentence and keeps every row as it was', async () => {
  const kept = await leaveBehind(1, 'credits-test', 99);
  const queue = openQueue({ mode: 'test', boot: 'today' });
  await expect(queue.summary()).rejects.toThrow(/newer version of the extension/);
  await expect(queue.claim(10)).rejects.toThrow(/newer version of the extension/);
  await expect(queue.enqueue(page([seen('r1')]), 'news')).rejects.toThrow(/newer version/);
  const again = await openDB('credits-test', 99);
  for (const store of ['rewards', 'totals', 'meta'] as const) {
    expect(await again.getAllKeys(store)).toEqual(kept[store].map(({ key }) => key));
    expect(await again.getAll(store)).toEqual(kept[store].map(({ value }) => value));
  }
  again.close();
});
