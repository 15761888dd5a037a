/**
 * Many browsers, several proxies, one PostgreSQL: each proxy is a process of its own that is killed with -9 and started
 * again, and connections to the database are cut, while rewards come in and are credited. A third of the browsers
 * believe at all times that they hold the lease, so that proxies work on the same rewards at once. Judged from the two
 * simulators alone.
 */
import { createServer } from 'node:http';
import { sql } from 'kysely';
import { account, type Finding, look } from '../../sandbox/invariants.ts';
import { listen } from '../../sandbox/listen.ts';
import { readSeed, type Seed } from '../../sandbox/seed.ts';
import { startSandbox } from '../../sandbox/start.ts';
import type { Role } from '../../src/contract/words.ts';
import { type Database, openDatabase } from '../../src/proxy/database.ts';
import { createPairing } from '../../src/proxy/pairing.ts';
import { freshDatabase } from '../support/postgres.ts';
import { type ProxyProcess, startChild } from '../support/proxy-child.ts';
import { openProfile, type Profile } from './browsers.ts';
import { mulberry32 } from './real-crashes.ts';

export type CrowdOptions = {
  rounds?: number;
  seed?: number;
  proxies?: number;
  browsers?: number;
  say?: (line: string) => void;
};
export type Crowd = {
  rounds: number;
  seed: number;
  proxies: number;
  browsers: number;
  kills: number;
  cuts: number;
  /** Rounds in which money was still owed when the last fault struck. */
  midway: number;
  rewards: number;
  duplicates: number;
  lost: number;
  wrong: number;
  violations: string[];
  seconds: number;
};

const PEOPLE = 12;
const UNIT = 'STRIPE/USD';
const EARNED_A_ROUND = 24;
const MINUTE = 60_000;
/** Rounds of minutes, at the end, in which nothing fails any more. */
const MOST_SETTLING = 20;

const nameOf = (n: number) => `crowd${n}@example.com`;
const customerOf = (n: number) => `cus_Crowd${String(n).padStart(9, '0')}`;

function castOf(): Seed {
  const seed = readSeed();
  const all = Array.from({ length: PEOPLE }, (_, n) => n);
  seed.stripe.customers = all.map((n) => ({
    mode: 'test',
    id: customerOf(n),
    name: `Crowd ${n}`,
    email: nameOf(n),
    currency: 'usd',
    createdDaysAgo: 100,
  }));
  seed.advocate.participants = all.map((n) => ({
    mode: 'test',
    accountId: nameOf(n),
    id: nameOf(n),
    firstName: 'Crowd',
    lastName: String(n),
    email: nameOf(n),
    customFields: { stripeCustomerId: customerOf(n) },
    createdDaysAgo: 90,
  }));
  return seed;
}

/** @param server a PostgreSQL server in which databases may be made. */
export async function crowd(server: string, options: CrowdOptions = {}): Promise<Crowd> {
  const { rounds = 10, seed = 1, proxies: many = 4, browsers = 50, say = console.log } = options;
  const began = Date.now();
  const random = mulberry32(seed);
  const upTo = (n: number) => Math.floor(random() * n);
  const sandbox = await startSandbox({ seed: castOf() });
  sandbox.stripe.limits.enabled = false;
  const database = await freshDatabase(server);
  const db = await openDatabase(database.url);
  await setUp(db, sandbox.stripe);
  const proxies = await startProxies(many, {
    ...sandbox.env,
    DATABASE_URL: database.url,
    LOG_LEVEL: 'silent',
  });
  const done = { kills: 0, cuts: 0, midway: 0, rewards: 0 };

  /** A balancer that knows nothing: whoever is asked may be dead at that moment. */
  const balancer = {
    request: (input: string, init?: RequestInit) => fetch(`${proxies.url(upTo(many))}${input}`, init),
  };
  const believing = {
    request: async (input: string, init?: RequestInit) =>
      input.endsWith('/lease')
        ? Response.json({ holder: null, until: null, mine: true })
        : balancer.request(input, init),
  };
  const pairing = createPairing(db, Date.now);
  async function pairAs(role: Role, name = 'browser'): Promise<string> {
    return (await pairing.pair(await pairing.invite(role), name, 'here')).token;
  }

  try {
    const profiles: Profile[] = [];
    for (let n = 0; n < browsers; n++)
      profiles.push(await openProfile({ pairAs, app: balancer }, await pairAs('admin', `browser ${n}`)));
    const before = look(sandbox, 'test');
    const findings = (): Finding[] => account(before, look(sandbox, 'test'), [UNIT]).findings;
    /** Each browser for itself; what goes wrong in one is its own affair, as in life. */
    const runAll = (ahead: number) =>
      Promise.all(
        profiles.map((profile, n) =>
          profile
            .startWorker({ app: n % 3 === 0 ? believing : balancer, now: () => Date.now() + ahead })
            .run()
            .catch(() => null),
        ),
      );

    for (let round = 1; round <= rounds; round++) {
      for (let n = 0; n < EARNED_A_ROUND; n++) {
        const whose = nameOf(upTo(PEOPLE));
        const reward = { unit: UNIT, amount: 100 + upTo(5000) };
        sandbox.advocate.earn('test', { accountId: whose, id: whose }, reward);
        done.rewards += 1;
      }
      let running = true;
      const run = runAll(round * 3 * MINUTE).finally(() => {
        running = false;
      });
      while (running) {
        await credited(sandbox, 1 + upTo(6), () => running);
        if (!running) break;
        if (random() < 0.4) {
          await proxies.kill(upTo(many));
          done.kills += 1;
        } else done.cuts += await cut(db, random);
      }
      if (findings().some(({ kind }) => kind === 'lost')) done.midway += 1;
      await run;
      await letLocksRunOut(db);
      if (findings().some(({ kind }) => kind === 'duplicate')) break;
      say(`${round} rounds: ${done.kills} kill -9, ${done.cuts} connections cut, ${done.rewards} rewards`);
    }
    let left = findings();
    for (let n = 1; n <= MOST_SETTLING && left.length > 0; n++) {
      if (left.some(({ kind }) => kind === 'duplicate')) break;
      await letLocksRunOut(db);
      await runAll((rounds + n) * 30 * MINUTE);
      left = findings();
    }
    const open = await db
      .selectFrom('ledger')
      .select('reward')
      .where('point', 'in', ['claimed', 'credited'])
      .execute();
    for (const { reward } of open)
      left.push({ kind: 'lost', reward, what: 'stands unfinished in the ledger' });
    const count = (kind: Finding['kind']) => left.filter((finding) => finding.kind === kind).length;
    const result: Crowd = {
      rounds,
      seed,
      proxies: many,
      browsers,
      ...done,
      duplicates: count('duplicate'),
      lost: count('lost'),
      wrong: count('wrong'),
      violations: left.map(({ kind, reward, what }) => `${kind}: ${reward} ${what}`),
      seconds: Math.round((Date.now() - began) / 1000),
    };
    for (const violation of result.violations) say(violation);
    say(
      `${many} proxies, ${browsers} browsers, ${rounds} rounds: ${done.kills} kill -9, ${done.cuts} connections cut · ` +
        `${done.rewards} rewards · ${result.duplicates} paid twice · ${result.lost} lost` +
        (result.wrong > 0 ? ` · ${result.wrong} wrong` : ''),
    );
    return result;
  } finally {
    await proxies.close();
    await db.destroy();
    await database.drop();
    await sandbox.close();
  }
}

type Sandbox = Awaited<ReturnType<typeof startSandbox>>;

/** Connected, units chosen, turned on, by a ledger as old as its rewards are young. */
async function setUp(db: Database, stripe: Sandbox['stripe']): Promise<void> {
  stripe.connect('test');
  const connection = { account: stripe.state.accountId, account_name: null, broken: null };
  await db
    .insertInto('connections')
    .values({ mode: 'test', ...connection, connected_at: 1, connected_by: 'test' })
    .execute();
  const body = JSON.stringify({ units: [UNIT], paused: false, currencyRule: 'confirm', caps: {} });
  await db
    .insertInto('settings')
    .values({ mode: 'test', version: 1, body, turned_on_at: 1, changed_by: 'test', changed_at: 1 })
    .execute();
  await db.updateTable('facts').set({ value: '0' }).where('name', '=', 'born_at').execute();
}

async function startProxies(many: number, env: Record<string, string>) {
  const ports = await Promise.all(
    Array.from({ length: many }, async () => {
      const { port, close } = await listen(createServer(), 0);
      await close();
      return port;
    }),
  );
  const start = (n: number) => startChild({ ...env, PORT: String(ports[n]) });
  const running: ProxyProcess[] = await Promise.all(ports.map((_, n) => start(n)));
  return {
    url: (n: number) => `http://127.0.0.1:${ports[n]}`,
    /** Gone for as long as a start takes. */
    async kill(n: number): Promise<void> {
      await running[n]?.kill();
      running[n] = await start(n);
    },
    close: () => Promise.all(running.map(({ kill }) => kill())),
  };
}

/** Some connections of the proxies, or all of them, as a failover does it. Answers how many. */
async function cut(db: Database, random: () => number): Promise<number> {
  const share = random() < 0.3 ? 1 : random();
  const { rows } = await sql<{ cut: boolean }>`select pg_terminate_backend(pid) as cut from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and random() <= ${share}`.execute(db);
  return rows.length;
}

/** Until so many more credits have been made at Stripe. */
async function credited({ stripe }: Sandbox, more: number, goesOn: () => boolean): Promise<void> {
  const count = () =>
    Object.values(stripe.state.accounts[stripe.state.accountId]?.books.test.balanceTransactions ?? {}).flat()
      .length;
  const target = count() + more;
  while (goesOn() && count() < target) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** The dead processes' locks are not waited for: they are written as run out. */
const letLocksRunOut = (db: Database) =>
  db.updateTable('ledger').set({ locked_until: 1 }).where('locked_by', 'is not', null).execute();
