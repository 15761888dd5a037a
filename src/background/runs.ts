/** When to drain: one run at a time, all modes in turn, and once more when something came up meanwhile. */
import { type Problem, ProblemError } from '../contract/problems.ts';
import type { Session } from '../contract/routes.ts';
import type { Mode } from '../contract/words.ts';
import { say } from '../locales/say.ts';
import { told } from '../locales/told.ts';
import { drain, type Locks } from './drain.ts';
import type { PairingStore } from './pairing.ts';
import type { Queue } from './queue.ts';
import type { SessionStore } from './session.ts';

type Options = {
  pairing: Pick<PairingStore, 'current' | 'client' | 'renewToken'>;
  session: SessionStore;
  queues: Record<Mode, Queue>;
  changed: () => void;
  /** Keeps the browser from stopping the worker while this is under way. */
  stayAwake: (work: Promise<unknown>) => void;
  locks?: Locks;
};

/** Words for people; what exactly was thrown goes to the console, since it may hold anything. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.toProblem();
  console.error(error);
  return {
    ...new ProblemError('internal').toProblem(),
    ...told({ title: say('ui_broken'), action: say('ui_broken_action') }),
  };
}

export function createRuns({ pairing, session, queues, changed, stayAwake, locks }: Options) {
  let current: Promise<void> | null = null;
  let again = false;
  let running: Mode | null = null;

  async function drainMode(mode: Mode, heard: Session): Promise<void> {
    running = mode;
    try {
      const given = {
        mode,
        queue: queues[mode],
        proxy: await pairing.client(),
        session: heard,
        changed,
      };
      const done = await drain({ ...given, ...(locks && { locks }) });
      await session.setProblem(mode, done.problem);
      const didSomething = done.found + done.credited > 0;
      const wentWell = done.skipped === null && done.problem === null;
      if (didSomething || wentWell) await session.ran(mode, done.found, done.credited);
      // Taken since we last asked; who holds it is what people want to read.
      const { holder, mine } = heard.modes[mode].lease;
      const isNews = done.skipped === 'lease_taken' && (holder === null || mine);
      if (isNews) await session.refresh(given.proxy);
    } catch (error) {
      await session.setProblem(mode, problemOf(error));
    } finally {
      running = null;
      changed();
    }
  }

  async function once(): Promise<void> {
    if ((await pairing.current()) === null) return;
    try {
      const heard = await session.refresh(await pairing.client());
      await session.setProblem('reach', null);
      // Before any work, so that none is under way with the old token; it stays good if this fails.
      if (heard.tokenDue) await pairing.renewToken().catch(unlessRefused);
      // Money first, then the rehearsal.
      for (const mode of ['live', 'test'] as const) {
        const { advocate, settings } = heard.modes[mode];
        if (advocate.configured && settings.units.length > 0) await drainMode(mode, heard);
      }
    } catch (error) {
      await session.setProblem('reach', problemOf(error));
    } finally {
      changed();
    }
  }

  async function loop(): Promise<void> {
    try {
      do {
        again = false;
        await once();
      } while (again);
    } finally {
      // In the same breath as the last look at `again`, so that no kick falls in between.
      current = null;
      changed();
    }
  }

  function start(): Promise<void> {
    const run = loop();
    current = run;
    stayAwake(run);
    changed();
    return run;
  }

  return {
    /** The alarm's: starts when nothing is under way. */
    tick: (): Promise<void> => current ?? start(),
    /** Something is new: what is under way may have passed it already, so another run follows. */
    kick(): Promise<void> {
      again = true;
      return current ?? start();
    },
    running: (mode: Mode) => running === mode,
  };
}
export type Runs = ReturnType<typeof createRuns>;

/** A proxy that is away, or says no, is asked again by the next run. */
function unlessRefused(error: unknown): void {
  if (!(error instanceof ProblemError)) console.error(error);
}
