import type { Operation } from './endpoint.ts';
import { badRequest, missing } from './errors.ts';
import { cursorParams, listPage } from './list.ts';
import { readParams, text, timeRange } from './params.ts';
import { type Simulation, seconds } from './simulation.ts';
import { type Books, type Customer, type Invoice, lookUp, newId, postTransaction } from './state.ts';

const MONTH_SECONDS = 30 * 86_400;
/** Below these Stripe charges nothing and moves the rest to the next invoice. */
const SMALLEST_CHARGE: Record<string, number> = { usd: 50, eur: 50, gbp: 30, jpy: 50, cad: 50, aud: 50 };

export type Upcoming = {
  currency: string;
  total: number;
  /** What the balance changes on it; negative takes money off. */
  applied: number;
  due: number;
  startingBalance: number;
  endingBalance: number;
  /** Seconds: when it is finalized. */
  at: number;
};

/** The invoice a monthly customer gets next, as it would be were it finalized now. Only its own currency counts. */
export function upcomingInvoice(customer: Customer, now: number): Upcoming | null {
  const { monthly, currency } = customer;
  if (monthly === null || currency === null || customer.deleted) return null;
  const startingBalance = customer.balances[currency] ?? 0;
  const sum = monthly + startingBalance;
  const due = Math.max(0, sum);
  const months = Math.floor((now - customer.created) / MONTH_SECONDS) + 1;
  return {
    currency,
    total: monthly,
    applied: due - monthly,
    due,
    startingBalance,
    endingBalance: Math.min(0, sum),
    at: customer.created + months * MONTH_SECONDS,
  };
}

function invoiceObject(
  books: Books,
  customer: Customer,
  upcoming: Upcoming,
  created: number,
  id: string,
): Invoice {
  const { currency, total, due } = upcoming;
  const tooSmall = due > 0 && due < (SMALLEST_CHARGE[currency] ?? 0);
  const amountDue = tooSmall ? 0 : due;
  const livemode = books.mode === 'live';
  const period = { start: created - MONTH_SECONDS, end: created };
  const line = {
    id: id.replace(/^in_/, 'il_'),
    object: 'line_item',
    amount: total,
    currency,
    description: 'Monthly plan',
    invoice: id,
    livemode,
    metadata: {},
    period,
    quantity: 1,
    subtotal: total,
  };
  return {
    id,
    object: 'invoice',
    amount_due: amountDue,
    amount_paid: 0,
    amount_remaining: amountDue,
    attempted: false,
    billing_reason: 'subscription_cycle',
    collection_method: 'charge_automatically',
    created,
    currency,
    customer: customer.id,
    customer_email: customer.email,
    customer_name: customer.name,
    description: null,
    due_date: null,
    ending_balance: upcoming.endingBalance,
    lines: { object: 'list', data: [line], has_more: false, url: `/v1/invoices/${id}/lines` },
    livemode,
    metadata: {},
    number: `${customer.invoicePrefix}-${String(customer.invoicesMade + 1).padStart(4, '0')}`,
    period_end: period.end,
    period_start: period.start,
    starting_balance: upcoming.startingBalance,
    status: amountDue === 0 ? 'paid' : 'open',
    status_transitions: {
      finalized_at: created,
      marked_uncollectible_at: null,
      paid_at: amountDue === 0 ? created : null,
      voided_at: null,
    },
    subtotal: total,
    total,
  };
}

/** Finalizes the next monthly invoice of a customer: the balance of the same currency is used up first. */
export function finalizeInvoice(sim: Simulation, books: Books, customer: Customer): Invoice {
  const invoice = finalizeAt(books, customer, seconds(sim));
  sim.index.changed(books, customer);
  return invoice;
}

type Ids = { invoice?: string; applied?: string; tooSmall?: string };

/** The same at any time, for whoever makes up a past. */
export function finalizeAt(books: Books, customer: Customer, created: number, ids: Ids = {}): Invoice {
  const upcoming = upcomingInvoice(customer, created);
  if (!upcoming)
    throw badRequest(`Customer ${customer.id} has no upcoming invoice: it is not billed monthly.`);
  const invoice = invoiceObject(books, customer, upcoming, created, ids.invoice ?? newId('in', 24));
  const named = (id: string | undefined) => (id === undefined ? {} : { id });
  const { currency, due } = upcoming;
  const used = upcoming.endingBalance - upcoming.startingBalance;
  const beside = { currency, created, invoice: invoice.id };
  if (used !== 0)
    postTransaction(books, customer, {
      ...beside,
      ...named(ids.applied),
      amount: used,
      type: 'applied_to_invoice',
    });
  if (due > 0 && invoice.amount_due === 0) {
    const { ending_balance } = postTransaction(books, customer, {
      ...beside,
      ...named(ids.tooSmall),
      amount: due,
      type: 'invoice_too_small',
    });
    invoice.ending_balance = ending_balance;
  }
  customer.invoicesMade += 1;
  books.invoices[invoice.id] = invoice;
  return invoice;
}

/** Voids an open invoice: what it took from the balance is there again. */
export function voidInvoice(sim: Simulation, books: Books, invoice: Invoice): void {
  if (invoice.status !== 'open')
    throw badRequest(`You can only void open invoices; ${invoice.id} is ${String(invoice.status)}.`);
  const used = (books.balanceTransactions[invoice.customer] ?? []).filter(
    ({ type, invoice: its }) => type === 'applied_to_invoice' && its === invoice.id,
  );
  const customer = lookUp(books.customers, invoice.customer);
  const beside = { created: seconds(sim), invoice: invoice.id, type: 'unapplied_from_invoice' } as const;
  if (customer !== undefined)
    for (const { amount, currency } of used)
      postTransaction(books, customer, { ...beside, amount: -amount, currency });
  Object.assign(invoice, { status: 'void', amount_remaining: 0 });
}

const listed = { ...cursorParams, customer: text(5000), created: timeRange };

export const listInvoices: Operation<ReturnType<typeof readParams<typeof listed>>> = {
  name: 'invoices/list',
  permission: 'rak_invoice_read',
  read: (params) => readParams(params, listed),
  run(_sim, caller, { customer, created, ...cursor }) {
    const newestFirst = Object.values(caller.books.invoices)
      .reverse()
      .filter((i) => (customer === undefined || i.customer === customer) && (created?.(i.created) ?? true));
    return listPage(newestFirst, cursor, {
      what: 'invoice',
      url: '/v1/invoices',
      show: (invoice) => invoice,
    });
  },
};

export const readInvoice: Operation<unknown> = {
  name: 'invoices/retrieve',
  permission: 'rak_invoice_read',
  read: (params) => readParams(params, {}),
  run(_sim, caller, _input, path) {
    const invoice = lookUp(caller.books.invoices, path.invoice);
    if (!invoice) throw missing('invoice', path.invoice, 'invoice');
    return invoice;
  },
};
