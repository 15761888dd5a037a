import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { onTestFinished } from 'vitest';
import { listen } from '../../sandbox/listen.ts';
import type { Sandbox } from '../../sandbox/start.ts';

/** Stripe, except that its answer to a new credit stays away until it is let go. The credit itself is made. */
export function holdCredits() {
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  return {
    async before({ stripe }: Sandbox): Promise<string> {
      const answer = getRequestListener(async (request) => {
        const response = await stripe.app.fetch(request);
        if (request.method === 'POST' && request.url.endsWith('/balance_transactions')) {
          held.resolve();
          await released.promise;
        }
        return response;
      });
      const { port, close } = await listen(createServer(answer), 0);
      onTestFinished(close);
      return `http://127.0.0.1:${port}`;
    },
    /** Resolves when the first credit is made and its answer held. */
    made: held.promise,
    letGo: released.resolve,
  };
}
