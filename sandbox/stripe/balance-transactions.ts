import type { Caller } from './auth.ts';
import { customerObject, deletedObject, findCustomer, findLivingCustomer } from './customers.ts';
import type { Operation } from './endpoint.ts';
import { badRequest, missing } from './errors.ts';
import { cursorParams, listPage } from './list.ts';
import {
  clearable,
  currency,
  expandable,
  integer,
  mergeMetadata,
  metadata,
  readParams,
  required,
  text,
  timeRange,
} from './params.ts';
import { seconds } from './simulation.ts';
import { type BalanceTransaction, lookUp, postTransaction } from './state.ts';

const EXPAND = ['customer', 'invoice'];

function show(caller: Caller, transaction: BalanceTransaction, expand: readonly string[] = []) {
  const customer = lookUp(caller.books.customers, transaction.customer);
  const invoice = lookUp(caller.books.invoices, transaction.invoice ?? '');
  return {
    ...transaction,
    ...(expand.includes('customer') &&
      customer && {
        customer: customer.deleted ? deletedObject(customer) : customerObject(caller, customer),
      }),
    ...(expand.includes('invoice') && invoice && { invoice }),
  };
}

/** Most currencies end at eight digits: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts */
const LARGEST = 99_999_999;
const LARGEST_OF: Record<string, number> = { idr: 999_999_999_999 };
/** Written with two decimals, but only whole units exist: https://docs.stripe.com/currencies#special-cases */
const WHOLE_UNITS = ['isk', 'ugx'];
const THREE_DECIMALS = ['bhd', 'jod', 'kwd', 'omr', 'tnd'];

function checkAmount(amount: number, code: string) {
  const param = 'amount';
  const largest = lookUp(LARGEST_OF, code) ?? LARGEST;
  if (amount === 0) throw badRequest('Invalid amount: must be non-zero', { param });
  if (Math.abs(amount) > largest)
    throw badRequest(`Amount must be no more than ${largest} ${code}`, { code: 'amount_too_large', param });
  if (WHOLE_UNITS.includes(code) && amount % 100 !== 0)
    throw badRequest(`Invalid amount: ${code} has no decimals, so it must be a multiple of 100`, {
      code: 'invalid_charge_amount_no_decimal_compatible',
      param,
    });
  if (THREE_DECIMALS.includes(code) && amount % 10 !== 0)
    throw badRequest(`Invalid amount: the last digit of an amount in ${code} must be 0`, { param });
}

const created = {
  amount: integer,
  currency,
  description: clearable(350),
  metadata,
  expand: expandable(...EXPAND),
};

type Creation = {
  amount: number;
  currency: string;
  description: string | null;
  metadata: Record<string, string>;
  expand?: string[];
};

export const createTransaction: Operation<Creation> = {
  name: 'customer_balance_transactions/create',
  permission: 'rak_customer_write',
  writes: true,
  read(params) {
    const read = readParams(params, created);
    const amount = required(read.amount, 'amount');
    const code = required(read.currency, 'currency');
    checkAmount(amount, code);
    return {
      amount,
      currency: code,
      description: read.description ?? null,
      metadata: mergeMetadata({}, read.metadata ?? null),
      expand: read.expand,
    };
  },
  run(sim, caller, { expand, ...values }, path) {
    const customer = findLivingCustomer(caller, path.customer, 'customer');
    // A currency other than the customer's is taken: each has a balance of its own, and this one sits unused.
    const transaction = postTransaction(caller.books, customer, {
      ...values,
      created: seconds(sim),
      type: 'adjustment',
    });
    sim.index.changed(caller.books, customer);
    return show(caller, transaction, expand);
  },
};

const listed = { ...cursorParams, expand: expandable(...EXPAND.map((property) => `data.${property}`)) };
const filtered = { ...listed, created: timeRange, invoice: text(5000) };

export const listTransactions: Operation<Partial<ReturnType<typeof readParams<typeof filtered>>>> = {
  name: 'customer_balance_transactions/list',
  permission: 'rak_customer_read',
  // The filters came after 2023-08-16, whose specification does not have them.
  read: (params, { version }) =>
    version !== null && version <= '2023-08-16' ? readParams(params, listed) : readParams(params, filtered),
  run(_sim, caller, { created: inTime, invoice, expand = [], ...cursor }, path) {
    // Not confirmed for deleted customers: Stripe keeps their history readable, so the simulator does too.
    const customer = findCustomer(caller, path.customer, 'customer');
    const newestFirst = (caller.books.balanceTransactions[customer.id] ?? [])
      .filter((t) => (inTime?.(t.created) ?? true) && (invoice === undefined || t.invoice === invoice))
      .reverse();
    const inner = expand.map((property) => property.replace('data.', ''));
    return listPage(newestFirst, cursor, {
      what: 'customer_balance_transaction',
      url: `/v1/customers/${customer.id}/balance_transactions`,
      show: (transaction) => show(caller, transaction, inner),
    });
  },
};

function findTransaction(caller: Caller, customerId: string, id: string): BalanceTransaction {
  const customer = findCustomer(caller, customerId, 'customer');
  const found = caller.books.balanceTransactions[customer.id]?.find((t) => t.id === id);
  if (!found) throw missing('customer_balance_transaction', id, 'id');
  return found;
}

export const readTransaction: Operation<{ expand?: string[] }> = {
  name: 'customer_balance_transactions/retrieve',
  permission: 'rak_customer_read',
  read: (params) => readParams(params, { expand: expandable(...EXPAND) }),
  run: (_sim, caller, { expand }, path) =>
    show(caller, findTransaction(caller, path.customer, path.transaction), expand),
};

const changed = { description: clearable(350), metadata, expand: expandable(...EXPAND) };

/** Money is never changed afterwards, only what is written beside it. */
export const updateTransaction: Operation<ReturnType<typeof readParams<typeof changed>>> = {
  name: 'customer_balance_transactions/update',
  permission: 'rak_customer_write',
  writes: true,
  read: (params) => readParams(params, changed),
  run(_sim, caller, { description, metadata: change, expand }, path) {
    findLivingCustomer(caller, path.customer, 'customer');
    const transaction = findTransaction(caller, path.customer, path.transaction);
    if (change !== undefined) transaction.metadata = mergeMetadata(transaction.metadata, change);
    if (description !== undefined) transaction.description = description;
    return show(caller, transaction, expand);
  },
};
