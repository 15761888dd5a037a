/**
 * Tells a team what nobody would see while no browser is open: of one thing there is one message, whatever restarts and
 * however many proxies there are. A row is marked before it is sent, and where nobody knows whether it arrived it is
 * not sent again.
 */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { ALERT_KINDS, type AlertKind } from '../contract/health.ts';
import type { DetailCode } from '../contract/reasons.ts';
import type { Mode } from '../contract/words.ts';
import { type Causes, createCauses, inTurn } from './alert-causes.ts';
import { sendAlert } from './alert-send.ts';
import { alertText } from './alert-words.ts';
import { clockOf } from './database.ts';
import type { AlertTable } from './database-desk.ts';
import type { Log } from './log.ts';

export type Alerts = ReturnType<typeof createAlerts>;
export type AlertOptions = Causes & {
  /** Null: nobody is to be told, and nothing is kept for later. */
  url: string | null;
  modes: readonly Mode[];
  log: Log;
};

const MOST_TRIES = 5;
const RETRY_MS = 60_000;
/** Whoever has not heard by then what became of a message is not there any more. */
const UNDER_WAY_MS = 60_000;

export function createAlerts({ url, modes, log, ...causes }: AlertOptions) {
  const { db, nothingRunMs } = causes;
  const look = createCauses(causes);
  let ticking = false;
  const now = () => clockOf(db);

  /** Ours to send from here on: nobody else gets the same rows, and nobody gets them again. */
  const take = (mode: Mode, kind: AlertKind, message: string) =>
    inTurn(db, mode, (tx) =>
      tx
        .updateTable('alerts')
        .set(({ eb }) => ({
          state: 'sending' as const,
          tries: eb('tries', '+', 1),
          tried_at: now(),
          message,
          why: null,
        }))
        .where('mode', '=', mode)
        .where('kind', '=', kind)
        .where('next_try_at', '<=', now())
        .where('state', '=', 'new')
        .returning(['subject', 'tries'])
        .execute(),
    );

  async function tell(address: string, mode: Mode, kind: AlertKind): Promise<void> {
    const message = randomUUID();
    const taken = await take(mode, kind, message);
    if (taken.length === 0) return;
    const mark = (as: Partial<Pick<AlertTable, 'state' | 'why'>>, wait = 0) =>
      inTurn(db, mode, (tx) =>
        tx
          .updateTable('alerts')
          .set({ ...as, next_try_at: sql<number>`${now()} + ${sql.lit(wait)}` })
          .where('mode', '=', mode)
          .where('kind', '=', kind)
          .where('message', '=', message)
          .where('state', '=', 'sending')
          .execute(),
      );
    const subjects = taken.map(({ subject }) => subject).sort();
    const tries = taken.reduce((most, row) => Math.max(most, row.tries), 0);
    const sent = await sendAlert(address, alertText(mode, kind, subjects, nothingRunMs));
    const about = { mode, kind, count: subjects.length };
    if (sent.told) {
      await mark({ state: 'told' });
      log.info(about, 'the team was told');
      return;
    }
    const { why } = sent;
    log.warn({ ...about, why, tries }, 'the team was not told');
    if (sent.unknown) await mark({ why });
    else await mark({ state: tries < MOST_TRIES ? 'new' : 'given_up', why }, RETRY_MS * 2 ** tries);
  }

  return {
    /** Why the last message of any proxy did not get through, if it did not. */
    async failure(): Promise<string | null> {
      const last = await db
        .selectFrom('alerts')
        .select(['state', 'why'])
        .where('tried_at', 'is not', null)
        .where(({ eb, or }) =>
          or([
            eb('state', '!=', 'sending'),
            eb('why', 'is not', null),
            eb('tried_at', '<=', sql<number>`${now()} - ${sql.lit(UNDER_WAY_MS)}`),
          ]),
        )
        .orderBy('tried_at', 'desc')
        .limit(1)
        .executeTakeFirst();
      if (last?.state !== 'sending') return last?.why ?? null;
      return last.why ?? ('no_answer' satisfies DetailCode);
    },

    /** Looks, and tells what is new. Never fails: what goes wrong is in the log, and keeps nothing else back. */
    async tick(): Promise<void> {
      if (url === null || ticking) return;
      ticking = true;
      for (const mode of modes)
        for (const kind of ALERT_KINDS)
          try {
            await look[kind](mode);
            await tell(url, mode, kind);
          } catch (error) {
            log.error({ mode, kind, err: error }, 'what the team is to be told could not be found out');
          }
      ticking = false;
    },
  };
}
