/** Two versions on one database: the newer one brings it up to date while the older one goes on with its statements. */
import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { expect, inject, onTestFinished, test } from 'vitest';
import { databaseOver } from '../../src/proxy/database.ts';
import { dialectFor } from '../../src/proxy/database-dialects.ts';
import { MIGRATIONS } from '../../src/proxy/database-migrations.ts';
import { freshDatabase } from '../support/postgres.ts';
import { creditsOf, participant, reward, rewardAt, setStage } from './stage.ts';

const VERSIONS = Object.keys(MIGRATIONS);
const LATEST = VERSIONS.at(-1) ?? '';
/** Anything a database knows; what the older version believed of it is the point here. */
type Any = Kysely<Record<string, Record<string, unknown>>>;

async function emptyDatabase(): Promise<Any> {
  const server = inject('postgres');
  const fresh = server === undefined ? null : await freshDatabase(server, { empty: true });
  const db = databaseOver(dialectFor(fresh?.url ?? 'file::memory:'));
  onTestFinished(async () => {
    await db.destroy();
    await fresh?.drop();
  });
  return db.withTables();
}

async function migrate(
  db: Kysely<never> | Any,
  to: string,
  more: Record<string, Migration> = {},
): Promise<void> {
  const getMigrations = async () => ({ ...MIGRATIONS, ...more });
  const { error } = await new Migrator({ db, provider: { getMigrations } }).migrateTo(to);
  if (error !== undefined) throw error;
}

async function columnsOf(db: Any) {
  const tables = await db.introspection.getTables();
  return new Map(
    tables.flatMap((table) =>
      table.columns.map((column) => [`${table.name}.${column.name}`, column] as const),
    ),
  );
}

test.each(VERSIONS)('what was there after %s is there after the newest, as it was', async (version) => {
  const db = await emptyDatabase();
  await migrate(db, version);
  const before = await columnsOf(db);
  expect(before.size).toBeGreaterThan(20);
  await migrate(db, LATEST);
  const after = await columnsOf(db);
  for (const [name, column] of before) expect(after.get(name), name).toEqual(column);
  // What an older version does not know of, it does not fill in.
  const tables = new Set([...before.keys()].map((name) => name.split('.')[0]));
  for (const [name, column] of after)
    if (!before.has(name) && tables.has(name.split('.')[0]))
      expect(column.isNullable || column.hasDefaultValue, name).toBe(true);
});

const KEY = 'advocate-credits:t:r1:0';
/** What the versions before wrote and read, in their own words; each stands for its kind. */
const STATEMENTS: Record<string, string[]> = {
  '0001_start': [
    "insert into facts (name, value) values ('alive_at', '1') on conflict (name) do update set value = '1'",
    "insert into codes (hash, role, expires_at, used_at) values ('h', 'admin', 9, null)",
    `insert into browsers (id, name, role, token_hash, paired_at, last_seen_at, revoked_at)
      values ('b1', 'Chrome', 'admin', 'h', 1, 1, null)`,
    `insert into settings (mode, version, body, turned_on_at, changed_by, changed_at)
      values ('live', 1, '{}', 1, 'b1', 1)`,
    `insert into leases (mode, browser, until, last_run_at) values ('live', 'b1', 2, 1)
      on conflict (mode) do update set browser = 'b1', until = 2`,
    `insert into links (mode, account_id, user_id, customer, seq, watched, checked_at)
      values ('live', 'a', 'u', null, 0, 1, 1)`,
    `insert into ledger (mode, reward, account_id, user_id, unit, stripe_account, customer, amount, currency,
      redeem_amount, redeemed_before, point, key_epoch, idempotency_key, parameters, claimed_by, claimed_at)
      values ('live', 'r1', 'a', 'u', 'STRIPE/USD', null, 'cus_1', 100, 'USD', 100, 0, 'claimed', 0, '${KEY}', '{}', 'b1', 1)`,
    "update ledger set locked_by = 'x', locked_until = 5 where mode = 'live' and reward = 'r1' and locked_by is null",
    "update ledger set first_sent_at = 1, last_sent_at = 1, outcome_unknown = 1 where reward = 'r1'",
    `update ledger set point = 'credited', credit = 'cbtxn_1', request_id = 'req_1', credit_before = 0,
      credit_after = -100, credited_at = 2, outcome_unknown = 0 where reward = 'r1'`,
    "update ledger set point = 'redeemed', redeemed_at = 3 where reward = 'r1'",
    "update ledger set point = 'noted', noted_at = 4, locked_by = null, locked_until = null where reward = 'r1'",
    "select reward, point, amount from ledger where mode = 'live' and currency = 'USD' and claimed_at >= 0",
  ],
  '0002_proof': [
    `insert into reversals (mode, reward, cause, state, linked_to, proposed_at)
      values ('live', 'r1', 'cancelled', 'proposed', null, 5)`,
    `update reversals set state = 'confirmed', amount = 100, idempotency_key = 'k', parameters = '{}', decided_at = 6
      where reward = 'r1'`,
    "update reversals set state = 'reversed', transaction_id = 'cbtxn_2', reversed_at = 7 where reward = 'r1'",
    `insert into told (mode, reward, state, reason, facts, customer, settings, at)
      values ('live', 'r2', 'held', 'stripe_refused', '{}', null, 1, 1)`,
    `insert into audit (seq, at, actor, actor_name, mode, action, subject, before, after, hash)
      values (1, 1, null, null, null, 'paired', 'b1', null, null, 'x')`,
  ],
  '0003_linking': [
    "insert into link_turns (mode, account_id, held_by, until) values ('live', 'a', 'b1', 9)",
    "delete from link_turns where mode = 'live' and account_id = 'a' and held_by = 'b1'",
  ],
  '0004_desk': [
    `insert into days (mode, day, kind, item, count, amount) values ('live', 1, 'credited', 'USD', 1, 100)
      on conflict (mode, day, kind, item) do update set count = days.count + 1`,
    `insert into holds (mode, reward, reason, decided_by, decided_at, seq)
      values ('live', 'r3', 'held_by_hand', 'b1', 1, 1)`,
  ],
  '0005_hints': [
    "insert into hints (mode, kind, at) values ('live', 'rewards', 1)",
    "insert into heard (source, mode, id, at) values ('stripe', 'live', 'evt_1', 1)",
    `insert into heard_last (source, mode, at) values ('stripe', 'live', 1)
      on conflict (source, mode) do update set at = 1`,
  ],
  '0006_tokens': [
    `insert into tokens (hash, browser, issued_at, until, used_at, replaced_at)
      values ('h1', 'b1', 1, 9, null, null)`,
    "update tokens set used_at = 2 where hash = 'h1' and used_at is null and replaced_at is null",
    "update tokens set until = 5, replaced_at = 3 where browser = 'b1' and hash <> 'h2' and replaced_at is null",
  ],
  '0007_wrong_codes': [
    "insert into wrong_codes (address, at) values ('203.0.113.7', 1)",
    'delete from wrong_codes where at <= 1',
  ],
};

test('for every version there are statements, so that the next one is not forgotten', () => {
  expect(Object.keys(STATEMENTS)).toEqual(VERSIONS);
});

test.each(VERSIONS)(
  'a process of %s goes on while the newest version brings the database up to date',
  async (version) => {
    const own = VERSIONS.slice(0, VERSIONS.indexOf(version) + 1).flatMap((each) => STATEMENTS[each] ?? []);
    for (const half of [0, Math.floor(own.length / 2)]) {
      const db = await emptyDatabase();
      await migrate(db, version);
      for (const statement of own.slice(0, half)) await sql.raw(statement).execute(db);
      await migrate(db, LATEST);
      for (const statement of own.slice(half)) await sql.raw(statement).execute(db);
      const { rows } = await sql`select reward, point, credit, earned_at from ledger`.execute(db);
      expect(rows).toEqual([{ reward: 'r1', point: 'noted', credit: 'cbtxn_1', earned_at: null }]);
    }
  },
);

test('a proxy that runs goes on crediting, once each, when a later version has added to its database', async () => {
  const [before, after] = ['fffffffffffffffffffffff1', 'fffffffffffffffffffffff2'].map((id) =>
    reward({ id }),
  );
  if (before === undefined || after === undefined) throw new Error('there are two');
  const stage = await setStage({ participants: [participant({ rewards: [before, after] })] });
  await stage.credits({ rewards: [before.id] });
  const later: Migration = {
    async up(db) {
      await sql`alter table ledger add column later_thing text`.execute(db);
      await sql`create table later_table (name text primary key)`.execute(db);
      await sql`create index ledger_by_later_thing on ledger (later_thing)`.execute(db);
    },
  };
  await migrate(stage.db.withTables(), '9999_later', { '9999_later': later });
  expect(await stage.credits({ rewards: [before.id, after.id] })).toMatchObject([
    { state: 'redeemed' },
    { state: 'redeemed' },
  ]);
  for (const { id } of [before, after]) {
    expect(creditsOf(stage, id)).toHaveLength(1);
    expect(rewardAt(stage, id).statuses).toEqual(['REDEEMED']);
  }
  expect((await stage.app.request('/readyz')).status).toBe(200);
});
