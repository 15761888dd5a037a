import { openDB } from 'idb';
import { beforeEach, expect, test } from 'vitest';
import { openQueue } from '../../src/background/queue.ts';
import { emptyDisk, page, seen } from './background-fakes.ts';

beforeEach(emptyDisk);

test('nothing crosses from one mode to the other', async () => {
  const of = { test: openQueue({ mode: 'test', boot: 'b' }), live: openQueue({ mode: 'live', boot: 'b' }) };
  await of.test.enqueue(page([seen('r1')]), 'news');
  expect(await of.live.rows()).toEqual([]);
  expect((await of.live.cursors()).news).toBeNull();
  expect(await of.live.claim(10)).toEqual([]);
});

test('the queue is there when the browser opens it again', async () => {
  const first = openQueue({ mode: 'test', boot: 'one' });
  await first.enqueue(page([seen('r1')]), 'news');
  await first.close();
  expect((await openQueue({ mode: 'test', boot: 'two' }).summary()).counts.ready).toBe(1);
});

test('a queue written by a newer version is refused in a sentence and left alone', async () => {
  const newer = await openDB('credits-test', 99, {
    upgrade: (db) => void db.createObjectStore('rewards', { keyPath: 'reward' }),
  });
  await newer.put('rewards', { reward: 'r1', from: 'the future' });
  newer.close();
  const queue = openQueue({ mode: 'test', boot: 'b' });
  await expect(queue.summary()).rejects.toThrow(/newer version of the extension/);
  await expect(queue.enqueue(page([seen('r1')]), 'news')).rejects.toThrow(/newer version/);
  const again = await openDB('credits-test', 99);
  expect(await again.get('rewards', 'r1')).toEqual({ reward: 'r1', from: 'the future' });
  again.close();
});

test('a newer version that wants to upgrade is not kept waiting, and its rows are still there', async () => {
  const queue = openQueue({ mode: 'test', boot: 'b' });
  await queue.enqueue(page([seen('r1')]), 'news');
  const newer = await openDB('credits-test', 99);
  expect(await newer.get('rewards', 'r1')).toMatchObject({ reward: 'r1', state: 'ready' });
  newer.close();
});

test('a row holds no field that could name a person', async () => {
  const queue = openQueue({ mode: 'test', boot: 'b' });
  const gossip = { ...seen('r1'), email: 'ann@example.com', name: 'Ann' };
  await queue.enqueue(page([gossip]), 'news');
  expect(JSON.stringify(await queue.rows())).not.toMatch(/ann/i);
});
