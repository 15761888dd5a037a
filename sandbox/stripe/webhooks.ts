import { createHmac } from 'node:crypto';
import type { Mode } from '../../src/contract/words.ts';
import { newId } from './state.ts';

/** What the sandbox signs with unless an endpoint brings its own secret. */
export const WEBHOOK_SECRETS: Record<Mode, string> = {
  test: 'whsec_sandboxTestNotARealSecret',
  live: 'whsec_sandboxLiveNotARealSecret',
};

export type Endpoint = {
  url: string;
  secret?: string;
  /** For an endpoint that listens on no port. */
  fetch?: (url: string, init: RequestInit) => Response | Promise<Response>;
};
export type WebhookEvent = {
  id: string;
  object: 'event';
  account: string;
  api_version: string;
  created: number;
  livemode: boolean;
  pending_webhooks: number;
  request: { id: null; idempotency_key: null };
  type: 'account.application.deauthorized';
  data: { object: { id: string; object: 'application'; name: string } };
};
/** `status` null when nobody answered. */
export type Delivery = { event: WebhookEvent; status: number | null };

export type Webhooks = ReturnType<typeof createWebhooks>;

/** Says what happened to whoever listens, signed as https://docs.stripe.com/webhooks/signature describes. */
export function createWebhooks(now: () => number) {
  const endpoints = new Map<Mode, Endpoint>();
  const deliveries: Delivery[] = [];
  const underWay = new Set<Promise<void>>();
  const seconds = () => Math.floor(now() / 1000);

  async function deliver(event: WebhookEvent, mode: Mode, { url, secret, fetch: send = fetch }: Endpoint) {
    const body = JSON.stringify(event, null, 2);
    const time = seconds();
    const signature = createHmac('sha256', secret ?? WEBHOOK_SECRETS[mode])
      .update(`${time}.${body}`)
      .digest('hex');
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': `t=${time},v1=${signature}`,
    };
    let status: number | null = null;
    try {
      status = (await send(url, { method: 'POST', headers, body })).status;
    } catch {
      // Nobody answered: Stripe would try again later; here a person sends it again.
    }
    deliveries.push({ event, status });
  }

  function send(event: WebhookEvent): void {
    const mode = event.livemode ? 'live' : 'test';
    const endpoint = endpoints.get(mode);
    if (!endpoint) return;
    const delivery = deliver(event, mode, endpoint).finally(() => underWay.delete(delivery));
    underWay.add(delivery);
  }

  return {
    deliveries,
    /** Where the platform listens for what happens at connected accounts in this mode. */
    listen: (mode: Mode, endpoint: Endpoint) => void endpoints.set(mode, endpoint),
    /** A person took the platform's access back. */
    deauthorized(account: string, mode: Mode, clientId: string): void {
      send({
        id: newId('evt', 24),
        object: 'event',
        account,
        api_version: '2026-10-28.endive',
        created: seconds(),
        livemode: mode === 'live',
        pending_webhooks: 1,
        request: { id: null, idempotency_key: null },
        type: 'account.application.deauthorized',
        data: { object: { id: clientId, object: 'application', name: 'Advocate Credits' } },
      });
    },
    /** The same event once more, signed anew, as Stripe does when it is not sure that it was heard. */
    resend: send,
    /** Resolves when nothing is on its way. */
    async settled(): Promise<void> {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
