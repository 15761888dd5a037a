/** Links in batches. Every batch is settled before the next is sent, and a batch that was not answered is asked again. */
import { signal } from '@preact/signals';
import type { LinkOutcome, LinkWish } from '../../contract/linking.ts';
import { type Problem, ProblemError } from '../../contract/problems.ts';
import { say } from '../../locales/say.ts';
import { told } from '../../locales/told.ts';
import type { Ask } from '../../ui/ask.ts';
import { problemOf } from '../../ui/problem-of.ts';
import type { Keeper } from './kept-runs.ts';
import { whoOf } from './who.ts';

type Given = {
  ask: Ask;
  wishes: readonly LinkWish[];
  /** How many at once; the proxy takes up to 100. */
  batch: number;
  dryRun?: boolean;
  /** Outlives the tab. */
  keeper?: Keeper;
  /** What a run that a closed tab left behind had come to. */
  before?: readonly LinkOutcome[];
  settled?: (outcome: LinkOutcome) => void;
  /** Every wish has its outcome. */
  done?: () => void;
};

export type LinkRun = ReturnType<typeof createLinkRun>;
/** How many ended how; `left` were not asked, or not answered. */
export type Tally = Record<LinkOutcome['state'] | 'all' | 'left', number>;

/** Whom an outage refused, nobody judged. */
const isOutage = ({ problem }: LinkOutcome): boolean => problem?.status === 503;

export function createLinkRun(given: Given) {
  const { ask, wishes, batch, dryRun = false, keeper, before, settled, done } = given;
  const state = signal<'running' | 'paused' | 'stopped' | 'done'>('paused');
  const problem = signal<Problem | null>(null);
  const outcomes = new Map<string, LinkOutcome>();
  const none = { ready: 0, linked: 0, unchanged: 0, refused: 0 };
  const tally = signal<Tally>({ ...none, all: wishes.length, left: wishes.length });
  /** A batch is under way, also after a pause was asked for. */
  const isAsking = signal(false);
  let current: Promise<void> | null = null;

  function note(more: readonly LinkOutcome[]) {
    const counts = { ...tally.value };
    for (const outcome of more) {
      outcomes.set(whoOf(outcome), outcome);
      counts[outcome.state] += 1;
      counts.left -= 1;
    }
    tally.value = counts;
  }

  if (before) note(before);
  const queue = before ? wishes.filter((wish) => !outcomes.has(whoOf(wish))) : [...wishes];
  let next = 0;
  if (before && queue.length === 0) state.value = 'done';

  /** Answers whom the answer left out. Where it settles nobody, it throws: an outage must not use up the list. */
  async function settle(asked: readonly LinkWish[]): Promise<LinkWish[]> {
    const waiting = new Map(asked.map((wish) => [whoOf(wish), wish]));
    const answer = await ask('linkMany', { links: [...waiting.values()], dryRun });
    const heard = answer.outcomes.filter((outcome) => !isOutage(outcome) && waiting.delete(whoOf(outcome)));
    if (heard.length === 0) throw new Unsettled(answer.outcomes.find(isOutage)?.problem ?? silence());
    note(heard);
    for (const outcome of heard) settled?.(outcome);
    await keeper?.add(heard);
    return [...waiting.values()];
  }

  async function work(): Promise<void> {
    isAsking.value = true;
    try {
      if (keeper && outcomes.size === 0) await keeper.begin(wishes);
      while (state.value === 'running' && next < queue.length) {
        const asked = queue.slice(next, next + batch);
        const left = await settle(asked);
        next += asked.length;
        // Linking the same once more changes nothing; behind the others, so that nobody waits for them.
        queue.push(...left);
      }
      if (next < queue.length) return;
      state.value = 'done';
      done?.();
    } catch (thrown) {
      problem.value = thrown instanceof Unsettled ? thrown.problem : problemOf(thrown);
      if (state.value === 'running') state.value = 'paused';
    } finally {
      current = null;
      isAsking.value = false;
    }
  }

  return {
    wishes,
    state,
    problem,
    isAsking,
    tally,
    /** Not watched by itself; `tally` changes with it. */
    outcomes: outcomes as ReadonlyMap<string, LinkOutcome>,
    /** Begun in a tab that is gone. */
    isTakenUp: before !== undefined,
    /** Begins or goes on; pressed twice, it is under way once. */
    go(): Promise<void> {
      if (state.value === 'paused') {
        state.value = 'running';
        problem.value = null;
      }
      if (state.value === 'running') current ??= work();
      return current ?? Promise.resolve();
    },
    /** After the batch that is under way, which is settled still. */
    pause() {
      if (state.value === 'running') state.value = 'paused';
    },
    stop() {
      if (state.value === 'done') return;
      state.value = 'stopped';
      void keeper?.forget();
    },
  };
}

const silence = (): Problem => ({
  ...new ProblemError('proxy_unexpected').toProblem(),
  ...told({ detail: say('unlinked_silence') }),
});

class Unsettled extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.title);
    this.problem = problem;
  }
}
