/** Credits at Stripe: balance transactions of a customer, made, taken back and looked for. */
import type Stripe from 'stripe';
import type { StripeCalls } from './stripe-access.ts';
import { GrewOldError, StripeFailureError } from './stripe-failure.ts';

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

/** @param calls how this account is reached. */
export function creditCalls({ stripe, options, attempt, read, checkMode }: StripeCalls) {
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
      }, 'credit'),

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
  };
}
