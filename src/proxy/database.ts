/** The one file that knows the database: its tables, how it is opened, how it grows. */
import { type Dialect, type Generated, Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { AuditAction } from '../contract/audit.ts';
import type { Reason } from '../contract/reasons.ts';
import type { ReversalCause, ReversalState } from '../contract/reversals.ts';
import type { Outcome } from '../contract/routes.ts';
import type { LedgerPoint, Mode, Role } from '../contract/words.ts';
import type { AlertTable, DaysTable, HoldTable } from './database-desk.ts';
import { dialectFor, onPostgres } from './database-dialects.ts';
import type { HeardLastTable, HeardTable, HintTable } from './database-hints.ts';
import { MIGRATIONS } from './database-migrations.ts';
import { strikeSecrets } from './secrets.ts';
import type { TokenTable } from './tokens.ts';
import type { WrongCodeTable } from './wrong-codes.ts';

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
  /** When Advocate gave the reward; null in rows of earlier versions. */
  earned_at: number | null;
  locked_by: string | null;
  locked_until: number | null;
};

/** One row per credit that was ever proposed to be taken back. */
export type ReversalTable = {
  mode: Mode;
  reward: string;
  cause: ReversalCause;
  state: ReversalState;
  linked_to: string | null;
  proposed_at: number;
  decided_at: number | null;
  decided_by: string | null;
  /** Frozen together when an admin confirms; minor units, positive. Null while proposed. */
  amount: number | null;
  idempotency_key: string | null;
  key_epoch: number;
  parameters: string | null;
  first_sent_at: number | null;
  last_sent_at: number | null;
  outcome_unknown: number;
  /** Why a confirmed one is not through. */
  reason: Reason | null;
  transaction_id: string | null;
  request_id: string | null;
  reversed_at: number | null;
  /** What the customer owes since, where an invoice was quicker. */
  debit: number | null;
  /** When the credit itself was marked at Stripe as taken back. */
  marked_at: number | null;
  locked_by: string | null;
  locked_until: number | null;
};

/** The last outcome that was told of a reward, for whoever did not hear it. */
export type ToldTable = {
  mode: Mode;
  reward: string;
  state: Outcome['state'];
  reason: Reason | null;
  facts: string;
  customer: string | null;
  /** The version of the settings it was decided under. */
  settings: number;
  at: number;
};

export type AuditTable = {
  seq: number;
  at: number;
  actor: string | null;
  actor_name: string | null;
  mode: Mode | null;
  action: AuditAction;
  subject: string;
  before: string | null;
  after: string | null;
  /** SHA-256 over the hash before it and everything in this row. */
  hash: string;
};

export type Tables = {
  facts: { name: string; value: string };
  codes: { hash: string; role: Role; expires_at: number; used_at: number | null };
  browsers: {
    id: string;
    name: string;
    role: Role;
    /** Of the token it was paired with; tokens are kept in a table of their own since. */
    token_hash: string;
    paired_at: number;
    last_seen_at: number;
    revoked_at: number | null;
  };
  tokens: TokenTable;
  wrong_codes: WrongCodeTable;
  settings: {
    mode: Mode;
    version: number;
    body: string;
    /** JSON: per unit, when it was added. Null in a row of version 1: nothing waits. */
    backfill: string | null;
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
  /** Who is changing links of an account at this moment. */
  link_turns: { mode: Mode; account_id: string; held_by: string; until: number };
  ledger: LedgerTable;
  reversals: ReversalTable;
  told: ToldTable;
  holds: HoldTable;
  days: DaysTable;
  alerts: AlertTable;
  hints: HintTable;
  heard: HeardTable;
  heard_last: HeardLastTable;
  audit: AuditTable;
};

export type Database = Kysely<Tables>;

const clocks = new WeakMap<object, () => number>();

/**
 * Opens `file:…` (SQLite, every commit on disk before it counts) or `postgres://…`, and brings it up to date.
 * @param clock the one clock of all who use this database, where it is not to be PostgreSQL's own or this machine's.
 */
export async function openDatabase(url: string, clock?: () => number): Promise<Database> {
  let db: Database | null = null;
  try {
    db = databaseOver(dialectFor(url), clock);
    await migrate(db);
    // It is written into the file, so not before the file is known to be ours.
    if (!onPostgres(db)) await sql`pragma journal_mode = wal`.execute(db);
    await stayAlive(db);
    return db;
  } catch (cause) {
    await db?.destroy();
    // Neither the address nor the error is passed on: either may hold the password.
    throw new Error(`The database was not opened. ${sentenceOf(cause)}`);
  }
}

/** Over a dialect of one's own, as it is: nothing is brought up to date. */
export function databaseOver(dialect: Dialect, clock?: () => number): Database {
  const db = new Kysely<Tables>({ dialect });
  if (clock !== undefined) clocks.set(db.getExecutor().adapter, clock);
  return db;
}

/** All or nothing, and one at a time: on PostgreSQL the migrator sees to it, on SQLite this write lock. */
async function migrate(db: Database): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } });
  if (!onPostgres(db)) await sql`begin immediate`.execute(db);
  const { error } = await migrator.migrateToLatest();
  if (!onPostgres(db)) await sql.raw(error === undefined ? 'commit' : 'rollback').execute(db);
  if (error !== undefined)
    throw new Error(
      `${sentenceOf(error)} If a newer version of the proxy has used it, run that version; nothing was changed.`,
    );
}

/** Some errors of connecting say nothing but their code. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = error.message || ('code' in error ? String(error.code) : error.name);
  return strikeSecrets(text).replace(/[^.]$/, '$&.');
}

/**
 * From here to the end of the transaction everybody else's of this name waits. Called before anything is read, since
 * on PostgreSQL only what is read afterwards is sure to be seen. On SQLite any writer keeps all others out.
 * Take `audit` last: whoever holds it must not wait for another name or row.
 */
export async function serialise(tx: Transaction<Tables>, name: string): Promise<void> {
  if (onPostgres(tx))
    await sql`select pg_advisory_xact_lock(hashtext(current_schema()), hashtext(${name}))`.execute(tx);
  // Takes the write lock: a read that becomes a write later is refused, not queued.
  else await tx.updateTable('facts').set({ value: '' }).where('name', '=', '').execute();
}

/**
 * The time, in SQL, by the one clock that all proxies on this database share. What one proxy writes and another
 * compares goes by it: their own clocks may be days apart.
 */
export function clockOf(on: Database): RawBuilder<number> {
  const clock = localClock(on);
  return clock === null
    ? // Asked once for the whole statement: were it asked for each row, no index could be used with it.
      sql<number>`(select floor(extract(epoch from clock_timestamp()) * 1000)::bigint)`
    : sql<number>`cast(${clock()} as bigint)`;
}

/** Null where the time is PostgreSQL's to tell. */
const localClock = (on: Database): (() => number) | null =>
  clocks.get(on.getExecutor().adapter) ?? (onPostgres(on) ? null : Date.now);

export async function databaseNow(on: Database): Promise<number> {
  const clock = localClock(on);
  if (clock !== null) return clock();
  const { now } = await on.selectNoFrom(clockOf(on).as('now')).executeTakeFirstOrThrow();
  return now;
}

/** Stripe forgets keys after a day, and with them the guard against what a younger ledger had sent. */
const LONG_SILENCE_MS = 20 * 3_600_000;
const NOTE_EVERY_MS = 600_000;

/**
 * Notes that this ledger is in use, and tells when it began to remember: rewards earned earlier may have been credited
 * by one that was lost. A ledger that was silent for long may be an old backup put back, under a running proxy even,
 * and counts as born anew.
 */
export async function stayAlive(db: Database): Promise<number> {
  const now = await databaseNow(db);
  const rows = await db
    .selectFrom('facts')
    .selectAll()
    .where('name', 'in', ['born_at', 'alive_at'])
    .execute();
  const facts = new Map(rows.map(({ name, value }) => [name, Number(value)]));
  const note = (name: string) =>
    db
      .insertInto('facts')
      .values({ name, value: String(now) })
      .onConflict((c) => c.column('name').doUpdateSet({ value: String(now) }))
      .execute();
  const aliveAt = facts.get('alive_at');
  const bornAt = facts.get('born_at');
  const isNew = aliveAt === undefined || bornAt === undefined || now - aliveAt > LONG_SILENCE_MS;
  if (isNew) await note('born_at');
  if (isNew || now - aliveAt > NOTE_EVERY_MS) await note('alive_at');
  return isNew ? now : bornAt;
}
