/** Asked by Stripe and Advocate themselves: the signature is what proves it, so there is no token. */
import { Hono } from 'hono';
import * as v from 'valibot';
import { SIGNATURE_HEADER } from '../advocate-signature.ts';
import { hearAdvocateEvent, readAdvocateEvent } from '../advocate-webhook.ts';
import type { Parts } from '../parts.ts';
import { hearStripeEvent, readStripeEvent } from '../stripe-webhook.ts';
import { about, type Env, noQuery } from './common.ts';

const Received = v.object({ received: v.literal(true) });
const received = { received: true } as const;

export function webhookRoutes(parts: Parts) {
  const { log, hints } = parts;
  return new Hono<Env>()
    .post(
      '/webhooks/stripe',
      about('What Stripe tells by itself: that access was taken back, that a customer changed', Received),
      noQuery,
      async (c) => {
        const body = new Uint8Array(await c.req.arrayBuffer());
        const signed = await readStripeEvent(parts, body, c.req.header('stripe-signature'));
        const heard = await hearStripeEvent(parts, signed);
        if (heard !== null) hints.written();
        const { id, type } = signed.event;
        log.info({ requestId: c.var.requestId, event: id, type, ...heard }, 'heard from Stripe');
        return c.json(received);
      },
    )
    .post(
      '/webhooks/advocate',
      about('What Advocate tells by itself: that there may be a new reward', Received),
      noQuery,
      async (c) => {
        const body = new Uint8Array(await c.req.arrayBuffer());
        const known = await readAdvocateEvent(parts, body, c.req.header(SIGNATURE_HEADER));
        const isNews = await hearAdvocateEvent(parts, known);
        if (isNews) hints.written();
        const { mode, event } = known;
        log.info(
          { requestId: c.var.requestId, event: event.id, type: event.type, mode, isNews },
          'heard from Advocate',
        );
        return c.json(received);
      },
    );
}
