/**
 * `drain-free`: rewards credited a second where nothing limits and nothing delays, so that our own work is all there is.
 * Beside it a bare script in a process of its own makes the same upstream calls against the same simulators, with as
 * many at once as the proxy has.
 */

import { readSeed } from '../sandbox/seed.ts';
import { barePayer } from './bare-pay.ts';
import { drainOnce, perSecond } from './drain.ts';
import { interleave, median, type Row } from './row.ts';
import { startUpstream } from './upstream.ts';

/** As in src/proxy/credit-batch.ts. */
const AT_ONCE = 16;

async function bare(rewards: number): Promise<number> {
  const upstream = await startUpstream({ people: rewards, rewards: true, delays: null, limit: null });
  try {
    await barePayer({ upstream, seed: readSeed() }).payAll(0, rewards, AT_ONCE);
    const { credited, paid, redeemed } = await upstream.tally();
    if (paid !== rewards || redeemed !== rewards)
      throw new Error(`The bare script paid ${paid} of ${rewards}.`);
    return perSecond(credited, credited[0] ?? 0);
  } finally {
    await upstream.stop();
  }
}

export const drainFree: Row = {
  name: 'drain-free',
  async measure(sizes) {
    const small = sizes === 'small';
    const rewards = small ? 60 : 3_000;
    const runs = small ? 1 : 5;
    const { ours, limit } = await interleave(runs, {
      ours: async () => {
        const { credited } = await drainOnce({ rewards, delays: null, limit: null });
        return perSecond(credited, credited[0] ?? 0);
      },
      limit: () => bare(rewards),
    });
    return [
      {
        name: 'drain-free',
        unit: 'rewards/s',
        ours: median(ours),
        limit: median(limit),
        target: { of: 'ratio', atLeast: 0.6 },
        runs,
      },
    ];
  },
};
