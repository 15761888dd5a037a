/** The one file that knows the database: its tables, how it is opened, how it grows. */
import Sqlite from 'better-sqlite3';
import { type Generated, Kysely, SqliteDialect, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import type { LedgerPoint, Mode, Role } from '../contract/words.ts';

export type LedgerTable = {
  mode: Mode;
  reward: string;
  account_id: string;
  user_id: string;
  unit: string;
  /** Stripe account the credit is made in; null with a restricted key, which knows only its own account. */
  stripe_account: string | null;
  customer: string;
  /** Minor units of Stripe, positive; `currency` in capitals. */
  amount: number;
  currency: string;
  /** What is redeemed in Advocate, in its unit, and how much was redeemed before the claim. */
  redeem_amount: number;
  redeemed_before: number;
  point: LedgerPoint;
  /** The idempotency key and the parameters that travel under it; frozen together. */
  key_epoch: number;
  idempotency_key: string;
  parameters: string;
  claimed_by: string;
  claimed_at: number;
  /** First and last time the parameters were sent under the present key; null while they never were. */
  first_sent_at: number | null;
  last_sent_at: number | null;
  /** 1 while Stripe may hold a credit that was not seen yet. */
  outcome_unknown: number;
  /** Stripe's last definite refusal under the present key. */
  refusal: string | null;
  credit: string | null;
  request_id: string | null;
  credit_before: number | null;
  credit_after: number | null;
  credited_at: number | null;
  /** When redeeming was last asked of Advocate: from then on a redemption found there may be ours. */
  redeem_sent_at: number | null;
  redeemed_at: number | null;
  /** What somebody else had redeemed in Advocate between claim and redemption. */
  redeemed_by_hand: number;
  noted_at: number | null;
  locked_by: string | null;
  locked_until: number | null;
};

export type Tables = {
  facts: { name: string; value: string };
  codes: { hash: string; role: Role; expires_at: number; used_at: number | null };
  browsers: {
    id: string;
    name: string;
    role: Role;
    token_hash: string;
    paired_at: number;
    last_seen_at: number;
    revoked_at: number | null;
  };
  settings: {
    mode: Mode;
    version: number;
    body: string;
    turned_on_at: number | null;
    changed_by: string;
    changed_at: number;
  };
  connections: {
    mode: Mode;
    account: string;
    account_name: string | null;
    connected_at: number;
    connected_by: string;
    broken: string | null;
  };
  connect_states: { hash: string; mode: Mode; browser: string; expires_at: number; used_at: number | null };
  leases: { mode: Mode; browser: string; until: number; last_run_at: number };
  /**
   * Links as last seen at Advocate. `watched` is 1 while rewards wait for this link to be made or changed, which may
   * happen anywhere; `seq` is the place of its last change among all changes, 0 when none was seen.
   */
  links: {
    mode: Mode;
    account_id: string;
    user_id: string;
    customer: string | null;
    seq: number;
    watched: number;
    checked_at: number;
  };
  link_changes: { seq: Generated<number>; at: number };
  ledger: LedgerTable;
};

export type Database = Kysely<Tables>;

const MIGRATIONS: Record<string, Migration> = {
  '0001_start': {
    async up(db: Kysely<unknown>) {
      for (const statement of START) await sql.raw(statement).execute(db);
    },
  },
};

const START = [
  'create table facts (name text primary key, value text not null)',
  'create table codes (hash text primary key, role text not null, expires_at integer not null, used_at integer)',
  `create table browsers (id text primary key, name text not null, role text not null, token_hash text not null unique,
    paired_at integer not null, last_seen_at integer not null, revoked_at integer)`,
  `create table settings (mode text primary key, version integer not null, body text not null, turned_on_at integer,
    changed_by text not null, changed_at integer not null)`,
  `create table connections (mode text primary key, account text not null, account_name text,
    connected_at integer not null, connected_by text not null, broken text)`,
  `create table connect_states (hash text primary key, mode text not null, browser text not null,
    expires_at integer not null, used_at integer)`,
  'create table leases (mode text primary key, browser text not null, until integer not null, last_run_at integer not null)',
  `create table links (mode text not null, account_id text not null, user_id text not null, customer text,
    seq integer not null, watched integer not null, checked_at integer not null,
    primary key (mode, account_id, user_id))`,
  'create index links_by_seq on links (mode, seq)',
  'create index links_by_customer on links (mode, customer) where customer is not null',
  'create index links_watched on links (mode, checked_at) where watched = 1',
  'create table link_changes (seq integer primary key autoincrement, at integer not null)',
  `create table ledger (
    mode text not null, reward text not null, account_id text not null, user_id text not null, unit text not null,
    stripe_account text, customer text not null,
    amount integer not null check (amount > 0), currency text not null check (length(currency) = 3),
    redeem_amount integer not null check (redeem_amount > 0), redeemed_before integer not null,
    point text not null check (point in ('claimed', 'credited', 'redeemed', 'noted')),
    key_epoch integer not null, idempotency_key text not null unique, parameters text not null,
    claimed_by text not null, claimed_at integer not null, first_sent_at integer, last_sent_at integer,
    outcome_unknown integer not null default 0, refusal text,
    credit text unique, request_id text, credit_before integer, credit_after integer, credited_at integer,
    redeem_sent_at integer, redeemed_at integer, redeemed_by_hand integer not null default 0, noted_at integer,
    locked_by text, locked_until integer,
    primary key (mode, reward),
    check (point = 'claimed' or credit is not null))`,
  'create index ledger_by_participant on ledger (mode, account_id, user_id)',
  "create index ledger_unnoted on ledger (mode, redeemed_at) where point = 'redeemed'",
  'create index ledger_by_day on ledger (mode, currency, claimed_at, amount)',
];

/** Opens the SQLite file, with every commit on disk before it counts, and brings it up to date. */
export async function openDatabase(file: string, now: () => number): Promise<Database> {
  const sqlite = new Sqlite(file);
  sqlite.pragma('journal_mode = WAL');
  sqlite.pragma('synchronous = FULL');
  sqlite.pragma('foreign_keys = ON');
  sqlite.pragma('busy_timeout = 5000');
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: sqlite }) });
  const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } });
  const { error } = await migrator.migrateToLatest();
  if (error) {
    await db.destroy();
    throw new Error(
      `The database ${file} was not opened: ${error instanceof Error ? error.message : String(error)}. ` +
        'If a newer version of the proxy has used it, run that version; nothing was changed.',
    );
  }
  await stayAlive(db, now);
  return db;
}

/** Stripe forgets keys after a day, and with them the guard against what a younger ledger had sent. */
const LONG_SILENCE_MS = 20 * 3_600_000;

/**
 * Notes that this ledger is in use. One that was silent for long may be an old backup put back, and counts as born
 * anew: what was earned before is looked for at Stripe before it is credited.
 */
export async function stayAlive(db: Database, now: () => number): Promise<void> {
  const alive = await db
    .selectFrom('facts')
    .select('value')
    .where('name', '=', 'alive_at')
    .executeTakeFirst();
  const note = (name: string) =>
    db
      .insertInto('facts')
      .values({ name, value: String(now()) })
      .onConflict((c) => c.column('name').doUpdateSet({ value: String(now()) }))
      .execute();
  if (alive === undefined || now() - Number(alive.value) > LONG_SILENCE_MS) await note('born_at');
  await note('alive_at');
}

/** When this database began to remember. Rewards earned earlier may have been credited by one that was lost. */
export async function bornAt(db: Database): Promise<number> {
  const row = await db
    .selectFrom('facts')
    .select('value')
    .where('name', '=', 'born_at')
    .executeTakeFirstOrThrow();
  return Number(row.value);
}
