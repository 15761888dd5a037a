import type { HttpBindings } from '@hono/node-server';
import type { Caller } from './auth.ts';
import type { Fault } from './faults.ts';
import type { Records, Tenant } from './state.ts';

/** What every route below `/api/v1/{tenant}` is given. Writes go to `tenant`, reads come from `reads`. */
export type RequestEnv = {
  Bindings: Partial<HttpBindings>;
  Variables: {
    tenant: Tenant;
    caller: Caller;
    reads: Records;
    /** The fault that struck this request, if any. */
    fault?: Fault;
    /** The connection was cut instead of answered. */
    cut?: boolean;
  };
};
