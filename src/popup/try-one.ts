/** What a dry run of the newest reward came to. Nothing is changed by it, anywhere. */
import type { QueuedReward } from '../contract/queue-page.ts';
import type { Reason } from '../contract/reasons.ts';
import type { Outcome } from '../contract/routes.ts';
import type { TryFound } from '../contract/setup.ts';
import type { Ask } from '../ui/ask.ts';

export type Tried = { reward: QueuedReward; outcome: Outcome };

/** Set-up itself ends these: they keep a reward back only until credits are turned on, and somebody says yes. */
const UNTIL_ON: ReadonlySet<Reason | null> = new Set<Reason | null>([null, 'paused', 'earned_before_unit']);

export const wouldCredit = ({ outcome }: Tried): boolean =>
  outcome.credit !== null && (outcome.state === 'ready' || UNTIL_ON.has(outcome.reason));

export const foundIn = (tried: Tried | null): TryFound =>
  tried === null ? 'none' : wouldCredit(tried) ? 'would_credit' : 'would_wait';

/** @returns null while no reward is known that could be tried */
export async function tryNewest(ask: Ask): Promise<Tried | null> {
  const { rewards } = await ask('queuePage', { sort: 'newest' });
  const open = rewards.filter(({ state }) => state !== 'cancelled');
  const [reward] = open.sort((a, b) => b.earnedAt - a.earnedAt);
  if (!reward) return null;
  const { outcomes } = await ask('preview', { rewards: [reward.reward] });
  const [outcome] = outcomes;
  return outcome ? { reward, outcome } : null;
}
