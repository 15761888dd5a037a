import type { QueueState } from './words.ts';

/**
 * The legal moves of a reward in the queue. A leased row that nobody settled is taken again where it stands,
 * so an unknown outcome is not a move.
 *
 *   waiting ⇄ ready → crediting → credited → redeemed → reversed
 *   held and cancelled hang off every state before `credited`; `credited` can be held, never cancelled.
 */
const NEXT: Record<QueueState, readonly QueueState[]> = {
  waiting: ['ready', 'crediting', 'held', 'cancelled', 'redeemed'],
  ready: ['crediting', 'waiting', 'held', 'cancelled', 'redeemed'],
  crediting: ['credited', 'redeemed', 'waiting', 'held', 'cancelled'],
  credited: ['redeemed', 'held', 'reversed'],
  held: ['ready', 'waiting', 'cancelled', 'redeemed', 'reversed'],
  // Advocate can take a cancellation, an expiry or a redemption back, and then the reward counts again.
  cancelled: ['ready', 'waiting', 'held', 'redeemed'],
  redeemed: ['reversed'],
  reversed: [],
};

export function canMove(from: QueueState, to: QueueState): boolean {
  return NEXT[from].includes(to);
}
