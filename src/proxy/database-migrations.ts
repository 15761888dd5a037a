/** How the database grows: one list of steps for SQLite and for PostgreSQL. */
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { onPostgres } from './database-dialects.ts';

/** Once released, a migration never changes: real ledgers were made with it. */
export const MIGRATIONS: Record<string, Migration> = {
  '0001_start': { up: (db) => run(db, START) },
  '0002_proof': { up: (db) => run(db, PROOF) },
  '0003_linking': { up: (db) => run(db, LINKING) },
  '0004_desk': { up: (db) => run(db, DESK) },
  '0005_hints': { up: (db) => run(db, HINTS) },
  '0006_tokens': { up: (db) => run(db, TOKENS) },
  '0007_wrong_codes': { up: (db) => run(db, WRONG_CODES) },
};

async function run(db: Kysely<unknown>, statements: readonly string[]): Promise<void> {
  const words = onPostgres(db) ? forPostgres : (statement: string) => statement;
  for (const statement of statements) await sql.raw(words(statement)).execute(db);
}

/** The statements are SQLite's. There an integer has 64 bits, and texts are ordered by their bytes. */
const forPostgres = (statement: string): string =>
  statement
    .replace('integer primary key autoincrement', 'bigint generated always as identity primary key')
    .replace(/\binteger\b/g, 'bigint')
    .replace(/\btext\b/g, 'text collate "C"');

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

/** What lets people see, take back and prove: reversals, the last word on each reward, the chained history. */
const PROOF = [
  'alter table settings add column backfill text',
  'create index ledger_by_customer on ledger (mode, customer)',
  "create index ledger_unfinished on ledger (mode, claimed_at) where point in ('claimed', 'credited')",
  `create table reversals (
    mode text not null, reward text not null, cause text not null, state text not null, linked_to text,
    proposed_at integer not null, decided_at integer, decided_by text,
    amount integer check (amount > 0), idempotency_key text unique, key_epoch integer not null default 0, parameters text,
    first_sent_at integer, last_sent_at integer, outcome_unknown integer not null default 0, reason text,
    transaction_id text unique, request_id text, reversed_at integer, debit integer, marked_at integer,
    locked_by text, locked_until integer,
    primary key (mode, reward),
    check (state in ('proposed', 'dismissed', 'confirmed', 'reversed')),
    check (state in ('proposed', 'dismissed') or amount is not null),
    check (state <> 'reversed' or transaction_id is not null))`,
  'create index reversals_by_state on reversals (mode, state, reward)',
  "create index reversals_unmarked on reversals (mode, reward) where state = 'reversed' and marked_at is null",
  'create index links_unwatched on links (mode, checked_at) where watched = 0',
  `create table told (mode text not null, reward text not null, state text not null, reason text,
    facts text not null, customer text, settings integer not null, at integer not null, primary key (mode, reward))`,
  `create table audit (seq integer primary key, at integer not null, actor text, actor_name text, mode text,
    action text not null, subject text not null, before text, after text, hash text not null)`,
  'create index audit_by_subject on audit (subject, seq)',
];

/** Who is changing the links of an account at this moment: two at once would not see each other's. */
const LINKING = [
  `create table link_turns (mode text not null, account_id text not null, held_by text not null, until integer not null,
    primary key (mode, account_id))`,
];

/** What the admin's desk asks: how long it took, what each day came to, and every order that the ledger is read in. */
const DESK = [
  'alter table ledger add column earned_at integer',
  'create index ledger_by_time on ledger (mode, claimed_at, reward)',
  "create index ledger_at_point on ledger (mode, point, claimed_at, reward) where point in ('claimed', 'credited')",
  'create index ledger_in_currency on ledger (mode, currency, claimed_at, reward)',
  'create index ledger_by_amount on ledger (mode, currency, amount, reward)',
  'create index ledger_by_user on ledger (mode, user_id)',
  'create index ledger_by_hand on ledger (mode, reward) where redeemed_by_hand > 0',
  "create index told_held on told (mode, reason, reward) where state = 'held'",
  `create table days (mode text not null, day integer not null, kind text not null, item text not null,
    count integer not null, amount integer not null, primary key (mode, day, kind, item))`,
  `insert into days select mode, credited_at / 86400000, 'credited', currency, count(*), sum(amount)
    from ledger where credited_at is not null group by mode, credited_at / 86400000, currency`,
  `insert into days select r.mode, r.reversed_at / 86400000, 'reversed', l.currency, count(*), sum(r.amount)
    from reversals r join ledger l on l.mode = r.mode and l.reward = r.reward
    where r.reversed_at is not null group by r.mode, r.reversed_at / 86400000, l.currency`,
  `create table alerts (mode text not null, kind text not null, subject text not null, state text not null,
    noticed_at integer not null, tries integer not null, next_try_at integer not null, tried_at integer,
    message text, why text,
    primary key (mode, kind, subject), check (state in ('new', 'sending', 'told', 'given_up', 'over')))`,
  "create index alerts_new on alerts (mode, kind) where state = 'new'",
  `create table holds (mode text not null, reward text not null, reason text, decided_by text not null,
    decided_at integer not null, seq integer not null, primary key (mode, reward),
    check (reason in ('held_by_hand', 'dismissed')))`,
  'create unique index holds_by_seq on holds (mode, seq)',
];

/** What webhooks said: hints for browsers, and which webhooks were heard. */
const HINTS = [
  'create table hints (seq integer primary key autoincrement, at integer not null, mode text not null, kind text not null)',
  'create index hints_by_time on hints (at)',
  'create table heard (source text not null, id text not null, mode text not null, at integer not null, primary key (source, id))',
  'create index heard_by_time on heard (source, at)',
  'create table heard_last (source text not null, mode text not null, at integer not null, primary key (source, mode))',
  'create index told_by_customer on told (mode, customer)',
];

/** Tokens that end. Those given before end thirty days after they were last seen. */
const TOKENS = [
  `create table tokens (hash text primary key, browser text not null, issued_at integer not null,
    until integer not null, used_at integer, replaced_at integer)`,
  'create index tokens_by_browser on tokens (browser)',
  `insert into tokens select token_hash, id, last_seen_at, last_seen_at + 2592000000, last_seen_at, null
    from browsers where revoked_at is null`,
];

/** Wrong pairing codes of the last minute, counted for all proxies together. */
const WRONG_CODES = [
  'create table wrong_codes (address text not null, at integer not null)',
  'create index wrong_codes_by_time on wrong_codes (at)',
  'create index wrong_codes_by_address on wrong_codes (address, at)',
];
