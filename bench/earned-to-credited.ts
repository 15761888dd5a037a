/**
 * `earned-to-credited`: from the moment a reward is earned at Advocate to its credit at Stripe, with a browser that is
 * open and nothing but its alarm, upstreams as slow as the real ones. Rewards are earned at moments that do not fit
 * the alarm's period. Beside the median stands half that period, which is what waiting for an alarm costs at best.
 */
import { openBenchBrowser, pairHands, waitUntil } from './browsing.ts';
import { startPaying } from './paying.ts';
import { quantile, type Row } from './row.ts';
import { REAL_DELAYS } from './upstream.ts';

const PERIOD_S = 30;
/** No divisor of the period, so that the moments spread over all of it. */
const EVERY_MS = 1_700;

export const earnedToCredited: Row = {
  name: 'earned-to-credited',
  async measure(sizes) {
    const rewards = sizes === 'small' ? 1 : 100;
    const paying = await startPaying({ people: rewards, rewards: false, delays: REAL_DELAYS, limit: null });
    const hands = await openBenchBrowser();
    try {
      await pairHands(hands, paying);
      await hands.popup.goto('about:blank');
      for (let person = 0; person < rewards; person++) {
        await paying.upstream.earn(person);
        await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
      }
      let tally = await paying.upstream.tally();
      await waitUntil('all are credited', 3 * PERIOD_S, async () => {
        tally = await paying.upstream.tally();
        return tally.paid === rewards;
      });
      const waits = Object.entries(tally.earned).map(([customer, at]) => {
        const [credited = Number.NaN] = tally.creditedAt[customer] ?? [];
        return (credited - at) / 1000;
      });
      return [
        {
          name: 'earned-to-credited: p50',
          unit: 's',
          ours: quantile(waits, 0.5),
          limit: PERIOD_S / 2,
          target: { of: 'ours', atMost: 20 },
          runs: rewards,
        },
        {
          name: 'earned-to-credited: p95',
          unit: 's',
          ours: quantile(waits, 0.95),
          limit: null,
          target: { of: 'ours', atMost: 35 },
          runs: rewards,
        },
      ];
    } finally {
      await hands.close();
      await paying.close();
    }
  },
};
