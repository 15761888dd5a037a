import type { PopupState } from '../contract/messages.ts';
import { say } from '../locales/say.ts';
import { dashboardUrl } from '../ui/dashboard-url.ts';
import { Figures } from './Figures.tsx';
import { HeldList } from './HeldList.tsx';
import { NextButton } from './NextButton.tsx';
import { nextThing } from './next-thing.ts';
import { Settings } from './Settings.tsx';
import { useStore } from './store.ts';
import { Today } from './Today.tsx';
import { WaitingList } from './WaitingList.tsx';

/**
 * The picture at a glance, once set-up is done: today, what to do next, what needs a person, what waits. Every button
 * stands above the lists: those grow while somebody reaches for it.
 */
export function Home({ state }: { state: PopupState }) {
  const store = useStore();
  const next = nextThing(state);
  return (
    <div class="home">
      <Today state={state} />
      <Figures queue={state.queue} />
      <NextButton thing={next} state={state} />
      <div class="row">
        <button type="button" class="button" onClick={() => store.show({ name: 'link', participant: null })}>
          {say('popup_link')}
        </button>
        {next !== 'dashboard' && (
          <button
            type="button"
            class="button"
            onClick={() => void store.doors.openTab(dashboardUrl('overview'))}
          >
            {say('popup_open_dashboard')}
          </button>
        )}
      </div>
      <HeldList queue={state.queue} admin={state.paired?.role === 'admin'} />
      <WaitingList state={state} />
      <Settings state={state} />
    </div>
  );
}
