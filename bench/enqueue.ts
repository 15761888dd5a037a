/**
 * `enqueue`: found rewards into the queue, on the disk before it counts, in pages of 100. Beside it the same rows in
 * transactions of the same size, put by hand into a database with the same indexes, without looking whether they are
 * there, without totals and without a cursor.
 */

import { inPage } from './in-page.ts';
import type { InPageQueue } from './in-page-queue.ts';
import { interleave, median, type Row } from './row.ts';

declare const bench: InPageQueue;

export const enqueue: Row = {
  name: 'enqueue',
  async measure(sizes) {
    const count = sizes === 'small' ? 500 : 5_000;
    const runs = sizes === 'small' ? 1 : 7;
    return inPage(new URL('./in-page-queue.ts', import.meta.url), async (page) => {
      const { ours, limit } = await interleave(runs, {
        ours: () => page.evaluate((n) => bench.enqueueOurs(n), count),
        limit: () => page.evaluate((n) => bench.enqueueRaw(n), count),
      });
      return [
        {
          name: 'enqueue',
          unit: 'ms/1000',
          ours: (median(ours) * 1000) / count,
          limit: (median(limit) * 1000) / count,
          target: { of: 'ratio', atMost: 1.3 },
          runs,
        },
      ];
    });
  },
};
