/** What was credited and taken back before days were counted is counted once, when the ledger is upgraded. */
import { Migrator } from 'kysely/migration';
import { expect, inject, onTestFinished, test } from 'vitest';
import { databaseOver } from '../../src/proxy/database.ts';
import { dialectFor } from '../../src/proxy/database-dialects.ts';
import { MIGRATIONS } from '../../src/proxy/database-migrations.ts';
import { freshDatabase } from '../support/postgres.ts';

const DAY_MS = 86_400_000;

async function emptyDatabase() {
  const server = inject('postgres');
  const empty = server === undefined ? null : await freshDatabase(server, { empty: true });
  const db = databaseOver(dialectFor(empty?.url ?? 'file::memory:'));
  onTestFinished(async () => {
    await db.destroy();
    await empty?.drop();
  });
  return db;
}

test('each day has what was credited and what was taken back on it, per mode and currency', async () => {
  const db = await emptyDatabase();
  const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } });
  expect((await migrator.migrateTo('0003_linking')).error).toBeUndefined();

  const credit = (reward: string, currency: string, day: number | null, mode: 'test' | 'live' = 'test') =>
    db
      .insertInto('ledger')
      .values({
        ...{
          mode,
          reward,
          account_id: 'anna',
          user_id: 'anna',
          unit: `STRIPE/${currency}`,
          customer: 'cus_1',
        },
        ...{
          amount: 2000,
          currency,
          redeem_amount: 2000,
          redeemed_before: 0,
          key_epoch: 0,
          parameters: '{}',
        },
        ...{ idempotency_key: `${mode} ${reward}`, claimed_by: 'somebody', claimed_at: 0 },
        ...{ outcome_unknown: 0, redeemed_by_hand: 0 },
        ...(day === null
          ? { point: 'claimed' }
          : { point: 'credited', credit: `${mode} ${reward}`, credited_at: day * DAY_MS + 1 }),
      })
      .execute();
  const takeBack = (reward: string, amount: number, day: number | null) =>
    db
      .insertInto('reversals')
      .values({
        ...{
          mode: 'test',
          reward,
          cause: 'cancelled_in_advocate',
          proposed_at: 0,
          key_epoch: 0,
          outcome_unknown: 0,
        },
        ...(day === null
          ? { state: 'dismissed' }
          : { state: 'reversed', amount, transaction_id: reward, reversed_at: (day + 1) * DAY_MS - 1 }),
      })
      .execute();
  await credit('one', 'USD', 10);
  await credit('two', 'USD', 10);
  await credit('three', 'USD', 11);
  await credit('four', 'EUR', 11);
  await credit('five', 'USD', null);
  await credit('one', 'USD', 10, 'live');
  await takeBack('one', 1500, 12);
  await takeBack('two', 500, 12);
  await takeBack('four', 2000, 13);
  await takeBack('three', 0, null);

  expect((await migrator.migrateToLatest()).error).toBeUndefined();
  const days = await db
    .selectFrom('days')
    .select(['mode', 'day', 'kind', 'item', 'count', 'amount'])
    .orderBy('mode')
    .orderBy('day')
    .orderBy('item')
    .execute();
  expect(days.map((row) => Object.values(row).join(' '))).toEqual([
    'live 10 credited USD 1 2000',
    'test 10 credited USD 2 4000',
    'test 11 credited EUR 1 2000',
    'test 11 credited USD 1 2000',
    'test 12 reversed USD 2 2000',
    'test 13 reversed EUR 1 2000',
  ]);
});
