import { randomBytes } from 'node:crypto';
import { MODES, type Mode } from '../../src/contract/words.ts';
import type { Seed, SeedCustomer } from '../seed.ts';

/** A customer as the simulator keeps it; customers.ts shows it the way Stripe does. */
export type Customer = {
  id: string;
  name: string | null;
  email: string | null;
  phone: string | null;
  description: string | null;
  currency: string | null;
  /** Per currency, in Stripe's sign: negative is credit. */
  balances: Record<string, number>;
  metadata: Record<string, string>;
  address: Record<string, string | null> | null;
  preferredLocales: string[];
  taxExempt: string;
  invoicePrefix: string;
  invoicesMade: number;
  /** Seconds since 1970, like every time Stripe shows. */
  created: number;
  deleted: boolean;
  /** Billed every month with this many minor units, or never. */
  monthly: number | null;
};

export type BalanceTransaction = {
  id: string;
  object: 'customer_balance_transaction';
  amount: number;
  checkout_session: null;
  created: number;
  credit_note: null;
  currency: string;
  customer: string;
  customer_account: null;
  description: string | null;
  ending_balance: number;
  invoice: string | null;
  livemode: boolean;
  metadata: Record<string, string>;
  type: 'adjustment' | 'initial' | 'applied_to_invoice' | 'invoice_too_small' | 'unapplied_from_invoice';
};

export type Invoice = { id: string; customer: string; created: number } & Record<string, unknown>;

/** What one account holds in one mode. */
export type Books = {
  mode: Mode;
  /** In order of creation. */
  customers: Record<string, Customer>;
  /** By customer, oldest first. */
  balanceTransactions: Record<string, BalanceTransaction[]>;
  invoices: Record<string, Invoice>;
};

export type AccountState = {
  id: string;
  name: string;
  email: string;
  country: string;
  defaultCurrency: string;
  books: Record<Mode, Books>;
};

export type Connection = {
  account: string;
  /** A live connection reaches test mode too; a test connection never reaches live. */
  mode: Mode;
  clientId: string;
  scope: 'read_write';
  connectedAt: number;
  revoked: boolean;
};

export type IdempotencyRecord = {
  key: string;
  account: string;
  mode: Mode;
  requestId: string;
  method: string;
  path: string;
  /** Digest of the parameters, to tell a repetition from another request. */
  fingerprint: string;
  at: number;
  /** Null while the first request runs. */
  answer: { status: number; body: string } | null;
};

/** Everything the simulator remembers, plain enough for JSON. Holds no key and no token. */
export type StripeState = {
  /** By id: the account of the seed, and the platform's own empty one. */
  accounts: Record<string, AccountState>;
  accountId: string;
  platformId: string;
  connections: Connection[];
  /** By account, mode and key: `acct_…/test/key`. */
  idempotency: Record<string, IdempotencyRecord>;
  /** Modes in which the restricted key has been rolled. */
  rolledKeys: Mode[];
  /** Requests that followed a redirect, which a client must never do with a POST. */
  redirectsFollowed: { method: string; path: string; authorized: boolean }[];
};

/** Own entries only: an id from a request may be spelled like something every object has. */
export function lookUp<T>(record: Record<string, T>, id: string): T | undefined {
  return Object.hasOwn(record, id) ? record[id] : undefined;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export function newId(prefix: string, length: number): string {
  return `${prefix}_${Array.from(randomBytes(length), (byte) => LETTERS[byte % LETTERS.length]).join('')}`;
}

export function newCustomer(values: Partial<Customer> & { created: number }): Customer {
  return {
    id: newId('cus', 14),
    name: null,
    email: null,
    phone: null,
    description: null,
    currency: null,
    balances: {},
    metadata: {},
    address: null,
    preferredLocales: [],
    taxExempt: 'none',
    invoicePrefix: randomBytes(4).toString('hex').toUpperCase(),
    invoicesMade: 0,
    deleted: false,
    monthly: null,
    ...values,
  };
}

/** The one place that changes a balance: a transaction, the balance after it, and the customer's currency. */
export function postTransaction(
  books: Books,
  customer: Customer,
  values: Pick<BalanceTransaction, 'amount' | 'currency' | 'created' | 'type'> &
    Partial<Pick<BalanceTransaction, 'id' | 'description' | 'metadata' | 'invoice'>>,
): BalanceTransaction {
  const balance = (customer.balances[values.currency] ?? 0) + values.amount;
  customer.balances[values.currency] = balance;
  // The first currency a customer is billed in stays theirs: https://docs.stripe.com/billing/customer/balance
  customer.currency ??= values.currency;
  const transaction: BalanceTransaction = {
    id: newId('cbtxn', 24),
    object: 'customer_balance_transaction',
    checkout_session: null,
    credit_note: null,
    customer: customer.id,
    customer_account: null,
    description: null,
    ending_balance: balance,
    invoice: null,
    livemode: books.mode === 'live',
    metadata: {},
    ...values,
  };
  const transactions = books.balanceTransactions[customer.id] ?? [];
  books.balanceTransactions[customer.id] = transactions;
  transactions.push(transaction);
  return transaction;
}

function emptyBooks(mode: Mode): Books {
  return { mode, customers: {}, balanceTransactions: {}, invoices: {} };
}

function seedCustomer(books: Books, seed: SeedCustomer, now: number, defaultCurrency: string) {
  const created = Math.floor(now / 1000) - Math.round(seed.createdDaysAgo * 86_400);
  const { id, name, email, currency, metadata = {}, deleted = false, monthly = null } = seed;
  const customer = newCustomer({ id, name, email, currency, metadata, deleted, monthly, created });
  books.customers[id] = customer;
  if (seed.balance) {
    const amount = seed.balance;
    postTransaction(books, customer, {
      amount,
      currency: currency ?? defaultCurrency,
      created,
      type: 'initial',
    });
  }
}

export function seedState({ stripe }: Seed, now: number): StripeState {
  const { customers } = stripe;
  const account = { ...stripe.account, defaultCurrency: stripe.account.defaultCurrency.toLowerCase() };
  const platformId = 'acct_1SandboxPlatform';
  const books = (): Record<Mode, Books> => ({ test: emptyBooks('test'), live: emptyBooks('live') });
  const merchant: AccountState = { ...account, books: books() };
  const platform: AccountState = { ...account, id: platformId, name: 'Advocate Credits', books: books() };
  for (const mode of MODES) {
    const oldestFirst = customers
      .filter((c) => c.mode === mode)
      .sort((a, b) => b.createdDaysAgo - a.createdDaysAgo);
    for (const customer of oldestFirst) {
      if (merchant.books.test.customers[customer.id] || merchant.books.live.customers[customer.id])
        throw new Error(`The seed has customer ${customer.id} twice; give each one an id of its own.`);
      seedCustomer(merchant.books[mode], customer, now, account.defaultCurrency);
    }
  }
  return {
    accounts: { [merchant.id]: merchant, [platformId]: platform },
    accountId: merchant.id,
    platformId,
    connections: [],
    idempotency: {},
    rolledKeys: [],
    redirectsFollowed: [],
  };
}
