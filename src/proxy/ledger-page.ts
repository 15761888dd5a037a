/** The ledger in pages, in any order that there is an index for: a page costs the same behind a million rows. */
import { type RawBuilder, sql } from 'kysely';
import type { LedgerPage, LedgerQuery, LedgerRow, LedgerSort, LedgerState } from '../contract/ledger.ts';
import { ProblemError } from '../contract/problems.ts';
import type { Reason } from '../contract/reasons.ts';
import type { Mode } from '../contract/words.ts';
import type { Database } from './database.ts';

const PAGE = 100;
/** So much of an id finds few rows. */
const ENOUGH = 6;

/** What an order goes by; equal ones go by reward, in the same direction. */
const ORDERS: Record<LedgerSort, { by: 'claimed_at' | 'amount' | null; direction: 'asc' | 'desc' }> = {
  reward: { by: null, direction: 'asc' },
  newest: { by: 'claimed_at', direction: 'desc' },
  oldest: { by: 'claimed_at', direction: 'asc' },
  largest: { by: 'amount', direction: 'desc' },
  smallest: { by: 'amount', direction: 'asc' },
};

const base = (db: Database, mode: Mode) =>
  db
    .selectFrom('ledger as l')
    .leftJoin('told as t', (join) =>
      join
        .onRef('t.mode', '=', 'l.mode')
        .onRef('t.reward', '=', 'l.reward')
        .on(sql<boolean>`t.state = 'held'`),
    )
    .leftJoin('reversals as r', (join) =>
      join.onRef('r.mode', '=', 'l.mode').onRef('r.reward', '=', 'l.reward'),
    )
    .where('l.mode', '=', mode);
type Query = ReturnType<typeof base>;

export async function readLedger(db: Database, mode: Mode, asked: LedgerQuery): Promise<LedgerPage> {
  const { by, direction } = ORDERS[asked.sort];
  const order = orderOf(asked);
  let query = narrow(base(db, mode), db, mode, asked);
  if (asked.after !== undefined) query = query.where(beyond(asked, order));
  for (const column of order) query = query.orderBy(column, direction);
  const rows = await columns(query.limit(PAGE + 1)).execute();
  const page = rows.slice(0, PAGE);
  const last = page.at(-1);
  const more = rows.length > PAGE && last !== undefined;
  return { rows: page.map(view), after: more ? placeOf(last, by) : null };
}

/** One row, as a page shows it. */
export async function readLedgerRow(db: Database, mode: Mode, reward: string): Promise<LedgerRow | null> {
  const row = await columns(base(db, mode).where('l.reward', '=', reward)).executeTakeFirst();
  return row === undefined ? null : view(row);
}

const columns = (query: Query) =>
  query.select([
    'l.reward',
    'l.account_id',
    'l.user_id',
    'l.unit',
    'l.customer',
    'l.amount',
    'l.currency',
    'l.point',
    'l.credit',
    'l.request_id',
    'l.redeemed_by_hand',
    'l.earned_at',
    'l.claimed_at',
    'l.credited_at',
    'l.redeemed_at',
    'l.noted_at',
    't.state as told_state',
    't.reason as told_reason',
    'r.state as reversal_state',
    'r.reversed_at',
  ]);
type Row = Awaited<ReturnType<ReturnType<typeof columns>['execute']>>[number];

const placeOf = (row: Row, by: 'claimed_at' | 'amount' | null) =>
  by === null ? row.reward : `${row[by]}:${row.reward}`;

/**
 * Where a filter leaves few rows, those are found first and then sorted: as expressions the columns say that no index is
 * to be walked in their order, which SQLite, knowing no numbers of rows, would do.
 */
function orderOf({ sort, state, customer, accountId, userId, q }: LedgerQuery): RawBuilder<unknown>[] {
  const { by } = ORDERS[sort];
  const few =
    (state !== undefined && state !== 'redeemed') ||
    [customer, accountId, userId, q].some((filter) => filter !== undefined);
  const reward = sql.ref('l.reward');
  if (by === null) return [few ? sql`${reward} || ''` : reward];
  const column = sql.ref(`l.${by}`);
  return [few ? sql`+${column}` : column, reward];
}

function beyond({ sort, after = '' }: LedgerQuery, order: readonly RawBuilder<unknown>[]) {
  const { by, direction } = ORDERS[sort];
  const [, value, reward] = after.match(/^(?:(\d{1,15}):)?([A-Za-z0-9_-]{1,64})$/) ?? [];
  if (reward === undefined || (by === null) !== (value === undefined))
    throw new ProblemError('cursor_invalid', { action: 'Leave `after` out to read from the beginning.' });
  const place = by === null ? sql`${reward}` : sql`${Number(value)}, ${reward}`;
  return sql<boolean>`(${sql.join(order)}) ${sql.raw(direction === 'asc' ? '>' : '<')} (${place})`;
}

function narrow(query: Query, db: Database, mode: Mode, asked: LedgerQuery): Query {
  const { state, currency, customer, accountId, userId, from, until, q } = asked;
  let narrowed = query;
  if (currency !== undefined) narrowed = narrowed.where('l.currency', '=', currency);
  if (customer !== undefined) narrowed = narrowed.where('l.customer', '=', customer);
  if (accountId !== undefined) narrowed = narrowed.where('l.account_id', '=', accountId);
  if (userId !== undefined) narrowed = narrowed.where('l.user_id', '=', userId);
  if (from !== undefined) narrowed = narrowed.where('l.claimed_at', '>=', Number(from));
  if (until !== undefined) narrowed = narrowed.where('l.claimed_at', '<', Number(until));
  if (state !== undefined) narrowed = inState(narrowed, db, mode, state);
  return q === undefined ? narrowed : named(narrowed, db, mode, q);
}

const held = (db: Database, mode: Mode) =>
  db
    .selectFrom('told')
    .select('reward')
    .where('mode', '=', mode)
    .where(sql<boolean>`state = 'held'`)
    .union(
      db
        .selectFrom('ledger')
        .select('reward')
        .where('mode', '=', mode)
        .where(sql<boolean>`redeemed_by_hand > 0`),
    );
const reversed = (db: Database, mode: Mode) =>
  db.selectFrom('reversals').select('reward').where('mode', '=', mode).where('state', '=', 'reversed');

/** As `stateOf` tells it. What is rare is looked up where it is written down, and not sought among all rows. */
function inState(query: Query, db: Database, mode: Mode, state: LedgerState): Query {
  if (state === 'reversed') return query.where('l.reward', 'in', reversed(db, mode));
  const standing = query.where('l.reward', 'not in', reversed(db, mode));
  if (state === 'held') return standing.where('l.reward', 'in', held(db, mode));
  const free = standing.where('l.reward', 'not in', held(db, mode));
  if (state === 'redeemed') return free.where('l.point', 'in', ['redeemed', 'noted']);
  const unfinished = db
    .selectFrom('ledger')
    .select('reward')
    .where('mode', '=', mode)
    // In the words of the index, so that SQLite sees that there is one of just those.
    .where(sql<boolean>`point in ('claimed', 'credited')`)
    .where('point', '=', state === 'crediting' ? 'claimed' : 'credited');
  return free.where('l.reward', 'in', unfinished);
}

/** By an id as somebody pastes it. */
function named(query: Query, db: Database, mode: Mode, q: string): Query {
  const enough = q.replace(/^(cus|cbtxn)_/, '').length >= ENOUGH && /^[A-Za-z0-9_-]+$/.test(q);
  const like = <T>(column: string) =>
    // No sign of an id comes after a tilde.
    enough
      ? sql<T>`${sql.ref(column)} >= ${q} and ${sql.ref(column)} < ${`${q}~`}`
      : sql<T>`${sql.ref(column)} = ${q}`;
  if (q.startsWith('cus_')) return query.where(like<boolean>('l.customer'));
  if (q.startsWith('cbtxn_')) return query.where(like<boolean>('l.credit'));
  const rewards = () => db.selectFrom('ledger').select('reward').where('mode', '=', mode);
  return query.where(
    'l.reward',
    'in',
    rewards()
      .where(like<boolean>('reward'))
      .union(rewards().where('account_id', '=', q))
      .union(rewards().where('user_id', '=', q)),
  );
}

function stateOf(row: Row): { state: LedgerState; reason: Reason | null } {
  if (row.reversal_state === 'reversed') return { state: 'reversed', reason: null };
  if (row.told_state === 'held') return { state: 'held', reason: row.told_reason };
  if (row.redeemed_by_hand > 0) return { state: 'held', reason: 'redeemed_by_hand' };
  if (row.point === 'claimed') return { state: 'crediting', reason: null };
  return { state: row.point === 'credited' ? 'credited' : 'redeemed', reason: null };
}

const view = (row: Row): LedgerRow => ({
  reward: row.reward,
  accountId: row.account_id,
  userId: row.user_id,
  unit: row.unit,
  customer: row.customer,
  money: { amount: row.amount, currency: row.currency },
  point: row.point,
  ...stateOf(row),
  credit: row.credit,
  requestId: row.request_id,
  earnedAt: row.earned_at,
  claimedAt: row.claimed_at,
  creditedAt: row.credited_at,
  redeemedAt: row.redeemed_at,
  notedAt: row.noted_at,
  reversedAt: row.reversed_at,
});
