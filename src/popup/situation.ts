import type { PopupState } from '../contract/messages.ts';
import { chosenMode } from './setup-step.ts';

export type Situation = {
  /** One or two words for the header. */
  label: string;
  tone: 'plain' | 'good' | 'warn' | 'bad';
};

const NO_ACCESS = new Set(['unauthorized', 'not_paired', 'forbidden', 'host_permission_missing']);
const AWAY = new Set(['proxy_unreachable', 'proxy_unexpected']);

/** How things stand, in a word. The first that applies says it all. */
export function situation(state: PopupState | null, failed = false): Situation {
  if (!state) return failed ? { label: 'No answer', tone: 'bad' } : { label: 'Opening', tone: 'plain' };
  if (!state.paired) return { label: 'Setting up', tone: 'plain' };
  if (state.problem && AWAY.has(state.problem.code)) return { label: 'Offline', tone: 'warn' };
  if (state.problem && NO_ACCESS.has(state.problem.code)) return { label: 'No access', tone: 'bad' };
  const mode = chosenMode(state);
  if (!mode) return { label: 'Connecting', tone: 'plain' };
  if (mode.settings.turnedOnAt === null) return { label: 'Setting up', tone: 'plain' };
  if (mode.settings.paused) return { label: 'Paused', tone: 'warn' };
  if (!mode.stripe.connected || !mode.advocate.configured) return { label: 'Stopped', tone: 'bad' };
  return { label: 'On', tone: 'good' };
}

/** The name of the browser that sends instead of this one, if one does. */
export function otherSender(state: PopupState, now: number): string | null {
  const lease = chosenMode(state)?.lease;
  if (!lease?.holder || lease.mine || lease.until === null || lease.until <= now) return null;
  return lease.holder.name;
}
