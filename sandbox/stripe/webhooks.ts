import { createHmac } from 'node:crypto';
import type { Mode } from '../../src/contract/words.ts';
import { newId } from './state.ts';

/** What the sandbox signs with unless an endpoint brings its own secret. */
export const WEBHOOK_SECRETS: Record<Mode, string> = {
  test: 'whsec_sandboxTestNotARealSecret',
  live: 'whsec_sandboxLiveNotARealSecret',
};

export const EVENT_TYPES = [
  'account.application.deauthorized',
  'customer.deleted',
  'customer.updated',
] as const;
type EventType = (typeof EVENT_TYPES)[number];

export type Endpoint = {
  url: string;
  secret?: string;
  /** What it wants to hear; that access was taken back, unless it says otherwise. */
  events?: readonly EventType[];
  /** Of the account itself instead of connected accounts: its events name no account. */
  own?: boolean;
  /** For an endpoint that listens on no port. */
  fetch?: (url: string, init: RequestInit) => Response | Promise<Response>;
};
type WebhookEvent = {
  id: string;
  object: 'event';
  account?: string;
  api_version: string;
  created: number;
  livemode: boolean;
  pending_webhooks: number;
  request: { id: null; idempotency_key: null };
  type: EventType;
  data: { object: Record<string, unknown>; previous_attributes?: Record<string, unknown> };
};
/** `status` null when nobody answered. */
export type Delivery = { event: WebhookEvent; status: number | null };

/**
 * What can go wrong with the next delivery: sent twice, overtaken by the next one, signed with another secret, signed
 * long ago, never sent.
 */
export const WEBHOOK_FAULTS = ['duplicate', 'reorder', 'signature', 'stale', 'lost'] as const;
export type WebhookFault = (typeof WEBHOOK_FAULTS)[number];

export type Webhooks = ReturnType<typeof createWebhooks>;

const MOST_ATTEMPTS = 16;
const LONG_AGO_S = 3600;

/**
 * Says what happened to whoever listens, signed as https://docs.stripe.com/webhooks/signature describes.
 * @param retryMs what the hours between two tries last; without it nothing is tried again.
 */
export function createWebhooks(now: () => number, retryMs?: number) {
  const endpoints = new Map<Mode, Endpoint>();
  const deliveries: Delivery[] = [];
  const underWay = new Set<Promise<void>>();
  const timers = new Set<NodeJS.Timeout>();
  const faults: WebhookFault[] = [];
  let held: (() => void) | null = null;
  let closed = false;
  const seconds = () => Math.floor(now() / 1000);
  const strikes = (fault: WebhookFault) => {
    const at = faults.indexOf(fault);
    if (at >= 0) faults.splice(at, 1);
    return at >= 0;
  };

  async function deliver(event: WebhookEvent, mode: Mode, endpoint: Endpoint, attempt = 1): Promise<void> {
    const { url, secret = WEBHOOK_SECRETS[mode], fetch: send = fetch } = endpoint;
    const body = JSON.stringify(event, null, 2);
    const time = strikes('stale') ? seconds() - LONG_AGO_S : seconds();
    const signature = createHmac('sha256', strikes('signature') ? 'whsec_ofSomebodyElse' : secret)
      .update(`${time}.${body}`)
      .digest('hex');
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': `t=${time},v1=${signature}`,
    };
    let status: number | null = null;
    try {
      const answer = await send(url, { method: 'POST', headers, body, redirect: 'manual' });
      await answer.body?.cancel();
      status = answer.status;
    } catch {
      // Nobody answered.
    }
    deliveries.push({ event, status });
    const heard = status !== null && status >= 200 && status < 300;
    if (heard || closed || retryMs === undefined || attempt >= MOST_ATTEMPTS) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      start(() => deliver(event, mode, endpoint, attempt + 1));
    }, retryMs);
    timer.unref();
    timers.add(timer);
  }

  function start(work: () => Promise<void>): void {
    const run = work().finally(() => underWay.delete(run));
    underWay.add(run);
  }

  function send(event: WebhookEvent): void {
    const mode = event.livemode ? 'live' : 'test';
    const endpoint = endpoints.get(mode);
    if (!endpoint || strikes('lost')) return;
    const go = () => start(() => deliver(event, mode, endpoint));
    if (held === null && strikes('reorder')) {
      held = go;
      return;
    }
    go();
    const overtaken = held;
    held = null;
    overtaken?.();
    if (strikes('duplicate')) go();
  }

  function tell(account: string, mode: Mode, type: EventType, data: WebhookEvent['data']): void {
    const endpoint = endpoints.get(mode);
    const wanted = endpoint?.events ?? ['account.application.deauthorized'];
    if (endpoint === undefined || !wanted.includes(type)) return;
    send({
      id: newId('evt', 24),
      object: 'event',
      ...(!endpoint.own && { account }),
      api_version: '2026-10-28.endive',
      created: seconds(),
      livemode: mode === 'live',
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      type,
      data,
    });
  }

  return {
    deliveries,
    /** Where the platform listens for what happens at connected accounts in this mode. */
    listen: (mode: Mode, endpoint: Endpoint) => void endpoints.set(mode, endpoint),
    endpoint: (mode: Mode) => endpoints.get(mode),
    /** What the next deliveries suffer, each fault once. */
    misbehave: (...these: WebhookFault[]) => void faults.push(...these),
    tell,
    /** A person took the platform's access back. */
    deauthorized: (account: string, mode: Mode, clientId: string) =>
      tell(account, mode, 'account.application.deauthorized', {
        object: { id: clientId, object: 'application', name: 'Advocate Credits' },
      }),
    /** The same event once more, signed anew, as Stripe does when it is not sure that it was heard. */
    resend: send,
    /** Resolves when nothing is on its way; tries to come are not waited for. */
    async settled(): Promise<void> {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    close(): void {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
