/** Everything that changed a customer's balance at Stripe, whoever did it, and what the key may read besides. */
import type Stripe from 'stripe';
import type { StripeCalls } from './stripe-access.ts';
import { StripeFailureError } from './stripe-failure.ts';

/** In the metadata of what takes a credit back: which one. */
export const REVERSAL_OF = 'advocate_reversal_of';

/** Anything that changed a customer's balance in one currency, in Stripe's sign: negative is credit. */
export type Movement = {
  id: string;
  at: number;
  currency: string;
  amount: number;
  /** The balance afterwards. */
  after: number;
  type: string;
  invoice: string | null;
  /** The credit that it takes back. */
  takesBack: string | null;
};

/** @param calls how this account is reached. */
export const movementCalls = ({ stripe, options, read, checkMode }: StripeCalls) => ({
  /** A page of everything that changed a customer's balance, newest first: older than one, newer than one, or newest. */
  movementsPage: (
    customer: string,
    since: number,
    beside: { starting_after?: string; ending_before?: string } = {},
  ) =>
    read(async (): Promise<{ movements: Movement[]; more: boolean }> => {
      const created = { gte: Math.floor(since / 1000) };
      const asked = { created, limit: 100, ...beside };
      const { data, has_more } = await stripe.customers.listBalanceTransactions(customer, asked, options);
      for (const one of data) checkMode(one);
      return { movements: data.map(readMovement), more: has_more };
    }),

  /** Whether the key may read these, by the smallest question there is. */
  async maySee(what: 'customers' | 'subscriptions' | 'invoices'): Promise<boolean> {
    const expand = what === 'subscriptions' ? { expand: ['data.subscriptions'] } : {};
    try {
      await read(async () =>
        what === 'invoices'
          ? stripe.invoices.list({ limit: 1 }, options)
          : stripe.customers.list({ limit: 1, ...expand }, options),
      );
      return true;
    } catch (error) {
      if (error instanceof StripeFailureError && error.failure === 'permission_missing') return false;
      throw error;
    }
  },
});

function readMovement({
  id,
  created,
  currency,
  amount,
  ending_balance,
  type,
  invoice,
  metadata,
}: Stripe.CustomerBalanceTransaction): Movement {
  return {
    id,
    at: created * 1000,
    currency: currency.toUpperCase(),
    amount,
    after: ending_balance,
    type,
    invoice: invoice === null || typeof invoice === 'string' ? invoice : invoice.id,
    takesBack: metadata?.[REVERSAL_OF] ?? null,
  };
}
