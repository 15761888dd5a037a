/** Very many schedules, in as many processes as there are processors; what fails is made small and can be repeated. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { FAULTS } from './happenings.ts';
import { runSchedule, type Schedule, schedules } from './schedule.ts';
import type { Breach } from './verdict.ts';

export type Part = { seed: number; schedules: number; path?: string };
/** `breaches` of the smallest schedule that still fails, with what it takes to run that again. */
export type PartDone = {
  part: Part;
  schedules: number;
  struck: Record<string, number>;
  failure: { breaches: Breach[]; path: string | null; schedule: Schedule; error: string | null } | null;
};
export type Sampled = {
  schedules: number;
  seeds: number[];
  perFault: Record<string, number>;
  duplicates: number;
  lost: number;
  violations: number;
};

/** At most; small enough that all processors end at about the same time. */
const PART = 250;
const THIS = fileURLToPath(import.meta.url);

class Breached extends Error {
  readonly breaches: Breach[];
  constructor(breaches: Breach[]) {
    super(breaches.map(({ kind, what }) => `${kind}: ${what}`).join('\n'));
    this.breaches = breaches;
  }
}

/** Runs one part here. Stops at the first schedule that fails, and makes that smaller. */
export async function runPart(part: Part): Promise<PartDone> {
  const struck: Record<string, number> = Object.fromEntries(FAULTS.map((fault) => [fault, 0]));
  let run = 0;
  const property = fc.asyncProperty(schedules, async (schedule) => {
    const ended = await runSchedule(schedule);
    run += 1;
    for (const [fault, count] of Object.entries(ended.struck)) struck[fault] = (struck[fault] ?? 0) + count;
    if (ended.breaches.length > 0) throw new Breached(ended.breaches);
  });
  const checked = await fc.check(property, {
    seed: part.seed,
    numRuns: part.schedules,
    ...(part.path !== undefined && { path: part.path }),
  });
  const { counterexample, counterexamplePath, errorInstance, numRuns } = checked;
  const [schedule] = counterexample ?? [];
  return {
    part,
    schedules: checked.failed ? numRuns : run,
    struck,
    failure:
      schedule === undefined
        ? null
        : {
            schedule,
            path: counterexamplePath,
            breaches: errorInstance instanceof Breached ? errorInstance.breaches : [],
            error:
              errorInstance instanceof Error && !(errorInstance instanceof Breached)
                ? (errorInstance.stack ?? errorInstance.message)
                : null,
          },
  };
}

/** Splits the work among processes. `tell` hears of each part that is done. */
export async function runSchedules(
  total: number,
  seed: number,
  tell: (done: PartDone, sofar: number) => void,
): Promise<Sampled> {
  const processors = availableParallelism();
  const size = Math.min(PART, Math.ceil(total / processors));
  const parts: Part[] = [];
  for (let left = total; left > 0; left -= size)
    parts.push({ seed: (Math.imul(seed, 1_000_003) + parts.length) | 0, schedules: Math.min(size, left) });
  const sampled: Sampled = {
    schedules: 0,
    seeds: parts.map((part) => part.seed),
    perFault: Object.fromEntries(FAULTS.map((fault) => [fault, 0])),
    duplicates: 0,
    lost: 0,
    violations: 0,
  };
  const waiting = [...parts];
  const add = (done: PartDone) => {
    sampled.schedules += done.schedules;
    for (const [fault, count] of Object.entries(done.struck))
      sampled.perFault[fault] = (sampled.perFault[fault] ?? 0) + count;
    const kinds = done.failure?.breaches.map(({ kind }) => kind) ?? [];
    sampled.duplicates += kinds.filter((kind) => kind === 'duplicate').length;
    sampled.lost += kinds.filter((kind) => kind === 'lost').length;
    sampled.violations += kinds.filter((kind) => kind === 'violation').length + (done.failure?.error ? 1 : 0);
    tell(done, sampled.schedules);
  };
  await Promise.all(Array.from({ length: Math.min(parts.length, processors) }, () => workOff(waiting, add)));
  return sampled;
}

/** Part after part, in one process of its own. */
async function workOff(waiting: Part[], add: (done: PartDone) => void): Promise<void> {
  // Short-lived objects by the million: with a larger nursery 150 schedules took 139 instead of 150 ms each.
  const child = fork(THIS, ['--part'], { execArgv: ['--max-semi-space-size=64'] });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`A process of the simulation ended early, with ${code}.`);
  });
  for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
    child.send(part);
    const [done] = await Promise.race([once(child, 'message'), ended]);
    add(done);
  }
  ended.catch(() => undefined);
  child.disconnect();
}

if (process.argv[1] === THIS && process.argv[2] === '--part')
  process.on('message', (part: Part) => void runPart(part).then((done) => process.send?.(done)));
