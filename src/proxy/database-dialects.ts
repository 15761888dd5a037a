/** How a SQLite file and a PostgreSQL server are reached, each so that a commit that counts is on disk. */
import Sqlite from 'better-sqlite3';
import { type Dialect, type Kysely, PostgresAdapter, PostgresDialect } from 'kysely';
import pg from 'pg';
import { sqliteTogether } from './sqlite-together.ts';

export const dialectFor = (url: string): Dialect =>
  url.startsWith('file:') ? sqliteDialect(url.slice('file:'.length)) : postgresDialect(url);

export const onPostgres = (db: Pick<Kysely<unknown>, 'getExecutor'>): boolean =>
  db.getExecutor().adapter instanceof PostgresAdapter;

function sqliteDialect(file: string): Dialect {
  const sqlite = new Sqlite(file);
  sqlite.pragma('synchronous = FULL');
  sqlite.pragma('foreign_keys = ON');
  sqlite.pragma('busy_timeout = 5000');
  return sqliteTogether(sqlite);
}

/** PostgreSQL's 64-bit integers and sums: minor units and times stay far below 2^53. */
const NUMBERS: ReadonlySet<number> = new Set([pg.types.builtins.INT8, pg.types.builtins.NUMERIC]);

function postgresDialect(url: string): Dialect {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'advocate-credits',
    connectionTimeoutMillis: 10_000,
    types: {
      getTypeParser: (type, format) => (NUMBERS.has(type) ? Number : pg.types.getTypeParser(type, format)),
    },
    // The pool's own hook, since it lets go of a connection on which this fails. Kysely's would keep it for ever.
    async onConnect(connection) {
      connection.on('error', ignored);
      // A commit that is not on disk is no intent.
      await connection.query(
        "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'",
      );
    },
  });
  pool.on('error', ignored);
  return new PostgresDialect({ pool });
}

export type Listener = pg.Client;

/** A connection of its own that waits for what other proxies say; pools give theirs to somebody else meanwhile. */
export const createListener = (url: string): Listener =>
  new pg.Client({
    connectionString: url,
    application_name: 'advocate-credits hints',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });

/**
 * A connection that breaks is replaced, and where nobody listens it ends the process: while it is idle the pool tells of
 * it, while it is in use, in the middle of a transaction, it tells of it itself. Whoever uses it hears it anyway.
 */
const ignored = () => undefined;
