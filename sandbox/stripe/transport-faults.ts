import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context, MiddlewareHandler } from 'hono';
import { serverError } from './errors.ts';
import { STRIPE_FAULTS, TRANSPORT_FAULTS } from './faults.ts';
import type { Env, Simulation } from './simulation.ts';

export const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** When the client has closed its side, or at once when the request did not come over a socket of ours. */
export function clientGone(c: Context<Env>): Promise<void> {
  const outgoing = c.env?.outgoing;
  if (!outgoing || outgoing.closed || outgoing.destroyed) return Promise.resolve();
  return new Promise((resolve) => outgoing.once('close', resolve));
}

/** A TCP reset, as a broken network or a killed server gives. */
export function cut(c: Context<Env>): Response {
  c.set('cut', true);
  const outgoing = c.env?.outgoing;
  if (!outgoing) return new Response(new ReadableStream({ pull: (stream) => stream.error('cut') }));
  outgoing.socket?.resetAndDestroy();
  return RESPONSE_ALREADY_SENT;
}

async function halfThenCut(c: Context<Env>, stallMs: number): Promise<Response> {
  const outgoing = c.env?.outgoing;
  const body = await c.res.text();
  if (outgoing) {
    const length = String(Buffer.byteLength(body));
    outgoing.writeHead(c.res.status, { ...Object.fromEntries(c.res.headers), 'content-length': length });
    outgoing.write(body.slice(0, body.length / 2));
    await Promise.race([wait(stallMs), clientGone(c)]);
  }
  return cut(c);
}

const BAD_GATEWAY =
  '<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>';

/** Faults between client and Stripe: they neither know nor care what the request means. */
export function transportFaults(sim: Simulation, kinds: 'all' | 'transport'): MiddlewareHandler<Env> {
  const known = kinds === 'all' ? [...TRANSPORT_FAULTS, ...STRIPE_FAULTS] : TRANSPORT_FAULTS;
  return async (c, next) => {
    const fault = sim.faults.take(c.req.method, c.req.path, known);
    if (!fault) return next();
    c.set('fault', fault);
    const instead = (response: Response) => {
      // Hono merges the headers of an earlier answer into the next one, so the earlier one is dropped first.
      c.res = undefined;
      c.res = response;
    };
    switch (fault.fault) {
      case 'F1':
        return cut(c);
      case 'F2':
        await next();
        return instead(cut(c));
      case 'F3':
        await next();
        return instead(await halfThenCut(c, fault.stallMs));
      case 'F4':
        await next();
        await clientGone(c);
        return instead(cut(c));
      case 'F5':
        throw serverError();
      case 'F26':
        if (fault.commit) await next();
        throw serverError({ 'Stripe-Should-Retry': 'false' });
      case 'F27':
        if (fault.commit) await next();
        return instead(c.html(BAD_GATEWAY, 502));
      case 'F28':
        if (fault.commit) await next();
        return instead(c.redirect(`${sim.publicUrl()}/_sandbox/elsewhere${c.req.path}`, 307));
      default:
        return next();
    }
  };
}
