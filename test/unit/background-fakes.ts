/** An in-memory proxy behind a fetch function, and the few parts of a browser that the worker uses. */
import { IDBFactory } from 'fake-indexeddb';
import type { Outcome, RewardSeen, RewardsPage, Session } from '../../src/contract/routes.ts';
import 'fake-indexeddb/auto';

export const NOON = new Date(2026, 5, 15, 12).getTime();

/** Each test starts with an empty disk. */
export function emptyDisk(): void {
  globalThis.indexedDB = new IDBFactory();
}

export function seen(id: string, over: Partial<RewardSeen> = {}): RewardSeen {
  return {
    id,
    accountId: 'acc-1',
    userId: 'user-1',
    unit: 'STRIPE/USD',
    money: { amount: 2000, currency: 'USD' },
    state: 'ready',
    reason: null,
    facts: {},
    earnedAt: NOON - 86_400_000,
    ...over,
  };
}

export function page(rewards: RewardSeen[], over: Partial<RewardsPage> = {}): RewardsPage {
  return { rewards, after: 'c1', more: false, ...over };
}

export function outcome(reward: string, over: Partial<Outcome> = {}): Outcome {
  return {
    reward,
    state: 'redeemed',
    reason: null,
    facts: {},
    retryAt: null,
    money: { amount: 2000, currency: 'USD' },
    customer: 'cus_1',
    credit: { id: `cbtxn_${reward}`, requestId: 'req_1', before: 0, after: 2000 },
    ...over,
  };
}
export const unpaid = { money: null, customer: null, credit: null };

type ModeOver = { paused?: boolean; connected?: boolean; version?: number; units?: string[] };
export function sessionOf(over: ModeOver & { role?: 'admin' | 'support' } = {}): Session {
  const mode = (units: string[]) => ({
    advocate: { configured: true, tenant: 'tenant' },
    stripe: {
      via: 'connect' as const,
      connected: over.connected ?? true,
      account: 'acct_1',
      accountName: 'Shop',
      connectedAt: over.connected === false ? null : NOON,
      broken: null,
    },
    settings: {
      version: over.version ?? 1,
      turnedOnAt: NOON,
      units,
      paused: over.paused ?? false,
      currencyRule: 'confirm' as const,
      caps: {},
      backfill: {},
    },
    lease: { holder: null, until: null, mine: false },
    lastRun: null,
  });
  return {
    version: '0.1.0',
    role: over.role ?? 'admin',
    browser: { id: 'b1', name: 'Chrome on Linux' },
    modes: { test: mode(over.units ?? ['STRIPE/USD']), live: mode([]) },
  };
}

export const json = (body: unknown, status = 200) => Response.json(body, { status });
export const problem = (code: string, status: number) =>
  json({ type: 'about:blank', code, title: code, status }, status);

/** `cut` ends the body with a connection that breaks, `hang` never ends it. */
export function lines(values: unknown[], end: 'close' | 'cut' | 'hang', signal: AbortSignal): Response {
  const text = values.map((value) => (typeof value === 'string' ? value : `${JSON.stringify(value)}\n`));
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      signal.addEventListener('abort', () => controller.error(signal.reason));
      for (const line of text) controller.enqueue(new TextEncoder().encode(line));
    },
    pull(controller) {
      if (end === 'close') controller.close();
      if (end === 'cut') controller.error(new TypeError('network error'));
      return new Promise<void>(() => {});
    },
  });
  return new Response(body, { headers: { 'content-type': 'application/x-ndjson' } });
}

export type Asked = { method: string; path: string; query: URLSearchParams; body: unknown; headers: Headers };
type Answering = (asked: Asked, signal: AbortSignal) => Response | Promise<Response>;

/** Answers `METHOD /path` below /v1; a route that is not given fails the request as a dead proxy would. */
export function fakeProxy(routes: Record<string, Answering>) {
  const asked: Asked[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(String(input), {
      method: init?.method ?? 'GET',
      headers: new Headers(init?.headers),
      body: init?.body ?? null,
    });
    const url = new URL(request.url);
    const body: unknown = init?.body ? await request.json() : null;
    const one = {
      method: request.method,
      path: url.pathname.replace('/v1', ''),
      query: url.searchParams,
      body,
      headers: request.headers,
    };
    asked.push(one);
    const route = routes[`${one.method} ${one.path}`];
    if (!route) throw new TypeError('Failed to fetch');
    const signal = init?.signal ?? new AbortController().signal;
    const given = await Promise.race([
      route(one, signal),
      new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    ]);
    return given;
  };
  const to = (route: string) => asked.filter((one) => `${one.method} ${one.path}` === route);
  return { fetch, asked, to };
}

/** Rewards named in a `POST /credits`. */
export function rewardsIn(asked: Asked): string[] {
  const { body } = asked;
  if (typeof body !== 'object' || body === null || !('rewards' in body) || !Array.isArray(body.rewards))
    return [];
  return body.rewards.map(String);
}

export function fakeStorageArea() {
  const values = new Map<string, unknown>();
  return {
    values,
    async get(key: unknown): Promise<Record<string, unknown>> {
      return values.has(String(key)) ? { [String(key)]: structuredClone(values.get(String(key))) } : {};
    },
    async set(items: Record<string, unknown>): Promise<void> {
      for (const [key, value] of Object.entries(items)) values.set(key, structuredClone(value));
    },
    async remove(key: unknown): Promise<void> {
      values.delete(String(key));
    },
  };
}

/** A WebSocket that never opens by itself: a test plays the proxy. */
export class FakeSocket extends EventTarget {
  static all: FakeSocket[] = [];
  readonly url: string;
  readonly protocols: string[];
  readonly sent: unknown[] = [];
  closed = false;
  constructor(url: string, protocols: string[] = []) {
    super();
    this.url = url;
    this.protocols = protocols;
    FakeSocket.all.push(this);
  }
  send(data: unknown): void {
    this.sent.push(data);
  }
  close(): void {
    this.closed = true;
    this.dispatchEvent(new Event('close'));
  }
  /** The proxy says something. */
  says(data: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data }));
  }
}

export function fakeEvent<L extends (...given: never[]) => unknown>() {
  const listeners: L[] = [];
  return { listeners, addListener: (listener: L) => void listeners.push(listener) };
}

type Listener = (...given: unknown[]) => unknown;

/** The browser as the worker sees it. `told` collects what extension pages would hear. */
export function fakeBrowser(over: { allowed?: boolean; alarm?: boolean } = {}) {
  const local = fakeStorageArea();
  const session = fakeStorageArea();
  const alarms = new Map<string, { name: string; scheduledTime: number; periodInMinutes?: number }>();
  if (over.alarm) alarms.set('drain', { name: 'drain', scheduledTime: NOON + 1000 });
  const told: unknown[] = [];
  const waiting = new Set<() => void>();
  const badge = { text: '', title: '', color: '' };
  /** What a person lets the extension do; `data` is the list that Firefox alone has. */
  const permitted = { proxy: over.allowed ?? true, data: null as string[] | null };
  const events = {
    onMessage: fakeEvent<Listener>(),
    onInstalled: fakeEvent<Listener>(),
    onStartup: fakeEvent<Listener>(),
    onAlarm: fakeEvent<Listener>(),
    onAdded: fakeEvent<Listener>(),
    onRemoved: fakeEvent<Listener>(),
  };
  const calls = { create: 0, accessLevel: '' };
  const browser = {
    runtime: {
      id: 'abcdef',
      getURL: (path: string) => `chrome-extension://abcdef/${path}`,
      getPlatformInfo: async () => ({ os: 'linux', arch: 'x86-64' }),
      async sendMessage(message: unknown) {
        told.push(structuredClone(message));
        for (const wake of waiting) wake();
        throw new Error('Could not establish connection. Receiving end does not exist.');
      },
      ...events,
    },
    storage: {
      local: {
        ...local,
        async setAccessLevel({ accessLevel }: { accessLevel: string }) {
          calls.accessLevel = accessLevel;
        },
      },
      session,
    },
    alarms: {
      get: async (name: string) => alarms.get(name),
      async create(name: string, { periodInMinutes }: { periodInMinutes: number }) {
        calls.create += 1;
        alarms.set(name, { name, scheduledTime: NOON + periodInMinutes * 60_000, periodInMinutes });
      },
      onAlarm: events.onAlarm,
    },
    action: {
      async setBadgeText(given: { text: string }) {
        Object.assign(badge, given);
      },
      async setTitle(given: { title: string }) {
        Object.assign(badge, given);
      },
      async setBadgeBackgroundColor(given: { color: string }) {
        Object.assign(badge, given);
      },
    },
    permissions: {
      contains: async () => permitted.proxy,
      getAll: async () => (permitted.data ? { data_collection: permitted.data } : {}),
      onAdded: events.onAdded,
      onRemoved: events.onRemoved,
    },
  };
  /** Resolves once something the pages heard fits. */
  async function heard<T>(pick: (message: unknown) => T | undefined): Promise<T> {
    for (;;) {
      for (const message of told.toReversed()) {
        const picked = pick(message);
        if (picked !== undefined) return picked;
      }
      await new Promise<void>((resolve) => {
        const wake = () => {
          waiting.delete(wake);
          resolve();
        };
        waiting.add(wake);
      });
    }
  }
  return { browser, local, session, alarms, told, badge, calls, events, permitted, heard };
}
