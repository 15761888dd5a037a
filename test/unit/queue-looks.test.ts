/** Where a look at Advocate's rewards stands, what it found, and what the worker keeps beside the rows. */
import { beforeEach, expect, test } from 'vitest';
import { openQueue, type Queue } from '../../src/background/queue.ts';
import { emptyDisk, NOON, page, seen } from './background-fakes.ts';

let now = NOON;
let queue: Queue;
beforeEach(() => {
  emptyDisk();
  now = NOON;
  queue = openQueue({ mode: 'test', boot: 'boot-1', now: () => now, random: () => 0.5 });
});

test('a page tells how many rewards of it were not known, and names one twice for one', async () => {
  expect(await queue.enqueue(page([seen('r1'), seen('r2')]), 'news')).toEqual({ found: 2 });
  const waits = seen('r3', { state: 'waiting', reason: 'not_linked' });
  expect(await queue.enqueue(page([seen('r2'), waits, seen('r3')]), 'news')).toEqual({ found: 1 });
  expect(await queue.row('r3')).toMatchObject({ state: 'ready', word: 'ready' });
  const { counts } = await queue.summary();
  expect(counts).toMatchObject({ ready: 3, waiting: 0 });
});

test('no look has a place before the first, and a place is forgotten by itself', async () => {
  const nowhere = { news: null, full: null, fullLookAt: null };
  expect(await queue.cursors()).toEqual(nowhere);
  await queue.enqueue(page([], { after: 'news-1', more: true }), 'news');
  await queue.enqueue(page([], { after: 'full-1', more: true }), 'full');
  expect(await queue.cursors()).toEqual({ news: 'news-1', full: 'full-1', fullLookAt: null });
  await queue.forgetCursor('news');
  expect(await queue.cursors()).toEqual({ ...nowhere, full: 'full-1' });
  await queue.forgetCursor('full');
  expect(await queue.cursors()).toEqual(nowhere);
});

test('the first news read to their end are a full look, and none after them is', async () => {
  const lookedAt = async () => (await queue.cursors()).fullLookAt;
  await queue.enqueue(page([], { after: 'c1', more: true }), 'news');
  expect(await lookedAt()).toBeNull();
  now += 1;
  await queue.enqueue(page([], { after: 'c2' }), 'news');
  expect(await lookedAt()).toBe(NOON + 1);
  now += 1;
  await queue.enqueue(page([], { after: 'c3' }), 'news');
  expect(await lookedAt()).toBe(NOON + 1);
  await queue.enqueue(page([], { after: 'f1', more: true }), 'full');
  expect(await lookedAt()).toBe(NOON + 1);
  now += 1;
  await queue.enqueue(page([], { after: 'f2' }), 'full');
  expect(await lookedAt()).toBe(NOON + 3);
});

test('what the worker keeps beside the rows is there for the next worker, each by its name', async () => {
  expect(await queue.recall('settings')).toBeUndefined();
  await queue.remember('settings', 7);
  await queue.remember('caps', '{}');
  await queue.close();
  const next = openQueue({ mode: 'test', boot: 'boot-2' });
  expect([await next.recall('settings'), await next.recall('caps')]).toEqual([7, '{}']);
  expect(await next.recall('basis')).toBeUndefined();
  await next.close();
});
