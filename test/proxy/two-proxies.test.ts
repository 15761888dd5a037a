/** Two whole proxies, each with connections of its own, on one PostgreSQL. */
import { sql } from 'kysely';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import type { DeedAnswer } from '../../src/contract/holds.ts';
import { createApp } from '../../src/proxy/app.ts';
import { clockOf, type Database, openDatabase, serialise } from '../../src/proxy/database.ts';
import { takeTurn } from '../../src/proxy/holds.ts';
import type { Claim } from '../../src/proxy/ledger.ts';
import { readLedger } from '../../src/proxy/ledger-page.ts';
import { createParts } from '../../src/proxy/parts.ts';
import { freshDatabase } from '../support/postgres.ts';
import {
  ANNA,
  ANNAS_CUSTOMER,
  creditsOf,
  creditsThrough,
  customer,
  participant,
  reward,
  rewardAt,
  type Stage,
  setStage,
} from './stage.ts';

const ID = reward().id;
const TRANSACTIONS = /balance_transactions$/;
const DAYS = 48 * 3_600_000;
const SOMEBODY = { actor: null, previous: null };
const few = Array.from({ length: 12 }, (_, i) => i);

async function opened(url: string): Promise<Database> {
  const db = await openDatabase(url);
  onTestFinished(() => db.destroy());
  return db;
}

/** As the second of two, its clock is off by this much; the database's is PostgreSQL's own. */
async function proxyOn({ parts: { environment, log, sleep } }: Stage, offBy = 0) {
  const db = await opened(environment.databaseUrl);
  const now = () => Date.now() + offBy;
  const parts = await createParts(environment, db, log, () => 'http://127.0.0.1:4243', now, sleep);
  return { parts, app: createApp(parts) };
}

const twoOn = async (stage: Stage, offBy = 0) => [await proxyOn(stage), await proxyOn(stage, offBy)] as const;

async function emptyDatabase(): Promise<string> {
  const server = inject('postgres');
  if (server === undefined) throw new Error('these tests are for PostgreSQL');
  const { url, drop } = await freshDatabase(server, { empty: true });
  onTestFinished(drop);
  return url;
}

/** The proxy waits twenty seconds for Stripe; here it gives up at once. */
function giveUpSooner(): void {
  const real = globalThis.setTimeout;
  vi.stubGlobal('setTimeout', (work: () => void, ms?: number, ...rest: never[]) =>
    real(work, ms === 20_000 ? 50 : ms, ...rest),
  );
  onTestFinished(() => void vi.unstubAllGlobals());
}

/** Twelve people, each with a customer and a reward. */
const crowd = {
  customers: few.map((i) => customer({ id: `cus_Crowd${i}`, email: `crowd${i}@example.com` })),
  participants: few.map((i) =>
    participant({
      accountId: `crowd${i}@example.com`,
      id: `crowd${i}@example.com`,
      email: `crowd${i}@example.com`,
      customFields: { stripeCustomerId: `cus_Crowd${i}` },
      rewards: [reward({ id: `aaaaaaaaaaaaaaaaaaaaaa${10 + i}` })],
    }),
  ),
};
const CROWD = few.map((i) => `aaaaaaaaaaaaaaaaaaaaaa${10 + i}`);

const FAULTS = [
  ['nothing', null],
  ['F2 reset after the commit', 'F2'],
  ['F4 no answer, and it is made afterwards', 'F4'],
  ['F9 rate limit', 'F9'],
] as const;

test.for(FAULTS)('the same rewards through both at once, with %s: one credit each', async ([, fault]) => {
  const stage = await setStage(crowd);
  const both = await twoOn(stage);
  if (fault === 'F4') giveUpSooner();
  if (fault !== null)
    stage.stripe.inject({
      fault,
      method: 'POST',
      path: TRANSACTIONS,
      times: 5,
    });
  const unpaid = () => CROWD.filter((id) => !rewardAt(stage, id).statuses.includes('REDEEMED'));
  for (let round = 0; round < 8 && (round < 2 || unpaid().length > 0); round++)
    await Promise.all(both.map(({ app }) => creditsThrough(app, stage, CROWD)));
  for (const id of CROWD) expect(creditsOf(stage, id)).toHaveLength(1);
  expect(unpaid()).toEqual([]);
});

const claimOf = (i: number): Claim => ({
  account_id: `crowd${i}`,
  user_id: `crowd${i}`,
  unit: 'STRIPE/USD',
  stripe_account: null,
  customer: `cus_Crowd${i}`,
  amount: 2000,
  currency: 'USD',
  redeem_amount: 2000,
  redeemed_before: 0,
  parameters: '{}',
});

test('claims through both at once never pass the cap of the day together', async () => {
  const stage = await setStage();
  const ledgers = (await twoOn(stage, DAYS)).map(({ parts }) => parts.ofMode('test').ledger);
  const results = await Promise.all(
    few.flatMap((i) =>
      ledgers.map((ledger, n) => ledger.claim(`reward ${i} ${n}`, claimOf(i), 'test', 10_000)),
    ),
  );
  expect(results.filter((result) => result === 'claimed')).toHaveLength(5);
  const { sum } = await stage.db
    .selectFrom('ledger')
    .select(({ fn }) => fn.sum<number>('amount').as('sum'))
    .executeTakeFirstOrThrow();
  expect(sum).toBe(10_000);
});

/** A feed, page by page while it is written, until a page that was asked for after the last write is empty. */
async function readMeanwhile<T extends { seq: number }>(
  since: (seq: number, limit: number) => Promise<T[]>,
  writes: readonly unknown[],
): Promise<T[]> {
  let writing = true;
  const written = Promise.all(writes).finally(() => {
    writing = false;
  });
  const read: T[] = [];
  for (let more = true; more; ) {
    const mayGrow = writing;
    const page = await since(read.at(-1)?.seq ?? 0, 10);
    read.push(...page);
    more = page.length > 0 || mayGrow;
  }
  await written;
  return read;
}

test('a feed of link changes that is read while both write it misses none', async () => {
  const stage = await setStage();
  const links = (await twoOn(stage)).map(({ parts }) => parts.ofMode('test').links);
  const [first] = links;
  if (first === undefined) throw new Error('there is a first one');
  const accounts = Array.from({ length: 60 }, (_, i) => links.map((_, n) => `account ${i} ${n}`)).flat();
  const writes = accounts.map((accountId, i) =>
    links[i % 2]?.changed({ accountId, userId: 'user' }, 'cus_1', SOMEBODY),
  );
  const read = await readMeanwhile(first.since, writes);
  expect(read.map(({ accountId }) => accountId).toSorted()).toEqual(accounts.toSorted());
});

/** Once this is true the other one waits for its turn, which PostgreSQL itself can tell; or it did not wait at all. */
async function waitsOrEnded(stage: Stage, work: Promise<unknown>): Promise<void> {
  let ended = false;
  void work.finally(() => {
    ended = true;
  });
  const waits = sql<{ waits: boolean }>`select exists (select 1 from pg_locks where locktype = 'advisory'
    and not granted and database = (select oid from pg_database where datname = current_database())) as waits`;
  while (!ended && !(await waits.execute(stage.db)).rows.some((row) => row.waits));
}

test('a link change that is not committed yet keeps later ones from overtaking it', async () => {
  const stage = await setStage();
  const [one, two] = await twoOn(stage);
  const order: string[] = [];
  let overtaken: Promise<void> = Promise.resolve();
  await one.parts.db.transaction().execute(async (tx) => {
    await serialise(tx, 'link changes');
    const { links } = two.parts.ofMode('test');
    overtaken = links.changed(ANNA, ANNAS_CUSTOMER, SOMEBODY).then(() => void order.push('second'));
    await waitsOrEnded(stage, overtaken);
    order.push('first');
  });
  await overtaken;
  expect(order).toEqual(['first', 'second']);
});

test('a claim sees the one before it, though that is not committed yet', async () => {
  const stage = await setStage();
  const [one, two] = await twoOn(stage);
  const { ledger } = two.parts.ofMode('test');
  let late: ReturnType<typeof ledger.claim> = Promise.resolve('exists');
  await one.parts.db.transaction().execute(async (tx) => {
    await serialise(tx, 'claim test USD');
    const own = {
      mode: 'test',
      reward: ID,
      point: 'claimed',
      idempotency_key: 'k',
      claimed_by: 'test',
    } as const;
    await tx
      .insertInto('ledger')
      .values({
        ...claimOf(1),
        ...own,
        key_epoch: 0,
        claimed_at: clockOf(tx),
        outcome_unknown: 0,
        redeemed_by_hand: 0,
      })
      .execute();
    late = ledger.claim('another reward', claimOf(2), 'test', 2000);
    await waitsOrEnded(stage, late);
  });
  expect(await late).toBe('over_cap');
});

test('a claim waits for a hold that is not committed yet, and hears of it', async () => {
  const stage = await setStage();
  const [one, two] = await twoOn(stage);
  const { ledger } = two.parts.ofMode('test');
  let late: ReturnType<typeof ledger.claim> = Promise.resolve('exists');
  await one.parts.db.transaction().execute(async (tx) => {
    await takeTurn(tx, 'test', ID);
    const row = { mode: 'test', reward: ID, reason: 'held_by_hand', decided_by: 'one', seq: 1 } as const;
    await tx
      .insertInto('holds')
      .values({ ...row, decided_at: clockOf(tx) })
      .execute();
    late = ledger.claim(ID, claimOf(1), 'test', null);
    await waitsOrEnded(stage, late);
  });
  expect(await late).toBe('held_by_hand');
  expect(await ledger.find(ID)).toBeUndefined();
});

test('a hold waits for a claim that is not committed yet, and comes too late', async () => {
  const stage = await setStage();
  const [one, two] = await twoOn(stage);
  const { holds } = two.parts.ofMode('test');
  let late: ReturnType<typeof holds.change> = Promise.resolve('done');
  await one.parts.db.transaction().execute(async (tx) => {
    await takeTurn(tx, 'test', ID);
    const own = { mode: 'test', reward: ID, point: 'claimed', idempotency_key: 'k' } as const;
    await tx
      .insertInto('ledger')
      .values({
        ...claimOf(1),
        ...own,
        claimed_by: 'one',
        key_epoch: 0,
        claimed_at: clockOf(tx),
        outcome_unknown: 0,
        redeemed_by_hand: 0,
      })
      .execute();
    late = holds.change(ID, 'hold', { id: 'two', name: 'Two' });
    await waitsOrEnded(stage, late);
  });
  expect(await late).toBe('already_claimed');
  expect(await holds.of([ID])).toEqual(new Map());
});

test('credited through one and held through the other at once: one or the other, for each', async () => {
  const stage = await setStage(crowd);
  const [one, two] = await twoOn(stage, DAYS);
  const headers = { authorization: `Bearer ${stage.admin}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ rewards: CROWD.toReversed(), deed: 'dismiss' });
  const [, answer] = await Promise.all([
    creditsThrough(one.app, stage, CROWD),
    two.app.request('/v1/test/holds', { method: 'POST', headers, body }),
  ]);
  await creditsThrough(one.app, stage, CROWD);
  const { outcomes } = (await answer.json()) as DeedAnswer;
  expect(outcomes).toHaveLength(CROWD.length);
  for (const { reward: id, done } of outcomes) expect(creditsOf(stage, id)).toHaveLength(done ? 0 : 1);
});

test('words that are read while both proxies write them are all read', async () => {
  const stage = await setStage();
  const both = (await twoOn(stage, DAYS)).map(({ parts }) => parts.ofMode('test').holds);
  const [first] = both;
  if (first === undefined) throw new Error('there is a first one');
  const rewards = Array.from({ length: 60 }, (_, i) => `reward ${100 + i}`);
  const somebody = { id: 'somebody', name: 'Somebody' };
  const writes = rewards.map((reward, i) => both[i % 2]?.change(reward, 'hold', somebody));
  const read = await readMeanwhile(first.since, writes);
  expect(read.map(({ reward }) => reward).toSorted()).toEqual(rewards);
});

test('a proxy whose clock is two days ahead does not take a request of the other for long over', async () => {
  const second = 'cus_AnnaMeyer00002';
  const stage = await setStage({ customers: [customer(), customer({ id: second })] });
  const [one, ahead] = await twoOn(stage, DAYS);
  stage.stripe.inject({ fault: 'F1', method: 'POST', path: TRANSACTIONS, times: 3 });
  expect(await creditsThrough(one.app, stage, [ID])).toMatchObject([{ reason: 'outcome_unknown' }]);
  stage.advocate.setCustomField(
    'test',
    { accountId: ANNA.accountId, id: ANNA.userId },
    'stripeCustomerId',
    second,
  );
  expect(await creditsThrough(ahead.app, stage, [ID])).toMatchObject([
    { state: 'waiting', reason: 'outcome_unknown' },
  ]);
  expect(creditsOf(stage, ID)).toEqual([]);
});

test('a proxy whose clock is two days ahead does not take a row that the other works on', async () => {
  const stage = await setStage();
  const [one, ahead] = (await twoOn(stage, DAYS)).map(({ parts }) => parts.ofMode('test').ledger);
  await one?.claim(ID, claimOf(1), 'test', null);
  expect(await one?.lock(ID, 'one')).toBeDefined();
  expect(await ahead?.lock(ID, 'ahead')).toBeUndefined();
});

test('what was earned before a unit was added waits, though the proxy that adds it has a clock two days behind', async () => {
  const stage = await setStage({ settings: { units: ['STRIPE/EUR'] } });
  const [, behind] = await twoOn(stage, -DAYS);
  const headers = { authorization: `Bearer ${stage.admin}`, 'content-type': 'application/json' };
  const settings = { units: ['STRIPE/USD', 'STRIPE/EUR'], paused: false, currencyRule: 'confirm', caps: {} };
  const body = JSON.stringify({ version: 1, ...settings });
  const saved = await behind.app.request('/v1/test/settings', { method: 'PUT', headers, body });
  const { backfill } = await saved.json();
  expect(Math.abs(backfill['STRIPE/USD'] - Date.now())).toBeLessThan(60_000);
});

test('a pairing code works once, through whichever proxy, however their clocks differ', async () => {
  const stage = await setStage();
  const [one, ahead] = await twoOn(stage, DAYS);
  const code = await one.parts.pairing.invite('support');
  const tries = await Promise.allSettled(
    [ahead, one, ahead, one].map(({ parts }) => parts.pairing.pair(code, 'Chrome', 'here')),
  );
  expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
});

test('one lease for both, however their clocks differ', async () => {
  const stage = await setStage();
  const [one, ahead] = await twoOn(stage, DAYS);
  const tokens = [await stage.pairAs('admin'), await stage.pairAs('admin')];
  const [a, b] = await Promise.all(
    [one, ahead].map(async ({ app }, i) => {
      const headers = { authorization: `Bearer ${tokens[i]}` };
      return (await app.request('/v1/test/lease', { method: 'PUT', headers })).json();
    }),
  );
  expect([a.mine, b.mine].sort()).toEqual([false, true]);
});

test('several proxies that start at once on an empty database make its tables once', async () => {
  const url = await emptyDatabase();
  const all = await Promise.all([1, 2, 3, 4].map(() => opened(url)));
  for (const db of all) expect(await db.selectFrom('ledger').selectAll().execute()).toEqual([]);
});

test('a newer database is refused with a sentence, untouched', async () => {
  const url = await emptyDatabase();
  const db = await opened(url);
  await sql`insert into kysely_migration (name, timestamp) values ('9999_later', '2030-01-01T00:00:00.000Z')`.execute(
    db,
  );
  const whole = async () => [
    await db.selectFrom('facts').selectAll().orderBy('name').execute(),
    (await sql`select * from kysely_migration order by name`.execute(db)).rows,
    (
      await sql`select * from information_schema.columns where table_schema = 'public' order by 3, 4`.execute(
        db,
      )
    ).rows,
  ];
  const before = await whole();
  await expect(openDatabase(url)).rejects.toThrow(/newer version of the proxy has used it/);
  expect(await whole()).toEqual(before);
});

test('times and sums come back as numbers, and texts in the order of their bytes', async () => {
  const stage = await setStage();
  const { ledger } = stage.parts.ofMode('test');
  for (const id of ['b', 'A', 'a', 'B']) await ledger.claim(id, claimOf(1), 'test', null);
  const { rows } = await readLedger(stage.db, 'test', { sort: 'reward' });
  expect(rows.map((row) => row.reward)).toEqual(['A', 'B', 'a', 'b']);
  const row = await ledger.find('a');
  expect(Math.abs(Date.now() - (row?.claimed_at ?? 0))).toBeLessThan(60_000);
});

test('the same proposals noticed in opposite orders do not wait for each other for ever', async () => {
  const stage = await setStage();
  const both = (await twoOn(stage)).map(({ parts }) => parts.ofMode('test'));
  const [one] = both;
  if (one === undefined) throw new Error('there is a first one');
  const ids = Array.from({ length: 60 }, (_, i) => `reward ${100 + i}`);
  await Promise.all(ids.map((id) => one.ledger.claim(id, claimOf(1), 'test', null)));
  const credits = [...(await one.ledger.findMany(ids)).values()];
  const sight = { cancelled: true, linkedTo: null };
  const seen = credits.map((credit) => ({ credit, standing: undefined, sight }));
  await Promise.all(
    both.flatMap(({ proposals }) => [proposals.notice(seen), proposals.notice(seen.toReversed())]),
  );
  expect((await one.reversals.findMany(ids)).size).toBe(60);
});

test('what is older than the shared clock says is found through an index, not by reading every row', async () => {
  const db = await opened(await emptyDatabase());
  await db.transaction().execute(async (tx) => {
    for (const other of ['seqscan', 'bitmapscan', 'sort'])
      await sql.raw(`set local enable_${other} = off`).execute(tx);
    const { rows } = await sql<Record<string, string>>`explain select * from links
      where mode = 'test' and watched = 0 and checked_at < ${clockOf(tx)} - 1000
      order by checked_at limit 100`.execute(tx);
    const plan = rows.flatMap((row) => Object.values(row)).join('\n');
    expect(plan).toMatch(/Index Cond: .*checked_at/);
  });
});

test('a server that turns the password away, or is not there, is told without the password', async () => {
  const url = await emptyDatabase();
  const wrong = url.replace(/:[0-9a-f]+@/, ':hush-hush@');
  for (const address of [wrong, wrong.replace(/@.*\//, '@127.0.0.1:1/')]) {
    const error: unknown = await openDatabase(address).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toMatch(/^Error: The database was not opened\. .{5,}/);
    expect(JSON.stringify([String(error), error instanceof Error && error.stack])).not.toContain('hush-hush');
  }
});
