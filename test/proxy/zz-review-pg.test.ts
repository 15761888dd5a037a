import { sql } from 'kysely';
import { expect, inject, onTestFinished, test } from 'vitest';
import { clockOf, openDatabase } from '../../src/proxy/database.ts';
import { freshDatabase } from '../support/postgres.ts';

async function fresh() {
  const server = inject('postgres');
  if (server === undefined) throw new Error('PostgreSQL only');
  const { url, drop } = await freshDatabase(server);
  const db = await openDatabase(url);
  onTestFinished(async () => { await db.destroy(); await drop(); });
  return db;
}
test('clock through index', async () => {
  const db = await fresh();
  await db.transaction().execute(async (tx) => {
    await sql`set local enable_seqscan = off`.execute(tx);
    await sql`set local enable_bitmapscan = off`.execute(tx);
    const { rows } = await sql<{ 'QUERY PLAN': string }>`explain select * from links where mode = 'test' and watched = 0
      and checked_at < ${clockOf(db)} - 1000 order by checked_at limit 100`.execute(tx);
    console.log(rows.map((r) => r['QUERY PLAN']).join('\n'));
    const b = await sql<{ 'QUERY PLAN': string }>`explain select sum(amount) from ledger where mode = 'test' and currency='USD'
      and claimed_at >= (${clockOf(db)} / 86400000) * 86400000`.execute(tx);
    console.log(b.rows.map((r) => r['QUERY PLAN']).join('\n'));
  });
  expect(1).toBe(1);
});
