import type { PopupState } from '../contract/messages.ts';
import { isServer } from '../contract/words.ts';
import { chosenMode } from './setup-step.ts';

export type Situation =
  | 'no_answer'
  | 'opening'
  | 'setting_up'
  | 'offline'
  | 'no_access'
  | 'connecting'
  | 'paused'
  | 'stopped'
  | 'on';
export type Shown = {
  /** One or two words for the header. */
  situation: Situation;
  tone: 'plain' | 'good' | 'warn' | 'bad';
};

const NO_ACCESS = new Set(['unauthorized', 'not_paired', 'forbidden']);
const AWAY = new Set(['proxy_unreachable', 'proxy_unexpected']);

/**
 * How things stand, in a word. The first that applies says it all.
 * @param failed where the worker does not answer: how it stood may be long over
 */
export function situation(state: PopupState | null, failed = false): Shown {
  const is = (one: Situation, tone: Shown['tone']) => ({ situation: one, tone });
  if (failed) return is('no_answer', 'bad');
  if (!state) return is('opening', 'plain');
  if (!state.paired) return is('setting_up', 'plain');
  // Taken back by a person in the browser: nothing failed, and it goes on once it is allowed again.
  if (state.problem?.code === 'host_permission_missing') return is('paused', 'warn');
  if (state.problem && AWAY.has(state.problem.code)) return is('offline', 'warn');
  if (state.problem && NO_ACCESS.has(state.problem.code)) return is('no_access', 'bad');
  const mode = chosenMode(state);
  if (!mode) return is('connecting', 'plain');
  if (mode.settings.turnedOnAt === null) return is('setting_up', 'plain');
  if (mode.settings.paused) return is('paused', 'warn');
  if (!mode.stripe.connected || !mode.advocate.configured) return is('stopped', 'bad');
  return is('on', 'good');
}

/** The name of the browser that sends instead of this one, if one does. */
export const otherSender = (state: PopupState, now: number): string | null =>
  otherHolder(state, now)?.name ?? null;

/** Whether that is a machine on which no browser has to be open. */
export const isSentByServer = (state: PopupState, now: number): boolean =>
  isServer(otherHolder(state, now)?.id ?? '');

function otherHolder(state: PopupState, now: number) {
  const lease = chosenMode(state)?.lease;
  if (!lease?.holder || lease.mine || lease.until === null || lease.until <= now) return null;
  return lease.holder;
}
