/** What the worker last heard and did. All of it is stored, since the worker forgets everything when it stops. */
import * as v from 'valibot';
import { type Problem, ToldProblem } from '../contract/problems.ts';
import { Session } from '../contract/routes.ts';
import { Looked, NOTHING_LOOKED } from '../contract/setup.ts';
import { MODES, type Mode } from '../contract/words.ts';
import type { ProxyClient } from './proxy-client.ts';
import { type Area, stored } from './stored.ts';

const Cached = v.object({ session: Session, at: v.number() });
const LastRun = v.object({ at: v.number(), found: v.number(), credited: v.number() });

export function createSession({
  local,
  session,
  now = Date.now,
}: {
  local: Area;
  session: Area;
  now?: () => number;
}) {
  const cache = stored(session, 'session', Cached);
  const mode = stored(local, 'mode', v.picklist(MODES));
  const lastRun = (of: Mode) => stored(local, `lastRun.${of}`, LastRun);
  const lookedIn = (of: Mode) => stored(local, `looked.${of}`, Looked);
  const looked = async (of: Mode): Promise<Looked> => (await lookedIn(of).get()) ?? NOTHING_LOOKED;
  /** `reach`: the proxy as a whole; a mode: the last run in it. */
  const problem = (of: 'reach' | Mode) => stored(session, `problem.${of}`, ToldProblem);

  return {
    cached: () => cache.get(),
    async refresh(client: ProxyClient): Promise<Session> {
      const answer = await client.session();
      await cache.set({ session: answer, at: now() });
      return answer;
    },
    /** Of an unpaired browser nothing is left but its queue. */
    async clear(): Promise<void> {
      await cache.remove();
      for (const of of ['reach', ...MODES] as const) await problem(of).remove();
      for (const of of MODES) await lookedIn(of).remove();
    },

    mode: async (): Promise<Mode> => (await mode.get()) ?? 'test',
    chooseMode: (chosen: Mode) => mode.set(chosen),

    looked,
    look: async (of: Mode, more: Partial<Looked>) => lookedIn(of).set({ ...(await looked(of)), ...more }),

    lastRun: (of: Mode) => lastRun(of).get(),
    ran: (of: Mode, found: number, credited: number) => lastRun(of).set({ at: now(), found, credited }),

    problem: async (of: Mode): Promise<Problem | null> =>
      (await problem('reach').get()) ?? (await problem(of).get()),
    setProblem: (of: 'reach' | Mode, what: Problem | null) =>
      what === null ? problem(of).remove() : problem(of).set(what),
  };
}
export type SessionStore = ReturnType<typeof createSession>;
