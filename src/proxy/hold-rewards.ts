/** An admin's word on up to a hundred rewards: each by itself, so that one that is refused keeps no other back. */
import pLimit from 'p-limit';
import type { DeedOutcome, HoldsRequest } from '../contract/holds.ts';
import { ProblemError } from '../contract/problems.ts';
import type { Advocate } from './advocate.ts';
import { AdvocateError } from './advocate-error.ts';
import type { AdvocateReward } from './advocate-shapes.ts';
import type { Actor } from './audit.ts';
import type { Holds } from './holds.ts';
import { problemOf } from './http-problems.ts';
import type { Ledger } from './ledger.ts';

/** Questions to Advocate at once. */
const AT_ONCE = 8;

export type HoldContext = {
  advocate: Pick<Advocate, 'reward' | 'rewardsById'>;
  ledger: Pick<Ledger, 'findMany'>;
  holds: Holds;
  actor: NonNullable<Actor>;
  onError: (reward: string, error: unknown) => void;
};

export async function holdRewards(
  context: HoldContext,
  { rewards, deed }: HoldsRequest,
): Promise<DeedOutcome[]> {
  const ids = [...new Set(rewards)];
  const unknown = deed === 'release' ? new Map<string, unknown>() : await unknownOf(context, ids);
  const outcomes: DeedOutcome[] = [];
  for (const reward of ids) {
    try {
      if (unknown.has(reward)) throw unknown.get(reward);
      const changed = await context.holds.change(reward, deed, context.actor);
      if (changed !== 'done') throw new ProblemError(changed);
      outcomes.push({ reward, done: true });
    } catch (error) {
      const problem = problemOf(error).toProblem();
      if (problem.code === 'internal') context.onError(reward, error);
      outcomes.push({ reward, done: false, problem });
    }
  }
  return outcomes;
}

/** Those that cannot be held, and why: Advocate does not know them, or does not answer. What is known here is not asked for. */
async function unknownOf(
  { advocate, ledger, holds }: HoldContext,
  ids: readonly string[],
): Promise<Map<string, unknown>> {
  const [claimed, decided] = await Promise.all([ledger.findMany(ids), holds.known(ids)]);
  const asked = ids.filter((id) => !claimed.has(id) && !decided.has(id));
  const unknown = new Map<string, unknown>();
  try {
    const listed = asked.length < 2 ? null : await advocate.rewardsById(asked);
    const limit = pLimit(AT_ONCE);
    // A list may lag behind: before a reward counts as missing, it is asked for by name.
    const missing = asked.filter((id) => !isReward(listed?.get(id)));
    await Promise.all(
      missing.map((id) =>
        limit(async () => {
          const error = await whyUnknown(advocate, id);
          if (error !== null) unknown.set(id, error);
        }),
      ),
    );
  } catch (error) {
    for (const id of asked) unknown.set(id, error);
  }
  return unknown;
}

const isReward = (found: AdvocateReward | null | undefined) => found?.type === 'CREDIT';

async function whyUnknown(advocate: HoldContext['advocate'], id: string): Promise<unknown> {
  try {
    if (isReward(await advocate.reward(id))) return null;
  } catch (error) {
    if (!(error instanceof AdvocateError && error.status === 404)) return error;
  }
  return new ProblemError('not_found', { detail: 'Advocate has no such reward in this mode.' });
}
