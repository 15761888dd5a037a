import type { Caller } from './auth.ts';
import type { Operation } from './endpoint.ts';
import { noAccess } from './errors.ts';
import { readParams } from './params.ts';
import { type AccountState, lookUp } from './state.ts';

function accountObject({ id, name, email, country, defaultCurrency }: AccountState) {
  return {
    id,
    object: 'account',
    business_profile: { name, url: null, support_email: email },
    capabilities: {},
    charges_enabled: true,
    country,
    default_currency: defaultCurrency,
    details_submitted: true,
    email,
    metadata: {},
    payouts_enabled: true,
    settings: { dashboard: { display_name: name, timezone: 'Etc/UTC' } },
    type: 'standard',
  };
}

const common = {
  permission: 'rak_accounts_kyc_basic_read',
  read: (params) => readParams(params, {}),
} as const satisfies Partial<Operation<unknown>>;

/** The account the key (or `Stripe-Account`) speaks for. */
export const readOwnAccount: Operation<unknown> = {
  ...common,
  name: 'account/retrieve',
  run: (_sim, caller) => accountObject(caller.account),
};

export const readAccount: Operation<unknown> = {
  ...common,
  name: 'accounts/retrieve',
  run(sim, caller: Caller, _input, { account: id }) {
    const account = lookUp(sim.state.accounts, id);
    const through = caller.account.id === sim.state.platformId && sim.connections.reaches(id, caller.mode);
    if (!account || (id !== caller.account.id && !through)) throw noAccess(caller.key, id);
    return accountObject(account);
  },
};
