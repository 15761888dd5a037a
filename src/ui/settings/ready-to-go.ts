import type { PopupState } from '../../contract/messages.ts';
import { sayCount } from '../../locales/say.ts';
import { amounts } from '../amounts.ts';

/**
 * What turning credits on sets in motion, in a sentence; null when nothing waits for it alone. "Up to", because each
 * is judged once more before it is paid. The queue adds up what waits, not what is ready, so that is counted apart.
 */
export function readyToGo({ waiting, counts }: PopupState['queue']): string | null {
  const paused = waiting.find((group) => group.reason === 'paused');
  if (!paused && counts.ready === 0) return null;
  if (!paused) return sayCount('settings_ready', counts.ready);
  const first =
    paused.sums.length > 0
      ? sayCount('settings_ready_sums', paused.count, { sums: amounts(paused.sums) })
      : sayCount('settings_ready', paused.count);
  return counts.ready > 0 ? `${first} ${sayCount('settings_ready_also', counts.ready)}` : first;
}
