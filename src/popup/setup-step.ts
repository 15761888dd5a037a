import type { PopupState } from '../contract/messages.ts';
import { chosenMode } from '../ui/chosen-mode.ts';

export { chosenMode, type ModeState } from '../ui/chosen-mode.ts';

export const STEPS = ['pair', 'connect', 'units', 'turn_on'] as const;
export type Step = (typeof STEPS)[number];

/** The step that set-up goes on with. It is read from what is, so closing the popup forgets nothing. */
export function setupStep(state: PopupState): Step | 'done' {
  if (!state.paired) return 'pair';
  const mode = chosenMode(state);
  if (mode?.settings.turnedOnAt) return 'done';
  if (!mode?.stripe.connected) return 'connect';
  if (mode.settings.units.length === 0) return 'units';
  return 'turn_on';
}
