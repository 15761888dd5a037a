/** How long a client may take, so that slow ones do not keep the proxy from the others. */
import type { ServerOptions } from 'node:http';

export const PATIENCE = {
  /** Until the headers are there. */
  headersTimeout: 10_000,
  /** Until the whole request is there: 64 kB at most. */
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  /** How often it is looked who took too long. */
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16 * 1024,
} as const satisfies ServerOptions;
