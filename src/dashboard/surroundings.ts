/** Where a deed would land, in words: every view and every question says it. */
import type { PopupState } from '../contract/messages.ts';
import { say } from '../locales/say.ts';
import { chosenMode } from '../ui/chosen-mode.ts';

type Account = { by: 'account'; name: string } | { by: 'key' } | { by: 'none' };

function readAccount(state: PopupState): Account {
  const { account, accountName, via, connected } = chosenMode(state)?.stripe ?? {};
  if (account)
    return {
      by: 'account',
      name: accountName ? say('dashboard_account', { name: accountName, id: account }) : account,
    };
  // The key is of one account, and may not ask which.
  return { by: via === 'restricted_key' && connected ? 'key' : 'none' };
}

/** `Aviato (acct_1)`, `Through the proxy’s restricted key` or `Not connected`. */
export function accountOf(state: PopupState): string {
  const account = readAccount(state);
  return account.by === 'account' ? account.name : say(`dashboard_header_stripe_${account.by}`);
}

/** `Live mode, Stripe account Aviato (acct_1)`. */
export function placeOf(state: PopupState): string {
  const account = readAccount(state);
  return account.by === 'account'
    ? say(`dashboard_place_${state.mode}_account`, { account: account.name })
    : say(`dashboard_place_${state.mode}_${account.by}`);
}

export function isAdmin(state: PopupState): boolean {
  return state.paired?.role === 'admin';
}
