import type { Caller } from './auth.ts';
import type { Operation } from './endpoint.ts';
import { inOtherMode, missing } from './errors.ts';
import { cursorParams, listPage } from './list.ts';
import {
  clearable,
  email,
  expandable,
  hash,
  integer,
  list,
  mergeMetadata,
  metadata,
  readParams,
  text,
  timeRange,
} from './params.ts';
import { type Simulation, seconds } from './simulation.ts';
import { type Books, type Customer, lookUp, newCustomer, postTransaction } from './state.ts';
import { permitExpanded, subscriptionList } from './subscriptions.ts';

const ADDRESS = ['city', 'country', 'line1', 'line2', 'postal_code', 'state'] as const;

/** The customer in the caller's books. A deleted one is found: what that means differs between operations. */
export function findCustomer(caller: Caller, id: string, param: string): Customer {
  const customer = lookUp(caller.books.customers, id);
  if (customer) return customer;
  const other = caller.account.books[caller.mode === 'test' ? 'live' : 'test'];
  if (lookUp(other.customers, id)) throw inOtherMode('customer', id, param, caller.mode);
  throw missing('customer', id, param);
}

export function findLivingCustomer(caller: Caller, id: string, param: string): Customer {
  const customer = findCustomer(caller, id, param);
  if (customer.deleted) throw missing('customer', id, param);
  return customer;
}

export function deleteCustomer(sim: Simulation, books: Books, customer: Customer) {
  customer.deleted = true;
  sim.index.changed(books, customer);
}

export const deletedObject = ({ id }: Customer) => ({ id, object: 'customer', deleted: true });

export function customerObject(caller: Caller, customer: Customer, expand: readonly string[] = []) {
  const { balances, currency } = customer;
  // -0 would be written as 0 but compared as different.
  const opposite = Object.entries(balances).map(([code, amount]) => [code, amount === 0 ? 0 : -amount]);
  return {
    id: customer.id,
    object: 'customer',
    address: customer.address,
    balance: balances[currency ?? caller.account.defaultCurrency] ?? 0,
    created: customer.created,
    currency,
    default_source: null,
    delinquent: false,
    description: customer.description,
    discount: null,
    email: customer.email,
    ...(expand.includes('invoice_credit_balance') && {
      invoice_credit_balance: Object.fromEntries(opposite),
    }),
    invoice_prefix: customer.invoicePrefix,
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: caller.mode === 'live',
    metadata: customer.metadata,
    name: customer.name,
    next_invoice_sequence: customer.invoicesMade + 1,
    phone: customer.phone,
    preferred_locales: customer.preferredLocales,
    shipping: null,
    ...(expand.includes('subscriptions') && { subscriptions: subscriptionList(caller, customer) }),
    tax_exempt: customer.taxExempt,
    test_clock: null,
  };
}

/** Of everything a customer has in Stripe, what the simulator keeps; the rest is refused as unknown. */
const writable = {
  address: hash(ADDRESS),
  balance: integer,
  description: clearable(5000),
  email,
  expand: expandable('invoice_credit_balance'),
  metadata,
  name: clearable(256),
  phone: clearable(20),
  preferred_locales: list(20),
};

type Written = ReturnType<typeof readParams<typeof writable>>;

function write(sim: Simulation, caller: Caller, customer: Customer, values: Written) {
  const { balance, expand, metadata: change, preferred_locales, ...fields } = values;
  const merged = change === undefined ? customer.metadata : mergeMetadata(customer.metadata, change);
  Object.assign(customer, fields, { metadata: merged });
  if (preferred_locales) customer.preferredLocales = preferred_locales;
  if (balance !== undefined) {
    const currency = customer.currency ?? caller.account.defaultCurrency;
    const amount = balance - (customer.balances[currency] ?? 0);
    const created = seconds(sim);
    if (amount !== 0)
      postTransaction(caller.books, customer, { amount, currency, created, type: 'adjustment' });
  }
  sim.index.changed(caller.books, customer);
  return customerObject(caller, customer, expand);
}

export const createCustomer: Operation<Written> = {
  name: 'customers/create',
  permission: 'rak_customer_write',
  read: (params) => readParams(params, writable),
  run(sim, caller, input) {
    const customer = newCustomer({ created: seconds(sim) });
    caller.books.customers[customer.id] = customer;
    return write(sim, caller, customer, input);
  },
};

export const updateCustomer: Operation<Written> = {
  name: 'customers/update',
  permission: 'rak_customer_write',
  writes: true,
  read: (params) => readParams(params, writable),
  run: (sim, caller, input, path) =>
    write(sim, caller, findLivingCustomer(caller, path.customer, 'id'), input),
};

export const readCustomer: Operation<{ expand?: string[] }> = {
  name: 'customers/retrieve',
  permission: 'rak_customer_read',
  read: (params) => readParams(params, { expand: expandable('invoice_credit_balance', 'subscriptions') }),
  run(_sim, caller, { expand }, path) {
    permitExpanded(caller, expand);
    const customer = findCustomer(caller, path.customer, 'id');
    return customer.deleted ? deletedObject(customer) : customerObject(caller, customer, expand);
  },
};

export const removeCustomer: Operation<unknown> = {
  name: 'customers/delete',
  permission: 'rak_customer_write',
  writes: true,
  read: (params) => readParams(params, {}),
  run(sim, caller, _input, path) {
    const customer = findLivingCustomer(caller, path.customer, 'id');
    deleteCustomer(sim, caller.books, customer);
    return deletedObject(customer);
  },
};

const listed = {
  ...cursorParams,
  // Compared as it stands: the list by e-mail knows upper from lower case, search does not.
  email: text(512),
  created: timeRange,
  expand: expandable('data.invoice_credit_balance', 'data.subscriptions'),
};

export const listCustomers: Operation<ReturnType<typeof readParams<typeof listed>>> = {
  name: 'customers/list',
  permission: 'rak_customer_read',
  read: (params) => readParams(params, listed),
  run(_sim, caller, { email: wanted, created, expand = [], ...cursor }) {
    permitExpanded(caller, expand);
    const newestFirst = Object.values(caller.books.customers)
      .reverse()
      .filter(
        (c) => !c.deleted && (wanted === undefined || c.email === wanted) && (created?.(c.created) ?? true),
      );
    const inner = expand.map((property) => property.replace('data.', ''));
    return listPage(newestFirst, cursor, {
      what: 'customer',
      url: '/v1/customers',
      show: (customer) => customerObject(caller, customer, inner),
    });
  },
};
