/** Reconciling takes no more memory for more rewards. The full size runs with `npm run faults -- --reconcile`. */
import { expect, test } from 'vitest';
import { MOST_MEGABYTES, reconcileOnce } from './reconcile-at-size.ts';

test('thousands of rewards are reconciled within the memory that a hundred thousand may take', async () => {
  const { code, peakMegabytes, summary, said } = await reconcileOnce(3000);
  expect(summary?.findings, said).toMatchObject({ matched: 3000 });
  expect(code, said).toBe(0);
  expect(peakMegabytes).toBeLessThanOrEqual(MOST_MEGABYTES);
});
