import type { PopupState } from '../contract/messages.ts';
import type { Reason } from '../contract/reasons.ts';
import { chosenMode } from './setup-step.ts';

const NEXT_THINGS = ['pair', 'connect', 'turn_on', 'held', 'unlinked', 'dashboard'] as const;
export type NextThing = (typeof NEXT_THINGS)[number];

const WAITS_FOR_A_LINK: ReadonlySet<Reason> = new Set<Reason>(['not_linked', 'field_name_differs']);

/** The most useful thing to do now: first what keeps everything from going through, then what keeps single rewards. */
export function nextThing(state: PopupState): NextThing {
  if (!state.paired || state.problem?.code === 'unauthorized') return 'pair';
  const mode = chosenMode(state);
  const admin = state.paired.role === 'admin';
  if (admin && mode && !mode.stripe.connected) return 'connect';
  if (admin && mode?.settings.paused) return 'turn_on';
  if (state.queue.counts.held > 0) return 'held';
  if (state.queue.waiting.some(({ reason, count }) => count > 0 && WAITS_FOR_A_LINK.has(reason)))
    return 'unlinked';
  return 'dashboard';
}
