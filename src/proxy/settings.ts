import type { Transaction } from 'kysely';
import * as v from 'valibot';
import { ProblemError } from '../contract/problems.ts';
import { type BackfillRequest, type Settings, SettingsBody } from '../contract/routes.ts';
import type { Mode } from '../contract/words.ts';
import { type Actor, append, type NewEntry } from './audit.ts';
import { type Database, databaseNow, type Tables } from './database.ts';

export type SettingsStore = ReturnType<typeof createSettings>;

/** Nothing is paid until a person turns it on. */
const START: Settings = {
  version: 0,
  turnedOnAt: null,
  units: [],
  paused: true,
  currencyRule: 'confirm',
  caps: {},
  backfill: {},
};

type Deed = {
  /** Whose it is, for the history; null: nobody's, so there is no entry. */
  actor: Actor;
  /** What was earned before now in a unit that this write adds waits for an admin's word. */
  earlierWaits: boolean;
};

export function createSettings(db: Database, now: () => number) {
  async function read(mode: Mode, from: Pick<Database, 'selectFrom'> = db): Promise<Settings> {
    const row = await from.selectFrom('settings').selectAll().where('mode', '=', mode).executeTakeFirst();
    if (row === undefined) return START;
    return {
      version: row.version,
      turnedOnAt: row.turned_on_at,
      ...v.parse(SettingsBody, JSON.parse(row.body)),
      backfill: row.backfill === null ? {} : JSON.parse(row.backfill),
    };
  }

  /** Writes only over the version that was read; somebody else's newer one stands. */
  async function over(
    mode: Mode,
    version: number,
    by: string,
    next: (current: Settings) => { body: SettingsBody; backfill: Settings['backfill'] },
    entry: (before: Settings, after: Settings) => NewEntry | null,
  ): Promise<Settings> {
    return db.transaction().execute(async (tx) => {
      const before = await hold(tx, mode, version, by);
      const { body, backfill } = next(before);
      const after: Settings = {
        ...body,
        backfill,
        version: version + 1,
        turnedOnAt: body.paused || !before.paused ? before.turnedOnAt : now(),
      };
      await tx
        .updateTable('settings')
        .set({
          body: JSON.stringify(body),
          backfill: JSON.stringify(backfill),
          turned_on_at: after.turnedOnAt,
          changed_at: now(),
        })
        .where('mode', '=', mode)
        .execute();
      const said = entry(before, after);
      if (said !== null) await append(tx, said);
      return after;
    });
  }

  /** What stands under that version, and from here on is ours to change: whoever comes second finds another version. */
  async function hold(tx: Transaction<Tables>, mode: Mode, version: number, by: string): Promise<Settings> {
    // Writing first takes the row, or SQLite's write lock, before anything is read: two writers never read the same.
    const values = { version: version + 1, changed_by: by, changed_at: now() };
    const body = JSON.stringify(bodyOf(START));
    const held =
      version === 0
        ? await tx
            .insertInto('settings')
            .values({ mode, body, backfill: '{}', turned_on_at: null, ...values })
            .onConflict((c) => c.doNothing())
            .returning('mode')
            .executeTakeFirst()
        : await tx
            .updateTable('settings')
            .set(values)
            .where('mode', '=', mode)
            .where('version', '=', version)
            .returning('mode')
            .executeTakeFirst();
    if (held === undefined)
      throw new ProblemError('settings_changed', { action: 'Look at what changed, then save again.' });
    return { ...(await read(mode, tx)), version };
  }

  return {
    read: (mode: Mode) => read(mode),

    async write(
      mode: Mode,
      version: number,
      body: SettingsBody,
      by: string,
      { actor, earlierWaits }: Deed = { actor: null, earlierWaits: false },
    ): Promise<Settings> {
      // By the one clock of all proxies: behind it, what was earned before would pass for new.
      const added = earlierWaits ? await databaseNow(db) : null;
      return over(
        mode,
        version,
        by,
        (current) => ({ body, backfill: backfillOf(current, body.units, added) }),
        (before, after) =>
          actor && {
            actor,
            mode,
            action: 'settings_changed',
            subject: 'settings',
            before,
            after,
          },
      );
    },

    /** An admin's word that what was earned before its unit was added is to be credited, in every unit. */
    confirmBackfill(mode: Mode, { version, seen }: BackfillRequest, actor: Exclude<Actor, null>) {
      return over(
        mode,
        version,
        actor.id,
        (current) => ({ body: bodyOf(current), backfill: {} }),
        ({ backfill }) => ({
          actor,
          mode,
          action: 'backfill_confirmed',
          subject: 'settings',
          before: { version, backfill },
          after: { version: version + 1, backfill: {}, seen },
        }),
      );
    },
  };
}

const bodyOf = ({ units, paused, currencyRule, caps }: Settings): SettingsBody => ({
  units,
  paused,
  currencyRule,
  caps,
});

/** The instants of units that stay, `added` for those that are new, nothing for those that are gone. */
function backfillOf(current: Settings, units: string[], added: number | null): Settings['backfill'] {
  const entries = units.flatMap((unit): [string, number][] => {
    const kept = current.backfill[unit];
    if (kept !== undefined) return [[unit, kept]];
    return added === null || current.units.includes(unit) ? [] : [[unit, added]];
  });
  return Object.fromEntries(entries);
}
