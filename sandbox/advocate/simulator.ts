import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import type { Mode } from '../../src/contract/words.ts';
import { MODES } from '../../src/contract/words.ts';
import type { Exchange } from '../exchange.ts';
import type { Seed } from '../seed.ts';
import { type Actors, createActors } from './actors.ts';
import { apiRoutes } from './api.ts';
import { type Fault, Faults, readFault } from './faults.ts';
import { errorAnswer, misbehave, report } from './http.ts';
import { pageRoutes } from './pages.ts';
import type { RequestEnv } from './request.ts';
import { type AdvocateState, snapshot } from './snapshot.ts';
import { copyRecords, remember, type Tenant, tenantsFromSeed } from './state.ts';
import { Webhooks } from './webhooks.ts';

export type AdvocateOptions = {
  seed: Seed;
  now?: () => number;
  onExchange?: (exchange: Exchange) => void;
  /** Milliseconds to wait before each answer. */
  latency?: () => number;
  /** What an hour between two tries of a webhook lasts. */
  webhookRetryMs?: number;
};
export type SimulatorOptions = AdvocateOptions & {
  /** 0, and without it, any free port. */
  port?: number;
};

/** Advocate as a value: no port. */
export type AdvocateValue = Actors & {
  readonly state: AdvocateState;
  inject(fault: Fault): string;
  clearFaults(): void;
  app: Hono<RequestEnv>;
  publicKeyJwks: Webhooks['jwks'];
  /** What a person does in Advocate's settings: from now on this address is told what happens. */
  subscribe(mode: Mode, endpointUrl: string): void;
  /** Once every webhook under way has been answered. */
  webhooksIdle(): Promise<void>;
  closeWebhooks(): void;
};
export type AdvocateSimulator = AdvocateValue & { url: string; close(): Promise<void> };

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export async function createAdvocate(options: AdvocateOptions): Promise<AdvocateValue> {
  const { seed, now = Date.now, onExchange, latency } = options;
  const tenants = tenantsFromSeed(seed, now());
  const faults = new Faults();
  const webhooks = await Webhooks.create(faults, now, options.webhookRetryMs);
  for (const mode of MODES) webhooks.learn(tenants[mode]);

  const changed = (tenant: Tenant) => {
    if (!faults.has('stale-read')) tenant.history = null;
    remember(tenant, now());
    webhooks.announce(tenant);
  };
  const inject = (fault: Fault) => {
    if (fault.fault === 'stale-read')
      for (const mode of MODES) tenants[mode].history ??= [{ at: 0, records: copyRecords(tenants[mode]) }];
    return faults.inject(fault);
  };
  const clearFaults = () => {
    faults.clear();
    for (const mode of MODES) tenants[mode].history = null;
  };
  const state = (): AdvocateState => {
    const of = (mode: Mode) => snapshot(tenants[mode], now());
    return { test: of('test'), live: of('live') };
  };

  const app = new Hono<RequestEnv>();
  app.onError(errorAnswer);
  if (onExchange) for (const path of ['/api/*', '/.well-known/*']) app.use(path, report(onExchange));
  if (latency)
    app.use('/api/*', async (_, next) => {
      await wait(latency());
      await next();
    });
  app.use('/api/*', misbehave(faults));
  app.get('/.well-known/jwks.json', (c) => c.json(webhooks.jwks));
  app.route('/api/v1', apiRoutes({ tenants, webhooks, now, changed }));
  app.route('/', pageRoutes({ tenants, now, changed }));

  app.get('/_sandbox/state', (c) => c.json({ ...state(), faults: faults.list() }));
  app.post('/_sandbox/faults', async (c) => {
    try {
      return c.json({ id: inject(readFault(await c.req.json())) }, 201);
    } catch (error) {
      return c.json({ message: error instanceof Error ? error.message : String(error) }, 400);
    }
  });
  app.delete('/_sandbox/faults', (c) => {
    clearFaults();
    return c.body(null, 204);
  });

  return {
    ...createActors(tenants, now, changed),
    get state() {
      return state();
    },
    inject,
    clearFaults,
    app,
    publicKeyJwks: webhooks.jwks,
    subscribe(mode, endpointUrl) {
      webhooks.subscribed(tenants[mode]);
      tenants[mode].subscriptions.set(endpointUrl, { endpointUrl, name: null });
    },
    webhooksIdle: () => webhooks.idle(),
    closeWebhooks: () => webhooks.close(),
  };
}

export async function startAdvocateSimulator(options: SimulatorOptions): Promise<AdvocateSimulator> {
  const advocate = await createAdvocate(options);
  const server = serve({ fetch: advocate.app.fetch, port: options.port ?? 0, hostname: '127.0.0.1' });
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
  });
  const { port } = server.address() as AddressInfo;
  return {
    ...advocate,
    // A spread would keep the state of this moment.
    get state() {
      return advocate.state;
    },
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      advocate.closeWebhooks();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      });
    },
  };
}
