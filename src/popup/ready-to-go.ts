import type { PopupState } from '../contract/messages.ts';
import { amounts, rewardCount } from '../ui/amounts.ts';

/**
 * What turning credits on sets in motion, in a sentence; null when nothing waits for it alone. "Up to", because each
 * is judged once more before it is paid. The queue adds up what waits, not what is ready, so that is counted apart.
 */
export function readyToGo({ waiting, counts }: PopupState['queue']): string | null {
  const paused = waiting.find((group) => group.reason === 'paused');
  if (!paused && counts.ready === 0) return null;
  if (!paused) return `Up to ${rewardCount(counts.ready)} ${verb(counts.ready)} through at once.`;
  const sums = paused.sums.length > 0 ? `: ${amounts(paused.sums)}` : '';
  const others = counts.ready > 0 ? ` So may ${rewardCount(counts.ready)} found just now.` : '';
  return `Up to ${rewardCount(paused.count)} ${verb(paused.count)} through at once${sums}.${others}`;
}

const verb = (count: number) => (count === 1 ? 'goes' : 'go');
