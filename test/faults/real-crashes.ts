/**
 * Real processes, really killed: rewards come in, a run is under way, and at a moment that the seed decides the proxy,
 * the worker or the whole browser dies. The seed decides kinds and moments; how far the work has come by then is up to
 * the machine, so a seed does not repeat a round exactly.
 */
import { type CrashScene, PEOPLE, setCrashScene } from './crash-scene.ts';

export type Options = { rounds?: number; seed?: number; say?: (line: string) => void };
export type RealCrashes = {
  rounds: number;
  seed: number;
  proxyKills: number;
  workerStops: number;
  browserKills: number;
  /** Rounds in which money was still owed when something died. */
  midway: number;
  rewards: number;
  duplicates: number;
  lost: number;
  wrong: number;
  violations: string[];
  seconds: number;
};

const KINDS = [
  'proxy',
  'proxy',
  'proxy',
  'proxy twice',
  'worker',
  'worker',
  'worker',
  'both',
  'browser',
  'proxy',
] as const;
type Kind = (typeof KINDS)[number];

export async function realCrashes({
  rounds = 100,
  seed = 1,
  say = console.log,
}: Options = {}): Promise<RealCrashes> {
  const began = Date.now();
  const random = mulberry32(seed);
  const upTo = (n: number) => Math.floor(random() * n);
  const done = { proxyKills: 0, workerStops: 0, browserKills: 0, midway: 0, rewards: 0 };
  const scene = await setCrashScene();
  let made = 0;
  const counts = () =>
    `${done.proxyKills} kill -9, ${done.workerStops} worker stops, ${done.browserKills} browser kills`;

  function earn(): void {
    for (let n = 1 + upTo(3); n > 0; n--) {
      scene.earn(upTo(PEOPLE.length), 100 + upTo(5000));
      done.rewards += 1;
    }
  }

  try {
    const typical = await measure(scene, earn);
    let deck: Kind[] = [];
    while (made < rounds) {
      if (deck.length === 0) deck = [...KINDS];
      const [kind = 'proxy'] = deck.splice(upTo(deck.length), 1);
      earn();
      await scene.run();
      await momentIn(scene, typical, random);
      if (scene.findings().some(({ kind }) => kind === 'lost')) done.midway += 1;
      await crash(scene, kind, done);
      made += 1;
      // Now and then the next round begins on what this one left lying.
      if (random() < 0.7 && (await scene.settle()).length > 0) break;
      if (made % 10 === 0) say(`${made} rounds: ${counts()} · ${done.rewards} rewards`);
    }
    const findings = await scene.settle();
    const count = (kind: string) => findings.filter((finding) => finding.kind === kind).length;
    const result: RealCrashes = {
      rounds: made,
      seed,
      ...done,
      duplicates: count('duplicate'),
      lost: count('lost'),
      wrong: count('wrong'),
      violations: findings.map(({ kind, reward, what }) => `${kind}: ${reward} ${what}`),
      seconds: Math.round((Date.now() - began) / 1000),
    };
    for (const violation of result.violations) say(violation);
    say(
      `${made} rounds: ${counts()} · ${result.duplicates} paid twice · ${result.lost} lost${result.wrong > 0 ? ` · ${result.wrong} wrong` : ''}`,
    );
    return result;
  } finally {
    await scene.close();
  }
}

type Typical = { exchanges: number; ms: number };

/** How long a run takes here when nobody is killed. */
async function measure(scene: CrashScene, earn: () => void): Promise<Typical> {
  await scene.settle();
  earn();
  const [from, began] = [scene.exchanged(), Date.now()];
  await scene.run();
  while (scene.findings().length > 0) await scene.moved(20);
  const typical = { exchanges: scene.exchanged() - from, ms: Date.now() - began };
  await scene.settle();
  return typical;
}

/** Either so many milliseconds into the run, or right after so many requests have reached the simulators. */
async function momentIn(scene: CrashScene, { exchanges, ms }: Typical, random: () => number): Promise<void> {
  const [byTime, part] = [random() < 0.5, random()];
  const deadline = Date.now() + (byTime ? part * ms : 3 * ms);
  const target = scene.exchanged() + (byTime ? Number.POSITIVE_INFINITY : Math.floor(part * exchanges));
  while (Date.now() < deadline && scene.exchanged() < target) await scene.moved(deadline - Date.now());
}

type Done = { proxyKills: number; workerStops: number; browserKills: number };

async function crash(scene: CrashScene, kind: Kind, done: Done): Promise<void> {
  if (kind === 'worker' || kind === 'both') done.workerStops += 1;
  if (kind === 'browser') done.browserKills += 1;
  const kills = { proxy: 1, 'proxy twice': 2, both: 1, worker: 0, browser: 0 }[kind];
  done.proxyKills += kills;
  await Promise.all([
    kills > 0 ? scene.killProxy(kills) : undefined,
    kind === 'worker' || kind === 'both' ? scene.stopWorker() : undefined,
    kind === 'browser' ? scene.killBrowser() : undefined,
  ]);
}

/** Tommy Ettinger's generator: small, and the same everywhere. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
