/** How a SQLite file and a PostgreSQL server are reached, each so that a commit that counts is on disk. */
import Sqlite from 'better-sqlite3';
import {
  CompiledQuery,
  type Dialect,
  type Kysely,
  PostgresAdapter,
  PostgresDialect,
  type PostgresDialectConfig,
} from 'kysely';
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
  });
  // An idle connection that breaks is replaced; without a listener it would end the process.
  pool.on('error', () => undefined);
  const onCreateConnection: PostgresDialectConfig['onCreateConnection'] = async (connection) => {
    // A commit that is not on disk is no intent.
    await connection.executeQuery(
      CompiledQuery.raw(
        "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'",
      ),
    );
  };
  return new PostgresDialect({ pool, onCreateConnection });
}
