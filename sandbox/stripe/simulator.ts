import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import type { Mode } from '../../src/contract/words.ts';
import type { Exchange } from '../exchange.ts';
import type { Seed } from '../seed.ts';
import { readAccount, readOwnAccount } from './accounts.ts';
import {
  createTransaction,
  listTransactions,
  readTransaction,
  updateTransaction,
} from './balance-transactions.ts';
import { connectRoutes, OAuthFailure } from './connect.ts';
import { createConnections } from './connections.ts';
import { controlRoutes, finalizeFor, voidFor } from './control.ts';
import { createCustomerEvents } from './customer-events.ts';
import { createCustomer, listCustomers, readCustomer, removeCustomer, updateCustomer } from './customers.ts';
import { endpoint, stripeHeaders } from './endpoint.ts';
import { StripeFailure, serverError } from './errors.ts';
import { exchanges } from './exchanges.ts';
import { createFaults, type FaultInput } from './faults.ts';
import { listInvoices, readInvoice } from './invoices.ts';
import { pageRoutes } from './pages.ts';
import { createRateLimiter, documentedLimits, type Limits } from './rate-limits.ts';
import { searchCustomers } from './search.ts';
import { createSearchIndex } from './search-index.ts';
import type { Env, Settings, Simulation } from './simulation.ts';
import { type Customer, type Invoice, lookUp, type StripeState, seedState } from './state.ts';
import { transportFaults } from './transport-faults.ts';
import { createWebhooks, type Endpoint, type Webhooks } from './webhooks.ts';

export type StripeOptions = {
  seed: Seed;
  /** Milliseconds since 1970. */
  now?: () => number;
  onExchange?: (exchange: Exchange) => void;
  /** Milliseconds between the beginning of an operation and its execution. */
  latency?: () => number;
  /** Where people and clients reach it, when another front stands before it. */
  publicUrl?: string | (() => string);
  /** What the hours between two tries of a webhook last; without it nothing is tried again. */
  webhookRetryMs?: number;
};
export type StripeSimulatorOptions = StripeOptions & {
  /** A free one when absent. */
  port?: number;
};

/** Stripe as a value: no port. */
export type StripeValue = {
  /** What it remembers, live: read it, do not change it. */
  state: StripeState;
  settings: Settings;
  limits: Limits;
  /** `app.fetch` serves the same pages and API behind another front; cut connections become failed bodies there. */
  app: Hono<Env>;
  inject: (fault: FaultInput) => void;
  clearFaults: () => void;
  /** Connects the account without the authorize page, as if that had been done before. */
  connect: (mode: Mode) => void;
  /** What a person does in Stripe's dashboard; says whether there was a connection. Whoever listens is told. */
  revoke: (accountId: string, mode: Mode) => boolean;
  webhooks: Webhooks;
  /** Where webhooks go in this mode; what happened before is not told. */
  listen: (mode: Mode, endpoint: Endpoint) => void;
  /** What a person does to a customer in Stripe's dashboard: edits it, or deletes it. */
  changeCustomer: (mode: Mode, id: string, change: Partial<Omit<Customer, 'id'>>) => void;
  finalizeInvoice: (customerId: string) => Invoice;
  voidInvoice: (invoiceId: string) => Invoice;
};
export type StripeSimulator = StripeValue & { url: string; close: () => Promise<void> };

function apiRoutes(app: Hono<Env>, sim: Simulation) {
  app.post('/v1/customers', endpoint(sim, createCustomer));
  app.get('/v1/customers', endpoint(sim, listCustomers));
  app.get('/v1/customers/search', endpoint(sim, searchCustomers));
  app.get('/v1/customers/:customer', endpoint(sim, readCustomer));
  app.post('/v1/customers/:customer', endpoint(sim, updateCustomer));
  app.delete('/v1/customers/:customer', endpoint(sim, removeCustomer));
  app.post('/v1/customers/:customer/balance_transactions', endpoint(sim, createTransaction));
  app.get('/v1/customers/:customer/balance_transactions', endpoint(sim, listTransactions));
  app.get('/v1/customers/:customer/balance_transactions/:transaction', endpoint(sim, readTransaction));
  app.post('/v1/customers/:customer/balance_transactions/:transaction', endpoint(sim, updateTransaction));
  app.get('/v1/invoices', endpoint(sim, listInvoices));
  app.get('/v1/invoices/:invoice', endpoint(sim, readInvoice));
  app.get('/v1/account', endpoint(sim, readOwnAccount));
  app.get('/v1/accounts/:account', endpoint(sim, readAccount));
}

function createApp(sim: Simulation, onExchange?: (exchange: Exchange) => void) {
  const app = new Hono<Env>();
  app.use(exchanges(onExchange));
  app.use('/v1/*', transportFaults(sim, 'all'));
  app.use('/oauth/token', transportFaults(sim, 'transport'));
  app.use('/oauth/deauthorize', transportFaults(sim, 'transport'));
  apiRoutes(app, sim);
  connectRoutes(app, sim);
  pageRoutes(app, sim);
  controlRoutes(app, sim);
  app.notFound((c) => {
    throw new StripeFailure(404, `Unrecognized request URL (${c.req.method}: ${c.req.path}).`);
  });
  app.onError((error, c) => {
    if (error instanceof OAuthFailure) return c.json(error.body, error.status);
    const known = error instanceof StripeFailure;
    if (!known) console.error('The Stripe simulator failed:', error);
    const { body, status, headers } = known ? error : serverError();
    return new Response(JSON.stringify(body, null, 2), {
      status,
      headers: { ...stripeHeaders(c), ...headers },
    });
  });
  return app;
}

export function createStripe(options: StripeOptions): StripeValue {
  const { seed, now = Date.now, onExchange, latency = () => 0, publicUrl = '' } = options;
  const reachedAt = typeof publicUrl === 'function' ? publicUrl : () => publicUrl;
  const state = seedState(seed, now());
  const settings: Settings = { searchLagMs: 20_000, pruneAfterMs: 24 * 3_600_000 };
  const limits = documentedLimits();
  const faults = createFaults();
  const connections = createConnections(state, now);
  const webhooks = createWebhooks(now, options.webhookRetryMs);
  const customerEvents = createCustomerEvents(state, connections, webhooks);
  const listen = (mode: Mode, endpoint: Endpoint) => {
    webhooks.listen(mode, endpoint);
    customerEvents.learn(mode);
  };
  const revoke: Simulation['revoke'] = (account, mode) => {
    const ended = connections.revoke(account, mode);
    if (ended) webhooks.deauthorized(account, mode, seed.stripe.platform[mode].clientId);
    return ended;
  };
  const index = createSearchIndex(now, () => settings.searchLagMs);
  for (const { books } of Object.values(state.accounts)) {
    index.cover(books.test);
    index.cover(books.live);
  }
  const sim: Simulation = {
    seed: seed.stripe,
    state,
    settings,
    limits,
    rates: createRateLimiter(limits, now),
    faults,
    connections,
    webhooks,
    revoke,
    index: {
      ...index,
      changed(books, customer) {
        index.changed(books, customer);
        customerEvents.changed(books, customer);
      },
    },
    listen,
    locks: new Set(),
    now,
    latency,
    publicUrl: reachedAt,
  };
  return {
    state,
    settings,
    limits,
    app: createApp(sim, onExchange),
    inject: faults.inject,
    clearFaults: faults.clear,
    connect: (mode) => {
      connections.connect(state.accountId, mode, seed.stripe.platform[mode].clientId);
    },
    revoke,
    webhooks,
    listen,
    changeCustomer(mode, id, change) {
      const books = lookUp(state.accounts, state.accountId)?.books[mode];
      const customer = books && lookUp(books.customers, id);
      if (!books || !customer) throw new Error(`Stripe has no customer ${id} in ${mode} mode.`);
      Object.assign(customer, change);
      sim.index.changed(books, customer);
    },
    finalizeInvoice: (customerId) => finalizeFor(sim, customerId),
    voidInvoice: (invoiceId) => voidFor(sim, invoiceId),
  };
}

export async function startStripeSimulator(options: StripeSimulatorOptions): Promise<StripeSimulator> {
  let url = '';
  const stripe = createStripe({ ...options, publicUrl: options.publicUrl ?? (() => url) });
  const server = createAdaptorServer({ fetch: stripe.app.fetch });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...stripe,
    url,
    close: () =>
      new Promise((resolve, reject) => {
        stripe.webhooks.close();
        server.close((error) => (error ? reject(error) : resolve()));
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}
