import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Stripe from 'stripe';
import { onTestFinished } from 'vitest';
import type { Exchange } from '../../sandbox/exchange.ts';
import type { Seed } from '../../sandbox/seed.ts';
import { type StripeSimulatorOptions, startStripeSimulator } from '../../sandbox/stripe/simulator.ts';

export const ACCOUNT = 'acct_TestShop';
export const KEYS = {
  test: 'sk_test_platform_0123456789',
  live: 'sk_live_platform_0123456789',
  restrictedTest: 'rk_test_shop_0123456789',
  restrictedLive: 'rk_live_shop_0123456789',
};
export const CLIENT_IDS = { test: 'ca_test', live: 'ca_live' };

export const seed: Seed = {
  stripe: {
    account: {
      id: ACCOUNT,
      name: 'Test Shop',
      email: 'owner@shop.example',
      country: 'US',
      defaultCurrency: 'usd',
    },
    platform: {
      test: { clientId: CLIENT_IDS.test, secretKey: KEYS.test },
      live: { clientId: CLIENT_IDS.live, secretKey: KEYS.live },
    },
    restrictedKeys: {
      test: { key: KEYS.restrictedTest, permissions: ['rak_customer_write', 'rak_invoice_read'] },
      live: { key: KEYS.restrictedLive, permissions: ['rak_customer_read'] },
    },
    customers: [
      {
        mode: 'test',
        id: 'cus_Ana',
        name: 'Ana Lima',
        email: 'ana@example.com',
        currency: 'usd',
        createdDaysAgo: 90,
        monthly: 4900,
      },
      {
        mode: 'test',
        id: 'cus_Ben',
        name: 'Ben O"Neil',
        email: 'ben@example.com',
        currency: 'eur',
        createdDaysAgo: 60,
        balance: -500,
        metadata: { plan: 'gold' },
      },
      {
        mode: 'test',
        id: 'cus_New',
        name: null,
        email: 'new@example.com',
        currency: null,
        createdDaysAgo: 1,
      },
      {
        mode: 'test',
        id: 'cus_Gone',
        name: 'Gone',
        email: 'gone@example.com',
        currency: 'usd',
        createdDaysAgo: 30,
        deleted: true,
      },
      {
        mode: 'live',
        id: 'cus_Live',
        name: 'Liv Ek',
        email: 'liv@example.com',
        currency: 'usd',
        createdDaysAgo: 10,
      },
    ],
  },
  advocate: {
    tenants: {
      test: { alias: 'test_shop', name: 'Shop', apiKey: '-', accountSid: '-', authToken: '-' },
      live: { alias: 'shop', name: 'Shop', apiKey: '-', accountSid: '-', authToken: '-' },
    },
    units: [],
    customFields: [],
    integrations: [],
    participants: [],
  },
};

/** A clock that moves only when a test moves it. */
export function createClock(at = Date.UTC(2026, 5, 15)) {
  let time = at;
  return {
    now: () => time,
    advance(ms: number) {
      time += ms;
    },
  };
}

/** One simulator for one test, with a clock, everything it exchanged, and the real SDK pointed at it. */
export async function startSandbox(options: Partial<StripeSimulatorOptions> = {}) {
  const clock = createClock();
  const exchanges: Exchange[] = [];
  const waiting: { until: (exchange: Exchange) => boolean; resolve: (exchange: Exchange) => void }[] = [];
  const sim = await startStripeSimulator({
    seed,
    now: clock.now,
    onExchange(exchange) {
      exchanges.push(exchange);
      for (const { until, resolve } of waiting) if (until(exchange)) resolve(exchange);
    },
    ...options,
  });
  onTestFinished(() => sim.close());

  const { hostname, port } = new URL(sim.url);
  const sdk = (apiKey: string = KEYS.restrictedTest, config: Stripe.StripeConfig = {}) =>
    new Stripe(apiKey, {
      host: hostname,
      port,
      protocol: 'http',
      telemetry: false,
      maxNetworkRetries: 0,
      httpClient: Stripe.createFetchHttpClient(),
      ...config,
    });

  return {
    sim,
    clock,
    exchanges,
    sdk,
    stripe: sdk(),
    /** The next exchange of this kind, once its fate is known. */
    exchange: (until: (exchange: Exchange) => boolean) =>
      new Promise<Exchange>((resolve) => waiting.push({ until, resolve })),
    books: (mode: 'test' | 'live' = 'test') => {
      const books = sim.state.accounts[ACCOUNT]?.books[mode];
      if (!books) throw new Error('The simulator lost its account.');
      return books;
    },
    /** A request that no SDK would send. */
    raw: (path: string, init: RequestInit & { key?: string } = {}) => {
      const { key = KEYS.restrictedTest, headers, ...rest } = init;
      return fetch(`${sim.url}${path}`, {
        redirect: 'manual',
        ...rest,
        headers: { authorization: `Bearer ${key}`, ...headers },
      });
    },
  };
}

/** What a promise was rejected with; fails when it was not. */
export async function rejection(promise: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  const outcome = await promise.then(
    () => 'resolved' as const,
    (error: unknown) => error,
  );
  if (outcome instanceof Stripe.errors.StripeError) return outcome;
  throw new Error(`Expected a Stripe error, got ${String(outcome)}`);
}

/** A header of the answer that an SDK object came in. */
export const header = ({ lastResponse }: Stripe.Response<object>, name: string) =>
  new Headers(lastResponse.headers).get(name);

/** The official schemas, which are not part of this repository; null when they are not at hand. */
export function readSpecification(name: string): unknown {
  const folder = process.env.SPECS_DIR ?? fileURLToPath(new URL('../../../shared/specs', import.meta.url));
  const file = join(folder, name);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}
