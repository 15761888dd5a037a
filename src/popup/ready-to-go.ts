import type { PopupState } from '../contract/messages.ts';
import type { Money } from '../contract/money.ts';

/** What turning credits on sets in motion: rewards that only wait for that. */
export function readyToGo(queue: PopupState['queue']): { count: number; sums: Money[] } {
  const paused = queue.waiting.find((group) => group.reason === 'paused');
  return { count: queue.counts.ready + (paused?.count ?? 0), sums: paused?.sums ?? [] };
}
