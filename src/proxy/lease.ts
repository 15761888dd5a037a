/** The right to drain. For thrift only: two browsers that both believe they hold it still cannot pay twice. */
import { sql } from 'kysely';
import type { Lease } from '../contract/routes.ts';
import type { Mode } from '../contract/words.ts';
import { clockOf, type Database, databaseNow } from './database.ts';
import { REMOVED_BROWSER } from './pairing.ts';

/** Renewed at every run, which an alarm wakes twice a minute, so a quiet browser is replaced within two minutes. */
export const LEASE_MS = 75_000;

export type LeaseStore = ReturnType<typeof createLeases>;

export function createLeases(db: Database) {
  async function read(
    mode: Mode,
    browser: string,
  ): Promise<Lease & { lastRunAt: number | null; lastBrowser: string | null }> {
    const row = await db
      .selectFrom('leases')
      .leftJoin('browsers', 'browsers.id', 'leases.browser')
      .select(['leases.browser', 'until', 'last_run_at', 'browsers.name'])
      .where('mode', '=', mode)
      .executeTakeFirst();
    if (row === undefined)
      return { holder: null, until: null, mine: false, lastRunAt: null, lastBrowser: null };
    const live = row.until > (await databaseNow(db));
    const name = row.name ?? REMOVED_BROWSER;
    return {
      holder: live ? { id: row.browser, name } : null,
      until: live ? row.until : null,
      mine: live && row.browser === browser,
      lastRunAt: row.last_run_at,
      lastBrowser: name,
    };
  }

  return {
    read,
    async take(mode: Mode, browser: string): Promise<Lease> {
      const now = clockOf(db);
      const until = sql<number>`${now} + ${sql.lit(LEASE_MS)}`;
      await db
        .insertInto('leases')
        .values({ mode, browser, until, last_run_at: now })
        .onConflict((c) =>
          c
            .column('mode')
            .doUpdateSet({ browser, until, last_run_at: now })
            .where((eb) => eb.or([eb('leases.browser', '=', browser), eb('leases.until', '<=', now)])),
        )
        .execute();
      const { holder, until: heldUntil, mine } = await read(mode, browser);
      return { holder, until: heldUntil, mine };
    },
    /** A browser that leaves does not make the others wait. */
    async drop(browser: string): Promise<void> {
      await db.updateTable('leases').set({ until: 0 }).where('browser', '=', browser).execute();
    },
  };
}
