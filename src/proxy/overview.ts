/** What the plots show, from counts that are kept by day and from the few rewards that are not at their end. */
import { sql } from 'kysely';
import type { Overview } from '../contract/overview.ts';
import type { Mode } from '../contract/words.ts';
import { type Database, databaseNow } from './database.ts';
import type { DaysTable } from './database-desk.ts';
import { DAY_MS, lagOf, lagsOf, readDays } from './days.ts';

type Sums = Overview['credited'];

export async function readOverview(db: Database, mode: Mode, days: number): Promise<Overview> {
  const today = Math.floor((await databaseNow(db)) / DAY_MS);
  const from = today - days + 1;
  const [rows, held, crediting] = await Promise.all([
    readDays(db, mode, from, today),
    heldNow(db, mode),
    creditingNow(db, mode),
  ]);
  const lags = lagsOf(rows);
  const credited = sumsOf(rows, 'credited');
  const reversed = sumsOf(rows, 'reversed');
  const taken = countOf(reversed);
  const outcomes: Overview['outcomes'] = [
    { state: 'credited', reason: null, count: Math.max(0, countOf(credited) - taken) },
    { state: 'reversed', reason: null, count: taken },
    { state: 'crediting', reason: null, count: crediting },
    ...held.map(({ reason, count }) => ({ state: 'held' as const, reason, count })),
  ];
  return {
    from: dateOf(from),
    to: dateOf(today),
    days: [...Map.groupBy(rows, ({ day }) => day)].map(([day, its]) => ({
      day: dateOf(day),
      credited: sumsOf(its, 'credited'),
      reversed: sumsOf(its, 'reversed'),
      lag: lagOf(lagsOf(its)),
    })),
    credited,
    reversed,
    lag: lagOf(lags),
    lags,
    outcomes: outcomes.filter(({ count }) => count > 0),
  };
}

const dateOf = (day: number) => new Date(day * DAY_MS).toISOString().slice(0, 10);
const countOf = (sums: Sums) => sums.reduce((sum, { count }) => sum + count, 0);

function sumsOf(rows: readonly DaysTable[], kind: 'credited' | 'reversed'): Sums {
  const sums = new Map<string, Sums[number]>();
  for (const { item: currency, count, amount } of rows.filter((row) => row.kind === kind)) {
    const sum = sums.get(currency) ?? { currency, amount: 0, count: 0 };
    sums.set(currency, { currency, amount: sum.amount + amount, count: sum.count + count });
  }
  return [...sums.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1));
}

/** The states in the words of the indexes: only then does SQLite see that there is one of just those. */
async function heldNow(db: Database, mode: Mode) {
  const rows = await db
    .selectFrom('told')
    .select(['reason', ({ fn }) => fn.countAll<number>().as('count')])
    .where('mode', '=', mode)
    .where(sql<boolean>`state = 'held'`)
    .groupBy('reason')
    .orderBy('reason')
    .execute();
  const byHand = await db
    .selectFrom('ledger')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('mode', '=', mode)
    .where(sql<boolean>`redeemed_by_hand > 0`)
    .where(({ not }) => not(isHeld))
    .executeTakeFirstOrThrow();
  const known = rows.map(({ reason, count }) => ({ reason, count: Number(count) }));
  return [...known, { reason: 'redeemed_by_hand' as const, count: Number(byHand.count) }];
}

const isHeld = sql<boolean>`exists (
  select 1 from told where told.mode = ledger.mode and told.reward = ledger.reward and told.state = 'held')`;

async function creditingNow(db: Database, mode: Mode): Promise<number> {
  const { count } = await db
    .selectFrom('ledger')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('mode', '=', mode)
    .where(sql<boolean>`point in ('claimed', 'credited')`)
    .where('point', '=', 'claimed')
    .where(({ not }) => not(isHeld))
    .executeTakeFirstOrThrow();
  return Number(count);
}
