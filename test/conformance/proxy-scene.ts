/** Both simulators with the whole seed, and the proxy before them; everything that passes between is kept. */
import { startAdvocateSimulator } from '../../sandbox/advocate/simulator.ts';
import type { Exchange } from '../../sandbox/exchange.ts';
import { readSeed, type Seed } from '../../sandbox/seed.ts';
import { startStripeSimulator } from '../../sandbox/stripe/simulator.ts';
import type { Mode } from '../../src/contract/words.ts';
import { createApp } from '../../src/proxy/app.ts';
import { openDatabase } from '../../src/proxy/database.ts';
import { readEnvironment, secretsOf } from '../../src/proxy/environment.ts';
import { createLog } from '../../src/proxy/log.ts';
import { createParts } from '../../src/proxy/parts.ts';
import { type Fields, isFields, parseJson } from './finding.ts';
import type { Gathered } from './gathered.ts';
import type { Circumstances } from './rules-for-our-requests.ts';

export type Via = Circumstances['via'];
export type ProxyScene = Awaited<ReturnType<typeof setProxyScene>>;
type Answer = { status: number; body: Fields; lines: Fields[] };

export async function setProxyScene(via: Via, change: (seed: Seed) => void = () => undefined) {
  const seed = readSeed();
  change(seed);
  const gathered: Gathered[] = [];
  let mode: Mode | null = null;
  let passed = 0;
  const now = () => Date.now() + passed;
  const onExchange = (exchange: Exchange) => {
    // The authorize page is opened by a person's browser.
    const byPerson = exchange.path === '/oauth/authorize';
    gathered.push({ exchange, ours: byPerson ? null : { seed, via, mode } });
  };
  const stripe = await startStripeSimulator({ seed, now, onExchange });
  stripe.settings.searchLagMs = 0;
  const advocate = await startAdvocateSimulator({ seed, now, onExchange });
  const environment = readEnvironment(variablesFor(seed, via, stripe.url, advocate.url));
  const log = createLog('info', secretsOf(environment), { write: () => undefined });
  const db = await openDatabase(environment.databaseUrl, now);
  // As a ledger that is older than the rewards, so that none counts as paid before its time.
  await db.updateTable('facts').set({ value: '0' }).where('name', '=', 'born_at').execute();
  const parts = await createParts(
    environment,
    db,
    log,
    () => 'http://127.0.0.1:4242',
    now,
    async () => undefined,
  );
  const app = createApp(parts);
  let token = 'none';

  /** @param about the mode that the request is for; null where it is about both. */
  async function ask(about: Mode | null, method: string, path: string, body?: Fields): Promise<Answer> {
    mode = about;
    const response = await app.request(`/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = parseJson(text);
    const lines = text.split('\n').map(parseJson).filter(isFields);
    return { status: response.status, body: isFields(json) ? json : {}, lines };
  }
  /** As `ask`, and everything else than 200 ends the run: the scene itself went wrong. */
  async function get(about: Mode | null, method: string, path: string, body?: Fields): Promise<Answer> {
    const answer = await ask(about, method, path, body);
    if (answer.status === 200) return answer;
    throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }

  const code = await parts.pairing.invite('admin');
  token = String((await get(null, 'POST', '/pair', { code, browserName: 'Conformance' })).body.token);

  return {
    seed,
    stripe,
    advocate,
    gathered,
    ask,
    get,
    /** Lets the clocks of all three go on. */
    pass: (ms: number) => {
      passed += ms;
    },

    /** Goes through Connect as an admin does: the page, the button, the way back. */
    async connect(
      of: Mode,
      { decision = 'connect', dawdleMs = 0 }: { decision?: 'connect' | 'cancel'; dawdleMs?: number } = {},
    ): Promise<void> {
      const page = new URL(String((await get(of, 'POST', `/connect/${of}`)).body.url));
      await (await fetch(page)).text();
      const body = new URLSearchParams(page.search);
      body.set('decision', decision);
      const sent = await fetch(new URL('/oauth/authorize', page), {
        method: 'POST',
        body,
        redirect: 'manual',
      });
      passed += dawdleMs;
      const back = new URL(sent.headers.get('location') ?? '');
      await (await app.request(`${back.pathname}${back.search}`)).text();
    },

    async close(): Promise<void> {
      await Promise.all([stripe.close(), advocate.close()]);
      await db.destroy();
    },
  };
}

function variablesFor(seed: Seed, via: Via, stripeUrl: string, advocateUrl: string) {
  const { platform, restrictedKeys } = seed.stripe;
  const { tenants } = seed.advocate;
  const access = (suffix: 'TEST' | 'LIVE', mode: Mode) => ({
    [`ADVOCATE_TENANT_${suffix}`]: tenants[mode].alias,
    [`ADVOCATE_API_KEY_${suffix}`]: tenants[mode].apiKey,
    ...(via === 'connect'
      ? {
          [`STRIPE_CLIENT_ID_${suffix}`]: platform[mode].clientId,
          [`STRIPE_SECRET_KEY_${suffix}`]: platform[mode].secretKey,
        }
      : { [`STRIPE_RESTRICTED_KEY_${suffix}`]: restrictedKeys[mode].key }),
  });
  return {
    PORT: '0',
    DATABASE_URL: 'file::memory:',
    ADVOCATE_API_BASE: advocateUrl,
    STRIPE_API_BASE: stripeUrl,
    STRIPE_CONNECT_BASE: stripeUrl,
    ...access('TEST', 'test'),
    ...access('LIVE', 'live'),
  };
}
