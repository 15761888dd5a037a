/** What webhooks leave behind: a hint for the browsers, and the mark that this webhook was heard, in one step. */
import { sql, type Transaction } from 'kysely';
import type { Hint, HintKind } from '../contract/hints.ts';
import type { Mode } from '../contract/words.ts';
import { clockOf, type Database, serialise, type Tables } from './database.ts';
import { onPostgres } from './database-dialects.ts';
import type { WebhookSource } from './database-hints.ts';

/** Where PostgreSQL tells the other proxies that there is a hint. */
export const CHANNEL = 'advocate_credits_hints';

const HINT_MS = 10 * 60_000;
/**
 * Longer than anybody sends again by themselves: Advocate for three days, Stripe for three, and people from Stripe's
 * dashboard for a month.
 */
const HEARD_MS: Record<WebhookSource, number> = { advocate: 5 * 86_400_000, stripe: 40 * 86_400_000 };
const LAST_MS = 60_000;
const AT_ONCE = 500;

export type WebhookName = { source: WebhookSource; mode: Mode; id: string };

export async function wasHeard(
  db: Pick<Database, 'selectFrom'>,
  { source, id }: Pick<WebhookName, 'source' | 'id'>,
): Promise<boolean> {
  const row = await db
    .selectFrom('heard')
    .select('id')
    .where('source', '=', source)
    .where('id', '=', id)
    .executeTakeFirst();
  if (row !== undefined || source !== 'stripe') return row !== undefined;
  // Where an earlier version wrote them down, and still does while both run side by side.
  const before = await db
    .selectFrom('facts')
    .select('name')
    .where('name', '=', `stripe_event ${id}`)
    .executeTakeFirst();
  return before !== undefined;
}

/**
 * The hint, whatever else the webhook brings about, and the mark that it was heard are committed together: after a
 * crash it is as if the webhook had never come, and it is sent again. False where it was heard before.
 * @param kind null where no browser needs to know.
 */
export async function hearOnce(
  db: Database,
  webhook: WebhookName,
  kind: HintKind | null,
  also: (tx: Transaction<Tables>) => Promise<void> = async () => undefined,
): Promise<boolean> {
  const { source, mode, id } = webhook;
  return db.transaction().execute(async (tx) => {
    // Hints get their places in the order of the commits: a lower one that came later would never be read.
    await serialise(tx, 'hints');
    if (await wasHeard(tx, webhook)) return false;
    await also(tx);
    if (kind !== null)
      await tx
        .insertInto('hints')
        .values({ mode, kind, at: clockOf(db) })
        .execute();
    await tx
      .insertInto('heard')
      .values({ source, mode, id, at: clockOf(db) })
      .execute();
    await forgetOld(db, tx, source);
    if (kind !== null && onPostgres(db)) await sql`select pg_notify(${CHANNEL}, '')`.execute(tx);
    return true;
  });
}

async function forgetOld(db: Database, tx: Transaction<Tables>, source: WebhookSource): Promise<void> {
  const before = (ms: number) => sql<number>`${clockOf(db)} - ${sql.lit(ms)}`;
  await tx.deleteFrom('hints').where('at', '<', before(HINT_MS)).execute();
  await tx
    .deleteFrom('heard')
    .where('source', '=', source)
    .where('at', '<', before(HEARD_MS[source]))
    .execute();
}

/** A valid webhook came, whether or not it matters here: people want to see that their set-up works. */
export async function noteArrival(
  db: Database,
  { source, mode }: Pick<WebhookName, 'source' | 'mode'>,
): Promise<void> {
  await db
    .insertInto('heard_last')
    .values({ source, mode, at: clockOf(db) })
    .onConflict((c) =>
      c
        .columns(['source', 'mode'])
        .doUpdateSet({ at: clockOf(db) })
        .where('heard_last.at', '<', sql<number>`${clockOf(db)} - ${sql.lit(LAST_MS)}`),
    )
    .execute();
}

/** When each of the two was last heard in this mode, to the minute. */
export async function readArrivals(db: Database, mode: Mode): Promise<Record<WebhookSource, number | null>> {
  const rows = await db.selectFrom('heard_last').selectAll().where('mode', '=', mode).execute();
  const of = (source: WebhookSource) => rows.find((row) => row.source === source)?.at ?? null;
  return { advocate: of('advocate'), stripe: of('stripe') };
}

export async function lastHint(db: Database): Promise<number | null> {
  const row = await db.selectFrom('hints').select('seq').orderBy('seq', 'desc').limit(1).executeTakeFirst();
  return row?.seq ?? null;
}

export async function hintsAfter(db: Database, seq: number): Promise<(Hint & { seq: number })[]> {
  return db
    .selectFrom('hints')
    .select(['seq', 'mode', 'kind'])
    .where('seq', '>', seq)
    .orderBy('seq')
    .limit(AT_ONCE)
    .execute();
}
