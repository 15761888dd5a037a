/** One ledger for several proxies in one thread: every statement or transaction is a step that somebody picks. */
import Sqlite from 'better-sqlite3';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  SqliteDialect,
} from 'kysely';
import { type Database, databaseOver } from '../../../src/proxy/database.ts';
import type { Machines, Process } from './machines.ts';

export type SharedLedger = ReturnType<typeof openShared>;

/** @param file the bytes of a database file that is up to date. @param clock the database's own. */
export function openShared(machines: Machines, file: Buffer, clock: () => number) {
  const used = left?.file === file ? left : openFresh(file);
  left = null;
  const { sqlite } = used;
  const shared = new SqliteDialect({ database: sqlite });
  const driver = shared.createDriver();
  const ready = driver.init();

  /**
   * The driver as one process has it: it waits to be picked before it gets the connection, and so before each
   * statement or whole transaction.
   */
  function gated(process: Process): Driver {
    const taken = new WeakMap<DatabaseConnection, DatabaseConnection>();
    const take = async (connection: DatabaseConnection, what: string) => {
      const known = taken.get(connection);
      if (known !== undefined) return known;
      await machines.pause(process, `ledger ${what}`);
      const acquired = await driver.acquireConnection();
      taken.set(connection, acquired);
      return acquired;
    };
    return {
      init: () => ready,
      async acquireConnection() {
        const connection: DatabaseConnection = {
          async executeQuery<R>(query: CompiledQuery) {
            const table = tableOf(query.sql);
            const acquired = await take(connection, table);
            if (DECISIVE.has(table)) machines.touch(/^\s*select/i.test(query.sql) ? table : `${table}!`);
            const result = await acquired.executeQuery<R>(query);
            machines.hear(process, () => JSON.stringify(result.rows));
            return result;
          },
          streamQuery: () => {
            throw new Error('nothing here streams');
          },
        };
        return connection;
      },
      beginTransaction: async (connection, settings) =>
        driver.beginTransaction(await take(connection, 'transaction'), settings),
      commitTransaction: async (connection) =>
        driver.commitTransaction(await take(connection, 'transaction')),
      rollbackTransaction: async (connection) =>
        driver.rollbackTransaction(await take(connection, 'transaction')),
      async releaseConnection(connection) {
        const acquired = taken.get(connection);
        if (acquired !== undefined) await driver.releaseConnection(acquired);
      },
      destroy: async () => undefined,
    };
  }
  const dialect = (createDriver: () => Driver): Dialect => ({
    createDriver,
    createAdapter: () => shared.createAdapter(),
    createIntrospector: (db) => shared.createIntrospector(db),
    createQueryCompiler: () => shared.createQueryCompiler(),
  });

  return {
    /** For a process: in steps. */
    of: (process: Process): Database =>
      databaseOver(
        dialect(() => gated(process)),
        clock,
      ),
    /** For whoever judges afterwards: at once. */
    sqlite,
    close(): void {
      if (left !== null || sqlite.inTransaction) sqlite.close();
      else {
        used.restore();
        left = used;
      }
    },
  };
}

/**
 * Of the tables only those count that decide about money. The others (who was seen last, what was told, the history)
 * differ by the order of two steps, and nothing that is paid depends on it.
 */
const DECISIVE = new Set(['ledger', 'reversals', 'holds', 'settings', 'connections']);

const tableOf = (sql: string) => sql.match(/\b(?:from|into|update)\s+"?(\w+)"?/i)?.[1] ?? '';

type Opened = { file: Buffer; sqlite: Sqlite.Database; restore: () => void };

/** What the last world has left, as it was when it began: with its statements compiled. */
let left: Opened | null = null;

function openFresh(file: Buffer): Opened {
  const sqlite = new Sqlite(file);
  rememberStatements(sqlite);
  const tables = sqlite
    .prepare<[], { name: string }>("select name from sqlite_master where type = 'table'")
    .all()
    .map(({ name }) => ({
      name,
      rows: sqlite.prepare<[], unknown[]>(`select * from "${name}"`).raw().all(),
    }));
  const restore = sqlite.transaction(() => {
    for (const { name, rows } of tables) {
      sqlite.prepare(`delete from "${name}"`).run();
      for (const row of rows)
        sqlite.prepare(`insert into "${name}" values (${row.map(() => '?').join()})`).run(...row);
    }
  });
  return { file, sqlite, restore };
}

/** Compiling a statement takes longer than running it, and there are few different ones. */
function rememberStatements(sqlite: Sqlite.Database): void {
  const prepare = sqlite.prepare.bind(sqlite);
  const known = new Map<string, Sqlite.Statement>();
  const remembered = (source: string) => {
    const statement = known.get(source) ?? prepare(source);
    known.set(source, statement);
    return statement;
  };
  Object.defineProperty(sqlite, 'prepare', { value: remembered });
}
