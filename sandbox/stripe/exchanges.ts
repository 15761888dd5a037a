import type { MiddlewareHandler } from 'hono';
import type { Exchange } from '../exchange.ts';
import type { Env } from './simulation.ts';
import { newId } from './state.ts';

/** Tells the listener of every request once, when its fate is known; the sandbox's own controls do not count. */
export function exchanges(onExchange?: (exchange: Exchange) => void): MiddlewareHandler<Env> {
  return async (c, next) => {
    c.set('requestId', newId('req', 14));
    // Read here, so that what a fault cuts off is known as well.
    if (onExchange) c.set('requestBody', await c.req.text());
    await next();
    if (!onExchange || c.req.path.startsWith('/_sandbox/')) return;
    const cut: boolean | undefined = c.get('cut');
    onExchange({
      service: 'stripe',
      method: c.req.method,
      path: c.req.path,
      query: new URL(c.req.url).search.slice(1),
      requestHeaders: Object.fromEntries(c.req.raw.headers),
      requestBody: c.get('requestBody') ?? '',
      status: cut ? null : c.res.status,
      responseHeaders: cut ? {} : Object.fromEntries(c.res.headers),
      responseBody: cut ? '' : await c.res.clone().text(),
    });
  };
}
