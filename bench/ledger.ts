/**
 * `ledger`: claims committed a second, each on the disk before it counts; on SQLite one after the other, since it has
 * one writer, on PostgreSQL ten at once. Beside it the driver alone says the same statements, recorded from our own
 * claim: with the same durability, without Kysely and without our code; on SQLite prepared once.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import pLimit from 'p-limit';
import pg from 'pg';
import { openDatabase } from '../src/proxy/database.ts';
import { createLedger } from '../src/proxy/ledger.ts';
import { findPostgres, freshDatabase, startPostgres } from '../test/support/postgres.ts';
import { about, claimAt, recordOnPostgres, recordOnSqlite, type Statement } from './recorded.ts';
import { interleave, type Measured, median, millisecondsOf, NotHere, type Row } from './row.ts';

const RECORDED = 'rw_recorded';

async function ours(url: string, from: number, count: number, atOnce: number): Promise<number> {
  const db = await openDatabase(url);
  const ledger = createLedger(db, 'test', 'bench');
  const limit = pLimit(atOnce);
  const ms = await millisecondsOf(() =>
    Promise.all(
      Array.from({ length: count }, (_, i) =>
        limit(async () => {
          const claimed = await ledger.claim(`rw_${from + i}`, claimAt(i), 'bench', null);
          if (claimed !== 'claimed') throw new Error(`The ledger answered ${claimed}.`);
        }),
      ),
    ),
  );
  await db.destroy();
  return (count * 1000) / ms;
}

async function bareSqlite(
  file: string,
  statements: Statement[],
  from: number,
  count: number,
): Promise<number> {
  const sqlite = new Sqlite(file);
  sqlite.pragma('synchronous = FULL');
  sqlite.pragma('foreign_keys = ON');
  const prepared = statements.map(({ sql }) => sqlite.prepare(sql));
  const ms = await millisecondsOf(async () => {
    for (let i = 0; i < count; i++)
      for (const [place, { parameters }] of about(statements, RECORDED, `rw_${from + i}`).entries()) {
        const statement = prepared[place];
        if (statement?.reader) statement.all(parameters);
        else statement?.run(parameters);
      }
  });
  sqlite.close();
  return (count * 1000) / ms;
}

async function barePostgres(
  url: string,
  statements: Statement[],
  from: number,
  count: number,
): Promise<number> {
  const pool = new pg.Pool({ connectionString: url });
  // The server of this bench is stopped while idle connections may still stand.
  pool.on('error', () => undefined).on('connect', (client) => client.on('error', () => undefined));
  const limit = pLimit(10);
  const ms = await millisecondsOf(() =>
    Promise.all(
      Array.from({ length: count }, (_, i) =>
        limit(async () => {
          const client = await pool.connect();
          for (const { sql, parameters } of about(statements, RECORDED, `rw_${from + i}`))
            await client.query(sql, [...parameters]);
          client.release();
        }),
      ),
    ),
  );
  await pool.end();
  return (count * 1000) / ms;
}

/** Both have the same table before them, which grows under them alike. */
async function measured(
  name: string,
  runs: number,
  count: number,
  works: Record<'ours' | 'limit', (from: number) => Promise<number>>,
): Promise<Measured> {
  const rates = await interleave(runs, {
    ours: (run) => works.ours(2 * run * count),
    limit: (run) => works.limit((2 * run + 1) * count),
  });
  return {
    name: `ledger: ${name}`,
    unit: 'claims/s',
    ours: median(rates.ours),
    limit: median(rates.limit),
    target: { of: 'ratio', atLeast: 0.7 },
    runs,
  };
}

export const ledger: Row = {
  name: 'ledger',
  async measure(sizes) {
    const [count, runs] = sizes === 'small' ? [50, 1] : [2_000, 7];
    const folder = await mkdtemp(join(tmpdir(), 'bench-ledger-'));
    const file = join(folder, 'ledger.db');
    const url = `file:${file}`;
    try {
      await (await openDatabase(url)).destroy();
      const statements = await recordOnSqlite(file, RECORDED);
      return [
        await measured('SQLite', runs, count, {
          ours: (from) => ours(url, from, count, 1),
          limit: (from) => bareSqlite(file, statements, from, count),
        }),
      ];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

export const ledgerOnPostgres: Row = {
  name: 'ledger-postgres',
  async measure(sizes) {
    const bin = findPostgres();
    if (bin === null) throw new NotHere('PostgreSQL is not installed (Debian: apt-get install postgresql).');
    const [count, runs] = sizes === 'small' ? [50, 1] : [2_000, 7];
    const server = await startPostgres(bin, { durable: true });
    try {
      const { url } = await freshDatabase(server.url);
      const statements = await recordOnPostgres(url, RECORDED);
      return [
        await measured('PostgreSQL', runs, count, {
          ours: (from) => ours(url, from, count, 10),
          limit: (from) => barePostgres(url, statements, from, count),
        }),
      ];
    } finally {
      await server.stop();
    }
  },
};
