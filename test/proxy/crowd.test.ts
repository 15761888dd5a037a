import { expect, inject, test } from 'vitest';
import { crowd } from '../faults/crowd.ts';

test('several proxies and many browsers on one PostgreSQL, killed and cut off: nothing is paid twice, nothing is lost', {
  timeout: 240_000,
}, async () => {
  const server = inject('postgres');
  if (server === undefined) throw new Error('this test is for PostgreSQL');
  const { violations, ...counts } = await crowd(server, {
    rounds: 2,
    seed: 3,
    proxies: 2,
    browsers: 9,
    say: () => undefined,
  });
  expect(violations).toEqual([]);
  expect(counts).toMatchObject({ duplicates: 0, lost: 0, wrong: 0, rewards: 48 });
  expect(counts.kills + counts.cuts).toBeGreaterThan(0);
});
