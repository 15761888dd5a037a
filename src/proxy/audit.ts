/**
 * The history of what people and the proxy did. Each row's hash covers the row and the hash before it, so that nothing
 * in it can be edited, removed, inserted or moved unseen; the newest row is noted a second time (the head), so that a
 * shortened end is seen as well. Who may rewrite the whole database may rewrite the whole chain: against that, a head
 * that was written down elsewhere helps (`npm run proxy -- audit verify` prints it).
 */
import { createHash } from 'node:crypto';
import type { Selectable, Transaction } from 'kysely';
import * as v from 'valibot';
import type { AuditAction, AuditEntry, AuditPage, AuditQuery } from '../contract/audit.ts';
import type { Mode } from '../contract/words.ts';
import { type AuditTable, type Database, databaseNow, serialise, type Tables } from './database.ts';

export type AuditRow = Selectable<AuditTable>;
/** The browser that did it (`c.var.browser`); null where the proxy did it by itself. */
export type Actor = { id: string; name: string } | null;
/** JSON without names, e-mails and secrets. */
type Said = Readonly<Record<string, unknown>> | null;

export type NewEntry = {
  actor: Actor;
  mode: Mode | null;
  action: AuditAction;
  /** A reward, a browser, a Stripe account, or a participant: see `subjectOf`. */
  subject: string;
  before?: Said;
  after?: Said;
};

/**
 * How the history names a participant. Advocate's ids are whatever the company chose, and some chose e-mail addresses:
 * here they are ids, without which nobody could tell whose link was changed.
 */
export const subjectOf = ({ accountId, userId }: { accountId: string; userId: string }) =>
  `${accountId}/${userId}`;

const PAGE = 100;
const HEAD = 'audit_head';
const START = '0'.repeat(64);

const Head = v.object({ seq: v.pipe(v.number(), v.safeInteger(), v.minValue(0)), hash: v.string() });
export type Head = v.InferOutput<typeof Head>;
export const EMPTY_HEAD: Head = { seq: 0, hash: START };
/** What stands where the note was overwritten with something else. */
export const UNREADABLE_HEAD: Head = { seq: 0, hash: 'unreadable' };

/** Everything in the row, in an order and a spelling that only one row can have. */
export function hashOf(previous: string, row: Omit<AuditRow, 'hash'>): string {
  const { seq, at, actor, actor_name, mode, action, subject, before, after } = row;
  const canonical = JSON.stringify([
    previous,
    seq,
    at,
    actor,
    actor_name,
    mode,
    action,
    subject,
    before,
    after,
  ]);
  return createHash('sha256').update(canonical).digest('hex');
}

/**
 * Appends in the caller's transaction: both happen, or neither. Call it last in the transaction, since the history is
 * held from here to the commit, and whoever holds it must not wait for anything else.
 */
export async function append(tx: Transaction<Tables>, entry: NewEntry): Promise<void> {
  await serialise(tx, 'audit');
  const head = await headNow(tx);
  const said = (what: Said | undefined) =>
    what === undefined || what === null ? null : JSON.stringify(what);
  const row = {
    seq: head.seq + 1,
    at: await databaseNow(tx),
    actor: entry.actor?.id ?? null,
    actor_name: entry.actor?.name ?? null,
    mode: entry.mode,
    action: entry.action,
    subject: entry.subject,
    before: said(entry.before),
    after: said(entry.after),
  };
  const hash = hashOf(head.hash, row);
  await tx
    .insertInto('audit')
    .values({ ...row, hash })
    .execute();
  const value = JSON.stringify({ seq: row.seq, hash });
  await tx
    .insertInto('facts')
    .values({ name: HEAD, value })
    .onConflict((c) => c.column('name').doUpdateSet({ value }))
    .execute();
}

/** Who a browser's id belongs to, where only the id is at hand. */
export async function actorOf(db: Pick<Database, 'selectFrom'>, id: string): Promise<Actor> {
  const found = await db.selectFrom('browsers').select('name').where('id', '=', id).executeTakeFirst();
  return { id, name: found?.name ?? '' };
}

/** For what changes nothing else in this database: an entry on its own. */
export const record = (db: Database, entry: NewEntry): Promise<void> =>
  db.transaction().execute((tx) => append(tx, entry));

/**
 * Where to go on. Where somebody tampered with the end, money does not stop for it: the history goes on after whatever
 * is there, and the break stays visible.
 */
async function headNow(tx: Transaction<Tables>): Promise<Head> {
  const head = (await readHead(tx)) ?? EMPTY_HEAD;
  const { last } = await tx
    .selectFrom('audit')
    .select(({ fn }) => fn.max('seq').as('last'))
    .executeTakeFirstOrThrow();
  return { seq: Math.max(head.seq, last ?? 0), hash: head.hash };
}

/** Null where there is none: somebody removed it, or nothing was ever written. */
export async function readHead(db: Pick<Database, 'selectFrom'>): Promise<Head | null> {
  const row = await db.selectFrom('facts').select('value').where('name', '=', HEAD).executeTakeFirst();
  return row === undefined ? null : parseHead(row.value);
}

function parseHead(value: string): Head {
  try {
    return v.parse(Head, JSON.parse(value));
  } catch {
    return UNREADABLE_HEAD;
  }
}

/** Newest first. */
export async function page(
  db: Database,
  { before, subject }: v.InferOutput<typeof AuditQuery>,
): Promise<AuditPage> {
  let query = db
    .selectFrom('audit')
    .selectAll()
    .orderBy('seq', 'desc')
    .limit(PAGE + 1);
  if (before !== undefined) query = query.where('seq', '<', Number(before));
  if (subject !== undefined) query = query.where('subject', '=', subject);
  const rows = await query.execute();
  const entries = rows.slice(0, PAGE).map(viewRow);
  const last = entries.at(-1);
  return { entries, before: rows.length > PAGE && last !== undefined ? String(last.seq) : null };
}

const viewRow = ({ actor, actor_name, ...row }: AuditRow): AuditEntry => ({
  ...row,
  actor: actor === null ? null : { id: actor, name: actor_name ?? '' },
});
