/** Several proxies on one PostgreSQL: what one hears reaches the browsers of all, by PostgreSQL's own word. */
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import type { Hint } from '../../src/contract/hints.ts';
import { type Database, openDatabase } from '../../src/proxy/database.ts';
import { createHintBus } from '../../src/proxy/hint-bus.ts';
import { hearOnce, hintsAfter } from '../../src/proxy/hints.ts';
import { type Stage, setStage } from './stage.ts';

const LISTENER = 'advocate-credits hints';

/** Another proxy's ear, that hears only what it is told: it never looks by itself. */
async function listener({ parts: { environment, log } }: Stage) {
  const db = await openDatabase(environment.databaseUrl);
  const heard: Hint[] = [];
  let arrived = () => {};
  const bus = createHintBus({
    db,
    databaseUrl: environment.databaseUrl,
    isNeeded: () => false,
    tell: async (hints) => {
      heard.push(...hints);
      arrived();
    },
    log,
  });
  await bus.start();
  onTestFinished(async () => {
    await bus.stop();
    await db.destroy();
  });
  const until = (count: number) =>
    new Promise<Hint[]>((resolve) => {
      arrived = () => heard.length >= count && resolve([...heard]);
      arrived();
    });
  return { db, until };
}

const write = (db: Database, id: string) => hearOnce(db, { source: 'advocate', mode: 'test', id }, 'rewards');

const listening = async (db: Database): Promise<number> => {
  const { rows } = await sql<{ n: number }>`select count(*) as n from pg_stat_activity
    where application_name = ${LISTENER} and datname = current_database()`.execute(db);
  return rows[0]?.n ?? 0;
};

test('a hint that one proxy wrote is told to the others', async () => {
  const stage = await setStage();
  const [one, other] = [await listener(stage), await listener(stage)];
  await write(stage.db, 'w1');
  await write(one.db, 'w2');
  expect(await one.until(2)).toHaveLength(2);
  expect(await other.until(2)).toHaveLength(2);
});

test('written through several at once, none is passed over and none comes twice', async () => {
  const stage = await setStage();
  const [one, other] = [await listener(stage), await listener(stage)];
  const all = Array.from({ length: 40 }, (_, n) => write(n % 2 === 0 ? one.db : other.db, `w${n % 30}`));
  expect((await Promise.all(all)).filter((news) => news)).toHaveLength(30);
  expect(await one.until(30)).toHaveLength(30);
  expect(await other.until(30)).toHaveLength(30);
  expect(await hintsAfter(stage.db, 0)).toHaveLength(30);
});

test('after its connection is lost it listens again, and hears what was written meanwhile', async () => {
  const stage = await setStage();
  const { until } = await listener(stage);
  expect(await listening(stage.db)).toBe(1);
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = ${LISTENER} and datname = current_database()`.execute(stage.db);
  await expect.poll(() => listening(stage.db), { timeout: 20_000 }).toBe(0);
  await write(stage.db, 'w1');
  expect(await until(1)).toHaveLength(1);
  expect(await listening(stage.db)).toBe(1);
  await write(stage.db, 'w2');
  expect(await until(2)).toHaveLength(2);
});
