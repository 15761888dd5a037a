/**
 * `claim-settle`: one reward claimed and settled, each on the disk before it counts. Beside it a row read, changed and
 * written by hand, twice. Then what each of many costs: claimed by the hundred and settled as their outcomes come, as a
 * drain has them; beside what Workbox's background sync, which most extensions would use, takes to push as many requests
 * and shift them out again, a hundred at once. It is not strict, and keeps nothing of what it handed out. (One by one
 * nobody could be five times as fast: two strict commits alone, by hand, take longer than its relaxed ones.)
 */

import { inPage } from './in-page.ts';
import type { InPageQueue } from './in-page-queue.ts';
import { interleave, median, type Row } from './row.ts';

declare const bench: InPageQueue;

export const claimSettle: Row = {
  name: 'claim-settle',
  async measure(sizes) {
    const count = sizes === 'small' ? 100 : 500;
    const runs = sizes === 'small' ? 1 : 7;
    return inPage(new URL('./in-page-queue.ts', import.meta.url), async (page) => {
      const { ours, limit, drained, workbox } = await interleave(runs, {
        ours: () => page.evaluate((n) => bench.claimSettleOurs(n), count),
        limit: () => page.evaluate((n) => bench.claimSettleRaw(n), count),
        drained: () => page.evaluate((n) => bench.drainOurs(n), count),
        workbox: () => page.evaluate((n) => bench.workbox(n), count),
      });
      const shared = { unit: 'ms', runs };
      return [
        {
          ...shared,
          name: 'claim-settle',
          ours: median(ours),
          limit: median(limit),
          target: { of: 'ratio', atMost: 1.3 },
        },
        {
          ...shared,
          name: 'claim-settle: many, beside Workbox',
          ours: median(drained),
          limit: median(workbox),
          target: { of: 'ratio', atMost: 0.2 },
        },
      ];
    });
  },
};
