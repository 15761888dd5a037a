/**
 * `proxy-overhead`: what the proxy adds to a credit. Fifty requests are in flight, each for one reward, over upstreams that
 * always take 250 and 150 ms. Beside it the same calls one after the other, in the order in which the proxy makes them,
 * also fifty at once, by a bare script. The fifty begin spread over the time that one takes, as requests come: begun all at
 * once they would keep step and wait for each other fifty deep at every call, on both sides.
 */
import { barePayer } from './bare-pay.ts';
import { type Paying, pairWithout, startPaying } from './paying.ts';
import { type Measured, millisecondsOf, quantile, type Row } from './row.ts';
import { rewardAt } from './seed.ts';

const IN_FLIGHT = 50;
/** What one credit waits for its upstreams: customer and credit; rewards, participants, redemption and note. */
const ONE_TAKES_MS = 2 * 250 + 4 * 150;
const STEADY = { stripe: [250, 0], advocate: [150, 0] } satisfies Parameters<typeof startPaying>[0]['delays'];

/** How long each of these took, so many at once; the first ones, which find nothing warm, left out. */
async function times(from: number, count: number, one: (i: number) => Promise<void>): Promise<number[]> {
  const atOnce = Math.min(IN_FLIGHT, count);
  const took: number[] = [];
  let next = 0;
  const lanes = Array.from({ length: atOnce }, async (_, lane) => {
    await new Promise((resolve) => setTimeout(resolve, (lane * ONE_TAKES_MS) / atOnce));
    while (next < count) {
      const i = next++;
      took[i] = await millisecondsOf(() => one(from + i));
    }
  });
  await Promise.all(lanes);
  return took.slice(Math.min(IN_FLIGHT, Math.floor(count / 2)));
}

function throughProxy(paying: Paying, token: string) {
  return async (i: number): Promise<void> => {
    const answer = await fetch(`${paying.url}/v1/test/credits`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ rewards: [rewardAt(i)] }),
    });
    const line = await answer.text();
    if (JSON.parse(line).state !== 'redeemed') throw new Error(`A credit ended otherwise: ${line}`);
  };
}

export const proxyOverhead: Row = {
  name: 'proxy-overhead',
  async measure(sizes) {
    const [count, runs] = sizes === 'small' ? [50, 1] : [500, 5];
    const paying = await startPaying({
      people: 2 * count * runs,
      rewards: true,
      delays: STEADY,
      limit: null,
    });
    try {
      const pay = throughProxy(paying, await pairWithout(paying));
      const bare = barePayer(paying);
      const ours: number[] = [];
      const limit: number[] = [];
      for (let run = 0; run < runs; run++) {
        ours.push(...(await times(2 * run * count, count, pay)));
        limit.push(
          ...(await times((2 * run + 1) * count, count, async (i) => {
            await bare.read([i]);
            await bare.pay(i);
          })),
        );
      }
      const row = (name: string, q: number, atMost: number): Measured => ({
        name: `proxy-overhead: ${name}`,
        unit: 'ms',
        ours: quantile(ours, q),
        limit: quantile(limit, q),
        target: { of: 'difference', atMost },
        runs: ours.length,
      });
      return [row('p50', 0.5, 3), row('p99', 0.99, 15)];
    } finally {
      await paying.close();
    }
  },
};
