import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { startAdvocateSimulator } from '../../sandbox/advocate/simulator.ts';
import { startStripeSimulator } from '../../sandbox/stripe/simulator.ts';
import { createApp } from '../../src/proxy/app.ts';
import { openDatabase } from '../../src/proxy/database.ts';
import { readEnvironment } from '../../src/proxy/environment.ts';
import { createLog } from '../../src/proxy/log.ts';
import { createParts } from '../../src/proxy/parts.ts';
import { replayCredits } from '../fixtures/replay.ts';
import { KEPT, OLD_TOKEN, sceneSeed } from '../fixtures/scene.ts';
import { creditsOf, environmentFor, rewardAt } from './stage.ts';

/** Every ledger that a released version has left, by the last migration it had seen. */
const LEDGERS = ['0001', '0002', '0003'];
/** Empty while nobody changes a link. */
const OFTEN_EMPTY = ['sqlite_sequence', 'link_turns'];
const MINUTE = 60_000;

function copyOf(ledger: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'upgrade-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'ledger.db');
  copyFileSync(fileURLToPath(new URL(`../fixtures/ledger-${ledger}.db`, import.meta.url)), file);
  return file;
}

type Rows = Record<string, unknown>[];

/** Each table's rows, by SQLite alone. */
function contents(file: string): Map<string, Rows> {
  const sqlite = new Sqlite(file, { readonly: true });
  const tables = sqlite
    .prepare<[], { name: string }>("select name from sqlite_master where type = 'table' order by name")
    .all();
  const all = tables.map(({ name }): [string, Rows] => [
    name,
    sqlite.prepare<[], Record<string, unknown>>(`select * from "${name}" order by rowid`).all(),
  ]);
  sqlite.close();
  return new Map(all);
}

/** When the old version last wrote to it. */
const leftAt = (file: string) =>
  Number(
    contents(file)
      .get('facts')
      ?.find(({ name }) => name === 'alive_at')?.value,
  );

test.each(LEDGERS)('a ledger of migration %s keeps every row and every value', async (ledger) => {
  const file = copyOf(ledger);
  const before = contents(file);
  expect(
    before
      .get('ledger')
      ?.map(({ point }) => point)
      .sort(),
  ).toEqual(['claimed', 'claimed', 'claimed', 'credited', 'noted', 'redeemed']);
  const rows = [...before].filter(([name]) => !OFTEN_EMPTY.includes(name));
  expect(rows.filter(([, all]) => all.length === 0)).toEqual([]);

  const at = leftAt(file);
  const db = await openDatabase(`file:${file}`, () => at);
  await db.destroy();
  const after = contents(file);
  for (const [table, all] of before) {
    expect(after.get(table)?.length, table).toBeGreaterThanOrEqual(all.length);
    expect(after.get(table)?.slice(0, all.length), table).toMatchObject(all);
  }
  expect(after.get('ledger')).toHaveLength(before.get('ledger')?.length ?? 0);
  // What was credited before days were counted is counted once.
  const credited = (before.get('ledger') ?? []).filter(({ credit }) => credit !== null);
  expect(credited).toHaveLength(3);
  expect(after.get('days')).toMatchObject([
    { mode: 'test', kind: 'credited', item: 'USD', count: 3, amount: 6000 },
  ]);
});

/** Today's proxy on the old file, with simulators that hold what the old proxy had done. */
async function goOn(file: string, now: () => number) {
  const seed = sceneSeed('stopped');
  const stripe = await startStripeSimulator({ seed, now });
  const advocate = await startAdvocateSimulator({ seed, now });
  stripe.connect('test');
  expect(await replayCredits(file, stripe, seed)).toBe(4);
  const environment = readEnvironment({
    ...environmentFor(seed, { stripe: stripe.url, advocate: advocate.url }),
    DATABASE_URL: `file:${file}`,
  });
  const db = await openDatabase(environment.databaseUrl, now);
  const log = createLog('silent', [], { write: () => undefined });
  const parts = await createParts(
    environment,
    db,
    log,
    () => '',
    now,
    async () => undefined,
  );
  const app = createApp(parts);
  onTestFinished(async () => {
    await Promise.all([stripe.close(), advocate.close()]);
    await db.destroy();
  });
  const ask = async (method: string, path: string, body?: unknown) => {
    const answer = await app.request(`/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${OLD_TOKEN}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    expect(answer.status, path).toBe(200);
    return answer;
  };
  return {
    stripe,
    advocate,
    db,
    ask,
    async credit(...rewards: string[]): Promise<Record<string, { state: string; reason: string | null }>> {
      const text = await (await ask('POST', '/test/credits', { rewards })).text();
      const lines = text.split('\n').filter((line) => line !== '');
      return Object.fromEntries(lines.map((line) => JSON.parse(line)).map((line) => [line.reward, line]));
    },
  };
}

test.each(
  LEDGERS.flatMap((ledger) => [
    [ledger, 'minutes', 5 * MINUTE] as const,
    [ledger, 'days', 3 * 24 * 60 * MINUTE] as const,
  ]),
)('what a ledger of migration %s had begun goes on after %s and is paid once', async (ledger, _, later) => {
  const file = copyOf(ledger);
  const start = leftAt(file) + later;
  const began = Date.now();
  const stage = await goOn(file, () => start + Date.now() - began);

  // The browser that was paired, and what it had set, are still there.
  const session = await (await stage.ask('GET', '/session')).json();
  expect(session).toMatchObject({
    role: 'admin',
    browser: { name: 'Chrome on Linux' },
    modes: {
      test: {
        // From 0002 on, that earlier rewards may be paid was a change of its own.
        settings: { version: ledger === '0001' ? 2 : 3, paused: false, backfill: {} },
        stripe: { connected: true },
      },
    },
  });

  const { noted, unnoted, credited, unknown, unsent, ready, refused, pending, notLinked } = KEPT;
  const paid = [noted, unnoted, credited, unknown, unsent, ready].map(({ reward }) => reward);
  const others = [pending, notLinked].map(({ reward }) => reward);
  for (const round of [1, 2]) {
    const outcomes = await stage.credit(...paid, ...others, refused.reward);
    for (const reward of paid)
      expect(outcomes[reward], `${reward}, round ${round}`).toMatchObject({ state: 'redeemed' });
    for (const reward of others) expect(outcomes[reward]).toMatchObject({ state: 'waiting' });
  }
  for (const { reward, amount } of [noted, unnoted, credited, unknown, unsent, ready]) {
    expect(creditsOf(stage, reward), reward).toMatchObject([{ amount: -amount }]);
    expect(rewardAt(stage, reward).statuses, reward).toEqual(['REDEEMED']);
  }
  expect(creditsOf(stage, refused.reward).length).toBeLessThanOrEqual(1);
  for (const reward of others) expect(creditsOf(stage, reward)).toEqual([]);
  const points = await stage.db.selectFrom('ledger').select(['reward', 'point']).execute();
  expect(points.filter(({ reward }) => paid.includes(reward)).map(({ point }) => point)).toEqual(
    Array(paid.length).fill('noted'),
  );
});

/** As a later version of the proxy leaves it. */
function fromTheFuture(ledger: string, journal: 'wal' | 'delete'): string {
  const file = copyOf(ledger);
  const sqlite = new Sqlite(file);
  sqlite.exec(
    "insert into kysely_migration (name, timestamp) values ('9999_later', '2099-01-01T00:00:00.000Z')",
  );
  sqlite.exec('alter table ledger add column later text; update ledger set later = reward');
  sqlite.pragma(`journal_mode = ${journal}`);
  sqlite.close();
  return file;
}

test.each(['wal', 'delete'] as const)(
  'a ledger of a newer version is refused in a sentence and left as it is, byte for byte (journal: %s)',
  async (journal) => {
    const file = fromTheFuture('0001', journal);
    const before = readFileSync(file);
    const beside = readdirSync(dirname(file));
    for (const _ of [1, 2]) {
      const refused = await openDatabase(`file:${file}`).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(Error);
      expect(String(refused)).toMatch(/newer version of the proxy/);
      expect(String(refused)).toMatch(/nothing was changed/);
    }
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(dirname(file))).toEqual(beside);
  },
);
