import * as v from 'valibot';
import { ProblemError } from '../contract/problems.ts';
import { type Settings, SettingsBody } from '../contract/routes.ts';
import type { Mode } from '../contract/words.ts';
import type { Database } from './database.ts';

export type SettingsStore = ReturnType<typeof createSettings>;

/** Nothing is paid until a person turns it on. */
const START: Settings = {
  version: 0,
  turnedOnAt: null,
  units: [],
  paused: true,
  currencyRule: 'confirm',
  caps: {},
};

export function createSettings(db: Database, now: () => number) {
  async function read(mode: Mode): Promise<Settings> {
    const row = await db.selectFrom('settings').selectAll().where('mode', '=', mode).executeTakeFirst();
    if (row === undefined) return START;
    return {
      version: row.version,
      turnedOnAt: row.turned_on_at,
      ...v.parse(SettingsBody, JSON.parse(row.body)),
    };
  }

  return {
    read,

    /** Writes only over the version that was read; somebody else's newer one stands. */
    async write(mode: Mode, version: number, body: SettingsBody, by: string): Promise<Settings> {
      const values = { version: version + 1, body: JSON.stringify(body), changed_by: by, changed_at: now() };
      const turnedOn = body.paused ? {} : { turned_on_at: now() };
      if (version === 0)
        await db
          .insertInto('settings')
          .values({ mode, turned_on_at: null, ...values, ...turnedOn })
          .onConflict((c) => c.doNothing())
          .execute();
      else
        await db
          .updateTable('settings')
          .set({ ...values, ...turnedOn })
          .where('mode', '=', mode)
          .where('version', '=', version)
          .execute();
      const written = await read(mode);
      if (written.version !== version + 1 || !sameBody(written, body))
        throw new ProblemError('settings_changed', { action: 'Look at what changed, then save again.' });
      return written;
    },
  };
}

const sameBody = (settings: Settings, body: SettingsBody) =>
  JSON.stringify(v.parse(SettingsBody, pick(settings))) === JSON.stringify(v.parse(SettingsBody, body));
const pick = ({ units, paused, currencyRule, caps }: Settings) => ({ units, paused, currencyRule, caps });
