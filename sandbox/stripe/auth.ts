import { MODES, type Mode } from '../../src/contract/words.ts';
import { invalidKey, maskKey, noAccess, StripeFailure } from './errors.ts';
import type { Simulation } from './simulation.ts';
import { type AccountState, type Books, lookUp } from './state.ts';

export type Permission =
  | 'rak_customer_read'
  | 'rak_customer_write'
  | 'rak_invoice_read'
  | 'rak_subscription_read'
  | 'rak_accounts_kyc_basic_read';

export type Caller = {
  key: string;
  /** The key decides the mode, nothing else does. */
  mode: Mode;
  account: AccountState;
  books: Books;
  /** Null for keys that may do everything. */
  permissions: string[] | null;
  /** A restricted key of the account itself; every other caller comes through a connection. */
  restricted: boolean;
};

/** The key of a request: `Authorization: Bearer sk_…`, or Basic with the key as the user name. */
export function keyOf(headers: Headers): string | null {
  const [scheme = '', credentials = ''] = (headers.get('authorization') ?? '').split(' ');
  if (scheme.toLowerCase() === 'bearer') return credentials || null;
  if (scheme.toLowerCase() !== 'basic') return null;
  return Buffer.from(credentials, 'base64').toString().split(':')[0] || null;
}

/** The mode of a platform secret key, or null for any other text. */
export function platformMode(sim: Simulation, key: string): Mode | null {
  return MODES.find((mode) => sim.seed.platform[mode].secretKey === key) ?? null;
}

function withoutKey(): StripeFailure {
  return new StripeFailure(
    401,
    'You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth or Basic auth with the key as the user name.',
    {},
    { 'WWW-Authenticate': 'Basic realm="Stripe"' },
  );
}

export function authenticate(sim: Simulation, headers: Headers): Caller {
  const key = keyOf(headers);
  if (!key) throw withoutKey();
  if (key.startsWith('pk_'))
    throw new StripeFailure(401, 'This API call cannot be made with a publishable API key.', {
      code: 'secret_key_required',
    });
  const asked = headers.get('stripe-account');
  const { state } = sim;
  const as = (accountId: string, mode: Mode, permissions: string[] | null): Caller => {
    const account = lookUp(state.accounts, accountId);
    if (!account) throw noAccess(key, accountId);
    return { key, mode, account, books: account.books[mode], permissions, restricted: permissions !== null };
  };

  const mode = platformMode(sim, key);
  if (mode) {
    if (asked === null || asked === state.platformId) return as(state.platformId, mode, null);
    if (!sim.connections.reaches(asked, mode)) throw noAccess(key, asked);
    return as(asked, mode, null);
  }

  // A restricted key, or a token of a connection, belongs to one account and cannot speak for another.
  const restricted = MODES.find((mode) => sim.seed.restrictedKeys[mode].key === key);
  const token = restricted ? null : sim.connections.byToken(key);
  if (!restricted && !token) throw invalidKey(key);
  if (restricted && state.rolledKeys.includes(restricted))
    throw new StripeFailure(401, `Expired API Key provided: ${maskKey(key)}`, { code: 'api_key_expired' });
  const own = token?.account ?? state.accountId;
  if (asked !== null && asked !== own) throw noAccess(key, asked);
  if (token) return as(own, token.mode, null);
  const at = restricted ?? 'test';
  return as(own, at, sim.seed.restrictedKeys[at].permissions);
}

/** Write includes read. */
export function permit(caller: Caller, permission: Permission) {
  const { permissions } = caller;
  const enough = [permission, permission.replace(/_read$/, '_write')];
  if (!permissions || permissions.some((held) => enough.includes(held))) return;
  throw new StripeFailure(
    403,
    `The provided key '${maskKey(caller.key)}' does not have the required permissions for this endpoint on account '${caller.account.id}'. Having the '${permission}' permission would allow this request to continue.`,
  );
}
