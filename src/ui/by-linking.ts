import { type Money, sumByCurrency } from '../contract/money.ts';
import { REASONS } from '../contract/reasons.ts';
import type { RewardSeen } from '../contract/routes.ts';
import { amounts, rewardCount } from './amounts.ts';

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
  const at = (some: RewardSeen[]) =>
    countAndSums(
      some.length,
      some.flatMap(({ money }) => money ?? []),
    );
  const through = waiting.filter((reward) => !earlier.includes(reward));
  const sentences = [
    through.length > 0 && `Linking lets up to ${at(through)} through.`,
    earlier.length > 0 &&
      `${at(earlier)} earned before the unit was added: an admin has to confirm that as well.`,
  ].filter((sentence) => sentence !== false);
  return sentences.length === 0 ? null : sentences.join(' ');
}

/** `3 rewards ($60.00 USD and €20.00 EUR)`. */
function countAndSums(count: number, money: Money[]): string {
  const sums = sumByCurrency(money);
  return sums.length === 0 ? rewardCount(count) : `${rewardCount(count)} (${amounts(sums)})`;
}
