/**
 * One thread that plays several machines: processes with clocks of their own, time that only moves when told, and
 * steps that wait until somebody picks them. What a process does between two steps nobody outside can see, so the
 * order of steps is the whole of what can differ between two runs.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import crypto from 'node:crypto';

export type Process = {
  name: string;
  alive: boolean;
  /** Closed lid, paused virtual machine: nothing of it runs before. */
  asleepUntil: number;
  /** How far its clock is from the truth, in milliseconds. */
  clockOff: number;
  /** The profile's disk, of a browser. */
  disk: IDBFactory | null;
  /** Work of its IndexedDB, in order; it stands still while a write waits to be picked. */
  disktasks: (() => void)[];
  writeWaits: boolean;
  transactions: Set<IDBTransaction>;
  /** Databases that it is just opening, or making. */
  opening: Set<{ name: string; upgrades: boolean }>;
  /** A digest of everything it was answered: two processes of one name with the same one are in the same state. */
  heard: string;
};

export type Step = {
  /** The same in every run in which its process came the same way here. */
  id?: string;
  process: Process;
  what: string;
  /** Another process that has to be up and awake for it. */
  target?: Process;
  notBefore?: number;
  /** `how`: what goes wrong with it, for steps to which something can happen. */
  run: (how?: Mishap) => void;
};
export type Timer = { process: Process; at: number; order: number; run: () => void };

/** What the network does to one request. */
export type Mishap =
  | 'lost' // F1: nobody ever reads it, and the sender sees a reset
  | 'answer lost' // F2: executed, and the sender sees a reset
  | 'half answer' // F3: executed; half the answer comes, then nothing
  | 'late'; // F4: executed after the sender has given up

export const START = Date.UTC(2026, 5, 15, 12);

/** Between two steps nobody has that much to do. */
const MOST_TURNS = 20_000;

/** As it was before anybody replaced it. */
const nextTurn = globalThis.setImmediate;

export type Machines = ReturnType<typeof createMachines>;
/** Which process runs now; none, while the harness itself does. */
const here = new AsyncLocalStorage<Process>();

/** Small, quick and repeatable (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function createMachines(random: () => number) {
  let time = START;
  let order = 0;
  let steps: Step[] = [];
  let timers: Timer[] = [];
  const processes = new Set<Process>();

  const complaints: string[] = [];
  let touched = new Set<string>();
  let listening = false;
  let unseen: (what: string) => boolean = () => false;
  let free = false;
  const count = new Map<string, number>();
  const made = new Map<string, number>();
  const push = (step: Step) => {
    const number = (count.get(step.process.name) ?? 0) + 1;
    count.set(step.process.name, number);
    step.id = `${step.process.name}#${number}`;
    steps.push(step);
  };
  const awake = ({ alive, asleepUntil }: Process) => alive && time >= asleepUntil;

  /** Runs everything that nobody outside can see, until every process stands at a step or has nothing to do. */
  async function settle(): Promise<void> {
    for (let turns = 0; turns < MOST_TURNS; turns++) {
      await new Promise((resolve) => nextTurn(resolve));
      const busy = [...processes].find(
        (process) => awake(process) && !process.writeWaits && process.disktasks.length > 0,
      );
      if (busy === undefined) return;
      const task = busy.disktasks.shift();
      if (task) here.run(busy, task);
    }
    throw new Error('A process does not come to rest.');
  }

  const machines = {
    random,
    now: () => time,
    processes,
    /** What living processes wrote as errors: something that they did not expect. */
    complaints,
    steps: () => steps,
    settle,

    start(
      name: string,
      { disk = null, clockOff = 0 }: Partial<Pick<Process, 'disk' | 'clockOff'>> = {},
    ): Process {
      const process: Process = {
        name,
        alive: true,
        asleepUntil: 0,
        clockOff,
        disk,
        disktasks: [],
        writeWaits: false,
        transactions: new Set(),
        opening: new Set(),
        heard: '',
      };
      processes.add(process);
      return process;
    },

    /** As by SIGKILL or a stopped worker: nothing more of it happens, and what was not committed never was. */
    kill(process: Process): void {
      process.alive = false;
      for (const transaction of process.transactions) {
        try {
          transaction.abort();
        } catch {
          // It was over.
        }
      }
      forgetOpening(process);
      process.disktasks.length = 0;
      processes.delete(process);
      steps = steps.filter((step) => step.process !== process || step.what.startsWith('wire'));
      timers = timers.filter((timer) => timer.process !== process);
    },

    in: <T>(process: Process, work: () => T): T => here.run(process, work),

    /** From here on nothing waits to be picked: for the parts of a run in which the order is not the question. */
    letRun: (freely: boolean) => {
      free = freely;
    },
    /** Resolves when the step is picked; never, when the process dies before. */
    pause: (process: Process, what: string): Promise<void> =>
      new Promise((resolve) => {
        if (!process.alive) return;
        if ((free && awake(process)) || unseen(what)) resolve();
        else push({ process, what, run: () => resolve() });
      }),
    propose(step: Step): void {
      const now =
        free &&
        (step.notBefore ?? 0) <= time &&
        (step.target === undefined || time >= step.target.asleepUntil);
      if (now) step.run();
      else push(step);
    },
    withdraw: (step: Step) => {
      steps = steps.filter((other) => other !== step);
    },

    enabled: (): Step[] =>
      steps.filter(
        ({ process, target, notBefore = 0, what }) =>
          (awake(process) || what.startsWith('wire')) &&
          (target === undefined || time >= target.asleepUntil) &&
          time >= notBefore,
      ),
    /** Steps that are not worth picking, since nothing else touches what they do: they happen at once. */
    overlook: (which: (what: string) => boolean) => {
      unseen = which;
    },
    /** Goes on where an earlier process of this name ended. */
    nextId(process: Process): number {
      const id = (made.get(process.name) ?? 0) + 1;
      made.set(process.name, id);
      return id;
    },
    /** From here on it is kept what each process is answered, which takes time. */
    listen: () => {
      listening = true;
    },
    listens: () => listening,
    /** What a process is answered. */
    hear(process: Process, what: () => string): void {
      if (!listening) return;
      process.heard = crypto
        .createHash('sha1')
        .update(process.heard)
        .update(nameless(what()))
        .digest('base64');
    },
    /** Something that others see is read, or written (`!`), by the step that was taken last. */
    touch: (what: string) => void touched.add(what),
    touchedSince(): string[] {
      const now = [...touched];
      touched = new Set();
      return now;
    },
    async take(step: Step, how?: Mishap): Promise<void> {
      steps = steps.filter((other) => other !== step);
      step.run(how);
      await settle();
    },
    /** The next timer of a process, where it is due within so many milliseconds. */
    soonTimer: (process: Process, within: number): Timer | undefined =>
      timers
        .filter((timer) => timer.process === process && timer.at <= time + within)
        .sort((a, b) => a.at - b.at || a.order - b.order)[0],
    async fire(timer: Timer): Promise<void> {
      timers = timers.filter((other) => other !== timer);
      time = Math.max(time, timer.at);
      here.run(timer.process, timer.run);
      await settle();
    },

    /** Moves time on and lets the timers that are due go off, of processes that are awake. */
    async pass(ms: number): Promise<void> {
      time += ms;
      for (;;) {
        const due = timers
          .filter(({ process, at }) => at <= time && awake(process))
          .sort((a, b) => a.at - b.at || a.order - b.order)[0];
        if (due === undefined) return;
        timers = timers.filter((timer) => timer !== due);
        here.run(due.process, due.run);
        await settle();
      }
    },
    /** The next moment at which something happens by itself; null when nothing will. */
    nextMoment(): number | null {
      const moments = [
        ...timers.map(({ process, at }) => Math.max(at, process.asleepUntil)),
        ...[...processes].map(({ asleepUntil }) => asleepUntil).filter((at) => at > time),
        ...steps
          .flatMap(({ notBefore = 0, target }) => [notBefore, target?.asleepUntil ?? 0])
          .filter((at) => at > time),
      ];
      return moments.length === 0 ? null : Math.max(time, Math.min(...moments));
    },

    setTimer(process: Process, ms: number, run: () => void): Timer {
      const timer = { process, at: time + Math.max(0, Math.ceil(ms)), order: order++, run };
      // What goes on by itself after a death waits for nothing any more.
      if (process.alive) timers.push(timer);
      return timer;
    },
    clearTimer(timer: Timer): void {
      timers = timers.filter((other) => other !== timer);
    },
    diskTask(process: Process, task: () => void): void {
      if (process.alive) process.disktasks.push(task);
    },
    /** A write to the disk begins: the process stands still until that is picked, so that it can be killed before. */
    writeBegins(process: Process): void {
      if (process.writeWaits || free || unseen('disk write')) return;
      process.writeWaits = true;
      push({
        process,
        what: 'disk write',
        run: () => {
          process.writeWaits = false;
        },
      });
    },
  };
  return machines;
}

/**
 * Whoever opened a database and died does not stand in the way of the next, and one that was not made to its end never
 * was. A browser sees to both; fake-indexeddb knows of no death, so its own records are put right.
 */
function forgetOpening({ disk, opening }: Process): void {
  if (disk === null) return;
  const databases: Map<string, unknown> = Reflect.get(disk, '_databases');
  const queues: Map<string, unknown> = Reflect.get(disk, '_connectionQueues');
  for (const { name, upgrades } of opening) {
    queues.delete(name);
    if (upgrades) databases.delete(name);
  }
}

/** Ids that the outside world gives differ from run to run and mean nothing. */
export const nameless = (text: string): string => text.replace(/\b(cbtxn|req)_\w+/g, '$1');

export const presentProcess = (): Process | undefined => here.getStore();
