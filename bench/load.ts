/**
 * Many browsers that poll, people who are looked up and a drain, all at once at a real proxy on loopback. Polls and
 * lookups come when they are due, however slow the proxy is; the drain asks as a worker does, so that the next batch
 * waits for room behind those under way. All ask through the worker's own client, which checks every answer.
 */
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ProxyClient, proxyClient } from '../src/background/proxy-client.ts';
import { createStream } from '../src/background/stream.ts';
import { ProblemError } from '../src/contract/problems.ts';
import { english } from '../src/locales/english.ts';
import { speak } from '../src/locales/say.ts';
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
/** A drain’s row is of batches, one a second. */
type Kind = 'poll' | 'lookup' | 'drain';
export type Load = LoadOptions & {
  rows: Record<Kind, Row>;
  /** By what came instead of the answer. */
  errors: Record<string, number>;
  /**
   * The proxy’s memory in MB: all that its process holds, and what of it is in use once all garbage is gone, after the
   * first quarter and in the end. V8 lets garbage pile up, the more the more memory there is. Growth from the second
   * quarter to the last; null where that is too short to tell.
   */
  memory: {
    first: number;
    last: number;
    most: number;
    growthAMinute: number | null;
    inUse: { early: number; late: number };
  };
  /** `due`: what would have been asked, had there always been room. */
  rewards: { due: number; asked: number; paid: number; paidTwice: number };
  /** How many cores were busy on the average, of how many, and with whom; whatever is left is others’. */
  cores: { of: number; busy: number; proxy: number; simulators: number; load: number };
};

/** How often a browser’s alarm wakes its worker. */
const POLL_EVERY_MS = 30_000;
const TICK_MS = 10;
/** Seconds: before that V8 has not yet come to the size at which it stays. */
const SHORTEST_TO_TELL = 240;

export async function load(options: LoadOptions, say: (line: string) => void): Promise<Load> {
  const { seconds, browsers, lookupsASecond, creditsASecond } = options;
  const due = creditsASecond * seconds;
  const people = Math.max(due, 100);
  speak(english);
  const paying = await startPaying({ people, rewards: true, delays: null, limit: null });
  const { url, upstream } = paying;
  const errors: Record<string, number> = {};
  const times: Record<Kind, number[]> = { poll: [], lookup: [], drain: [] };
  const failed: Record<Kind, number> = { poll: 0, lookup: 0, drain: 0 };
  const underWay = new Set<Promise<void>>();
  const clientOf = (token: string) => proxyClient({ origin: url, token });

  function count(kind: Kind, why: string): void {
    const what = `${kind}: ${why}`;
    errors[what] = (errors[what] ?? 0) + 1;
    failed[kind] += 1;
  }
  function begin(kind: Kind, dueAt: number, work: () => Promise<void>): Promise<void> {
    const done = work()
      .then(() => void times[kind].push(performance.now() - dueAt))
      .catch((error: unknown) => count(kind, error instanceof ProblemError ? error.code : String(error)))
      .finally(() => void underWay.delete(done));
    underWay.add(done);
    return done;
  }

  async function lookUp(client: ProxyClient, n: number): Promise<void> {
    const [who, customer] = [accountAt(n % people), customerAt(n % people)];
    const found =
      n % 2 === 0
        ? (await client.participant('test', { accountId: who, userId: who })).customer?.id
        : (await client.customers('test', customer)).candidates[0]?.id;
    if (found !== customer) throw new Error(`found ${found ?? 'nobody'}`);
  }
  async function credit(client: ProxyClient, rewards: string[], settled: () => void): Promise<void> {
    await client.lease('test');
    for await (const { state, reason } of client.credits('test', { rewards, confirmCurrency: [] })) {
      settled();
      if (state !== 'redeemed') count('drain', reason ?? state);
    }
  }

  try {
    const admin = clientOf(await pairWithout(paying));
    const clients = [admin];
    while (clients.length < browsers) {
      const { code } = await admin.invite('support');
      clients.push(clientOf(await pairWithout({ ...paying, code })));
    }
    const anyOf = (n: number) => clients[n % browsers] ?? admin;
    say(`${browsers} browsers are paired`);

    const sofar: Record<Kind, number> = { poll: 0, lookup: 0, drain: 0 };
    const memory: number[] = [];
    let early = 0;
    const before = await spent();
    const began = performance.now();
    const elapsed = () => performance.now() - began;

    /** Whatever is due by now is asked, at once. */
    async function atItsTime(
      kind: Kind,
      aSecond: number,
      ask: (client: ProxyClient, n: number) => Promise<void>,
    ) {
      for (; elapsed() < seconds * 1000; await sleep(TICK_MS))
        for (; sofar[kind] < (elapsed() * aSecond) / 1000; sofar[kind]++) {
          const n = sofar[kind];
          void begin(kind, began + (n * 1000) / aSecond, () => ask(anyOf(n), n));
        }
    }
    /** A batch each second, and the next one once there is room for it. */
    async function drain() {
      const stream = createStream(() => performance.now());
      for (; sofar.drain < seconds; sofar.drain++) {
        const n = sofar.drain;
        await sleep(Math.max(0, n * 1000 - elapsed()));
        await stream.room(false);
        if (elapsed() >= seconds * 1000) break;
        const rewards = Array.from({ length: creditsASecond }, (_, i) => rewardAt(n * creditsASecond + i));
        stream.begin(creditsASecond, (settled) =>
          begin('drain', began + n * 1000, () => credit(admin, rewards, settled)),
        );
      }
    }
    async function watch() {
      for (; elapsed() < seconds * 1000; await sleep(Math.max(0, 1000 * memory.length - elapsed()))) {
        memory.push((await readProxy()).memory);
        if (memory.length === Math.ceil(seconds / 4)) early = await paying.inUse();
      }
    }
    await Promise.all([
      atItsTime('poll', (1000 * browsers) / POLL_EVERY_MS, async (client) => void (await client.session())),
      atItsTime('lookup', lookupsASecond, lookUp),
      drain(),
      watch(),
    ]);
    await Promise.all(underWay);

    const wall = elapsed() / 1000;
    const after = await spent();
    const share = (whose: keyof typeof after) =>
      Math.round((100 * (after[whose] - before[whose])) / wall) / 100;
    const late = await paying.inUse();
    const { paid, paidTwice } = await upstream.tally();
    const rowOf = (kind: Kind): Row => {
      const sorted = times[kind].toSorted((a, b) => a - b);
      const at = (part: number) => Math.round(sorted[Math.floor(sorted.length * part)] ?? 0);
      return { asked: sofar[kind], errors: failed[kind], p50: at(0.5), p99: at(0.99) };
    };
    return {
      ...options,
      rows: { poll: rowOf('poll'), lookup: rowOf('lookup'), drain: rowOf('drain') },
      errors,
      memory: { ...memoryRow(memory), inUse: { early: megabytes(early), late: megabytes(late) } },
      rewards: { due, asked: sofar.drain * creditsASecond, paid, paidTwice },
      cores: {
        of: cpus().length,
        busy: share('machine'),
        proxy: share('proxy'),
        simulators: share('simulators'),
        load: share('load'),
      },
    };
  } finally {
    await paying.close();
  }

  async function readProxy(): Promise<{ memory: number; cpu: number }> {
    const text = await (await fetch(`${url}/metrics`)).text();
    const number = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1] ?? Number.NaN);
    return {
      memory: number('process_resident_memory_bytes') / 1e6,
      cpu: number('process_cpu_seconds_total'),
    };
  }
  /** Seconds that processors were busy with each. */
  async function spent() {
    const { user, system } = process.cpuUsage();
    const busy = cpus().map(({ times: t }) => t.user + t.nice + t.sys + t.irq);
    return {
      machine: busy.reduce((sum, one) => sum + one, 0) / 1000,
      proxy: (await readProxy()).cpu,
      simulators: (await upstream.tally()).cpu,
      load: (user + system) / 1e6,
    };
  }
}

const megabytes = (bytes: number) => Math.round(bytes / 1e6);

function memoryRow(memory: number[]): Omit<Load['memory'], 'inUse'> {
  const quarter = Math.floor(memory.length / 4);
  const middle = (some: number[]) => some.reduce((sum, one) => sum + one, 0) / some.length;
  const minutes = (memory.length * 0.5) / 60;
  const growth = (middle(memory.slice(-quarter)) - middle(memory.slice(quarter, 2 * quarter))) / minutes;
  const round = (n: number | undefined) => Math.round(n ?? Number.NaN);
  return {
    first: round(memory[0]),
    last: round(memory.at(-1)),
    most: round(Math.max(...memory)),
    growthAMinute: memory.length < SHORTEST_TO_TELL ? null : round(growth),
  };
}
