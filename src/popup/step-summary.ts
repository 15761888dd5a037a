import type { PopupState } from '../contract/messages.ts';
import { say } from '../locales/say.ts';
import { chosenMode, type Step } from './setup-step.ts';

/** What was found, or what is going to happen, in a line under the step's name. */
export function stepSummary(step: Step, state: PopupState): string {
  const mode = chosenMode(state);
  switch (step) {
    case 'pair':
      return state.paired
        ? say(`popup_step_pair_done_${state.paired.role}`, { host: new URL(state.paired.proxy).host })
        : say('popup_step_pair_todo');
    case 'connect':
      if (mode?.stripe.connected)
        return mode.stripe.accountName ?? mode.stripe.account ?? say('popup_step_connect_done');
      return mode?.stripe.broken != null ? say('popup_step_connect_lost') : say('popup_step_connect_todo');
    case 'units':
      return mode?.settings.units.length ? mode.settings.units.join(', ') : say('popup_step_units_todo');
    case 'field':
      return state.looked.field ? say(`popup_step_${state.looked.field}`) : say('popup_step_field_todo');
    case 'try_one':
      return state.looked.tryOne ? say(`popup_step_try_${state.looked.tryOne}`) : say('popup_step_try_todo');
    case 'turn_on':
      if (!mode?.settings.turnedOnAt) return say('popup_step_turn_on_todo');
      return mode.settings.paused ? say('popup_situation_paused') : say('popup_situation_on');
  }
}
