/** Customers at Stripe: looking for them, reading them, making one. */
import type Stripe from 'stripe';
import type { StripeCalls } from './stripe-access.ts';
import { StripeFailureError } from './stripe-failure.ts';

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

/** As people look for one: with when its newest current subscription began, where that may be read. */
export type FoundCustomer = StripeCustomer & { subscribedAt: number | null };

/** Which optional things a key may not read, and until when that is believed: asking again would only cost calls. */
const unreadable = new WeakMap<Stripe, Map<'subscriptions' | 'invoices', number>>();
const UNREADABLE_MS = 600_000;

/** @param calls how this account is reached. */
export function customerCalls({ stripe, options, attempt, read, checkMode }: StripeCalls) {
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

  function readFound(customer: Stripe.Customer): FoundCustomer {
    const began = customer.subscriptions?.data.map(({ created }) => created * 1000) ?? [];
    return { ...readCustomer(customer), subscribedAt: began.length === 0 ? null : Math.max(...began) };
  }

  const mayRead = (what: 'subscriptions' | 'invoices') =>
    (unreadable.get(stripe)?.get(what) ?? 0) <= Date.now();
  function noteUnreadable(what: 'subscriptions' | 'invoices'): void {
    const known = unreadable.get(stripe) ?? new Map();
    unreadable.set(stripe, known.set(what, Date.now() + UNREADABLE_MS));
  }

  /** Subscriptions come along at no call more. A key that may not read them gets the customers without. */
  async function withSubscriptions<T>(
    property: string,
    call: (more: { expand?: string[] }) => Promise<T>,
  ): Promise<T> {
    if (!mayRead('subscriptions')) return read(() => call({}));
    try {
      return await read(() => call({ expand: [property] }));
    } catch (error) {
      if (!(error instanceof StripeFailureError && error.failure === 'permission_missing')) throw error;
      const found = await read(() => call({}));
      noteUnreadable('subscriptions');
      return found;
    }
  }

  return {
    customer: (id: string) =>
      read(async (): Promise<StripeCustomer> => {
        const customer = await stripe.customers.retrieve(id, {}, options);
        if (customer.deleted) throw new StripeFailureError('customer_deleted', `${id} was deleted.`);
        return readCustomer(customer);
      }, 'customer'),

    foundCustomer: (id: string) =>
      withSubscriptions('subscriptions', async (more): Promise<FoundCustomer> => {
        const customer = await stripe.customers.retrieve(id, more, options);
        if (customer.deleted) throw new StripeFailureError('customer_deleted', `${id} was deleted.`);
        return readFound(customer);
      }),

    customersByEmail: (email: string) =>
      withSubscriptions('data.subscriptions', async (more) =>
        (await stripe.customers.list({ email, limit: 100, ...more }, options)).data.map(readFound),
      ),

    searchCustomers: (query: string) =>
      withSubscriptions('data.subscriptions', async (more) =>
        (await stripe.customers.search({ query, limit: 20, ...more }, options)).data.map(readFound),
      ),

    /** When the customer's newest invoice was made; null where there is none, or it may not be read. */
    async newestInvoice(customer: string): Promise<number | null> {
      if (!mayRead('invoices')) return null;
      try {
        const { data } = await read(() => stripe.invoices.list({ customer, limit: 1 }, options));
        return data[0] === undefined ? null : data[0].created * 1000;
      } catch (error) {
        if (!(error instanceof StripeFailureError) || error.failure === 'revoked') throw error;
        if (error.failure === 'permission_missing') noteUnreadable('invoices');
        return null;
      }
    },

    createCustomer: (
      params: { name?: string; email?: string; metadata: Record<string, string> },
      idempotencyKey: string,
    ) =>
      attempt(async () =>
        readCustomer(await stripe.customers.create(params, { ...options, idempotencyKey })),
      ),

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
  };
}
