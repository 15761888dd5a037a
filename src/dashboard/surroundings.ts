/** Where a deed would land, in words: every view and every question says it. */
import type { PopupState } from '../contract/messages.ts';
import { chosenMode } from '../ui/chosen-mode.ts';

/** `Aviato (acct_1)`, `behind the proxy’s restricted key`, or null where no account is connected. */
export function accountOf(state: PopupState): string | null {
  const { account, accountName, via, connected } = chosenMode(state)?.stripe ?? {};
  if (account) return accountName ? `${accountName} (${account})` : account;
  // The key is of one account, and may not ask which.
  return via === 'restricted_key' && connected ? 'behind the proxy’s restricted key' : null;
}

/** `Live mode, Stripe account Aviato (acct_1)`. */
export function placeOf(state: PopupState): string {
  const mode = state.mode === 'live' ? 'Live mode' : 'Test mode';
  const account = accountOf(state);
  return account ? `${mode}, Stripe account ${account}` : `${mode}, no Stripe account connected`;
}

export function isAdmin(state: PopupState): boolean {
  return state.paired?.role === 'admin';
}
