/** Many browsers that poll, people who are looked up and a drain, all at once at a real proxy on loopback. */
import { pairWithout, startPaying } from './paying.ts';
import { accountAt, customerAt, rewardAt } from './seed.ts';

export type LoadOptions = {
  seconds: number;
  browsers: number;
  lookupsASecond: number;
  creditsASecond: number;
};
/** Milliseconds from the moment at which it was due, so that a proxy that stands still cannot hide it. */
type Row = { asked: number; errors: number; p50: number; p99: number };
export type Load = LoadOptions & {
  rows: Record<'poll' | 'lookup' | 'drain', Row>;
  /** By what was answered instead. */
  errors: Record<string, number>;
  /** The proxy’s memory in MB; growth from the second quarter to the last; null where that is too short to tell. */
  memory: { first: number; last: number; most: number; growthAMinute: number | null };
  rewards: { asked: number; paid: number; paidTwice: number };
};

/** How often a browser’s alarm wakes its worker. */
const POLL_EVERY_MS = 30_000;
const TICK_MS = 50;
/** Seconds: before that it is warming up. */
const SHORTEST_TO_TELL = 60;

export async function load(options: LoadOptions, say: (line: string) => void): Promise<Load> {
  const { seconds, browsers, lookupsASecond, creditsASecond } = options;
  const people = Math.max(creditsASecond * seconds, 100);
  const paying = await startPaying({ people, rewards: true, delays: null, limit: null });
  const { url, upstream } = paying;
  const errors: Record<string, number> = {};
  const times: Record<keyof Load['rows'], number[]> = { poll: [], lookup: [], drain: [] };
  const failed: Record<keyof Load['rows'], number> = { poll: 0, lookup: 0, drain: 0 };
  const underWay = new Set<Promise<void>>();

  async function ask(method: string, path: string, token: string, body?: unknown): Promise<string> {
    const answer = await fetch(`${url}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${answer.status} ${/"code":"(\w+)"/.exec(text)?.[1] ?? ''}`.trim());
    return text;
  }
  function begin(kind: keyof Load['rows'], due: number, work: () => Promise<unknown>): void {
    const done = work()
      .then(() => void times[kind].push(performance.now() - due))
      .catch((error: Error) => {
        const what = `${kind}: ${error.cause instanceof Error ? error.cause.message : error.message}`;
        errors[what] = (errors[what] ?? 0) + 1;
        failed[kind] += 1;
      })
      .finally(() => void underWay.delete(done));
    underWay.add(done);
  }

  try {
    const admin = await pairWithout(paying);
    const tokens = [admin];
    while (tokens.length < browsers) {
      const invited = JSON.parse(await ask('POST', '/team/invitations', admin, { role: 'support' }));
      tokens.push(await pairWithout({ ...paying, code: String(invited.code) }));
    }
    await ask('PUT', '/test/lease', admin);
    say(`${browsers} browsers are paired`);
    const memory: number[] = [];
    const began = performance.now();
    const sofar = { poll: 0, lookup: 0, drain: 0 };
    let nextMemory = 0;
    for (let elapsed = 0; elapsed < seconds * 1000; elapsed = performance.now() - began) {
      for (; sofar.poll < (elapsed * browsers) / POLL_EVERY_MS; sofar.poll++) {
        const token = tokens[sofar.poll % browsers] ?? admin;
        begin('poll', began + (sofar.poll * POLL_EVERY_MS) / browsers, () => ask('GET', '/session', token));
      }
      for (; sofar.lookup < (elapsed * lookupsASecond) / 1000; sofar.lookup++) {
        const n = sofar.lookup;
        const token = tokens[n % browsers] ?? admin;
        const who = encodeURIComponent(accountAt(n % people));
        const path =
          n % 2 === 0 ? `/test/participants/${who}/${who}` : `/test/customers?q=${customerAt(n % people)}`;
        begin('lookup', began + (n * 1000) / lookupsASecond, () => ask('GET', path, token));
      }
      // A batch each second, as a worker asks.
      for (; sofar.drain < elapsed / 1000; sofar.drain++) {
        const from = sofar.drain * creditsASecond;
        const rewards = Array.from({ length: creditsASecond }, (_, i) => rewardAt(from + i));
        begin('drain', began + sofar.drain * 1000, () => ask('POST', '/test/credits', admin, { rewards }));
      }
      if (elapsed >= nextMemory) {
        memory.push(await memoryOf(url));
        nextMemory += 1000;
      }
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
    await Promise.all(underWay);
    const { paid, paidTwice } = await upstream.tally();
    const rowOf = (kind: keyof Load['rows']): Row => {
      const sorted = times[kind].toSorted((a, b) => a - b);
      const at = (share: number) => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0);
      return { asked: sofar[kind], errors: failed[kind], p50: at(0.5), p99: at(0.99) };
    };
    return {
      ...options,
      rows: { poll: rowOf('poll'), lookup: rowOf('lookup'), drain: rowOf('drain') },
      errors,
      memory: memoryRow(memory),
      rewards: { asked: sofar.drain * creditsASecond, paid, paidTwice },
    };
  } finally {
    await paying.close();
  }
}

async function memoryOf(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1] ?? Number.NaN) / 1e6;
}

function memoryRow(memory: number[]): Load['memory'] {
  const quarter = Math.floor(memory.length / 4);
  const middle = (some: number[]) => some.reduce((sum, one) => sum + one, 0) / some.length;
  const minutes = Math.max((memory.length * 0.5) / 60, 1 / 60);
  const growth = (middle(memory.slice(-quarter)) - middle(memory.slice(quarter, 2 * quarter))) / minutes;
  const round = (n: number | undefined) => Math.round(n ?? Number.NaN);
  return {
    first: round(memory[0]),
    last: round(memory.at(-1)),
    most: round(Math.max(...memory)),
    growthAMinute: memory.length < SHORTEST_TO_TELL ? null : round(growth),
  };
}
