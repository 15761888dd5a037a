import { expect, test } from 'vitest';
import { applyOutcome, applyWord, firstSight } from '../../src/background/queue-row.ts';
import type { Outcome, RewardSeen } from '../../src/contract/routes.ts';

const HOUR = 3_600_000;
const clock = { now: 1_000_000_000, random: () => 0.5 };
const seen = (more: Partial<RewardSeen>): RewardSeen => ({
  id: 'r1',
  accountId: 'a',
  userId: 'u',
  unit: 'STRIPE/USD',
  money: { amount: 2000, currency: 'USD' },
  state: 'ready',
  reason: null,
  facts: {},
  earnedAt: 1,
  ...more,
});
const notLinked: Outcome = {
  reward: 'r1',
  state: 'waiting',
  reason: 'not_linked',
  facts: {},
  retryAt: null,
  money: null,
  customer: null,
  credit: null,
};
const claimed = (row: ReturnType<typeof firstSight>) => ({
  ...row,
  state: 'crediting' as const,
  leasedBy: 'boot',
  leasedUntil: 2,
});

test('a reward that waits for a link is asked about once a day all the same, since it may expire unseen', () => {
  const row = firstSight(seen({ state: 'waiting', reason: 'not_linked' }), clock);
  expect(row.dueAt).toBe(clock.now + 24 * HOUR);
});

test('a pending reward is asked about soon: a release by date alone is told by nobody', () => {
  const row = firstSight(seen({ state: 'waiting', reason: 'pending' }), clock);
  expect(row.dueAt).toBeLessThanOrEqual(clock.now + HOUR / 4);
});

test('unlinked and linked again, the reward is ready at once although the page says what it said before', () => {
  const ready = firstSight(seen({}), clock);
  const waits = applyOutcome(claimed(ready), notLinked, '2026-01-01', clock);
  expect(waits).toMatchObject({ state: 'waiting', reason: 'not_linked' });
  expect(applyWord(waits, seen({}), 'news', clock)).toMatchObject({ state: 'ready', dueAt: clock.now });
});
