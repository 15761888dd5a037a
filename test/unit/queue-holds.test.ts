import { beforeEach, describe, expect, test } from 'vitest';
import { openQueue, type Queue } from '../../src/background/queue.ts';
import { canMove } from '../../src/contract/moves.ts';
import type { ByHand } from '../../src/contract/reasons.ts';
import { emptyDisk, NOON, outcome, page, seen, unpaid } from './background-fakes.ts';
import { rowsRead } from './rows-read.ts';

let now = NOON;
let queue: Queue;
beforeEach(() => {
  emptyDisk();
  now = NOON;
  queue = openQueue({ mode: 'test', boot: 'boot-1', now: () => now, random: () => 0.5 });
});

const standing = async (reward = 'r1') => {
  const row = await queue.row(reward);
  return row && [row.state, row.reason];
};
const KEPT: ByHand[] = ['held_by_hand', 'dismissed'];

describe.each(KEPT)('%s', (reason) => {
  const kept = { state: 'held', reason } as const;

  test('in this browser it is held at once, whatever it stood for, and is not claimed', async () => {
    const waits = { state: 'waiting', reason: 'over_cap' } as const;
    await queue.enqueue(page([seen('r1'), seen('r2', waits), seen('r3')]), 'news');
    await queue.claim(1);
    for (const reward of ['r1', 'r2', 'r3']) await queue.keepBack(reward, reason);
    for (const reward of ['r1', 'r2', 'r3']) expect(await standing(reward)).toEqual(['held', reason]);
    now += 48 * 3_600_000;
    expect(await queue.claim(100)).toEqual([]);
    expect((await queue.row('r1'))?.history.at(-1)).toMatchObject({ who: 'person', why: reason });
  });

  test('what a page says of it reaches a row that stood otherwise, and the next page lets it go', async () => {
    await queue.enqueue(page([seen('r1', { state: 'held', reason: 'stripe_refused' })]), 'news');
    await queue.enqueue(page([seen('r1', kept)]), 'news');
    expect(await standing()).toEqual(['held', reason]);
    await queue.enqueue(page([seen('r1')]), 'news');
    expect((await queue.claim(100)).map(({ reward }) => reward)).toEqual(['r1']);
  });

  test('released here it is ready at once, though an older page still says that it is held', async () => {
    await queue.enqueue(page([seen('r1', kept)]), 'news');
    await queue.letGo('r1');
    expect(await standing()).toEqual(['ready', null]);
    await queue.enqueue(page([seen('r1', kept)]), 'full');
    expect((await queue.claim(100)).map(({ reward }) => reward)).toEqual(['r1']);
  });

  test('an outcome says it to a browser that had not heard', async () => {
    await queue.enqueue(page([seen('r1')]), 'news');
    await queue.claim(1);
    await queue.settle(outcome('r1', { ...unpaid, ...kept }));
    expect(await queue.row('r1')).toMatchObject({ ...kept, leasedBy: null, dueAt: null });
  });

  test('a link, a setting or “Run now” does not release it', async () => {
    await queue.enqueue(page([seen('r1', kept)]), 'news');
    await queue.wake({ accountId: 'acc-1', userId: 'user-1' });
    await queue.wakeAll(['paused', 'currency_unset', 'over_cap_reward']);
    expect(await standing()).toEqual(['held', reason]);
  });

  test('what a person agreed to before is over', async () => {
    await queue.enqueue(page([seen('r1', { state: 'held', reason: 'currency_unset' })]), 'news');
    await queue.confirmCurrency('r1');
    await queue.keepBack('r1', reason);
    await queue.letGo('r1');
    expect(await queue.row('r1')).toMatchObject({ state: 'ready', confirmedCurrency: false });
  });
});

test.each(['credited', 'redeemed', 'cancelled', 'reversed'] as const)(
  'a reward that is %s stays so, whatever a late answer says',
  async (state) => {
    await queue.enqueue(page([seen('r1', { state: state === 'reversed' ? 'redeemed' : state })]), 'news');
    if (state === 'reversed') await queue.enqueue(page([seen('r1', { state })]), 'news');
    await queue.keepBack('r1', 'dismissed');
    expect((await standing())?.[0]).toBe(state);
    await queue.keepBack('stranger', 'dismissed');
    expect(await queue.row('stranger')).toBeUndefined();
  },
);

test('only what was held by hand is let go', async () => {
  await queue.enqueue(page([seen('r1', { state: 'held', reason: 'currency_unset' })]), 'news');
  await queue.letGo('r1');
  await queue.letGo('stranger');
  expect(await standing()).toEqual(['held', 'currency_unset']);
});

test('what was dismissed is neither counted nor listed as needing a person; what is held is', async () => {
  const dismissed = Array.from({ length: 60 }, (_, i) =>
    seen(`d${i}`, { state: 'held', reason: 'dismissed' }),
  );
  await queue.enqueue(page(dismissed), 'news');
  now += 1;
  const others = ['r1', 'r2', 'r3'].map((id) => seen(id, { state: 'held', reason: 'held_by_hand' }));
  await queue.enqueue(page(others), 'news');
  const listed = async () => {
    const { counts, held } = await queue.summary();
    return [counts.held, held.map(({ reward, action }) => `${reward} ${action}`).sort()];
  };
  expect(await listed()).toEqual([3, ['r1 release', 'r2 release', 'r3 release']]);
  await queue.keepBack('r1', 'dismissed');
  expect(await listed()).toEqual([2, ['r2 release', 'r3 release']]);
  await queue.keepBack('r1', 'held_by_hand');
  await queue.letGo('d1');
  expect(await listed()).toEqual([3, ['r1 release', 'r2 release', 'r3 release']]);
  expect((await queue.summary()).counts.ready).toBe(1);
});

test('what was dismissed costs nothing to leave out: no row of it is read', async () => {
  const dismissed = Array.from({ length: 300 }, (_, i) =>
    seen(`d${i}`, { state: 'held', reason: 'dismissed' }),
  );
  await queue.enqueue(page([...dismissed, seen('r1', { state: 'held', reason: 'stripe_refused' })]), 'news');
  expect(await rowsRead(() => queue.summary())).toBe(1);
});

test('of what needs a person the oldest 50 are listed, the oldest first, whatever the reason', async () => {
  const reasons = ['stripe_refused', 'held_by_hand', 'currency_unset', 'dismissed'] as const;
  const rewards = Array.from({ length: 120 }, (_, i) =>
    seen(`r${i}`, { state: 'held', reason: reasons[i % 4] ?? null, earnedAt: NOON - (i + 1) * 1000 }),
  );
  await queue.enqueue(page(rewards), 'news');
  const { held, counts } = await queue.summary();
  const oldest = rewards.filter(({ reason }) => reason !== 'dismissed').reverse();
  expect(held.map(({ reward }) => reward)).toEqual(oldest.slice(0, 50).map(({ id }) => id));
  expect(counts.held).toBe(90);
});

test('whatever can still be held may move there', () => {
  for (const state of ['waiting', 'ready', 'crediting'] as const) expect(canMove(state, 'held')).toBe(true);
});
