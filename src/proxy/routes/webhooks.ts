/** Asked by Stripe itself: the signature is what proves it, so there is no token. */
import { Hono } from 'hono';
import * as v from 'valibot';
import type { Parts } from '../parts.ts';
import { hearStripeEvent, readStripeEvent } from '../stripe-webhook.ts';
import { about, type Env, noQuery } from './common.ts';

const Received = v.object({ received: v.literal(true) });

export function webhookRoutes(parts: Parts) {
  return new Hono<Env>().post(
    '/webhooks/stripe',
    about('What Stripe tells by itself: that access was taken back', Received),
    noQuery,
    async (c) => {
      const signed = readStripeEvent(parts, await c.req.text(), c.req.header('stripe-signature'));
      const heard = await hearStripeEvent(parts, signed);
      const { id, type } = signed.event;
      parts.log.info({ requestId: c.var.requestId, event: id, type, ...heard }, 'heard from Stripe');
      return c.json({ received: true } as const);
    },
  );
}
