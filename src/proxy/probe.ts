/** Asks Advocate and Stripe whether they answer and what the keys may do: with the smallest questions, and not often. */
import type { Health } from '../contract/health.ts';
import type { UnitsAnswer } from '../contract/routes.ts';
import type { Mode } from '../contract/words.ts';
import type { Advocate } from './advocate.ts';
import { AdvocateError, type AdvocateFailure } from './advocate-error.ts';
import type { Connections } from './connections.ts';
import { type Database, databaseNow } from './database.ts';
import { rememberFor } from './remember.ts';
import type { StripeAccess } from './stripe-access.ts';
import { type StripeFailure, StripeFailureError } from './stripe-failure.ts';
import { readUnits } from './units.ts';

type Failed<F> = { failure: F; detail: string | null };
export type Probe = {
  /** When it was asked, by the database's clock: of two proxies' findings the later one counts. */
  at: number;
  /** Null where there is no key to ask with. */
  advocate: UnitsAnswer | Failed<AdvocateFailure> | null;
  /** Null where no account is connected. */
  stripe: { failure: null } | Failed<StripeFailure> | null;
  permissions: Health['permissions'];
};

const UNKNOWN: Health['permissions'] = { customers: null, subscriptions: null, invoices: null };

export async function probe(
  db: Database,
  advocate: Advocate | null,
  stripe: StripeAccess | null,
): Promise<Probe> {
  const at = await databaseNow(db);
  const [answered, asked] = await Promise.all([askAdvocate(advocate), askStripe(stripe)]);
  return { at, advocate: answered, ...asked };
}

/** The same answer for whoever asks within so many milliseconds; of another connection it says nothing. */
export function createProbes(
  ms: number,
  now: () => number,
  { status }: Pick<Connections, 'status'>,
  ask: (mode: Mode) => Promise<Probe>,
): (mode: Mode) => Promise<Probe> {
  const kept = new Map<string, { of: string; read: () => Promise<Probe> }>();
  return async (mode) => {
    const { account, connectedAt, broken } = await status(mode);
    const of = `${account} ${connectedAt} ${broken}`;
    const known = kept.get(mode);
    const mine = known?.of === of ? known : { of, read: rememberFor(ms, now, () => ask(mode)) };
    kept.set(mode, mine);
    return mine.read();
  };
}

async function askAdvocate(advocate: Advocate | null): Promise<Probe['advocate']> {
  try {
    return advocate && (await readUnits(advocate));
  } catch (error) {
    if (!(error instanceof AdvocateError)) throw error;
    // Where nothing usable came, there is nothing of Advocate's to quote.
    const nothing = error.status === null ? null : `HTTP ${error.status}`;
    return { failure: error.failure, detail: error.failure === 'unreachable' ? nothing : error.message };
  }
}

async function askStripe(stripe: StripeAccess | null): Promise<Pick<Probe, 'stripe' | 'permissions'>> {
  if (stripe === null) return { stripe, permissions: UNKNOWN };
  try {
    const customers = await stripe.maySee('customers');
    // Of the other two each may be missing on its own; without customers nothing goes at all.
    const subscriptions = customers && (await stripe.maySee('subscriptions'));
    const invoices = await stripe.maySee('invoices');
    return { stripe: { failure: null }, permissions: { customers, subscriptions, invoices } };
  } catch (error) {
    if (!(error instanceof StripeFailureError)) throw error;
    return { stripe: { failure: error.failure, detail: error.message }, permissions: UNKNOWN };
  }
}
