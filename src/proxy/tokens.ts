/**
 * The tokens that browsers carry. Only hashes are kept. A token ends after thirty days; long before, its browser trades it
 * for a new one. The old one stays good until the new one is used, and five minutes more, so an answer that was lost locks
 * nobody out. A token that comes again an hour after it was replaced is a copy in other hands: the browser loses all of them.
 */
import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Role } from '../contract/words.ts';
import { append } from './audit.ts';
import { clockOf, type Database, databaseNow } from './database.ts';

const DAY_MS = 86_400_000;
/** How long a browser may be shut before it has to pair again. */
export const TOKEN_MS = 30 * DAY_MS;
/** From then on a browser is asked to trade its token in. */
export const RENEW_AFTER_MS = DAY_MS;
/** For requests that were on their way with the old one. */
export const OVERLAP_MS = 5 * 60_000;
/** So long an old one may still come from its own browser: a deed that began with it, on a machine that slept meanwhile. */
export const HONEST_MS = 3_600_000;
/** Answers to the same wish that may all have been lost. */
const UNUSED_KEPT = 4;

export type TokenTable = {
  hash: string;
  browser: string;
  issued_at: number;
  /** When it ends. */
  until: number;
  /** Its first use; null while nobody knows whether it arrived. */
  used_at: number | null;
  /** When a newer one of the same browser was used. */
  replaced_at: number | null;
};

export const hash = (secret: string) => createHash('sha256').update(secret).digest('hex');

export type Holder = { id: string; name: string; role: Role; lastSeenAt: number };
/** `copied`: replaced, and used again. Whoever holds it has it from somebody else, or somebody else has it. */
export type Presented =
  | { state: 'unknown' | 'ended' }
  | { state: 'good'; holder: Holder; due: boolean }
  | { state: 'copied'; holder: Holder };

/** @param db the transaction in which the browser is paired, or the database. */
export async function issueToken(db: Database, browser: string): Promise<{ token: string; until: number }> {
  const token = randomBytes(32).toString('base64url');
  const now = await databaseNow(db);
  const until = now + TOKEN_MS;
  await db
    .insertInto('tokens')
    .values({ hash: hash(token), browser, issued_at: now, until, used_at: null, replaced_at: null })
    .execute();
  return { token, until };
}

/** Whose it is, and whether it is still good. Using a new one for the first time ends those before it. */
export async function presentToken(db: Database, token: string): Promise<Presented> {
  const presented = hash(token);
  const found = await db
    .selectFrom('tokens')
    .innerJoin('browsers', 'browsers.id', 'tokens.browser')
    .select(['id', 'name', 'role', 'last_seen_at', 'issued_at', 'until', 'used_at', 'replaced_at'])
    .select(clockOf(db).as('now'))
    .where('hash', '=', presented)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (found === undefined) return { state: 'unknown' };
  const { id, name, role, last_seen_at, now } = found;
  const holder = { id, name, role, lastSeenAt: last_seen_at };
  if (found.until <= now)
    return found.replaced_at === null || now - found.replaced_at < HONEST_MS
      ? { state: 'ended' }
      : { state: 'copied', holder };
  if (found.used_at === null) await replaceOthers(db, id, presented);
  return {
    state: 'good',
    holder,
    due: found.replaced_at === null && now - found.issued_at >= RENEW_AFTER_MS,
  };
}

async function replaceOthers(db: Database, browser: string, by: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const first = await tx
      .updateTable('tokens')
      .set({ used_at: clockOf(tx) })
      .where('hash', '=', by)
      .where('used_at', 'is', null)
      .where('replaced_at', 'is', null)
      .returning('used_at')
      .executeTakeFirst();
    if (first === undefined) return;
    const end = sql<number>`${clockOf(tx)} + ${sql.lit(OVERLAP_MS)}`;
    await tx
      .updateTable('tokens')
      .set({ until: sql`case when until < ${end} then until else ${end} end`, replaced_at: clockOf(tx) })
      .where('browser', '=', browser)
      .where('hash', '!=', by)
      .where('replaced_at', 'is', null)
      .execute();
  });
}

/** A new token beside those that the browser has; nothing ends before the new one is used. */
export async function renewToken(db: Database, browser: string): Promise<{ token: string; until: number }> {
  return db.transaction().execute(async (tx) => {
    const fresh = await issueToken(tx, browser);
    const unused = tx
      .selectFrom('tokens')
      .select('hash')
      .where('browser', '=', browser)
      .where('used_at', 'is', null)
      .orderBy('issued_at', 'desc')
      .orderBy('hash');
    await tx
      .deleteFrom('tokens')
      .where('browser', '=', browser)
      .where((eb) =>
        eb.or([
          eb.and([eb('used_at', 'is', null), eb('hash', 'not in', unused.limit(UNUSED_KEPT))]),
          // Remembered for as long as it would have been good, since its copy may come until then.
          eb('issued_at', '<', sql<number>`${clockOf(tx)} - ${sql.lit(2 * TOKEN_MS)}`),
        ]),
      )
      .where('hash', '!=', hash(fresh.token))
      .execute();
    return fresh;
  });
}

/** Nobody can tell the browser from its copy, so neither is let in. It pairs again. */
export async function revokeCopied(db: Database, { id, role }: Holder): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const revoked = await tx
      .updateTable('browsers')
      .set({ revoked_at: clockOf(tx) })
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (revoked === undefined) return;
    await tx.updateTable('leases').set({ until: 0 }).where('browser', '=', id).execute();
    const told = { before: { role }, after: { by: 'an old token that was used again' } };
    await append(tx, { actor: null, mode: null, action: 'unpaired', subject: id, ...told });
  });
}
