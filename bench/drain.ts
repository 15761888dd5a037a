/**
 * A whole drain: rewards that are ready go through the extension's worker and queue in a real browser, the proxy and
 * both simulators, each in a process of its own. Times are taken where the money is: at Stripe.
 */
import { openBenchBrowser, pairHands, waitUntil } from './browsing.ts';
import { startPaying } from './paying.ts';
import type { Tally, UpstreamOptions } from './upstream.ts';

export type Drained = Tally & { rewards: number };
type Options = Omit<UpstreamOptions, 'people' | 'rewards'> & {
  rewards: number;
  profile?: string;
};

export async function drainOnce({ rewards, profile, ...upstream }: Options): Promise<Drained> {
  const paying = await startPaying({ ...upstream, people: rewards, rewards: true }, undefined, profile);
  const hands = await openBenchBrowser();
  try {
    await pairHands(hands, paying);
    // As it is most of the time: nobody looks.
    await hands.popup.goto('about:blank');
    const seconds = 60 + rewards / (upstream.limit === null ? 10 : upstream.limit / 4);
    let tally = await paying.upstream.tally();
    await waitUntil('all are redeemed', seconds, async () => {
      tally = await paying.upstream.tally();
      return tally.redeemed === rewards;
    });
    if (tally.paid !== rewards || tally.paidTwice > 0)
      throw new Error(`Of ${rewards} rewards ${tally.paid} were paid, ${tally.paidTwice} more than once.`);
    return { ...tally, rewards };
  } finally {
    await hands.close();
    await paying.close();
  }
}

/** How many of these moments a second, from `from` on to the last. */
export function perSecond(moments: readonly number[], from: number): number {
  const later = moments.filter((at) => at >= from);
  return (later.length * 1000) / ((later.at(-1) ?? from) - from);
}
