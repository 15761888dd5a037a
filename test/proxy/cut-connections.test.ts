/** Connections to the database that end at any moment: a restart, a failover, a firewall that forgot them. */
import { sql } from 'kysely';
import { expect, inject, onTestFinished, test } from 'vitest';
import { type Database, openDatabase } from '../../src/proxy/database.ts';
import { freshDatabase } from '../support/postgres.ts';
import { creditsOf, reward, type Stage, setStage } from './stage.ts';

const ID = reward().id;

/** Every connection of this database but the one that asks. */
const cutAll = (by: Database) =>
  sql`select pg_terminate_backend(pid, 10000) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`.execute(by);

async function twoOn(): Promise<[Database, Database]> {
  const server = inject('postgres');
  if (server === undefined) throw new Error('these tests are for PostgreSQL');
  const { url, drop } = await freshDatabase(server);
  const both: [Database, Database] = [await openDatabase(url), await openDatabase(url)];
  onTestFinished(async () => {
    await Promise.all(both.map((db) => db.destroy()));
    await drop();
  });
  return both;
}

/** An unhandled event would end the process, and with it this run of the tests. */
test('cut in the middle of a transaction: it fails, nothing of it stands, and the next one goes through', async () => {
  const [db, other] = await twoOn();
  const cut = db.transaction().execute(async (tx) => {
    await tx.insertInto('facts').values({ name: 'half', value: '1' }).execute();
    await cutAll(other);
    // The event of the connection comes between two statements, when nobody waits for an answer.
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    await tx.insertInto('facts').values({ name: 'whole', value: '1' }).execute();
  });
  await expect(cut).rejects.toThrow();
  const names = await db.selectFrom('facts').select('name').where('name', 'in', ['half', 'whole']).execute();
  expect(names).toEqual([]);
  await db
    .transaction()
    .execute((tx) => tx.insertInto('facts').values({ name: 'whole', value: '1' }).execute());
});

test('cut while idle: the next question is answered', async () => {
  const [db, other] = await twoOn();
  await sql`select 1`.execute(db);
  await cutAll(other);
  const answered = async () => (await sql<{ one: number }>`select 1 as one`.execute(db)).rows;
  // The first one may still be given the connection whose end was not heard of yet.
  const rows = await answered().catch(answered);
  expect(rows).toEqual([{ one: 1 }]);
});

const asked = (stage: Stage) =>
  stage
    .credits({ rewards: [ID] })
    .then(([outcome]) => outcome ?? null)
    .catch(() => null);

test('cut again and again while a reward is credited: it is paid once in the end', async () => {
  const stage = await setStage();
  const other = await openDatabase(stage.parts.environment.databaseUrl);
  onTestFinished(() => other.destroy());
  for (let cuts = 1; cuts <= 12; cuts++) {
    const outcome = asked(stage);
    for (let n = 0; n < cuts; n++) await sql`select 1`.execute(other);
    await cutAll(other);
    await outcome;
  }
  const later = Date.now() + 300_000;
  stage.setClock(() => later);
  await other.updateTable('ledger').set({ locked_until: 1 }).where('locked_by', 'is not', null).execute();
  const last = (await asked(stage)) ?? (await asked(stage));
  expect(last).toMatchObject({ state: 'redeemed' });
  expect(creditsOf(stage, ID)).toHaveLength(1);
});

test('a commit that counts is on disk, whatever the database was set up with', async () => {
  const [db, other] = await twoOn();
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(other);
  await sql`alter database ${sql.ref(rows[0]?.name ?? '')} set synchronous_commit = off`.execute(other);
  await cutAll(other);
  const now = async () =>
    (await sql<{ synchronous_commit: string }>`show synchronous_commit`.execute(db)).rows[0]
      ?.synchronous_commit;
  expect(await now().catch(now)).toBe('on');
});
