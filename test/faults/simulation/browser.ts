/** A browser profile with the real worker parts: queue, drain, runs, pairing and session. Only its screen is missing. */
import { IDBFactory } from 'fake-indexeddb';
import * as v from 'valibot';
import type { Locks } from '../../../src/background/drain.ts';
import { createHandlers } from '../../../src/background/handlers.ts';
import { createPairing } from '../../../src/background/pairing.ts';
import { openQueue, type Queue } from '../../../src/background/queue.ts';
import { createRuns } from '../../../src/background/runs.ts';
import { createSession } from '../../../src/background/session.ts';
import { storedInIdb } from '../../../src/background/stored-in-idb.ts';
import type { PopupState } from '../../../src/contract/messages.ts';
import { ProblemError } from '../../../src/contract/problems.ts';
import type { Mode, Role } from '../../../src/contract/words.ts';
import { fakeStorageArea } from '../../unit/background-fakes.ts';
import type { Machines, Process } from './machines.ts';
import type { Network } from './network.ts';

export type Pass = { token: string; role: Role; browser: { id: string; name: string } };
export type Browser = ReturnType<typeof createBrowser>;
type Handlers = ReturnType<typeof createHandlers>;
type Worker = {
  process: Process;
  queues: Record<Mode, Queue>;
  tick: () => Promise<void>;
  handlers: Handlers;
};

export function createBrowser(
  machines: Machines,
  network: Network,
  proxy: string,
  pass: Pass,
  clockOff: number,
  issue: () => string,
) {
  const { name } = pass.browser;
  let profile = emptyProfile();
  let worker: Worker | null = null;
  let boots = 0;

  /** What people asked for and the product refused, or could not do: never an error of the harness. */
  const tolerate = (work: Promise<unknown>) =>
    work.catch((error: unknown) => {
      if (!(error instanceof ProblemError)) throw error;
    });

  function boot(): Worker {
    const process = machines.start(name, { disk: profile.disk, clockOff });
    return machines.in(process, () => {
      const id = `${name}-${++boots}`;
      const queues = {
        test: openQueue({ mode: 'test', boot: id }),
        live: openQueue({ mode: 'live', boot: id }),
      };
      const session = createSession({ local: profile.local, session: profile.memory });
      const pairing = createPairing({
        local: profile.local,
        permissions: { contains: async () => true },
        browserName: async () => name,
      });
      const runs = createRuns({
        pairing,
        session,
        queues,
        changed: () => undefined,
        stayAwake: () => undefined,
        locks: profile.locksOf(process),
      });
      const handlers = createHandlers({
        pairing,
        session,
        queues,
        runs,
        notifier: { quiet: async () => null, setQuiet: async () => undefined },
        state: async () => NOTHING_SHOWN,
        changed: () => undefined,
      });
      return { process, queues, tick: runs.tick, handlers };
    });
  }

  const running = (): Worker => {
    worker ??= boot();
    return worker;
  };

  /** Answers whether it was in the middle of something. */
  function stop(): boolean {
    if (worker === null) return false;
    const { process } = worker;
    const busy = machines.steps().some((step) => step.process === process);
    machines.kill(process);
    network.cutOff(process);
    profile.forgetLocksOf(process);
    worker = null;
    return busy;
  }

  return {
    name,
    role: pass.role,
    clockOff,
    /** Writes the pairing that a code would have brought: with a token of its own each time. */
    pair(): void {
      const pairing = { proxy, ...pass, token: issue() };
      machines.in(running().process, () => void storedInIdb('pairing', v.any()).set(pairing));
    },
    process: () => running().process,
    /** The alarm. */
    tick(): void {
      const { process, tick } = running();
      machines.in(process, () => void tolerate(tick()));
    },
    /** A person's click; what is refused changes nothing. */
    click(work: (handlers: Handlers) => Promise<unknown>): void {
      const { process, handlers } = running();
      machines.in(process, () => void tolerate(work(handlers)));
    },
    /** The worker is stopped; the next alarm starts it anew on the same disk. */
    stop,
    /** A profile that was deleted: another disk, and paired anew. */
    wipe(): void {
      stop();
      profile = emptyProfile();
    },
    /** The rows of its queue, for whoever judges afterwards. */
    async rows(mode: Mode) {
      const { process, queues } = running();
      let rows: Awaited<ReturnType<Queue['rows']>> = [];
      machines.in(process, () => void queues[mode].rows().then((read) => (rows = read)));
      await machines.settle();
      return rows;
    },
    /** Everything the browser keeps, as text, to search it for what must not be there. */
    stored: () => JSON.stringify([[...profile.local.values], [...profile.memory.values]]),
  };
}

function emptyProfile() {
  const held = new Map<string, Process>();
  return {
    disk: new IDBFactory(),
    local: fakeStorageArea(),
    memory: fakeStorageArea(),
    /** Web Locks live as long as the profile is open, and a worker that dies lets go. */
    locksOf(process: Process) {
      return {
        async request(name: string, _options: unknown, work: (lock: object | null) => Promise<unknown>) {
          if (held.has(name)) return work(null);
          held.set(name, process);
          try {
            return await work({ name });
          } finally {
            if (held.get(name) === process) held.delete(name);
          }
        },
      } as Locks;
    },
    forgetLocksOf(process: Process) {
      for (const [name, holder] of held) if (holder === process) held.delete(name);
    },
  };
}

const NOTHING_SHOWN = {} as PopupState;
