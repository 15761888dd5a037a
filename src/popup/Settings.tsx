import type { PopupState } from '../contract/messages.ts';
import { Disconnect } from './Disconnect.tsx';
import { chosenMode } from './setup-step.ts';
import { useStore } from './store.ts';
import { Unpair } from './Unpair.tsx';

/** What set-up found, each with a way back to its step. */
export function Settings({ state }: { state: PopupState }) {
  const store = useStore();
  const mode = chosenMode(state);
  if (!mode || !state.paired) return null;
  const admin = state.paired.role === 'admin';
  const account = mode.stripe.accountName ?? mode.stripe.account ?? 'Stripe';
  return (
    <details class="settings fold">
      <summary>
        <h2>Settings</h2>
      </summary>
      <ul class="rows">
        <li class="item">
          <p class="item-title">Units</p>
          <p class="muted">{mode.settings.units.join(', ') || 'None'}</p>
          <button type="button" class="button" onClick={() => store.show({ name: 'setup', step: 'units' })}>
            {admin ? 'Change units' : 'See units'}
          </button>
        </li>
        <li class="item">
          <p class="item-title">Stripe</p>
          <p class="muted">
            {!mode.stripe.connected && 'Not connected'}
            {mode.stripe.connected &&
              `${account}${mode.stripe.via === 'restricted_key' ? ', with the proxy’s restricted key' : ''}`}
          </p>
          {admin && mode.stripe.connected && mode.stripe.via === 'connect' && (
            <Disconnect account={account} mode={state.mode} />
          )}
        </li>
        <li class="item">
          <p class="item-title">This browser</p>
          <p class="muted">
            “{state.paired.browserName}”, {state.paired.role}, paired with <code>{state.paired.proxy}</code>
          </p>
          <div class="row">
            <Unpair />
            <button type="button" class="button" onClick={() => void store.doors.openSelfInTab()}>
              Open in a tab
            </button>
          </div>
        </li>
      </ul>
      <p class="hint">Rewards move while this or another paired browser is open.</p>
    </details>
  );
}
