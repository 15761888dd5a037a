/** What an admin does to many rewards at once, in batches that are each settled before the next is sent. */
import { signal } from '@preact/signals';
import type { DeedOutcome, Deed as Hold } from '../../contract/holds.ts';
import { type Problem, ProblemError } from '../../contract/problems.ts';
import { isByHand, REASONS } from '../../contract/reasons.ts';
import type { Ask } from '../../ui/ask.ts';
import { problemOf } from '../../ui/problem-of.ts';
import type { Reward } from './read-rewards.ts';

export const DEEDS = ['retry', 'hold', 'release', 'dismiss'] as const;
export type Deed = 'retry' | Hold;
const AT_ONCE = 100;

/** Whether the deed means anything for a reward as it stands; the worker and the proxy decide again. */
type Standing = Pick<Reward, 'state' | 'reason' | 'claimed'>;
export function fits(deed: Deed, { state, reason, claimed }: Standing): boolean {
  const byHand = isByHand(reason);
  switch (deed) {
    case 'retry':
      return !byHand && ['waiting', 'held', 'credited'].includes(state);
    case 'hold':
      return !claimed && reason !== 'held_by_hand' && ['waiting', 'ready', 'held'].includes(state);
    case 'dismiss':
      return !claimed && reason !== 'dismissed' && ['waiting', 'ready', 'held'].includes(state);
    case 'release':
      return byHand;
  }
}

/** As the reward stands once the worker has said that it is done, until it is read anew. */
export function after(deed: Deed, row: Reward): Partial<Reward> {
  if (deed === 'hold') return { state: 'held', reason: 'held_by_hand', facts: {} };
  if (deed === 'dismiss') return { state: REASONS.dismissed.state, reason: 'dismissed', facts: {} };
  if (row.claimed && !isByHand(row.reason)) return {};
  return { state: 'ready', reason: null, facts: {} };
}

export type DeedRun = ReturnType<typeof createDeedRun>;

export function createDeedRun(ask: Ask, deed: Deed, rows: readonly Reward[], heard: Heard) {
  const state = signal<'running' | 'paused' | 'stopped' | 'done'>('paused');
  const problem = signal<Problem | null>(null);
  const tally = signal({ all: rows.length, done: 0, refused: 0 });
  const refused: { row: Reward; problem: Problem | undefined }[] = [];
  let next = 0;
  let current: Promise<void> | null = null;

  async function send(rewards: string[]): Promise<DeedOutcome[]> {
    const answer =
      deed === 'retry' ? await ask('retryRewards', { rewards }) : await ask('holdRewards', { rewards, deed });
    return answer.outcomes;
  }

  function note(batch: readonly Reward[], outcomes: readonly DeedOutcome[]) {
    const by = new Map(outcomes.map((outcome) => [outcome.reward, outcome]));
    let done = 0;
    for (const row of batch) {
      const outcome = by.get(row.reward) ?? { reward: row.reward, done: false };
      if (outcome.done) done += 1;
      else refused.push({ row, problem: outcome.problem });
      heard(row, outcome);
    }
    const { value } = tally;
    tally.value = { ...value, done: value.done + done, refused: value.refused + batch.length - done };
  }

  async function work(): Promise<void> {
    try {
      while (state.value === 'running' && next < rows.length) {
        const batch = rows.slice(next, next + AT_ONCE);
        const outcomes = await send(batch.map(({ reward }) => reward));
        // An answer that says nothing of any of them is none, and must not use up the list.
        if (outcomes.length === 0) throw new ProblemError('proxy_unexpected');
        next += batch.length;
        note(batch, outcomes);
      }
      if (next === rows.length) state.value = 'done';
    } catch (thrown) {
      problem.value = problemOf(thrown);
      if (state.value === 'running') state.value = 'paused';
    } finally {
      current = null;
    }
  }

  return {
    deed,
    state,
    problem,
    tally,
    /** Not watched by itself; `tally` changes with it. */
    refused: refused as readonly (typeof refused)[number][],
    isUnfinished: () => state.value === 'running' || state.value === 'paused',
    /** Begins or goes on; asking for the same once more changes nothing. */
    go(): Promise<void> {
      if (state.value === 'paused') {
        state.value = 'running';
        problem.value = null;
      }
      if (state.value === 'running') current ??= work();
      return current ?? Promise.resolve();
    },
    /** After the batch that is under way. */
    stop() {
      if (state.value !== 'done') state.value = 'stopped';
    },
    pause() {
      if (state.value === 'running') state.value = 'paused';
    },
  };
}
type Heard = (row: Reward, outcome: DeedOutcome) => void;
