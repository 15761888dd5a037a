import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { Kysely } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { sqliteTogether } from '../../src/proxy/sqlite-together.ts';

type Tables = { kept: { name: string; value: number } };

/** A database and what is said to it; `seen` is what a process beside it would find. */
function open() {
  const folder = mkdtempSync(join(tmpdir(), 'together-'));
  const file = join(folder, 'together.db');
  const sqlite = new Sqlite(file);
  sqlite.pragma('journal_mode = wal');
  sqlite.exec('create table kept (name text primary key, value integer not null check (value < 100))');
  const said: string[] = [];
  const exec = sqlite.exec.bind(sqlite);
  sqlite.exec = (sql) => {
    said.push(sql);
    return exec(sql);
  };
  const db = new Kysely<Tables>({ dialect: sqliteTogether(sqlite) });
  const other = new Sqlite(file);
  onTestFinished(async () => {
    await db.destroy();
    other.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const seen = () =>
    other
      .prepare('select name from kept order by name')
      .all()
      .map((row) => Object.values(row as object)[0]);
  const put = (name: string, value = 1) => db.insertInto('kept').values({ name, value }).execute();
  return { db, sqlite, said, seen, put };
}
const commits = (said: string[]) => said.filter((sql) => sql === 'commit').length;

test('what is written at once is committed once', async () => {
  const { db, said, seen, put } = open();
  const transaction = (name: string) =>
    db.transaction().execute(async (tx) => {
      await tx.insertInto('kept').values({ name, value: 1 }).execute();
      await tx.updateTable('kept').set({ value: 2 }).where('name', '=', name).execute();
    });
  await Promise.all([put('a'), transaction('b'), transaction('c'), put('d')]);
  expect(commits(said)).toBe(1);
  expect(seen()).toEqual(['a', 'b', 'c', 'd']);
});

test('nobody hears that theirs is done before another process would find it', async () => {
  const { db, seen, put } = open();
  const found: unknown[] = [];
  await Promise.all([
    put('a').then(() => found.push(...seen())),
    db
      .transaction()
      .execute((tx) => tx.insertInto('kept').values({ name: 'b', value: 1 }).execute())
      .then(() => found.push(...seen())),
  ]);
  expect(found).toEqual(['a', 'b', 'a', 'b']);
});

test('nobody is told of what is not on the disk yet', async () => {
  const { db, seen, put } = open();
  const written = put('a');
  const read = await db.selectFrom('kept').selectAll().execute();
  expect(read).toHaveLength(1);
  expect(seen()).toEqual(['a']);
  await written;
});

test('a transaction that fails takes back itself, and nothing beside it', async () => {
  const { db, said, seen, put } = open();
  const failing = db.transaction().execute(async (tx) => {
    await tx.insertInto('kept').values({ name: 'gone', value: 1 }).execute();
    throw new Error('no');
  });
  const refused = put('too much', 100);
  const results = await Promise.allSettled([put('a'), failing, refused, put('b')]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
  expect(seen()).toEqual(['a', 'b']);
  expect(commits(said)).toBe(1);
});

test('transactions take turns: none sees half of another', async () => {
  const { db, put } = open();
  await put('sum', 0);
  const add = () =>
    db.transaction().execute(async (tx) => {
      const { value } = await tx
        .selectFrom('kept')
        .select('value')
        .where('name', '=', 'sum')
        .executeTakeFirstOrThrow();
      await tx
        .updateTable('kept')
        .set({ value: value + 1 })
        .where('name', '=', 'sum')
        .execute();
    });
  await Promise.all(Array.from({ length: 50 }, add));
  const { value } = await db.selectFrom('kept').select('value').executeTakeFirstOrThrow();
  expect(value).toBe(50);
});

test('where the commit fails, everybody in it hears so, and the next ones go on', async () => {
  const { sqlite, seen, put } = open();
  const exec = sqlite.exec.bind(sqlite);
  let broken = true;
  sqlite.exec = (sql) => {
    if (sql !== 'commit' || !broken) return exec(sql);
    broken = false;
    throw new Error('the disk is full');
  };
  const results = await Promise.allSettled([put('a'), put('b')]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await put('c');
  expect(seen()).toEqual(['c']);
});

test('where the disk took back all there was, nobody is told that theirs is done, and nobody joins them', async () => {
  const { sqlite, seen, put } = open();
  const first = put('a');
  first.catch(() => undefined);
  // As SQLite does by itself when the disk is full.
  for (let hops = 0; hops < 1000 && !sqlite.inTransaction; hops++) await Promise.resolve();
  sqlite.prepare('rollback').run();
  const second = put('b');
  await expect(first).rejects.toThrow('took back');
  await second;
  expect(seen()).toEqual(['b']);
});

test('a transaction whose writes the disk took back ends without writing more, and the next ones go on', async () => {
  const { db, sqlite, seen, put } = open();
  const failing = db.transaction().execute(async (tx) => {
    await tx.insertInto('kept').values({ name: 'a', value: 1 }).execute();
    sqlite.prepare('rollback').run();
    await tx.insertInto('kept').values({ name: 'half', value: 1 }).execute();
  });
  await expect(failing).rejects.toThrow('took back');
  const last = db.transaction().execute(async (tx) => {
    await tx.insertInto('kept').values({ name: 'b', value: 1 }).execute();
    sqlite.prepare('rollback').run();
  });
  await expect(last).rejects.toThrow('took back');
  await put('c');
  expect(seen()).toEqual(['c']);
});
