import { sumByCurrency } from '../contract/money.ts';
import { REASONS } from '../contract/reasons.ts';
import type { RewardSeen } from '../contract/routes.ts';
import { type PluralKey, say, sayCount } from '../locales/say.ts';
import { amounts } from './amounts.ts';

/**
 * What a link sets in motion, per currency, for whoever is about to make it; null where nothing waits for one. "Up to",
 * because each is judged once more before it is paid.
 */
export function byLinking(rewards: RewardSeen[]): string | null {
  const waiting = rewards.filter(({ state, reason }) =>
    reason === null ? state === 'ready' : REASONS[reason].action === 'link',
  );
  // The proxy names the unit where a reward was earned before that unit was added.
  const earlier = waiting.filter(({ facts }) => facts.unit !== undefined);
  const through = waiting.filter((reward) => !earlier.includes(reward));
  const first = through.length > 0 && counted('link_lets_through', 'link_lets_through_worth', through);
  const second = earlier.length > 0 && counted('link_earned_before', 'link_earned_before_worth', earlier);
  if (first && second) return say('ui_two_sentences', { first, second });
  return first || second || null;
}

/** How many rewards, and what they come to where that is known. */
export function counted(bare: PluralKey, worth: PluralKey, rewards: RewardSeen[]): string {
  const sums = sumByCurrency(rewards.flatMap(({ money }) => money ?? []));
  return sums.length === 0
    ? sayCount(bare, rewards.length)
    : sayCount(worth, rewards.length, { sums: amounts(sums) });
}
