import type { PopupState } from '../contract/messages.ts';
import { say } from '../locales/say.ts';
import { dashboardUrl } from '../ui/dashboard-url.ts';
import type { NextThing } from './next-thing.ts';
import { useStore } from './store.ts';
import { TurnOn } from './TurnOn.tsx';

/** The one button that stands out. Where everything stands still, the notice at the top of the page has it. */
export function NextButton({ thing, state }: { thing: NextThing; state: PopupState }) {
  const store = useStore();
  if (thing === 'pair' || thing === 'connect') return null;
  if (thing === 'turn_on')
    return (
      <div class="next">
        <TurnOn state={state} />
      </div>
    );
  const deeds = {
    held: showHeld,
    unlinked: () => void store.doors.openTab(dashboardUrl('unlinked')),
    dashboard: () => void store.doors.openTab(dashboardUrl('overview')),
  };
  const labels = {
    held: say('popup_next_held'),
    unlinked: say('popup_next_unlinked'),
    dashboard: say('popup_open_dashboard'),
  };
  return (
    <div class="next">
      <button type="button" class="button button-primary" onClick={deeds[thing]}>
        {labels[thing]}
      </button>
    </div>
  );
}

function showHeld() {
  const heading = document.getElementById('held');
  heading?.setAttribute('tabindex', '-1');
  heading?.focus({ preventScroll: true });
  heading?.closest('section')?.scrollIntoView({ block: 'start' });
}
