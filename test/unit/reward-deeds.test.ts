import { beforeEach, expect, test } from 'vitest';
import { openQueue, type Queue } from '../../src/background/queue.ts';
import { retryAll } from '../../src/background/reward-deeds.ts';
import { emptyDisk, NOON, outcome, page, seen } from './background-fakes.ts';

let queue: Queue;
beforeEach(() => {
  emptyDisk();
  queue = openQueue({ mode: 'test', boot: 'boot-1', now: () => NOON, random: () => 0.5 });
});

test('whoever cannot be tried again is told why: unknown here, being paid, paid, cancelled', async () => {
  const waits = { state: 'waiting', reason: 'stripe_unreachable' } as const;
  await queue.enqueue(page([seen('under_way'), seen('paid')]), 'news');
  await queue.claim(2);
  await queue.settle(outcome('paid'));
  const cancelled = seen('cancelled', { state: 'cancelled', reason: 'expired' });
  await queue.enqueue(page([seen('waits', waits), seen('ready'), cancelled]), 'news');
  const rewards = ['waits', 'ready', 'under_way', 'paid', 'cancelled', 'stranger'];
  const outcomes = await retryAll(queue, rewards);
  expect(outcomes.map(({ reward, done, problem }) => [reward, done, problem?.code, problem?.title])).toEqual([
    ['waits', true, undefined, undefined],
    ['ready', true, undefined, undefined],
    ['under_way', false, 'already_claimed', 'This reward is being credited or was credited already.'],
    ['paid', false, 'already_claimed', 'This reward is being credited or was credited already.'],
    ['cancelled', false, 'not_found', 'This reward was cancelled in the meantime.'],
    ['stranger', false, 'not_found', expect.stringContaining('This browser does not know this reward')],
  ]);
});
