import { Hono } from 'hono';
import type { Mode } from '../../src/contract/words.ts';
import { identify } from './auth.ts';
import { AdvocateError, badRequest } from './errors.ts';
import { answerGraphQL, readGraphQL } from './graphql.ts';
import { errorAnswer } from './http.ts';
import type { RequestEnv } from './request.ts';
import { restRoutes } from './rest.ts';
import type { Records, Tenant } from './state.ts';
import type { Webhooks } from './webhooks.ts';

export type ApiOptions = {
  tenants: Record<Mode, Tenant>;
  webhooks: Webhooks;
  now: () => number;
  /** After every request that may have changed something. */
  changed: (tenant: Tenant) => void;
};

/** The records as they stood `staleMs` ago, as far as they were kept. */
function lagging(tenant: Tenant, staleMs: number, now: number): Records {
  const old = tenant.history?.filter((h) => h.at <= now - staleMs).at(-1);
  return old?.records ?? tenant;
}

/** Everything below `/api/v1/{tenant}`: whose tenant, who asks, what is read, then the route. */
export function apiRoutes({ tenants, webhooks, now, changed }: ApiOptions): Hono<RequestEnv> {
  const app = new Hono<RequestEnv>();
  app.onError(errorAnswer);

  app.use('/:tenant/*', async (c, next) => {
    const tenant = [tenants.test, tenants.live].find((t) => t.alias === c.req.param('tenant'));
    if (!tenant) throw new AdvocateError(404, 'NOT_FOUND', 'There is no such tenant.', 'RS015');
    // The clock alone makes rewards available or expired; that is noticed at the next request.
    webhooks.announce(tenant);
    c.set('caller', await identify(tenant, c.req.raw.headers));
    c.set('tenant', tenant);
    const fault = c.get('fault');
    c.set('reads', fault?.fault === 'stale-read' ? lagging(tenant, fault.staleMs ?? 2_000, now()) : tenant);
    await next();
    if (c.req.method !== 'GET') changed(tenant);
  });

  app.post('/:tenant/graphql', async (c) => {
    const body: unknown = await c.req.json().catch(() => null);
    const request = readGraphQL(body);
    if (!request) throw badRequest('The body is not a GraphQL request.', 'INVALID_JSON_REQUEST');
    const { tenant, reads, caller } = c.var;
    const answer = await answerGraphQL(request, { tenant, reads, caller, now: now() });
    return c.body(JSON.stringify(answer), 200, { 'content-type': 'application/json' });
  });

  app.route('/:tenant', restRoutes(webhooks, now));
  return app;
}
