import { html } from 'hono/html';
import type { Mode } from '../../src/contract/words.ts';
import { modeBadge, page } from './page-layout.ts';
import type { AccountState } from './state.ts';

type Ask = {
  account: AccountState;
  platform: AccountState;
  clientId: string;
  mode: Mode;
  redirectUri: URL;
  scope: string;
  state: string | null;
};

const initial = ({ name }: AccountState) => name.slice(0, 1).toUpperCase();

/** Where the person says yes or no: who asks, for which account, in which mode, for what. */
export function authorizePage({ account, platform, clientId, mode, redirectUri, scope, state }: Ask) {
  const reach =
    mode === 'live'
      ? html`<li>It reaches live mode and, with its test key, test mode of this account.</li>`
      : html`<li>It reaches test mode only. Live data stays out of reach.</li>`;
  return page(
    `Connect ${account.name}`,
    html`<main class="ask"><section class="card">
      <div class="pair" aria-hidden="true"><span>${initial(platform)}</span><i></i><span>${initial(account)}</span></div>
      <h1>${platform.name} asks to connect with ${account.name}</h1>
      <p>${modeBadge(mode)} <span class="badge">Scope: ${scope}</span></p>
      <div class="box"><dl>
        <dt>Account</dt><dd>${account.name}</dd>
        <dt>Signed in as</dt><dd>${account.email}</dd>
        <dt>Account id</dt><dd><code>${account.id}</code></dd>
      </dl></div>
      <ul>
        <li>It may read and change everything in this account: Stripe’s <code>${scope}</code> cannot be narrowed.</li>
        ${reach}
        <li>You can take this back at any time.</li>
      </ul>
      <form method="post" action="/oauth/authorize">
        <input type="hidden" name="client_id" value="${clientId}">
        <input type="hidden" name="response_type" value="code">
        <input type="hidden" name="redirect_uri" value="${redirectUri.href}">
        <input type="hidden" name="scope" value="${scope}">
        ${state === null ? '' : html`<input type="hidden" name="state" value="${state}">`}
        <button name="decision" value="cancel">Cancel</button>
        <button class="main" name="decision" value="connect">Connect my Stripe account</button>
      </form>
      <small>Then you go back to ${redirectUri.origin}</small>
    </section></main>`,
  );
}

/** Shown when nobody can be sent back safely, because the one who asks is unknown or the address is not theirs. */
export function refusalPage(why: string) {
  return page(
    'Cannot connect',
    html`<main class="ask"><section class="card">
      <span class="badge bad">Not connected</span>
      <h1>This link cannot connect an account</h1>
      <p>${why}</p>
      <p>Nothing was changed. Go back to the application that sent you here and start again.</p>
    </section></main>`,
  );
}
