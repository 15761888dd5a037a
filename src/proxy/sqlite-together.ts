/**
 * SQLite whose commits share the disk. Waiting for the disk is most of what a commit costs, and everything else waits with
 * it. So whatever comes to be written while the event loop turns once is committed together; nobody hears that a
 * statement or transaction of theirs is done, and nobody who read what was not committed yet hears an answer, before
 * all of it is on the disk. Each is a savepoint: one that fails takes back itself alone.
 */
import type Sqlite from 'better-sqlite3';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';

export function sqliteTogether(sqlite: Sqlite.Database): Dialect {
  return {
    createAdapter: () => new TogetherAdapter(),
    createDriver: () => new TogetherDriver(sqlite),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/** There is one connection, and the driver sees to the turns. */
class TogetherAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

/** Compiled once. There are some hundred different ones; lists of different lengths make more. */
const MOST_PREPARED = 500;
const TRANSACTION_WORDS = /^\s*(begin|commit|rollback)\b/i;
const SETTING = /^\s*pragma\b/i;

type Group = { ended: Promise<void>; end: (error: unknown) => void };

class TogetherDriver implements Driver {
  readonly #sqlite: Sqlite.Database;
  readonly #prepared = new Map<string, Sqlite.Statement>();
  /** What is written and not committed yet. */
  #group: Group | null = null;
  /** The one whose transaction is open. */
  #inside: { connection: Connection; group: Group } | null = null;
  readonly #waiting: (() => void)[] = [];
  /** While somebody says `begin` and `commit` themselves, as when the database is brought up to date. */
  #byHand = false;

  constructor(sqlite: Sqlite.Database) {
    this.#sqlite = sqlite;
  }

  async init(): Promise<void> {}
  async acquireConnection(): Promise<DatabaseConnection> {
    return new Connection(this);
  }
  async releaseConnection(): Promise<void> {}

  async beginTransaction(connection: Connection): Promise<void> {
    while (this.#inside !== null) await this.#turn();
    const group = this.#join();
    this.#sqlite.exec('savepoint one');
    this.#inside = { connection, group };
  }

  async commitTransaction(connection: Connection): Promise<void> {
    if (this.#inside?.connection !== connection) throw new Error('There is no transaction to commit.');
    const { group } = this.#inside;
    try {
      this.#mustStand();
      this.#sqlite.exec('release one');
    } finally {
      this.#leave();
    }
    await group.ended;
  }

  async rollbackTransaction(connection: Connection): Promise<void> {
    if (this.#inside?.connection !== connection) return;
    try {
      // An error of the disk's may have taken back all there was; then nothing of it is left.
      if (this.#sqlite.inTransaction) this.#sqlite.exec('rollback to one; release one');
    } finally {
      this.#leave();
    }
  }

  async execute<R>(connection: Connection, { sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    while (this.#inside !== null && this.#inside.connection !== connection) await this.#turn();
    const isInside = this.#inside !== null;
    if (isInside) this.#mustStand();
    if (!isInside && (TRANSACTION_WORDS.test(sql) || SETTING.test(sql))) {
      this.#commit();
      this.#byHand = /^\s*begin/i.test(sql) || (this.#byHand && SETTING.test(sql));
      return this.#run(sql, parameters);
    }
    if (isInside || this.#byHand) return this.#run(sql, parameters);

    const statement = this.#prepare(sql);
    const group = statement.readonly ? this.#group : this.#join();
    // One statement changes all that it changes, or nothing.
    const result = this.#run<R>(sql, parameters);
    await group?.ended;
    return result;
  }

  async destroy(): Promise<void> {
    while (this.#inside !== null) await this.#turn();
    this.#commit();
    this.#sqlite.close();
  }

  #prepare(sql: string): Sqlite.Statement {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    if (this.#prepared.size >= MOST_PREPARED) this.#prepared.clear();
    const statement = this.#sqlite.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }

  #run<R>(sql: string, parameters: readonly unknown[]): QueryResult<R> {
    const statement = this.#prepare(sql);
    if (statement.reader) return { rows: statement.all(parameters) as R[] };
    const { changes, lastInsertRowid } = statement.run(parameters);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  /** The group that is open, or a new one. */
  #join(): Group {
    // An error of the disk's takes back all there was: whoever was in it has to hear that, and nobody may join them.
    if (this.#group !== null && !this.#sqlite.inTransaction) this.#commit();
    if (this.#group !== null) return this.#group;
    // At once for writing: another process that writes is waited for here, and not in the middle.
    this.#sqlite.exec('begin immediate');
    let end: Group['end'] = () => undefined;
    const ended = new Promise<void>((resolve, reject) => {
      end = (error) => (error === null ? resolve() : reject(error));
    });
    // A group whose only member failed has nobody who waits for it.
    ended.catch(() => undefined);
    this.#group = { ended, end };
    setImmediate(() => this.#commitSoon());
    return this.#group;
  }

  /** Not in the middle of a transaction: it ends in this turn or in one of the next. */
  #commitSoon(): void {
    if (this.#inside === null) this.#commit();
    else setImmediate(() => this.#commitSoon());
  }

  #commit(): void {
    const group = this.#group;
    if (group === null) return;
    this.#group = null;
    try {
      this.#mustStand();
      this.#sqlite.exec('commit');
      group.end(null);
    } catch (error) {
      if (this.#sqlite.inTransaction) this.#sqlite.exec('rollback');
      group.end(error);
    }
  }

  /** When the disk fails, SQLite takes back all there was, and what came after would count by itself. */
  #mustStand(): void {
    if (!this.#sqlite.inTransaction) throw new Error('SQLite took back what was to be committed.');
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => void this.#waiting.push(resolve));
  }

  #leave(): void {
    this.#inside = null;
    // All look again; the first one that wants a transaction gets it, and the others wait anew behind it.
    for (const go of this.#waiting.splice(0)) go();
  }
}

class Connection implements DatabaseConnection {
  readonly #driver: TogetherDriver;
  constructor(driver: TogetherDriver) {
    this.#driver = driver;
  }
  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.#driver.execute<R>(this, query);
  }
  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('Results are read as a whole: others would have to wait for every row.');
  }
}
