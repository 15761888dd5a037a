/** What people do to a reward in the queue is done where it can be, and kept with who and why. */
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { openQueue, type Queue } from '../../src/background/queue.ts';
import type { Reason } from '../../src/contract/reasons.ts';
import { emptyDisk, NOON, outcome, page, seen, unpaid } from './background-fakes.ts';

let now = NOON;
let queue: Queue;
beforeEach(() => {
  emptyDisk();
  now = NOON;
  queue = openQueue({ mode: 'test', boot: 'boot-1', now: () => now, random: () => 0.5 });
});

const USER = { accountId: 'acc-1', userId: 'user-1' };
const held = (id: string, reason: Reason) => seen(id, { state: 'held', reason });
const waiting = (id: string, reason: Reason) => seen(id, { state: 'waiting', reason });
const enter = (...rewards: ReturnType<typeof seen>[]) => queue.enqueue(page(rewards), 'news');
const lastMove = async (reward: string) => (await queue.row(reward))?.history.at(-1);

test.each<[string, () => Promise<unknown>, Reason, string, string]>([
  ['a link', () => queue.wake(USER), 'customer_deleted', 'linked', 'person'],
  ['a retry', () => queue.release('r1'), 'stripe_refused', 'retry', 'person'],
  ['a release', () => queue.letGo('r1'), 'held_by_hand', 'released', 'person'],
  [
    'a confirmed currency',
    () => queue.confirmCurrency('r1'),
    'currency_unset',
    'currency_confirmed',
    'person',
  ],
  ['a released cap', () => queue.releaseCap('r1'), 'over_cap_reward', 'cap_released', 'person'],
  [
    'a cause that went away',
    () => queue.wakeAll(['not_redeemable']),
    'not_redeemable',
    'no longer not_redeemable',
    'worker',
  ],
])('%s makes it ready at once, and is kept with who and why', async (_, act, reason, why, who) => {
  await enter(held('r1', reason));
  now += 5;
  await act();
  expect(await queue.row('r1')).toMatchObject({ state: 'ready', reason: null, dueAt: NOON + 5, attempt: 0 });
  expect(await lastMove('r1')).toEqual({ at: NOON + 5, from: 'held', to: 'ready', why, who });
});

test('a link wakes a question about the currency as well, and asks it anew', async () => {
  await enter(held('r1', 'currency_unset'));
  expect(await queue.wake(USER)).toBe(1);
  expect(await queue.row('r1')).toMatchObject({ state: 'ready', confirmedCurrency: false });
});

test('a link leaves alone what is under way, ready or settled', async () => {
  await enter(seen('crediting'));
  await queue.claim(1);
  const owed = seen('credited', { state: 'credited', reason: 'redeem_pending' });
  const expired = seen('cancelled', { state: 'cancelled', reason: 'expired' });
  await enter(seen('ready'), owed, expired, seen('redeemed', { state: 'redeemed' }));
  const before = await queue.rows();
  expect(await queue.wake(USER)).toBe(0);
  expect(await queue.rows()).toEqual(before);
});

test('what waits can be tried at once, too', async () => {
  await enter(waiting('r1', 'stripe_unreachable'));
  expect(await queue.release('r1')).toBe(true);
  expect(await queue.row('r1')).toMatchObject({ state: 'ready', dueAt: NOON });
});

test('what is ready, cancelled or redeemed is nothing to try again', async () => {
  await enter(seen('ready'), seen('cancelled', { state: 'cancelled', reason: 'expired' }));
  await enter(seen('redeemed', { state: 'redeemed' }));
  const before = await queue.rows();
  for (const reward of ['ready', 'cancelled', 'redeemed']) expect(await queue.release(reward)).toBe(false);
  expect(await queue.rows()).toEqual(before);
});

test('no cap stops what is ready or being credited, so none is released', async () => {
  await enter(seen('r1'), seen('r2'));
  await queue.claim(1);
  for (const reward of ['r1', 'r2']) expect(await queue.releaseCap(reward)).toBe(false);
});

test('parked, it says what it waits for, and waits for nothing else', async () => {
  await enter(seen('r1'), waiting('r2', 'busy'));
  now += 5;
  expect(await queue.park('not_connected')).toBe(1);
  expect(await queue.row('r1')).toMatchObject({ state: 'waiting', reason: 'not_connected', dueAt: null });
  expect(await lastMove('r1')).toEqual({
    at: NOON + 5,
    from: 'ready',
    to: 'waiting',
    why: 'not_connected',
    who: 'worker',
  });
});

describe('what nobody was told of', () => {
  test('is told once for each reason, with how many and one of them', async () => {
    await enter(held('r1', 'stripe_refused'), held('r2', 'currency_unset'), waiting('r3', 'not_linked'));
    const news = await queue.takeUntold();
    expect(news).toMatchObject({ count: 2, one: { state: 'held' } });
    expect(await queue.takeUntold()).toEqual({ count: 0, one: null });
    expect(await queue.row('r1')).toMatchObject({ told: ['stripe_refused'] });

    await queue.release('r1');
    await queue.claim(1);
    await queue.settle(outcome('r1', { state: 'held', reason: 'customer_deleted', ...unpaid }));
    expect(await queue.takeUntold()).toMatchObject({ count: 1, one: { reward: 'r1' } });
    expect(await queue.row('r1')).toMatchObject({ told: ['stripe_refused', 'customer_deleted'] });
  });

  test('of very many is counted in full, and one of the first is shown', async () => {
    await enter(...Array.from({ length: 501 }, (_, n) => held(`r${n}`, 'stripe_refused')));
    expect(await queue.takeUntold()).toMatchObject({ count: 501, one: { reward: 'r0' } });
    expect(await queue.takeUntold()).toEqual({ count: 0, one: null });
  });

  test('costs no write where there is nothing to tell', async () => {
    await enter(seen('r1'));
    const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction');
    expect(await queue.takeUntold()).toEqual({ count: 0, one: null });
    const modes = transaction.mock.calls.map(([, access]) => access);
    transaction.mockRestore();
    expect(modes).toEqual(['readonly']);
  });
});

describe('the summary', () => {
  test('shows a hold with all that a person needs to decide', async () => {
    await enter(seen('r1', { state: 'held', reason: 'customer_deleted', facts: { customer: 'cus_x' } }));
    expect((await queue.summary()).held).toEqual([
      {
        reward: 'r1',
        participant: USER,
        money: { amount: 2000, currency: 'USD' },
        unit: 'STRIPE/USD',
        reason: 'customer_deleted',
        facts: { customer: 'cus_x' },
        action: 'link',
        since: NOON - 86_400_000,
      },
    ]);
  });

  test('of those that wait says when the first of them is tried', async () => {
    await enter(seen('r1'), seen('r2'), seen('r3'));
    await queue.claim(3);
    for (const [reward, wait] of Object.entries({ r1: 50_000, r2: 40_000, r3: 60_000 })) {
      const busy = { state: 'waiting', reason: 'rate_limited', retryAt: NOON + wait, ...unpaid } as const;
      await queue.settle(outcome(reward, busy));
    }
    const [group] = (await queue.summary()).waiting;
    expect(group).toMatchObject({ reason: 'rate_limited', count: 3, nextTry: NOON + 40_000 });
    expect(group).not.toHaveProperty('oldest');
  });

  test('has no oldest where nothing waits, and nothing of an empty queue', async () => {
    await enter(seen('r1'));
    expect(await queue.summary()).toEqual({
      counts: {
        waiting: 0,
        ready: 1,
        crediting: 0,
        credited: 0,
        redeemed: 0,
        held: 0,
        cancelled: 0,
        reversed: 0,
      },
      creditedToday: [],
      waiting: [],
      held: [],
      oldestWaiting: null,
    });
  });
});
