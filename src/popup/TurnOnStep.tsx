import type { PopupState } from '../contract/messages.ts';
import { say, sayCount } from '../locales/say.ts';
import { earlierRewards, earlierWords } from '../ui/settings/earlier.ts';
import { readyToGo } from '../ui/settings/ready-to-go.ts';
import { AdminOnly } from './AdminOnly.tsx';
import { chosenMode, type ModeState } from './setup-step.ts';
import { TurnOn } from './TurnOn.tsx';

export function TurnOnStep({ state, onDone }: { state: PopupState; onDone: () => void }) {
  const mode = chosenMode(state);
  if (!mode) return <p class="muted">{say('popup_waiting_for_proxy')}</p>;
  if (mode.settings.turnedOnAt !== null && !mode.settings.paused) {
    return <p>{say('popup_on_already')}</p>;
  }
  const first = whatIsMissing(mode);
  if (first !== null) return <p class="muted">{first}</p>;
  if (state.paired?.role !== 'admin') return <AdminOnly words={say('popup_admin_turn_on')} />;

  const earlier = earlierRewards(state.queue);
  const atOnce = readyToGo(state.queue);
  const notLinked = state.queue.waiting.find((group) => group.reason === 'not_linked');
  return (
    <>
      {atOnce && <p>{atOnce}</p>}
      {!atOnce && !earlier && <p>{say('popup_on_none_ready')}</p>}
      {earlier && <p>{say('popup_on_earlier', { rewards: earlierWords(earlier) })}</p>}
      <p class="muted">{say('popup_on_from_then')}</p>
      {notLinked && <p class="muted">{sayCount('popup_on_not_linked', notLinked.count)}</p>}
      <TurnOn state={state} onDone={onDone} />
    </>
  );
}

function whatIsMissing({ stripe, settings }: ModeState): string | null {
  const noUnit = settings.units.length === 0;
  if (!stripe.connected) return noUnit ? say('popup_on_first_both') : say('popup_on_first_connect');
  return noUnit ? say('popup_on_first_unit') : null;
}
