import type { HttpBindings } from '@hono/node-server';
import type { Mode } from '../../src/contract/words.ts';
import type { Seed } from '../seed.ts';
import type { Connections } from './connections.ts';
import type { Fault, Faults } from './faults.ts';
import type { Limits, RateLimiter } from './rate-limits.ts';
import type { SearchIndex } from './search-index.ts';
import type { StripeState } from './state.ts';
import type { Endpoint, Webhooks } from './webhooks.ts';

export type Settings = {
  /** How long a change stays invisible to search. */
  searchLagMs: number;
  /** How long an idempotency key is remembered. */
  pruneAfterMs: number;
};

/** What the parts of one running simulator share. */
export type Simulation = {
  seed: Seed['stripe'];
  state: StripeState;
  settings: Settings;
  limits: Limits;
  rates: RateLimiter;
  faults: Faults;
  connections: Connections;
  webhooks: Webhooks;
  /** Where webhooks go in this mode from now on. */
  listen: (mode: Mode, endpoint: Endpoint) => void;
  /** A person takes the platform's access back: it ends, and whoever listens is told. */
  revoke: (account: string, mode: Mode) => boolean;
  index: SearchIndex;
  /** Customers a write is working on: `acct_…/test/cus_…`. */
  locks: Set<string>;
  /** Milliseconds; time itself can be set by a test. */
  now: () => number;
  /** Milliseconds before an operation is executed and answered. */
  latency: () => number;
  publicUrl: () => string;
};

export const seconds = (sim: Pick<Simulation, 'now'>) => Math.floor(sim.now() / 1000);

/** Hono's types for a request: Node's own objects below it, and what one step tells the next. */
export type Env = {
  /** Absent when another front hands requests to `app.fetch`. */
  Bindings: Partial<HttpBindings> | undefined;
  Variables: {
    requestId: string;
    requestBody: string;
    /** Set when the connection was cut instead of answered. */
    cut: boolean;
    fault: Fault;
  };
};
