/** The whole product in one thread: browsers, proxies on one ledger, and both simulators, at the push of a step. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { createAdvocate } from '../../../sandbox/advocate/simulator.ts';
import { createStripe } from '../../../sandbox/stripe/simulator.ts';
import { postTransaction } from '../../../sandbox/stripe/state.ts';
import { openDatabase } from '../../../src/proxy/database.ts';
import { readEnvironment, secretsOf } from '../../../src/proxy/environment.ts';
import { createLog } from '../../../src/proxy/log.ts';
import { hash, TOKEN_MS } from '../../../src/proxy/tokens.ts';
import { environmentFor } from '../../support/environment-for.ts';
import { type Browser, createBrowser, type Pass } from './browser.ts';
import { castSeed, UNITS } from './cast.ts';
import { openShared } from './gated-database.ts';
import { takeOver } from './globals.ts';
import { createMachines, createRandom, START, type Step } from './machines.ts';
import { createNetwork, type Spies } from './network.ts';
import { createProxy, HEART_MS, PROXY } from './proxies.ts';

export const STRIPE = 'https://stripe.example';
export const ADVOCATE = 'https://advocate.example';
const WEBHOOK_SECRET = 'whsec_of_the_simulation';
const MINUTE = 60_000;
const HOUR = 3_600_000;

const passOf = (name: string, role: Pass['role']): Pass => ({
  token: `token-of-${name}-${'x'.repeat(20)}`,
  role,
  browser: { id: name, name },
});
export const PASSES = [
  passOf('browser-1', 'admin'),
  passOf('browser-2', 'admin'),
  passOf('browser-3', 'support'),
];

const ENVIRONMENT = readEnvironment({
  ...environmentFor(castSeed(), { stripe: STRIPE, advocate: ADVOCATE }),
  PUBLIC_URL: PROXY,
  ADVOCATE_TENANT_LIVE: undefined,
  ADVOCATE_API_KEY_LIVE: undefined,
  STRIPE_WEBHOOK_SECRET_TEST: WEBHOOK_SECRET,
});
export const SECRETS = [...secretsOf(ENVIRONMENT), ...PASSES.map(({ token }) => token)];

/** A ledger file in which all is set up and on: made once, copied for every world. */
let template: Promise<Buffer> | null = null;
async function makeTemplate(account: string): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'simulation-'));
  const file = join(folder, 'ledger.db');
  const db = await openDatabase(`file:${file}`, () => START);
  for (const { token, role, browser } of PASSES) {
    const token_hash = hash(token);
    const seen = { paired_at: START, last_seen_at: START, revoked_at: null };
    await db
      .insertInto('browsers')
      .values({ ...browser, role, token_hash, ...seen })
      .execute();
    const times = { issued_at: START, until: START + TOKEN_MS, used_at: START, replaced_at: null };
    await db
      .insertInto('tokens')
      .values({ hash: token_hash, browser: browser.id, ...times })
      .execute();
  }
  await db
    .insertInto('connections')
    .values({
      mode: 'test',
      account,
      account_name: 'Shop',
      connected_at: START,
      connected_by: 'setup',
      broken: null,
    })
    .execute();
  const body = JSON.stringify({ units: UNITS, paused: false, currencyRule: 'confirm', caps: {} });
  await db
    .insertInto('settings')
    .values({
      mode: 'test',
      version: 1,
      body,
      backfill: null,
      turned_on_at: START,
      changed_by: 'setup',
      changed_at: START,
    })
    .execute();
  await db.updateTable('facts').set({ value: '0' }).where('name', '=', 'born_at').execute();
  await db.destroy();
  // A copy in memory has no place for a write-ahead log.
  const sqlite = new Sqlite(file);
  sqlite.pragma('journal_mode = DELETE');
  sqlite.close();
  const bytes = readFileSync(file);
  rmSync(folder, { recursive: true });
  return bytes;
}

export type Shape = {
  seed: number;
  browsers: number;
  proxies: number;
  rewards: number;
  /** Each browser has a proxy of its own instead of any that is up. */
  pairs?: boolean;
  /** Hours by which clocks are wrong: of each proxy, of each browser, of the database. */
  skew: { proxies: number[]; browsers: number[]; database: number };
};
export type World = Awaited<ReturnType<typeof createWorld>>;

export async function createWorld(shape: Shape, spies: Spies) {
  const machines = createMachines(createRandom(shape.seed));
  const network = createNetwork(machines, spies);
  takeOver(machines, network.fetch);
  const seed = castSeed(shape.rewards);
  const outside = machines.start('outside');
  const stripe = machines.in(outside, () => createStripe({ seed, now: machines.now, publicUrl: STRIPE }));
  const advocate = await createAdvocate({ seed, now: machines.now });
  stripe.limits.enabled = false;
  stripe.connect('test');
  network.serve(STRIPE, () => ({ process: outside, fetch: (request) => stripe.app.fetch(request) }));
  network.serve(ADVOCATE, () => ({ process: outside, fetch: (request) => advocate.app.fetch(request) }));

  template ??= makeTemplate(stripe.state.accountId);
  const ledger = openShared(machines, await template, () => machines.now() + shape.skew.database * HOUR);
  const logLines: string[] = [];
  const log = createLog('warn', secretsOf(ENVIRONMENT), { write: (line) => void logLines.push(line) });

  const proxies = Array.from({ length: shape.proxies }, (_, i) =>
    createProxy(
      machines,
      network,
      ledger,
      ENVIRONMENT,
      log,
      `proxy-${i + 1}`,
      (shape.skew.proxies[i] ?? 0) * HOUR,
    ),
  );
  /** A balancer that gives each request to any proxy that is up. */
  network.serve(PROXY, (from) => {
    if (shape.pairs) return proxies[browsers.findIndex(({ name }) => name === from.name)]?.host() ?? null;
    const up = proxies.flatMap((proxy) => proxy.host() ?? []);
    return up[Math.floor(machines.random() * up.length)] ?? null;
  });
  const browsers = PASSES.slice(0, shape.browsers).map((pass, i) =>
    createBrowser(machines, network, PROXY, pass, (shape.skew.browsers[i] ?? 0) * HOUR, () => issue(pass)),
  );
  /** The first is in the template already. */
  const issued = new Map<Pass, number>();
  function issue(pass: Pass): string {
    const before = issued.get(pass) ?? 0;
    issued.set(pass, before + 1);
    if (before === 0) return pass.token;
    const token = `${pass.token}-${before}`;
    const now = machines.now() + shape.skew.database * HOUR;
    ledger.sqlite
      .prepare(
        'insert into tokens (hash, browser, issued_at, until, used_at, replaced_at) values (?, ?, ?, ?, ?, null)',
      )
      .run(hash(token), pass.browser.id, now, now + TOKEN_MS, now);
    ledger.sqlite.prepare('update browsers set revoked_at = null where id = ?').run(pass.browser.id);
    return token;
  }

  /** Every step that can be taken, in the order in which they came, and what time brings within `patience`. */
  async function untilQuiet(patience = 0): Promise<void> {
    const until = machines.now() + patience;
    await machines.settle();
    for (let guard = 0; guard < 200_000; guard++) {
      const [step] = machines.enabled();
      if (step !== undefined) {
        await take(step);
        continue;
      }
      const next = machines.nextMoment();
      if (next === null || next > until) return;
      await machines.pass(next - machines.now());
    }
    throw new Error('The world does not come to rest.');
  }

  /** Each step takes a little time. */
  async function take(step: Step): Promise<void> {
    await machines.take(step);
    await machines.pass(1 + Math.floor(machines.random() * 12));
  }

  /** A long time in which nobody does anything new: heartbeat by heartbeat. */
  async function leap(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= HEART_MS) {
      await machines.pass(Math.min(left, HEART_MS));
      await untilQuiet();
    }
  }

  /** A person presses the button of everything that is held; answers whether anything was. */
  async function retryHeld(): Promise<boolean> {
    let pressed = false;
    for (const browser of browsers) {
      if (browser.role !== 'admin') continue;
      for (const { reward, state, reason } of await browser.rows('test')) {
        if (state !== 'held' || reason === null) continue;
        pressed = true;
        browser.click((handlers) => handlers.retry({ reward }, 'test'));
        await untilQuiet(MINUTE);
      }
    }
    return pressed;
  }

  let ledgerLost = false;
  const books = () => {
    const account = stripe.state.accounts[stripe.state.accountId];
    if (account === undefined) throw new Error('Stripe has lost its account.');
    return account.books.test;
  };

  stripe.webhooks.listen('test', { url: `${PROXY}/v1/webhooks/stripe`, secret: WEBHOOK_SECRET });
  machines.letRun(true);
  for (const proxy of proxies) proxy.start();
  for (const browser of browsers) browser.pair();
  await untilQuiet();
  machines.letRun(false);

  return {
    machines,
    network,
    stripe,
    advocate,
    ledger,
    proxies,
    browsers,
    logLines,
    books,
    ledgerWasLost: () => ledgerLost,
    /** What an admin holds back or dismissed, by the proxy's word; null where nobody does. */
    keptBack: (reward: string): string | null =>
      ledger.sqlite
        .prepare<[string], { reason: string | null }>(
          "select reason from holds where mode = 'test' and reward = ?",
        )
        .get(reward)?.reason ?? null,
    /** An admin goes through everything that was held back or dismissed. */
    async releaseAll(): Promise<void> {
      const [admin] = browsers;
      const rewards = advocate.state.test.rewards.map(({ id }) => id);
      admin?.click((handlers) => handlers.holdRewards({ rewards, deed: 'release' }, 'test'));
      await untilQuiet(MINUTE);
    },
    /** Entries that somebody makes in Stripe's dashboard; together they change nothing. */
    addByHand(customer: string, count: number): void {
      const found = books().customers[customer];
      if (found === undefined || found.deleted) return;
      const created = Math.floor(machines.now() / 1000);
      for (let i = 0; i < count; i++)
        postTransaction(books(), found, {
          amount: i % 2 === 0 ? 1 : -1,
          currency: found.currency ?? 'usd',
          description: 'by hand',
          metadata: {},
          created,
          type: 'adjustment',
        });
    },
    deleteCustomer(customer: string): void {
      const request = new Request(`${STRIPE}/v1/customers/${customer}`, {
        method: 'DELETE',
        headers: {
          authorization: `Bearer ${seed.stripe.platform.test.secretKey}`,
          'stripe-account': stripe.state.accountId,
        },
      });
      machines.in(outside, () => void stripe.app.fetch(request));
    },
    /** Asked of the proxy like any other change, by whoever sits at this browser. */
    setPaused(browser: Browser, paused: boolean): void {
      const { version, body } = ledger.sqlite
        .prepare<[], { version: number; body: string }>(
          "select version, body from settings where mode = 'test'",
        )
        .get() ?? { version: 0, body: '{}' };
      browser.click((handlers) => handlers.saveSettings({ ...JSON.parse(body), version, paused }, 'test'));
    },
    /** The database is gone; a new one knows who is paired and what is set, and nothing of what was paid. */
    loseLedger(): void {
      ledgerLost = true;
      for (const proxy of proxies) proxy.kill();
      for (const table of ['ledger', 'reversals', 'holds', 'told', 'links', 'leases'])
        ledger.sqlite.exec(`delete from ${table}`);
      const now = String(machines.now() + shape.skew.database * HOUR);
      ledger.sqlite.prepare("update facts set value = ? where name in ('born_at', 'alive_at')").run(now);
      for (const proxy of proxies) proxy.start();
    },
    take,
    untilQuiet,
    leap,
    retryHeld,
    close: () => ledger.close(),
  };
}
