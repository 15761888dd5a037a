/** Asks which customers fit: first for the rows in view, then, when a person wants it, for all the others. */
import { signal } from '@preact/signals';
import type { Match } from '../../contract/linking.ts';
import { type Problem, ProblemError } from '../../contract/problems.ts';
import type { ParticipantKey } from '../../contract/routes.ts';
import { say } from '../../locales/say.ts';
import { told } from '../../locales/told.ts';
import type { Ask } from '../../ui/ask.ts';
import { problemOf } from '../../ui/problem-of.ts';
import { keyOf, whoOf } from './who.ts';

/** As many as one request may name. */
const AT_ONCE = 20;

type Given = {
  ask: Ask;
  everybody: () => readonly ParticipantKey[];
  isKnown: (who: string) => boolean;
  found: (match: Match) => void;
};

export function createMatcher({ ask, everybody, isKnown, found }: Given) {
  const all = signal<'off' | 'running' | 'paused'>('off');
  const problem = signal<Problem | null>(null);
  let inView: readonly ParticipantKey[] = [];
  /** Nobody before this place is left to ask about. */
  let next = 0;
  let turn = 0;
  let busy = false;

  function pick(): Map<string, ParticipantKey> {
    const picked = new Map<string, ParticipantKey>();
    const add = (one: ParticipantKey) => {
      const who = whoOf(one);
      if (!isKnown(who)) picked.set(who, keyOf(one));
    };
    for (const one of inView) if (picked.size < AT_ONCE) add(one);
    if (all.value !== 'running') return picked;
    const rows = everybody();
    for (let place = next; place < rows.length && picked.size < AT_ONCE; place++) {
      const one = rows[place];
      if (one) add(one);
      if (picked.size === 0) next = place + 1;
    }
    return picked;
  }

  function stop(why: Problem) {
    problem.value = why;
    if (all.value === 'running') all.value = 'paused';
  }

  async function work(): Promise<void> {
    if (busy || problem.value !== null) return;
    busy = true;
    const mine = turn;
    try {
      for (let asked = pick(); asked.size > 0; asked = pick()) {
        const { matches } = await ask('matches', { participants: [...asked.values()] });
        if (mine !== turn) return;
        const outage = outageOf(matches);
        if (outage !== null) {
          stop(outage);
          return;
        }
        for (const match of matches) if (asked.delete(whoOf(match))) found(match);
        for (const left of asked.values()) found(unanswered(left));
      }
    } catch (thrown) {
      if (mine === turn) stop(problemOf(thrown));
    } finally {
      if (mine === turn) busy = false;
    }
  }

  return {
    all,
    /** Why nothing more is asked until somebody tries again. */
    problem,
    look(rows: readonly ParticipantKey[]) {
      inView = rows;
      void work();
    },
    /** More rows came. */
    more() {
      void work();
    },
    /** Somebody is to be asked about once more. */
    again() {
      next = 0;
      problem.value = null;
      void work();
    },
    findAll() {
      all.value = 'running';
      problem.value = null;
      void work();
    },
    pause() {
      if (all.value === 'running') all.value = 'paused';
    },
    tryAgain() {
      problem.value = null;
      void work();
    },
    /** Forgets what is under way. */
    reset() {
      turn += 1;
      busy = false;
      inView = [];
      next = 0;
      all.value = 'off';
      problem.value = null;
    },
  };
}

/** Where nobody at all could be looked up, it is not about them, and asking about the others is of no use now. */
function outageOf(matches: readonly Match[]): Problem | null {
  const [first] = matches;
  return first && matches.every(({ problem }) => problem?.status === 503) ? first.problem : null;
}

function unanswered(key: ParticipantKey): Match {
  const problem = {
    ...new ProblemError('proxy_unexpected').toProblem(),
    ...told({ detail: say('unlinked_left_out') }),
  };
  return { ...key, candidates: [], sure: null, problem };
}
