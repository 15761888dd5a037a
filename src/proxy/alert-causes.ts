/**
 * What a team is to be told, as it stands now: compared with the rows that stand in the database, so that of one thing
 * there is one row, however many proxies there are.
 */
import { sql, type Transaction } from 'kysely';
import type { AlertKind } from '../contract/health.ts';
import type { Settings } from '../contract/routes.ts';
import type { Mode } from '../contract/words.ts';
import { differsSubject } from './alert-words.ts';
import { clockOf, type Database, databaseNow, serialise, type Tables } from './database.ts';
import { readReconciled } from './last-reconcile.ts';
import type { Lost } from './lost.ts';

export type Causes = {
  db: Database;
  nothingRunMs: number;
  readSettings: (mode: Mode) => Promise<Settings>;
  connections: (mode: Mode) => Promise<Lost[]>;
};

const KEY = ['mode', 'kind', 'subject'] as const;
const NEWS = { state: 'new', tries: 0, next_try_at: 0 } as const;

/** Many rows change at once, in whatever order: proxies take turns. */
export const inTurn = <T>(db: Database, mode: Mode, work: (tx: Transaction<Tables>) => Promise<T>) =>
  db.transaction().execute(async (tx) => {
    await serialise(tx, `alerts ${mode}`);
    return work(tx);
  });

/** Per kind: brings its rows to what stands now. */
export function createCauses({ db, nothingRunMs, readSettings, connections }: Causes) {
  /** These stand now, and no others of this kind. */
  async function stand(mode: Mode, kind: AlertKind, subjects: readonly string[]): Promise<void> {
    let over = db.deleteFrom('alerts').where('mode', '=', mode).where('kind', '=', kind);
    if (subjects.length > 0) over = over.where('subject', 'not in', subjects);
    await over.execute();
    for (const subject of subjects)
      await db
        .insertInto('alerts')
        .values({ mode, kind, subject, ...NEWS, noticed_at: clockOf(db) })
        .onConflict((c) => c.columns(KEY).doNothing())
        .execute();
  }

  /** There may be many, so they are compared where they are. */
  const held = (mode: Mode) =>
    inTurn(db, mode, async (tx) => {
      const subject = sql<string>`told.reward || ' ' || coalesce(told.reason, '')`;
      const standing = tx
        .selectFrom('told')
        .where('told.mode', '=', mode)
        .where(sql<boolean>`told.state = 'held'`)
        // Nobody is told of what people decided themselves.
        .where(sql<boolean>`coalesce(told.reason, '') not in ('held_by_hand', 'dismissed')`);
      await tx
        .deleteFrom('alerts')
        .where('mode', '=', mode)
        .where('kind', '=', 'held')
        .where('subject', 'not in', standing.select(subject.as('subject')))
        .execute();
      const known = tx
        .selectFrom('alerts')
        .select('alerts.subject')
        .where('mode', '=', mode)
        .where('kind', '=', 'held');
      const unknown = standing
        .where(subject, 'not in', known)
        .select([
          'told.mode',
          sql.lit<AlertKind>('held').as('kind'),
          subject.as('subject'),
          sql.lit(NEWS.state).as('state'),
          sql.lit(NEWS.tries).as('tries'),
          sql.lit(NEWS.next_try_at).as('next_try_at'),
          clockOf(db).as('noticed_at'),
        ]);
      await tx
        .insertInto('alerts')
        .columns([...KEY, 'state', 'tries', 'next_try_at', 'noticed_at'])
        .expression(unknown)
        .execute();
    });

  /** Each proxy has asked at another moment: only who has asked later than the last change changes anything. */
  async function found(mode: Mode, { subject, lost, at }: Lost): Promise<void> {
    if (lost === null) return;
    if (lost)
      await db
        .insertInto('alerts')
        .values({ mode, kind: 'lost', subject, ...NEWS, noticed_at: at })
        .onConflict((c) =>
          c
            .columns(KEY)
            .doUpdateSet({ ...NEWS, noticed_at: at })
            .where('alerts.state', '=', 'over')
            .where('alerts.noticed_at', '<', at),
        )
        .execute();
    else
      await db
        .updateTable('alerts')
        .set({ state: 'over', noticed_at: at })
        .where('mode', '=', mode)
        .where('kind', '=', 'lost')
        .where('subject', '=', subject)
        .where('state', '!=', 'over')
        .where('noticed_at', '<', at)
        .execute();
  }

  async function quietSince(mode: Mode): Promise<string[]> {
    const { paused, turnedOnAt, units } = await readSettings(mode);
    if (paused || turnedOnAt === null || units.length === 0) return [];
    const lease = await db
      .selectFrom('leases')
      .select('last_run_at')
      .where('mode', '=', mode)
      .executeTakeFirst();
    const since = Math.max(turnedOnAt, lease?.last_run_at ?? 0);
    return (await databaseNow(db)) - since > nothingRunMs ? [String(since)] : [];
  }

  return {
    held,
    async lost(mode) {
      for (const one of await connections(mode)) await found(mode, one);
    },
    quiet: async (mode) => stand(mode, 'quiet', await quietSince(mode)),
    async differs(mode) {
      const last = await readReconciled(db, mode);
      const differs = last !== null && last.differences > 0;
      await stand(mode, 'differs', differs ? [differsSubject(last.digest, last.differences)] : []);
    },
  } satisfies Record<AlertKind, (mode: Mode) => Promise<void>>;
}
