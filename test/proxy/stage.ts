/** Both simulators and a proxy in one process, with a small cast, for tests that speak to the proxy's routes. */

import type * as v from 'valibot';
import { onTestFinished } from 'vitest';
import { startAdvocateSimulator } from '../../sandbox/advocate/simulator.ts';
import type { Exchange } from '../../sandbox/exchange.ts';
import {
  readSeed,
  type Seed,
  type SeedCustomer,
  type SeedParticipant,
  type SeedReward,
} from '../../sandbox/seed.ts';
import { type StripeSimulator, startStripeSimulator } from '../../sandbox/stripe/simulator.ts';
import type { CreditsRequest, Outcome, SettingsBody } from '../../src/contract/routes.ts';
import type { Mode, Role } from '../../src/contract/words.ts';
import { createApp } from '../../src/proxy/app.ts';
import { openDatabase } from '../../src/proxy/database.ts';
import { readEnvironment, secretsOf } from '../../src/proxy/environment.ts';
import { createLog } from '../../src/proxy/log.ts';
import { createParts, type Parts } from '../../src/proxy/parts.ts';
import { databaseOfTest } from '../support/database-of-test.ts';
import { environmentFor } from '../support/environment-for.ts';

export const ANNA = { accountId: 'anna@example.com', userId: 'anna@example.com' };
export const ANNAS_CUSTOMER = 'cus_AnnaMeyer00001';

export const reward = (more: Partial<SeedReward> = {}): SeedReward => ({
  id: 'aaaaaaaaaaaaaaaaaaaaaaa1',
  unit: 'STRIPE/USD',
  amount: 2000,
  status: 'available',
  earnedDaysAgo: 3,
  ...more,
});
export const customer = (more: Partial<SeedCustomer> = {}): SeedCustomer => ({
  mode: 'test',
  id: ANNAS_CUSTOMER,
  name: 'Anna Meyer',
  email: 'anna@example.com',
  currency: 'usd',
  createdDaysAgo: 100,
  ...more,
});
export const participant = (more: Partial<SeedParticipant> = {}): SeedParticipant => ({
  mode: 'test',
  accountId: ANNA.accountId,
  id: ANNA.userId,
  firstName: 'Anna',
  lastName: 'Meyer',
  email: 'anna@example.com',
  customFields: { stripeCustomerId: ANNAS_CUSTOMER },
  createdDaysAgo: 90,
  rewards: [reward()],
  ...more,
});

export type Cast = {
  customers?: SeedCustomer[];
  participants?: SeedParticipant[];
  /** Other settings of the seed, changed in place. */
  change?: (seed: Seed) => void;
  env?: Record<string, string | undefined>;
  settings?: Partial<SettingsBody>;
  /** Do not connect Stripe beforehand. */
  unconnected?: boolean;
  /** Milliseconds that Stripe takes for each operation. */
  stripeLatency?: () => number;
  now?: () => number;
};

export function castSeed({ customers = [customer()], participants = [participant()], change }: Cast): Seed {
  const seed = readSeed();
  seed.stripe.customers = customers;
  seed.advocate.participants = participants;
  change?.(seed);
  return seed;
}

export { environmentFor };

export type Stage = Awaited<ReturnType<typeof setStage>>;
type Answer = { status: number; body: Record<string, unknown>; text: string };

export async function setStage(cast: Cast = {}) {
  const seed = castSeed(cast);
  const exchanges: Exchange[] = [];
  let clock = cast.now ?? Date.now;
  const now = () => clock();
  const onExchange = (exchange: Exchange) => void exchanges.push(exchange);
  const stripe = await startStripeSimulator({
    seed,
    now,
    onExchange,
    ...(cast.stripeLatency && { latency: cast.stripeLatency }),
  });
  const advocate = await startAdvocateSimulator({ seed, now, onExchange });
  const database = await databaseOfTest();
  const environment = readEnvironment({
    ...environmentFor(seed, { stripe: stripe.url, advocate: advocate.url }),
    DATABASE_URL: database.url,
    ...cast.env,
  });
  const logLines: string[] = [];
  const log = createLog('info', secretsOf(environment), { write: (line) => void logLines.push(line) });
  const db = await openDatabase(environment.databaseUrl, now);
  // The ledger is as old as its rewards are young, unless a test says otherwise.
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
  onTestFinished(async () => {
    await Promise.all([stripe.close(), advocate.close()]);
    await db.destroy();
    await database.drop();
  });

  async function ask(method: string, path: string, body?: unknown, token = admin): Promise<Answer> {
    const response = await app.request(`/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson =
      response.headers.get('content-type')?.includes('json') &&
      !response.headers.get('content-type')?.includes('ndjson');
    return { status: response.status, text, body: isJson ? JSON.parse(text) : {} };
  }
  async function pairAs(role: Role, browserName = `${role}’s browser`): Promise<string> {
    const code = await parts.pairing.invite(role);
    return String((await ask('POST', '/pair', { code, browserName }, 'none')).body.token);
  }
  let admin = '';
  admin = await pairAs('admin');
  if (!cast.unconnected) await connect(parts, stripe, 'test');
  const settings: SettingsBody = {
    units: ['STRIPE/USD', 'STRIPE/EUR', 'STRIPE/JPY'],
    paused: false,
    currencyRule: 'confirm',
    caps: {},
    ...cast.settings,
  };
  await parts.settings.write('test', 0, settings, 'test');

  return {
    seed,
    stripe,
    advocate,
    db,
    parts,
    app,
    ask,
    pairAs,
    exchanges,
    logLines,
    get admin() {
      return admin;
    },
    setClock: (to: () => number) => {
      clock = to;
    },
    async credits(request: CreditsRequest, mode: Mode = 'test'): Promise<Outcome[]> {
      const { text, status } = await ask('POST', `/${mode}/credits`, request);
      if (status !== 200) throw new Error(`credits answered ${status}: ${text}`);
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map(
          (line) => JSON.parse(line) as v.InferOutput<typeof import('../../src/contract/routes.ts').Outcome>,
        );
    },
  };
}

/** As if an admin had gone through Connect. */
async function connect({ db }: Parts, stripe: StripeSimulator, mode: Mode): Promise<void> {
  stripe.connect(mode);
  const account = stripe.state.accountId;
  await db
    .insertInto('connections')
    .values({
      mode,
      account,
      account_name: 'Meadow Software',
      connected_at: Date.now(),
      connected_by: 'test',
      broken: null,
    })
    .execute();
}

type App = ReturnType<typeof createApp>;

/** A second proxy's view of the same ledger: it remembers nothing but what is in the database. */
export async function anotherProxy(
  { db, parts: { environment, log, now, sleep } }: Stage,
  /** What happens meanwhile when it waits, for example because Stripe asked it to slow down. */
  meanwhile: (ms: number) => Promise<void> = sleep,
): Promise<App> {
  return createApp(await createParts(environment, db, log, () => 'http://127.0.0.1:4243', now, meanwhile));
}

export async function creditsThrough(app: App, { admin }: Stage, rewards: string[]): Promise<Outcome[]> {
  const answer = await app.request('/v1/test/credits', {
    method: 'POST',
    headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
    body: JSON.stringify({ rewards }),
  });
  const lines = (await answer.text()).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Outcome);
}

/** What Stripe holds, by the simulator's word: every credit of a reward that was not reversed. */
export function creditsOf(stage: Pick<Stage, 'stripe'>, rewardId: string, mode: Mode = 'test') {
  const { state } = stage.stripe;
  const books = state.accounts[state.accountId]?.books[mode];
  return Object.values(books?.balanceTransactions ?? {})
    .flat()
    .filter(({ metadata, type }) => type === 'adjustment' && metadata.advocate_reward === rewardId);
}

/** The reward as Advocate holds it, by the simulator's word. */
export function rewardAt(stage: Pick<Stage, 'advocate'>, rewardId: string, mode: Mode = 'test') {
  const found = stage.advocate.state[mode].rewards.find(({ id }) => id === rewardId);
  if (found === undefined) throw new Error(`Advocate has no reward ${rewardId}`);
  return found;
}
