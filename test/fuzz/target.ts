/** A real proxy in a process of its own, set up and used, with the simulators behind it. */
import { sql } from 'kysely';
import type { Seed } from '../../sandbox/seed.ts';
import { type Sandbox, startSandbox } from '../../sandbox/start.ts';
import { MODES } from '../../src/contract/words.ts';
import { type Database, openDatabase } from '../../src/proxy/database.ts';
import { readEnvironment, secretsOf } from '../../src/proxy/environment.ts';
import { createPairing } from '../../src/proxy/pairing.ts';
import { startChild } from '../support/proxy-child.ts';
import type { Known } from './requests.ts';
import type { Tokens } from './send.ts';

export type Target = {
  url: string;
  tokens: Tokens;
  known: Known;
  /** None of these may stand in an answer. */
  secrets: string[];
  /** Everything that may not change: the proxy's tables, Stripe's books, Advocate's people and rewards. */
  dump(): Promise<Record<string, string[]>>;
  /** Answers how the process ended: 0 where it stopped as told. */
  close(): Promise<number | null>;
};

/** When somebody was seen, or something was looked at: reading writes that down. */
const SEEN: Record<string, string[]> = {
  browsers: ['last_seen_at'],
  links: ['checked_at'],
};

/** That the proxy ran, and when it was last reconciled. */
const isLooking = (name: unknown): boolean => name === 'alive_at' || /^reconciled /.test(String(name));

/** Wrong codes are counted, which is what they are refused by. */
const COUNTED = 'wrong_codes';

async function tablesOf(db: Database): Promise<Record<string, string[]>> {
  const dump: Record<string, string[]> = {};
  for (const { name } of await db.introspection.getTables()) {
    if (name === COUNTED) continue;
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(db);
    const kept = rows
      .filter((row) => !isLooking(row.name))
      .map((row) =>
        JSON.stringify(
          Object.fromEntries(Object.entries(row).filter(([column]) => !SEEN[name]?.includes(column))),
        ),
      );
    dump[`table ${name}`] = kept.sort();
  }
  return dump;
}

function upstream({ stripe, advocate }: Sandbox): Record<string, string[]> {
  const { accounts, accountId } = stripe.state;
  const lines = MODES.flatMap((mode) => [
    [`Stripe in ${mode} mode`, [JSON.stringify(accounts[accountId]?.books[mode])]],
    [`Advocate in ${mode} mode`, [JSON.stringify(advocate.state[mode])]],
  ]);
  return Object.fromEntries(lines);
}

async function setUp(db: Database, { stripe, seed }: Sandbox): Promise<void> {
  for (const mode of MODES) {
    stripe.connect(mode);
    const connection = { account: stripe.state.accountId, account_name: null, broken: null };
    await db
      .insertInto('connections')
      .values({ mode, ...connection, connected_at: 1, connected_by: 'test' })
      .execute();
    const body = JSON.stringify({ units: unitsOf(seed), paused: false, currencyRule: 'confirm', caps: {} });
    await db
      .insertInto('settings')
      .values({ mode, version: 1, body, turned_on_at: 1, changed_by: 'test', changed_at: 1 })
      .execute();
  }
  await db.updateTable('facts').set({ value: '0' }).where('name', '=', 'born_at').execute();
}
const unitsOf = ({ advocate }: Seed): string[] => [
  ...new Set(
    advocate.participants
      .flatMap(({ rewards = [] }) => rewards.map(({ unit }) => unit))
      .filter((unit) => /^STRIPE\/[A-Z]{3}$/.test(unit)),
  ),
];

export async function startTarget(): Promise<Target> {
  const sandbox = await startSandbox();
  const env: Record<string, string> = { ...sandbox.env, LOG_LEVEL: 'silent' };
  const proxy = await startChild(env);
  const db = await openDatabase(env.DATABASE_URL ?? '');
  await setUp(db, sandbox);
  const pairing = createPairing(db, Date.now);
  const tokenOf = async (role: 'admin' | 'support') =>
    (await pairing.pair(await pairing.invite(role), `the ${role}’s browser`, 'here')).token;
  const tokens = { admin: await tokenOf('admin'), support: await tokenOf('support') };
  const unused = await pairing.invite('admin');
  const places = await use(proxy.url, tokens);
  return {
    url: proxy.url,
    tokens,
    known: { ...knownIn(sandbox.seed), places },
    secrets: [...secretsOf(readEnvironment(env)), tokens.admin, tokens.support, unused],
    dump: async () => ({ ...(await tablesOf(db)), ...upstream(sandbox) }),
    async close() {
      const code = await proxy.stop();
      await db.destroy();
      await sandbox.close();
      return code;
    },
  };
}

function knownIn({ advocate, stripe }: Seed): Omit<Known, 'places'> {
  const { participants } = advocate;
  return {
    participants: participants.map(({ accountId, id }) => ({ accountId, userId: id })),
    rewards: participants.flatMap(({ rewards = [] }) => rewards.map(({ id }) => id)),
    customers: stripe.customers.map(({ id }) => id),
  };
}

/** A day's work, so that there is something to lose; and everything is read once, since that is written down. */
async function use(url: string, { admin, support }: Tokens): Promise<string[]> {
  const places: string[] = [];
  const ask = async (method: string, path: string, body?: unknown, token = admin) => {
    const answer = await fetch(`${url}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} was refused with ${answer.status}: ${text}`);
    return text;
  };
  await ask('GET', '/session', undefined, support);
  for (const mode of MODES) {
    let page: { rewards: { id: string; state: string }[]; after: string; more: boolean };
    const ready: string[] = [];
    let after = '';
    do {
      page = JSON.parse(await ask('GET', `/${mode}/rewards${after}`));
      ready.push(...page.rewards.filter(({ state }) => state === 'ready').map(({ id }) => id));
      after = `?after=${encodeURIComponent(page.after)}`;
    } while (page.more);
    if (ready.length > 1) await ask('POST', `/${mode}/credits`, { rewards: ready.slice(1, 11) });
    for (const path of [
      'unlinked',
      'links',
      'ledger',
      'rewards',
      'health',
      'overview',
      'units',
      'reconciliation',
    ])
      places.push(...placesIn(await ask('GET', `/${mode}/${path}`)));
  }
  return places;
}

const placesIn = (text: string): string[] =>
  [...text.matchAll(/"after":"([\w-]+)"/g)].map(([, place = '']) => place);
