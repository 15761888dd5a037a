import { expect, test } from 'vitest';
import { realCrashes } from './real-crashes.ts';

test('proxy, worker and browser killed in the middle of runs: nothing is paid twice, nothing is lost', {
  timeout: 240_000,
}, async () => {
  const { violations, ...counts } = await realCrashes({ rounds: 3, seed: 21, say: () => undefined });
  expect(violations).toEqual([]);
  expect(counts).toMatchObject({ rounds: 3, duplicates: 0, lost: 0, wrong: 0 });
  // What the seed deals in three rounds: one of each kind.
  expect(counts).toMatchObject({ proxyKills: 1, workerStops: 1, browserKills: 1 });
});
