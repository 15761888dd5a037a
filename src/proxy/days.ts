/**
 * What each day came to, counted in the same step as what it counts: a plot of a year reads some thousand rows, however
 * many rewards there are.
 */
import type { Transaction } from 'kysely';
import type { Overview } from '../contract/overview.ts';
import type { Mode } from '../contract/words.ts';
import type { Database, Tables } from './database.ts';
import type { DaysTable } from './database-desk.ts';

export const DAY_MS = 86_400_000;
/** Lags are counted in classes, each a fifth longer than the one before, from a second to some ten years. */
const STEP = 1.2;
const SHORTEST_MS = 1000;
const LAST_CLASS = 108;

const classOf = (lagMs: number): number =>
  Math.min(LAST_CLASS, Math.max(0, Math.ceil(Math.log(Math.max(1, lagMs) / SHORTEST_MS) / Math.log(STEP))));
const endOf = (lagClass: number): number => Math.round(SHORTEST_MS * STEP ** lagClass);

/** The days' rows of one credit. */
export function creditInDays(
  {
    mode,
    currency,
    amount,
    earned_at,
  }: { mode: Mode; currency: string; amount: number; earned_at: number | null },
  creditedAt: number,
): DaysTable[] {
  const common = { mode, day: Math.floor(creditedAt / DAY_MS), count: 1 };
  const credited: DaysTable = { ...common, kind: 'credited', item: currency, amount };
  if (earned_at === null) return [credited];
  // Stripe tells whole seconds, and its clock is another one.
  const item = String(classOf(creditedAt - earned_at));
  return [credited, { ...common, kind: 'lag', item, amount: 0 }];
}

export const reversalInDays = (
  mode: Mode,
  { amount, currency, createdAt }: { amount: number; currency: string; createdAt: number },
): DaysTable => ({
  mode,
  day: Math.floor(createdAt / DAY_MS),
  kind: 'reversed',
  item: currency,
  count: 1,
  amount,
});

/** In the caller's transaction, and before the history is held. */
export async function countCredit(
  tx: Transaction<Tables>,
  row: Parameters<typeof creditInDays>[0],
  creditedAt: number,
): Promise<void> {
  for (const counted of creditInDays(row, creditedAt)) await add(tx, counted);
}

export const countReversal = (
  tx: Transaction<Tables>,
  mode: Mode,
  made: Parameters<typeof reversalInDays>[1],
): Promise<void> => add(tx, reversalInDays(mode, made));

async function add(tx: Transaction<Tables>, row: DaysTable): Promise<void> {
  await tx
    .insertInto('days')
    .values(row)
    .onConflict((c) =>
      c.columns(['mode', 'day', 'kind', 'item']).doUpdateSet((eb) => ({
        count: eb('days.count', '+', row.count),
        amount: eb('days.amount', '+', row.amount),
      })),
    )
    .execute();
}

export const readDays = (db: Database, mode: Mode, from: number, until: number): Promise<DaysTable[]> =>
  db
    .selectFrom('days')
    .selectAll()
    .where('mode', '=', mode)
    .where('day', '>=', from)
    .where('day', '<=', until)
    .orderBy('day')
    .orderBy('kind')
    .orderBy('item')
    .execute();

type Lags = Overview['lags'];

/** How many took how long, the quickest first. */
export function lagsOf(rows: readonly DaysTable[]): Lags {
  const counts = new Map<number, number>();
  for (const { kind, item, count } of rows)
    if (kind === 'lag') counts.set(Number(item), (counts.get(Number(item)) ?? 0) + count);
  return [...counts].sort(([a], [b]) => a - b).map(([lagClass, count]) => ({ upTo: endOf(lagClass), count }));
}

export function lagOf(lags: Lags): Overview['lag'] {
  const count = lags.reduce((sum, one) => sum + one.count, 0);
  if (count === 0) return null;
  /** The middle of the class in which the share is reached. */
  const at = (share: number) => {
    let still = Math.ceil(count * share);
    for (const one of lags) {
      still -= one.count;
      if (still <= 0) return Math.round(one.upTo / Math.sqrt(STEP));
    }
    return 0;
  };
  return { count, p50: at(0.5), p90: at(0.9), p99: at(0.99) };
}
