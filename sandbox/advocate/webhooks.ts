import { createHmac, randomUUID } from 'node:crypto';
import { CompactSign, type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { Faults } from './faults.ts';
import { restReward } from './rest-bodies.ts';
import { accountCredit, isAvailable } from './rewards.ts';
import type { Delivery, Reward, Tenant } from './state.ts';

const KEY_ID = 'sandbox-webhooks-1';
const MOST_ATTEMPTS = 72;
/** What `webhook-stale` means unless it says how long: past what any retry can be. */
const LONG_AGO_MS = 30 * 86_400_000;
/** Advocate retries hourly; an hour lasts this long here unless told otherwise. */
const RETRY_MS = 5_000;

const isLoopback = (url: string) => {
  try {
    return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);
  } catch {
    return false;
  }
};

/** Made once, since that takes long, and who has many simulators in one process needs no more than one. */
let keys: ReturnType<typeof makeKeys> | null = null;
async function makeKeys() {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  return {
    jwk: { ...(await exportJWK(publicKey)), kid: KEY_ID, alg: 'RS256', use: 'sig' },
    privateKey,
  };
}

/** Signs and delivers: at least once, in no promised order. */
export class Webhooks {
  readonly jwks: { keys: JWK[] };
  readonly #key: CryptoKey;
  readonly #faults: Faults;
  readonly #now: () => number;
  readonly #retryMs: number;
  readonly #timers = new Set<NodeJS.Timeout>();
  #running = new Set<Promise<void>>();
  /** Held back so that the next one overtakes it. */
  #held: (() => void) | null = null;
  #version = 0;
  #closed = false;
  /** Tenants of whom nothing was told since their last subscription ended. */
  readonly #unheard = new Set<Tenant>();
  /** What each reward looked like when it was last told about. */
  readonly #told = new Map<string, { available: boolean; left: number }>();

  private constructor(jwk: JWK, key: CryptoKey, faults: Faults, now: () => number, retryMs: number) {
    this.jwks = { keys: [jwk] };
    this.#key = key;
    this.#faults = faults;
    this.#now = now;
    this.#retryMs = retryMs;
  }

  static async create(faults: Faults, now: () => number, retryMs = RETRY_MS): Promise<Webhooks> {
    keys ??= makeKeys();
    const { jwk, privateKey } = await keys;
    return new Webhooks(jwk, privateKey, faults, now, retryMs);
  }

  /** Takes the present as told, so that only what changes from here on is sent. */
  learn(tenant: Tenant): void {
    for (const reward of tenant.rewards.values()) this.#told.set(reward.id, this.#look(reward));
  }

  /** Somebody begins to listen: what happened while nobody did is not told. */
  subscribed(tenant: Tenant): void {
    if (this.#unheard.delete(tenant)) this.learn(tenant);
  }

  /** Compares with what was told, and sends the difference: also what only the clock has changed. */
  announce(tenant: Tenant): void {
    // While nobody listens it is not looked up what to tell, since there may be very many rewards.
    if (tenant.subscriptions.size === 0) {
      this.#unheard.add(tenant);
      return;
    }
    // Whoever subscribed in another way.
    if (this.#unheard.delete(tenant)) {
      this.learn(tenant);
      return;
    }
    const balances = new Map<string, Reward>();
    for (const reward of tenant.rewards.values()) {
      const before = this.#told.get(reward.id) ?? { available: false, left: 0 };
      const after = this.#look(reward);
      if (before.available === after.available && before.left === after.left) continue;
      this.#told.set(reward.id, after);
      const firstTime = after.available && !before.available && reward.redeemed === 0;
      if (firstTime) this.send(tenant, 'reward.created', restReward(reward, this.#now()));
      if (reward.type === 'CREDIT')
        balances.set(JSON.stringify([reward.accountId, reward.userId, reward.unit]), reward);
    }
    for (const { accountId, userId, unit } of balances.values()) {
      this.#version += 1;
      this.send(tenant, 'user.reward.balance.changed', {
        userId,
        accountId,
        unit,
        availableValue: accountCredit(tenant, accountId, unit, this.#now()),
        resourceVersion: this.#version,
      });
    }
  }

  send(tenant: Tenant, type: string, data: Record<string, unknown>, only?: string): void {
    const id = randomUUID();
    const created = this.#now();
    for (const { endpointUrl } of tenant.subscriptions.values()) {
      if (only !== undefined && only !== endpointUrl) continue;
      if (this.#faults.strikeWebhook('webhook-lost')) continue;
      const stale = this.#faults.strikeWebhook('webhook-stale');
      const at = stale === null ? created : created - (stale.staleMs ?? LONG_AGO_MS);
      const delivery: Delivery = { id, type, created: at, data, endpointUrl, attempts: [] };
      tenant.deliveries.push(delivery);
      this.#order(() => this.#start(tenant, delivery));
    }
  }

  /** Resolves once nothing is under way; retries to come are not waited for. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #look(reward: Reward) {
    const available = isAvailable(reward, this.#now());
    return { available, left: available ? reward.value - reward.redeemed : 0 };
  }

  #order(start: () => void): void {
    if (this.#held === null && this.#faults.strikeWebhook('webhook-reorder')) {
      this.#held = start;
      return;
    }
    start();
    const held = this.#held;
    this.#held = null;
    held?.();
    if (this.#faults.strikeWebhook('webhook-duplicate')) start();
  }

  #start(tenant: Tenant, delivery: Delivery): void {
    const run = this.#attempt(tenant, delivery).finally(() => this.#running.delete(run));
    this.#running.add(run);
  }

  async #attempt(tenant: Tenant, delivery: Delivery): Promise<void> {
    const status = isLoopback(delivery.endpointUrl) ? await this.#post(tenant, delivery) : null;
    delivery.attempts.push({ at: this.#now(), status });
    if (status === 200 || this.#closed || delivery.attempts.length >= MOST_ATTEMPTS) return;
    if (!isLoopback(delivery.endpointUrl)) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#start(tenant, delivery);
    }, this.#retryMs);
    timer.unref();
    this.#timers.add(timer);
  }

  async #post(tenant: Tenant, { id, type, created, data, endpointUrl }: Delivery): Promise<number | null> {
    const live = tenant.mode === 'live';
    const body = JSON.stringify({ id, type, tenantAlias: tenant.alias, live, created, data });
    const signed = await new CompactSign(new TextEncoder().encode(body))
      .setProtectedHeader({
        alg: 'RS256',
        kid: this.#faults.strikeWebhook('webhook-unknown-key') ? 'of-nobody' : KEY_ID,
      })
      .sign(this.#key);
    const [header, , good = ''] = signed.split('.');
    // Of the right length and by nobody.
    const signature = this.#faults.strikeWebhook('webhook-signature')
      ? good.split('').reverse().join('')
      : good;
    const headers = {
      'content-type': 'application/json',
      'X-Hook-JWS-RFC-7797': `${header}..${signature}`,
      'X-Hook-Signature': createHmac('sha1', tenant.apiKey).update(body).digest('base64'),
    };
    try {
      const signal = AbortSignal.timeout(10_000);
      const answer = await fetch(endpointUrl, { method: 'POST', headers, body, signal, redirect: 'manual' });
      await answer.body?.cancel();
      return answer.status;
    } catch {
      return null;
    }
  }
}
