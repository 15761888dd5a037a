import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context, MiddlewareHandler } from 'hono';
import type { Exchange } from '../exchange.ts';
import { AdvocateError, unauthorized } from './errors.ts';
import type { Fault, Faults } from './faults.ts';
import { readGraphQL } from './graphql.ts';
import type { RequestEnv } from './request.ts';

type Ctx = Context<RequestEnv>;

export const errorAnswer = (error: unknown): Response => {
  if (error instanceof AdvocateError) return Response.json(error.toBody(), { status: error.statusCode });
  console.error('Advocate simulator:', error);
  return Response.json(failure().toBody(), { status: 500 });
};

const failure = () => new AdvocateError(500, 'UNHANDLED_EXCEPTION', 'Something went wrong.');

const BAD_GATEWAY =
  '<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>';

function cut(c: Ctx): Response {
  c.set('cut', true);
  const socket = c.env?.outgoing?.socket;
  socket?.resetAndDestroy();
  return socket ? RESPONSE_ALREADY_SENT : new Response(null, { status: 599 });
}

/** Until the client gives up; at once where no socket is behind the request. */
function clientGone(c: Ctx): Promise<void> {
  const outgoing = c.env?.outgoing;
  if (!outgoing || outgoing.closed || outgoing.destroyed) return Promise.resolve();
  return new Promise((resolve) => outgoing.once('close', resolve));
}

async function operationOf(c: Ctx): Promise<string | null> {
  if (c.req.method !== 'POST' || !c.req.path.endsWith('/graphql')) return null;
  try {
    const body: unknown = await c.req.json();
    return readGraphQL(body)?.operationName ?? null;
  } catch {
    return null;
  }
}

async function strike(
  c: Ctx,
  { fault, retryAfter }: Fault,
  next: () => Promise<void>,
): Promise<Response | null> {
  switch (fault) {
    case 'reset-before':
      return cut(c);
    case 'reset-after-commit':
      await next();
      return cut(c);
    case 'timeout':
      await clientGone(c);
      return cut(c);
    case 'error-500':
      return errorAnswer(failure());
    case 'error-500-after-commit':
      await next();
      return Response.json(failure().toBody(), { status: 500 });
    case 'html-502':
      return c.html(BAD_GATEWAY, 502);
    case 'rate-limited': {
      const body = new AdvocateError(429, 'RATE_LIMITED', 'Too many requests.', 'RS033').toBody();
      const headers: Record<string, string> = {};
      if (retryAfter !== undefined) headers['Retry-After'] = String(retryAfter);
      return Response.json(body, { status: 429, headers });
    }
    case 'unauthorized':
      return errorAnswer(unauthorized('This API key was revoked.'));
    default:
      return null;
  }
}

export function misbehave(faults: Faults): MiddlewareHandler<RequestEnv> {
  return async (c, next) => {
    const operation = await operationOf(c);
    const fault = faults.strike({ method: c.req.method, path: c.req.path, operation });
    if (!fault) return next();
    c.set('fault', fault);
    const instead = await strike(c, fault, next);
    if (instead === null) return next();
    // Hono would merge the headers of the answer that is thrown away into the one that replaces it.
    c.res = undefined;
    c.res = instead;
  };
}

/** Tells what came and what was answered, also when the answer was cut off. */
export function report(onExchange: (exchange: Exchange) => void): MiddlewareHandler<RequestEnv> {
  return async (c, next) => {
    const requestBody = await c.req.text();
    const { pathname, search } = new URL(c.req.url);
    await next();
    const wasCut = c.get('cut') === true;
    onExchange({
      service: 'advocate',
      method: c.req.method,
      path: pathname,
      query: search.slice(1),
      requestHeaders: c.req.header(),
      requestBody,
      status: wasCut ? null : c.res.status,
      responseHeaders: wasCut ? {} : Object.fromEntries(c.res.headers),
      responseBody: wasCut ? '' : await c.res.clone().text(),
    });
  };
}
