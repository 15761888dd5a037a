import { useSignal } from '@preact/signals';
import type { PopupState } from '../contract/messages.ts';
import { say, sayAround } from '../locales/say.ts';
import { Disconnect } from './Disconnect.tsx';
import { QuietBox } from './QuietBox.tsx';
import { chosenMode, type ModeState } from './setup-step.ts';
import { useStore } from './store.ts';
import { Unpair } from './Unpair.tsx';

/** What set-up found, each with a way back to its step. */
export function Settings({ state }: { state: PopupState }) {
  const store = useStore();
  const open = useSignal(false);
  const mode = chosenMode(state);
  if (!mode || !state.paired) return null;
  const admin = state.paired.role === 'admin';
  const account = accountOf(mode);
  return (
    <details
      class="settings fold"
      onToggle={(event) => {
        open.value = event.currentTarget.open;
      }}
    >
      <summary>
        <h2>{say('popup_settings')}</h2>
      </summary>
      <ul class="rows">
        <li class="item">
          <p class="item-title">{say('popup_settings_units')}</p>
          <p class="muted">{mode.settings.units.join(', ') || say('popup_settings_units_none')}</p>
          <div class="row">
            <button type="button" class="button" onClick={() => store.show({ name: 'setup', step: 'units' })}>
              {admin ? say('popup_units_change') : say('popup_units_see')}
            </button>
            <button type="button" class="button" onClick={() => store.show({ name: 'setup', step: 'field' })}>
              {say('popup_settings_setup')}
            </button>
          </div>
        </li>
        <li class="item">
          <p class="item-title">{say('popup_settings_stripe')}</p>
          <p class="muted">
            {!mode.stripe.connected
              ? say('popup_settings_not_connected')
              : mode.stripe.via === 'restricted_key'
                ? say('popup_settings_by_key', { account })
                : account}
          </p>
          {admin && mode.stripe.connected && mode.stripe.via === 'connect' && (
            <Disconnect account={account} mode={state.mode} />
          )}
        </li>
        {admin && (
          <li class="item">
            <p class="item-title">{say('popup_quiet_title')}</p>
            <p class="muted">{say('popup_quiet_what')}</p>
            {open.value && <QuietBox />}
          </li>
        )}
        <li class="item">
          <p class="item-title">{say('popup_this_browser')}</p>
          <p class="muted">
            <PairedAs paired={state.paired} />
          </p>
          <div class="row">
            <Unpair />
            <button type="button" class="button" onClick={() => void store.doors.openSelfInTab()}>
              {say('popup_open_in_tab')}
            </button>
          </div>
        </li>
      </ul>
      <p class="hint">{say('popup_settings_hint')}</p>
    </details>
  );
}

function PairedAs({ paired }: { paired: NonNullable<PopupState['paired']> }) {
  const { role, browserName: browser } = paired;
  const proxy = <code key="proxy">{paired.proxy}</code>;
  // The picture of an earlier opening names nobody.
  return browser === ''
    ? sayAround(`popup_settings_paired_unnamed_${role}`, { proxy })
    : sayAround(`popup_settings_paired_${role}`, { browser, proxy });
}

const accountOf = ({ stripe }: ModeState) => stripe.accountName ?? stripe.account ?? 'Stripe';
