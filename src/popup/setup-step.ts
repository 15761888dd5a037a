import type { PopupState } from '../contract/messages.ts';
import { chosenMode } from '../ui/chosen-mode.ts';

export { chosenMode, type ModeState } from '../ui/chosen-mode.ts';

export const STEPS = ['pair', 'connect', 'units', 'field', 'try_one', 'turn_on'] as const;
export type Step = (typeof STEPS)[number];

/** Whether a step is behind us. It is read from what is, and from what the worker keeps of what was looked at. */
export function isDone(step: Step, state: PopupState): boolean {
  const mode = chosenMode(state);
  const on = mode?.settings.turnedOnAt != null;
  if (step === 'pair') return state.paired !== null;
  if (step === 'connect') return mode?.stripe.connected ?? false;
  if (step === 'units') return (mode?.settings.units.length ?? 0) > 0;
  if (step === 'field') return on || state.looked.field !== null;
  if (step === 'try_one') return on || state.looked.tryOne !== null;
  return on;
}

/** The step that set-up goes on with, so closing the popup forgets nothing. What was turned on once is set up. */
export function setupStep(state: PopupState): Step | 'done' {
  if (state.paired && isDone('turn_on', state)) return 'done';
  return STEPS.find((step) => !isDone(step, state)) ?? 'done';
}
