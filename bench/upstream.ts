/** Starts the simulators' process and speaks with it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** A middle and how far around it, in milliseconds. */
type Around = [number, number];
export type UpstreamOptions = {
  people: number;
  /** Whether each of them has one already. */
  rewards: boolean;
  delays: { stripe: Around; advocate: Around } | null;
  /** Calls a second that Stripe allows. */
  limit: number | null;
};
/** As the real ones answer. */
export const REAL_DELAYS = { stripe: [250, 100], advocate: [150, 60] } satisfies UpstreamOptions['delays'];

export type Ask = { is: 'tally' } | { is: 'stop' } | { is: 'earn'; person: number } | { is: 'earnAll' };
/** Times are milliseconds since 1970. */
export type Tally = {
  /** When Stripe answered something else than "too many". */
  accepted: number[];
  credited: number[];
  stripeCalls: number;
  throttled: number;
  advocateCalls: number;
  /** By customer. */
  earned: Record<string, number>;
  creditedAt: Record<string, number[]>;
  /** Rewards with a credit, with more than one, and redeemed, by what both hold. */
  paid: number;
  paidTwice: number;
  redeemed: number;
  /** Seconds that a processor was busy with both. */
  cpu: number;
};

export async function startUpstream(options: UpstreamOptions) {
  const child = fork(new URL('./upstream-child.ts', import.meta.url), [JSON.stringify(options)]);
  const urls: { stripeUrl: string; advocateUrl: string } = await answer(child);
  const ask = async <T>(question: Ask): Promise<T> => {
    const said = answer<T>(child);
    child.send(question);
    return said;
  };
  return {
    ...urls,
    tally: () => ask<Tally>({ is: 'tally' }),
    earn: (person: number) => ask<{ reward: string }>({ is: 'earn', person }),
    /** A reward for everybody. */
    earnAll: () => ask<object>({ is: 'earnAll' }),
    stop: () => stop(child),
  };
}

/** The next thing that a child says; an error where it ends without. */
export async function answer<T>(child: ChildProcess): Promise<T> {
  const ended = new AbortController();
  const said = once(child, 'message', { signal: ended.signal });
  const gone = once(child, 'exit', { signal: ended.signal }).then(([code]) => {
    throw new Error(`A process of the bench ended with ${code}.`);
  });
  try {
    const [message] = await Promise.race([said, gone]);
    return message;
  } finally {
    for (const wait of [said, gone]) wait.catch(() => undefined);
    ended.abort();
  }
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = once(child, 'exit');
  child.disconnect();
  await gone;
}
