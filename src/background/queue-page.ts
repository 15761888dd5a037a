/** The queue as people read it: newest or oldest first, each page by an index and of bounded work. */
import {
  type QueuedReward,
  type QueuePage,
  type QueuePageQuery,
  UNCLAIMED_STATES,
  type UnclaimedState,
} from '../contract/queue-page.ts';
import { REASONS } from '../contract/reasons.ts';
import type { QueueDb, Walk } from './queue-db.ts';
import type { Row } from './queue-row.ts';

const PAGE = 100;
/** So many rows of one account or user are looked at. */
const MOST_NAMED = 2000;
/** So much of an id finds few rows. */
const ENOUGH = 6;

type Place = { since: number; reward: string };

export function readQueuePage(db: QueueDb, query: QueuePageQuery): Promise<QueuePage> {
  const states = statesOf(query);
  return query.q === undefined ? byWalking(db, query, states) : byName(db, query, query.q, states);
}

/** A reason belongs to one state. */
function statesOf({ state, reason }: QueuePageQuery): UnclaimedState[] {
  const of = reason === undefined ? undefined : REASONS[reason].state;
  return UNCLAIMED_STATES.filter((one) => (state ?? one) === one && (of ?? one) === one);
}

/** One walk for each state, and of those always the step that comes first. */
async function byWalking(db: QueueDb, query: QueuePageQuery, states: UnclaimedState[]): Promise<QueuePage> {
  const { reason, currency, from, until } = query;
  const newest = query.sort === 'newest';
  const after = placeOf(query.after);
  return db.read(async ({ walk }) => {
    const begun = await Promise.all(
      states.map((state) => walk({ state, reason, currency, from, until, after, newest })),
    );
    const walks = begun.filter((one) => one !== null);
    const rewards: QueuedReward[] = [];
    while (walks.length > 0) {
      const at = firstOf(walks, newest);
      const step = walks[at];
      if (step === undefined) break;
      const { row } = step;
      rewards.push(...shown(row));
      // A look ahead, so that a full page says whether it is the last one.
      const next = await step.next();
      if (next === null) walks.splice(at, 1);
      else walks[at] = next;
      if (rewards.length === PAGE)
        return { rewards, after: walks.length === 0 ? null : `${row.since}:${row.reward}` };
    }
    return { rewards, after: null };
  });
}

function firstOf(walks: Walk[], newest: boolean): number {
  let first = 0;
  walks.forEach(({ row }, at) => {
    const best = walks[first]?.row;
    if (best && compare(row, best, newest) < 0) first = at;
  });
  return first;
}

/** Few rows, so they are found first and sorted then. */
async function byName(
  db: QueueDb,
  query: QueuePageQuery,
  q: string,
  states: UnclaimedState[],
): Promise<QueuePage> {
  const { reason, currency, from = 0, until = Number.POSITIVE_INFINITY } = query;
  const newest = query.sort === 'newest';
  const after = placeOf(query.after);
  const found = await db.read(async ({ row, named, ofAccount, ofUser }) => [
    ...(q.length >= ENOUGH ? await named(q, MOST_NAMED) : [await row(q)]),
    ...(await ofAccount(q, MOST_NAMED)),
    ...(await ofUser(q, MOST_NAMED)),
  ]);
  const known = new Map(found.flatMap((row) => (row ? [[row.reward, row] as const] : [])));
  const fitting = [...known.values()]
    .filter((row) => states.some((state) => state === row.state))
    .filter((row) => reason === undefined || row.reason === reason)
    .filter((row) => currency === undefined || row.money?.currency === currency)
    .filter(({ since }) => since >= from && since < until)
    .filter((row) => after === undefined || compare(row, after, newest) > 0)
    .sort((a, b) => compare(a, b, newest));
  const page = fitting.slice(0, PAGE);
  const last = fitting.length > PAGE ? page.at(-1) : undefined;
  return { rewards: page.flatMap(shown), after: last ? `${last.since}:${last.reward}` : null };
}

function compare(a: Place, b: Place, newest: boolean): number {
  const older = a.since - b.since || (a.reward < b.reward ? -1 : a.reward > b.reward ? 1 : 0);
  return newest ? -older : older;
}

function placeOf(after: string | undefined): Place | undefined {
  if (after === undefined) return undefined;
  const at = after.indexOf(':');
  return { since: Number(after.slice(0, at)), reward: after.slice(at + 1) };
}

function shown(row: Row): QueuedReward[] {
  const { reward, accountId, userId, unit, money, reason, facts, earnedAt, seenAt, since, customer } = row;
  const state = UNCLAIMED_STATES.find((one) => one === row.state);
  if (state === undefined) return [];
  return [
    { reward, accountId, userId, unit, money, state, reason, facts, earnedAt, seenAt, since, customer },
  ];
}
