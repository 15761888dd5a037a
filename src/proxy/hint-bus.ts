/**
 * How a hint that one proxy wrote reaches the others on the same database: PostgreSQL tells them, and where it cannot,
 * or on SQLite, the table is looked at every second. What is read is always the table.
 */
import type { Hint } from '../contract/hints.ts';
import type { Database } from './database.ts';
import { createListener, type Listener, onPostgres } from './database-dialects.ts';
import { CHANNEL, hintsAfter, lastHint } from './hints.ts';
import type { Log } from './log.ts';

/** Looked at this often while nobody tells us, and this often while somebody does: one call may get lost. */
const LOOK_MS = 1_000;
const LOOK_ANYWAY_MS = 10_000;
const LISTEN_AGAIN_MS = 5_000;

type Options = {
  db: Database;
  databaseUrl: string;
  /** Nobody to tell: nothing needs to be looked for. */
  isNeeded: () => boolean;
  tell: (hints: Hint[]) => Promise<void>;
  log: Pick<Log, 'warn'>;
};

export function createHintBus({ db, databaseUrl, isNeeded, tell, log }: Options) {
  let seen: number | null = null;
  let looking: Promise<void> | null = null;
  let again = false;
  let listening: Listener | null = null;
  let running = false;
  let timer: NodeJS.Timeout | undefined;
  let relisten: NodeJS.Timeout | undefined;

  async function read(): Promise<void> {
    const newest = await lastHint(db);
    if (newest === null) return;
    // A backup that was put back under a running proxy counts from a lower number.
    if (seen === null || newest < seen) seen = newest;
    while (seen < newest) {
      const hints = await hintsAfter(db, seen);
      const last = hints.at(-1);
      if (last === undefined) return;
      seen = last.seq;
      await tell(hints.map(({ mode, kind }) => ({ mode, kind })));
    }
  }

  /** Whoever asks while a look is under way gets another one after it: it may have passed the news already. */
  function look(): Promise<void> {
    again = true;
    looking ??= (async () => {
      try {
        while (again) {
          again = false;
          await read();
        }
      } catch (error) {
        log.warn({ err: error }, 'hints were not read');
      } finally {
        looking = null;
      }
    })();
    return looking;
  }

  function schedule(): void {
    clearTimeout(timer);
    if (!running) return;
    timer = setTimeout(
      async () => {
        if (isNeeded()) await look();
        schedule();
      },
      listening === null ? LOOK_MS : LOOK_ANYWAY_MS,
    );
    timer.unref();
  }

  async function listen(): Promise<void> {
    const client = createListener(databaseUrl);
    let isLost = false;
    // A connection may break with several errors, of which each would end the process if nobody listened.
    const lost = () => {
      if (isLost) return;
      isLost = true;
      if (listening === client) listening = null;
      void client.end().catch(() => undefined);
      schedule();
      clearTimeout(relisten);
      if (running) relisten = setTimeout(() => void listen(), LISTEN_AGAIN_MS).unref();
    };
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', () => void look());
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
    } catch (error) {
      // Neither the address nor the error's own words: both may hold the password.
      log.warn(
        { code: error instanceof Error && 'code' in error ? error.code : null },
        'not listening for hints',
      );
      return lost();
    }
    if (!running) return void client.end().catch(() => undefined);
    listening = client;
    // What was written while nobody listened.
    await look();
    schedule();
  }

  return {
    look,
    /** From here on; what was written before is known to whoever looked for themselves. */
    async start(): Promise<void> {
      running = true;
      try {
        seen = (await lastHint(db)) ?? 0;
      } catch (error) {
        // Whatever is newest at the first look that works counts as known then.
        log.warn({ err: error }, 'hints were not read');
      }
      if (onPostgres(db)) await listen();
      schedule();
    },
    async stop(): Promise<void> {
      running = false;
      clearTimeout(timer);
      clearTimeout(relisten);
      const client = listening;
      listening = null;
      await client?.end().catch(() => undefined);
      await looking;
    },
  };
}
