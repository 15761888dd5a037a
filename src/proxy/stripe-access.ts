/** The one file that talks to Stripe, for one mode and account, through Stripe's own SDK. */
import Stripe from 'stripe';
import type { Mode } from '../contract/words.ts';
import { strikeSecrets } from './secrets.ts';

/**
 * How a call ended without an answer we can use:
 * `unknown` may have happened; every other failure certainly did not.
 */
export type StripeFailure =
  | 'unknown'
  | 'rate_limited'
  | 'revoked'
  | 'permission_missing'
  | 'key_reused'
  | 'customer_missing'
  | 'customer_other_mode'
  | 'customer_deleted'
  | 'refused';

export class StripeFailureError extends Error {
  override name = 'StripeFailureError';
  readonly failure: StripeFailure;
  /** The refusal was saved under the key and will be repeated for it. */
  readonly replayed: boolean;
  readonly requestId: string | null;
  constructor(failure: StripeFailure, message: string, replayed = false, requestId: string | null = null) {
    super(strikeSecrets(message));
    this.failure = failure;
    this.replayed = replayed;
    this.requestId = requestId;
  }
}

/** The caller’s facts were too old by the time it was to be sent, so it was not. */
export class GrewOldError extends Error {
  override name = 'GrewOldError';
}

export type StripeCustomer = {
  id: string;
  name: string | null;
  email: string | null;
  /** Capitals, or null while the customer has never been billed. */
  currency: string | null;
  /** Credit in the customer's currency: positive, minor units. */
  credit: number;
  createdAt: number;
  metadata: Record<string, string>;
};

/** What is frozen in the ledger under a key. */
export type CreditParameters = {
  amount: number;
  currency: string;
  description: string;
  metadata: Record<string, string>;
};
export type StripeCredit = {
  id: string;
  customer: string;
  /** Positive, minor units; `currency` in capitals. */
  amount: number;
  currency: string;
  /** The customer's credit in this currency afterwards, positive. */
  after: number;
  createdAt: number;
  metadata: Record<string, string>;
  requestId: string | null;
};

/** What took a credit back: `amount` is positive again, and `after` is below zero where it ended in debt. */
export type StripeReversal = StripeCredit;
type Matches = (metadata: Record<string, string>) => boolean;
type Transaction = Stripe.CustomerBalanceTransaction;

export type StripeAccess = ReturnType<typeof createStripeAccess>;

/** Redirects are refused: a POST that moves money is not repeated somewhere else. */
const noRedirects: typeof fetch = (url, init) => fetch(url, { ...init, redirect: 'error' });

export function createStripeSdk(secretKey: string, base: string, timeoutMs = 20_000): Stripe {
  const { hostname, port, protocol } = new URL(base);
  return new Stripe(secretKey, {
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
) {
  const options = account === null ? {} : { stripeAccount: account };
  const livemode = mode === 'live';

  function checkMode(object: { livemode: boolean }): void {
    if (object.livemode !== livemode)
      throw new StripeFailureError('unknown', 'Stripe answered from the other mode.');
  }

  /** Set once Stripe has taken the access back: from then on nothing is sent. */
  let revoked: StripeFailureError | null = null;

  async function attempt<T>(call: () => Promise<T>): Promise<T> {
    if (revoked !== null) throw revoked;
    const lost = await whyLost();
    if (lost !== null) throw new StripeFailureError('revoked', lost);
    try {
      return await call();
    } catch (error) {
      if (error instanceof GrewOldError) throw error;
      const failure = error instanceof StripeFailureError ? error : failureOf(error);
      if (failure.failure === 'revoked') revoked = failure;
      throw failure;
    }
  }

  /** Reading is harmless, so being asked to slow down is answered by waiting a little. */
  async function read<T>(call: () => Promise<T>): Promise<T> {
    for (const pause of [500, 1000, 2000]) {
      try {
        return await attempt(call);
      } catch (error) {
        if (!(error instanceof StripeFailureError && error.failure === 'rate_limited')) throw error;
        await sleep(pause * (0.75 + Math.random() / 2));
      }
    }
    return attempt(call);
  }

  function readCustomer(customer: Stripe.Customer): StripeCustomer {
    checkMode(customer);
    return {
      id: customer.id,
      name: customer.name ?? null,
      email: customer.email,
      currency: customer.currency?.toUpperCase() ?? null,
      credit: -customer.balance,
      createdAt: customer.created * 1000,
      metadata: customer.metadata ?? {},
    };
  }

  function readCredit(
    transaction: Stripe.CustomerBalanceTransaction,
    requestId: string | null,
  ): StripeCredit {
    checkMode(transaction);
    if (transaction.object !== 'customer_balance_transaction')
      throw new StripeFailureError('unknown', 'Stripe answered something else than a balance transaction.');
    return {
      id: transaction.id,
      customer: typeof transaction.customer === 'string' ? transaction.customer : transaction.customer.id,
      amount: -transaction.amount,
      currency: transaction.currency.toUpperCase(),
      after: -transaction.ending_balance,
      createdAt: transaction.created * 1000,
      metadata: transaction.metadata ?? {},
      requestId,
    };
  }

  /** The opposite transaction, with what was taken back as a positive amount. */
  function readReversal(transaction: Transaction, requestId: string | null): StripeReversal {
    return { ...readCredit(transaction, requestId), amount: transaction.amount };
  }

  async function adjustmentsOf(
    customer: string,
    since: number,
    wanted: (transaction: Transaction) => boolean,
  ): Promise<Transaction[]> {
    const found: Transaction[] = [];
    const created = { gte: Math.max(0, Math.floor(since / 1000)) };
    // Page by page in our own hands: each is a call of its own, and asks first whether it may be made.
    for (let after: string | undefined; ; ) {
      const from = after === undefined ? {} : { starting_after: after };
      const page = await read(() =>
        stripe.customers.listBalanceTransactions(customer, { created, limit: 100, ...from }, options),
      );
      found.push(...page.data.filter((one) => one.type === 'adjustment' && wanted(one)));
      after = page.data.at(-1)?.id;
      if (!page.has_more || after === undefined) return found;
    }
  }

  return {
    account,

    /** A harmless call that any usable key can make. */
    probe: () => read(async () => void (await stripe.customers.list({ limit: 1 }, options))),

    customer: (id: string) =>
      read(async (): Promise<StripeCustomer> => {
        const customer = await stripe.customers.retrieve(id, {}, options);
        if (customer.deleted) throw new StripeFailureError('customer_deleted', `${id} was deleted.`);
        return readCustomer(customer);
      }),

    customersByEmail: (email: string) =>
      read(async () => (await stripe.customers.list({ email, limit: 100 }, options)).data.map(readCustomer)),

    searchCustomers: (query: string) =>
      read(async () => (await stripe.customers.search({ query, limit: 20 }, options)).data.map(readCustomer)),

    createCustomer: (
      params: { name?: string; email?: string; metadata: Record<string, string> },
      idempotencyKey: string,
    ) =>
      attempt(async () =>
        readCustomer(await stripe.customers.create(params, { ...options, idempotencyKey })),
      ),

    /** Makes the credit: one negative balance transaction. */
    credit: (
      customer: string,
      parameters: CreditParameters,
      idempotencyKey: string,
      isFresh: () => boolean,
    ) =>
      attempt(async () => {
        // The last moment: from here to the wire nothing is waited for.
        if (!isFresh()) throw new GrewOldError();
        const made = await stripe.customers.createBalanceTransaction(
          customer,
          { ...parameters, amount: -parameters.amount, currency: parameters.currency.toLowerCase() },
          { ...options, idempotencyKey },
        );
        return readCredit(made, made.lastResponse?.requestId ?? null);
      }),

    /** Takes a credit back: one positive balance transaction. */
    reverse: (customer: string, parameters: CreditParameters, idempotencyKey: string) =>
      attempt(async () => {
        const made = await stripe.customers.createBalanceTransaction(
          customer,
          { ...parameters, currency: parameters.currency.toLowerCase() },
          { ...options, idempotencyKey },
        );
        return readReversal(made, made.lastResponse?.requestId ?? null);
      }),

    /** Writes beside a balance transaction; its money cannot be changed. */
    mark: (customer: string, transaction: string, metadata: Record<string, string>, idempotencyKey: string) =>
      attempt(async () => {
        const own = { ...options, idempotencyKey };
        await stripe.customers.updateBalanceTransaction(customer, transaction, { metadata }, own);
      }),

    /** The customer's credit in one currency, which need not be the one they are billed in; negative is debt. */
    creditIn: (id: string, currency: string) =>
      read(async (): Promise<number> => {
        const customer = await stripe.customers.retrieve(id, { expand: ['invoice_credit_balance'] }, options);
        if (customer.deleted) throw new StripeFailureError('customer_deleted', `${id} was deleted.`);
        checkMode(customer);
        const code = currency.toLowerCase();
        if (customer.currency === code) return 0 - customer.balance;
        return customer.invoice_credit_balance?.[code] ?? 0;
      }),

    /** The look: credits of this customer since then whose metadata match, newest first. */
    async creditsOf(customer: string, since: number, matches: Matches): Promise<StripeCredit[]> {
      // The sign tells a credit from what takes one back, whatever their metadata say.
      const isMeant = (one: Transaction) => one.amount < 0 && matches(one.metadata ?? {});
      return (await adjustmentsOf(customer, since, isMeant)).map((one) => readCredit(one, null));
    },

    /** The same for what took credits back. */
    async reversalsOf(customer: string, since: number, matches: Matches): Promise<StripeReversal[]> {
      const isMeant = (one: Transaction) => one.amount > 0 && matches(one.metadata ?? {});
      return (await adjustmentsOf(customer, since, isMeant)).map((one) => readReversal(one, null));
    },

    /** Both, ever: credits positive, what took them back negative. */
    async creditsAndReversalsOf(customer: string, matches: Matches): Promise<StripeCredit[]> {
      const isMeant = (one: Transaction) => matches(one.metadata ?? {});
      return (await adjustmentsOf(customer, 0, isMeant)).map((one) => readCredit(one, null));
    },

    /** A page of all customers, newest first: who of them has a balance in any currency, and where to read on. */
    customersPage: (after: string | null) =>
      read(async (): Promise<{ withBalance: string[]; after: string | null }> => {
        const { data, has_more } = await stripe.customers.list(
          {
            limit: 100,
            expand: ['data.invoice_credit_balance'],
            ...(after !== null && { starting_after: after }),
          },
          options,
        );
        for (const customer of data) checkMode(customer);
        const hasBalance = ({ balance, invoice_credit_balance: others }: Stripe.Customer) =>
          balance !== 0 || Object.values(others ?? {}).some((amount) => amount !== 0);
        return {
          withBalance: data.filter(hasBalance).map(({ id }) => id),
          after: has_more ? (data.at(-1)?.id ?? null) : null,
        };
      }),

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

/** Sorts Stripe's errors by the one question that matters: can it have happened? */
function failureOf(error: unknown): StripeFailureError {
  if (!(error instanceof Stripe.errors.StripeError))
    return new StripeFailureError(
      'unknown',
      error instanceof Error ? error.message : 'Stripe did not answer.',
    );
  const { statusCode: status, code, message, requestId, headers } = error;
  const replayed = headers?.['idempotent-replayed'] === 'true';
  const fail = (failure: StripeFailure) =>
    new StripeFailureError(failure, message, replayed, requestId ?? null);

  if (status === undefined || status >= 500 || status < 400) return fail('unknown');
  if (status === 429) return fail('rate_limited');
  if (status === 409) return fail('unknown'); // the same key is under way
  if (error instanceof Stripe.errors.StripeIdempotencyError) return fail('key_reused');
  if (code === 'account_invalid') return fail('revoked');
  // The key itself: no account would be reached through it, and none has taken anything back.
  if (status === 401) return fail('permission_missing');
  if (status === 403)
    return fail(
      /access .*revoked|does not have access to account/i.test(message) ? 'revoked' : 'permission_missing',
    );
  if (code === 'resource_missing' || status === 404) {
    if (/similar object exists in (live|test) mode/.test(message)) return fail('customer_other_mode');
    return fail('customer_missing');
  }
  return fail('refused');
}
