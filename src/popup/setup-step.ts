import type * as v from 'valibot';
import type { PopupState } from '../contract/messages.ts';
import type { ModeSession } from '../contract/routes.ts';

export type ModeState = v.InferOutput<typeof ModeSession>;

export const STEPS = ['pair', 'connect', 'units', 'turn_on'] as const;
export type Step = (typeof STEPS)[number];

/** What the proxy says of the chosen mode; null until it has answered. */
export function chosenMode(state: PopupState): ModeState | null {
  return state.session?.modes[state.mode] ?? null;
}

/** The step that set-up goes on with. It is read from what is, so closing the popup forgets nothing. */
export function setupStep(state: PopupState): Step | 'done' {
  if (!state.paired) return 'pair';
  const mode = chosenMode(state);
  if (mode?.settings.turnedOnAt) return 'done';
  if (!mode?.stripe.connected) return 'connect';
  if (mode.settings.units.length === 0) return 'units';
  return 'turn_on';
}
