import type { PopupState } from '../contract/messages.ts';
import { dashboardUrl } from '../ui/dashboard-url.ts';
import { HeldList } from './HeldList.tsx';
import { Settings } from './Settings.tsx';
import { useStore } from './store.ts';
import { Today } from './Today.tsx';
import { WaitingList } from './WaitingList.tsx';

/** The picture at a glance, once set-up is done: today, what needs a person, what waits. */
export function Home({ state }: { state: PopupState }) {
  const store = useStore();
  return (
    <div class="home">
      <Today state={state} />
      <HeldList queue={state.queue} admin={state.paired?.role === 'admin'} />
      <WaitingList state={state} />
      <button type="button" class="button" onClick={() => store.show({ name: 'link', participant: null })}>
        Link a participant
      </button>
      <button
        type="button"
        class="button"
        onClick={() => void store.doors.openTab(dashboardUrl('take-back'))}
      >
        Open the dashboard
      </button>
      <Settings state={state} />
    </div>
  );
}
