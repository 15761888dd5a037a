/** Deeds on many rewards at once, as this browser's queue takes them. */
import type { Deed, DeedAnswer, DeedOutcome } from '../contract/holds.ts';
import { ProblemError } from '../contract/problems.ts';
import { say } from '../locales/say.ts';
import { told } from '../locales/told.ts';
import type { Queue } from './queue.ts';
import type { Row } from './queue-row.ts';

/** Each by itself: what cannot be tried again keeps no other back. */
export async function retryAll(queue: Queue, rewards: readonly string[]): Promise<DeedOutcome[]> {
  const outcomes: DeedOutcome[] = [];
  for (const reward of new Set(rewards)) {
    if (await queue.release(reward)) outcomes.push({ reward, done: true });
    else outcomes.push(notTried(reward, await queue.row(reward)));
  }
  return outcomes;
}

function notTried(reward: string, row: Row | undefined): DeedOutcome {
  // Its turn comes anyway.
  if (row?.state === 'ready') return { reward, done: true };
  const refuse = (problem: ProblemError) => ({ reward, done: false, problem: problem.toProblem() });
  if (row === undefined)
    return refuse(new ProblemError('not_found', told({ title: say('rewards_retry_unknown') })));
  if (row.state === 'cancelled')
    return refuse(new ProblemError('not_found', told({ title: say('rewards_retry_cancelled') })));
  return refuse(new ProblemError('already_claimed'));
}

/** What the proxy says is done is seen at once here; where its answer was lost, the next page says it. */
export async function followHolds(queue: Queue, deed: Deed, { outcomes }: DeedAnswer): Promise<void> {
  for (const { reward, done } of outcomes) {
    if (!done) continue;
    if (deed === 'release') await queue.letGo(reward);
    else await queue.keepBack(reward, deed === 'hold' ? 'held_by_hand' : 'dismissed');
  }
}
