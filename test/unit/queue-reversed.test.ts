/** A page that says a credit was taken back is the last word on the reward, wherever it stood here. */
import { beforeEach, expect, test } from 'vitest';
import { openQueue, type Queue } from '../../src/background/queue.ts';
import { canMove } from '../../src/contract/moves.ts';
import { emptyDisk, NOON, outcome, page, seen, unpaid } from './background-fakes.ts';

let queue: Queue;
beforeEach(() => {
  emptyDisk();
  queue = openQueue({ mode: 'test', boot: 'boot-1', now: () => NOON, random: () => 0.5 });
});

const reversed = seen('r1', { state: 'reversed' });
const claim = () => queue.claim(1);
const settle = (over: Parameters<typeof outcome>[1]) => queue.settle(outcome('r1', over));

const PLACES: [string, () => Promise<unknown>][] = [
  ['never seen', async () => undefined],
  ['ready', () => queue.enqueue(page([seen('r1')]), 'news')],
  ['waiting', () => queue.enqueue(page([seen('r1', { state: 'waiting', reason: 'not_linked' })]), 'news')],
  [
    'held',
    () => queue.enqueue(page([seen('r1', { state: 'held', reason: 'cancelled_after_credit' })]), 'news'),
  ],
  ['cancelled', () => queue.enqueue(page([seen('r1', { state: 'cancelled', reason: 'expired' })]), 'news')],
  ['crediting', () => queue.enqueue(page([seen('r1')]), 'news').then(claim)],
  [
    'credited',
    async () => {
      await queue.enqueue(page([seen('r1')]), 'news');
      await claim();
      await settle({ state: 'credited', reason: 'redeem_pending' });
    },
  ],
  [
    'redeemed',
    async () => {
      await queue.enqueue(page([seen('r1')]), 'news');
      await claim();
      await settle({ state: 'redeemed' });
    },
  ],
];

test.each(PLACES)('%s: it ends as reversed, by legal moves, and counts in no other place', async (_, put) => {
  await put();
  await queue.enqueue(page([reversed]), 'news');
  const row = await queue.row('r1');
  expect(row).toMatchObject({ state: 'reversed', reason: null, dueAt: null, leasedBy: null });
  for (const { from, to } of row?.history ?? [])
    expect(from === null || from === to || canMove(from, to)).toBe(true);
  const { counts, creditedToday } = await queue.summary();
  expect(Object.entries(counts).filter(([, count]) => count !== 0)).toEqual([['reversed', 1]]);
  expect(creditedToday).toEqual([]);
  expect(await claim()).toEqual([]);
});

test('nothing that comes later changes it', async () => {
  await queue.enqueue(page([reversed]), 'news');
  await queue.enqueue(page([seen('r1')]), 'full');
  await queue.enqueue(page([seen('r1', { state: 'redeemed' })]), 'news');
  expect(await settle({ state: 'held', reason: 'stripe_refused', ...unpaid })).toBe(false);
  expect(await queue.release('r1')).toBe(false);
  expect(await queue.row('r1')).toMatchObject({ state: 'reversed' });
});
