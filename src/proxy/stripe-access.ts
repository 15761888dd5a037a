/** How Stripe is reached, for one mode and account, through Stripe's own SDK. */
import Stripe from 'stripe';
import type { Mode } from '../contract/words.ts';
import type { Counter } from './meter.ts';
import type { Paced } from './pace.ts';
import { creditCalls } from './stripe-credits.ts';
import { customerCalls } from './stripe-customers.ts';
import { failureOf, GrewOldError, StripeFailureError } from './stripe-failure.ts';
import { movementCalls } from './stripe-movements.ts';
import { createTempo, type Tempo } from './tempo.ts';

export type StripeAccess = ReturnType<typeof createStripeAccess>;
/** What every call goes through. */
export type StripeCalls = {
  stripe: Stripe;
  options: { stripeAccount?: string };
  /** For what may change something: made once. */
  attempt: <T>(call: () => Promise<T>, kind?: Paced) => Promise<T>;
  /** For what changes nothing: made again when Stripe asks to slow down. */
  read: <T>(call: () => Promise<T>, kind?: Paced) => Promise<T>;
  checkMode: (object: { livemode: boolean }) => void;
};

/** Redirects are refused: a POST that moves money is not repeated somewhere else. */
const noRedirects: typeof fetch = (url, init) => fetch(url, { ...init, redirect: 'error' });

/** What the log keeps of every answer, to be found again in Stripe’s own log. */
export type StripeAnswer = {
  stripeRequest: string;
  method: string;
  path: string;
  status: number;
  took: number;
};

export function createStripeSdk(
  secretKey: string,
  base: string,
  answered: (answer: StripeAnswer) => void = () => undefined,
  timeoutMs = 20_000,
): Stripe {
  const { hostname, port, protocol } = new URL(base);
  const sdk = new Stripe(secretKey, {
    host: hostname,
    port: port || (protocol === 'https:' ? 443 : 80),
    protocol: protocol === 'https:' ? 'https' : 'http',
    // Retries are the ledger's business: it knows whether sending again is safe.
    maxNetworkRetries: 0,
    timeout: timeoutMs,
    telemetry: false,
    httpClient: Stripe.createFetchHttpClient(noRedirects),
    appInfo: { name: 'advocate-credits-for-stripe' },
  });
  sdk.on(
    'response',
    ({ request_id: stripeRequest, method, path, status, elapsed: took }: Stripe.ResponseEvent) =>
      // What follows the question mark may be an e-mail.
      answered({ stripeRequest, method, path: path.replace(/\?.*/s, ''), status, took }),
  );
  return sdk;
}

/**
 * @param account the connected account, or null when the key is the account's own.
 * @param whyLost asked before every call: why this account is not ours to call any more, or null while it is. Another
 * request, or another proxy, may have heard of it first.
 */
export function createStripeAccess(
  stripe: Stripe,
  mode: Mode,
  account: string | null,
  sleep: (ms: number) => Promise<void>,
  whyLost: () => Promise<string | null> = async () => null,
  counter: Counter = { called: () => undefined, slowed: () => undefined },
  tempo: Tempo = createTempo(Date.now, sleep),
) {
  const options = account === null ? {} : { stripeAccount: account };
  const livemode = mode === 'live';

  function checkMode(object: { livemode: boolean }): void {
    if (object.livemode !== livemode)
      throw new StripeFailureError('unknown', 'Stripe answered from the other mode.');
  }

  /** Set once Stripe has taken the access back: from then on nothing is sent. */
  let revoked: StripeFailureError | null = null;

  async function attempt<T>(call: () => Promise<T>, kind: Paced = 'other'): Promise<T> {
    await tempo.turn(kind);
    if (revoked !== null) throw revoked;
    const lost = await whyLost();
    if (lost !== null) throw new StripeFailureError('revoked', lost);
    counter.called();
    try {
      return await tempo.timed(kind, call);
    } catch (error) {
      if (error instanceof GrewOldError) throw error;
      const failure = error instanceof StripeFailureError ? error : failureOf(error);
      if (failure.failure === 'revoked') revoked = failure;
      if (failure.failure === 'rate_limited') {
        counter.slowed();
        tempo.refused(kind, failure.limitedBy);
      }
      throw failure;
    }
  }

  /** Reading is harmless, so being asked to slow down is answered by waiting a little. */
  async function read<T>(call: () => Promise<T>, kind: Paced = 'other'): Promise<T> {
    for (const pause of [500, 1000, 2000]) {
      try {
        return await attempt(call, kind);
      } catch (error) {
        const again = error instanceof StripeFailureError && error.failure === 'rate_limited' && !error.final;
        if (!again) throw error;
        await sleep(pause * (0.75 + Math.random() / 2));
      }
    }
    return attempt(call, kind);
  }

  const calls: StripeCalls = { stripe, options, attempt, read, checkMode };
  return {
    account,

    /** A harmless call that any usable key can make. */
    probe: () => read(async () => void (await stripe.customers.list({ limit: 1 }, options))),

    ...customerCalls(calls),
    ...creditCalls(calls),
    ...movementCalls(calls),

    /** The account's name for people; null where the key may not read it. */
    async accountName(): Promise<string | null> {
      if (account === null) return null;
      try {
        const found = await attempt(() => stripe.accounts.retrieve(account));
        return found.settings?.dashboard?.display_name || found.business_profile?.name || null;
      } catch {
        return null;
      }
    },
  };
}
