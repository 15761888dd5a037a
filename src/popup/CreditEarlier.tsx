import type { PopupState } from '../contract/messages.ts';
import { actionLabel } from '../locales/explain.ts';
import { say, sayCount } from '../locales/say.ts';
import { EarlierSums } from '../ui/settings/EarlierSums.tsx';
import { type Earlier, earlierWords } from '../ui/settings/earlier.ts';
import { AskFirst } from './AskFirst.tsx';
import { chosenMode } from './setup-step.ts';
import { useStore } from './store.ts';

/** What was earned before its unit was added, as one group, with the button that lets all of it through. */
export function CreditEarlier({ state, earlier }: { state: PopupState; earlier: Earlier }) {
  const store = useStore();
  const settings = chosenMode(state)?.settings;
  return (
    <li class="item">
      <p class="amount">{earlierWords(earlier)}</p>
      <p>{say('popup_earlier_what')}</p>
      <p class="muted">{say('popup_earlier_next')}</p>
      {settings && state.paired?.role === 'admin' && (
        <AskFirst
          label={actionLabel('confirm_backfill')}
          title={sayCount('popup_earlier_title', earlier.count)}
          yes={say('popup_earlier_yes')}
          deed={() => store.change('confirmBackfill', { version: settings.version, seen: earlier.sums })}
        >
          <EarlierSums earlier={earlier} />
          {state.mode === 'live' && <p>{say('popup_earlier_live')}</p>}
          <p>{settings.paused ? say('popup_earlier_when_on') : say('popup_earlier_now')}</p>
        </AskFirst>
      )}
    </li>
  );
}
