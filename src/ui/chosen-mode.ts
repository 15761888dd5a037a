import type * as v from 'valibot';
import type { PopupState } from '../contract/messages.ts';
import type { ModeSession } from '../contract/routes.ts';

export type ModeState = v.InferOutput<typeof ModeSession>;

/** What the proxy says of the chosen mode; null until it has answered. */
export function chosenMode(state: PopupState): ModeState | null {
  return state.session?.modes[state.mode] ?? null;
}
