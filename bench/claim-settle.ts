/**
 * `claim-settle`: one reward claimed and settled, each on the disk before it counts. Beside it a row read, changed and
 * written by hand, twice; and what Workbox's background sync takes to push a request and shift it out again, which is
 * what most extensions would use, and is neither strict nor keeps what it handed out.
 */

import { inPage } from './in-page.ts';
import type { InPageQueue } from './in-page-queue.ts';
import { interleave, median, type Row } from './row.ts';

declare const bench: InPageQueue;

export const claimSettle: Row = {
  name: 'claim-settle',
  async measure(sizes) {
    const count = sizes === 'small' ? 50 : 500;
    const runs = sizes === 'small' ? 1 : 7;
    return inPage(new URL('./in-page-queue.ts', import.meta.url), async (page) => {
      const { ours, limit, workbox } = await interleave(runs, {
        ours: () => page.evaluate((n) => bench.claimSettleOurs(n), count),
        limit: () => page.evaluate((n) => bench.claimSettleRaw(n), count),
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
          name: 'claim-settle: beside Workbox',
          ours: median(ours),
          limit: median(workbox),
          target: { of: 'ratio', atMost: 0.2 },
        },
      ];
    });
  },
};
