/**
 * Every reward that the filter gives, as one list from two sources: claimed ones from the ledger, the others from this
 * browser's queue. Pages are read as somebody scrolls, and nothing is done again for rows that are there.
 */
import { signal } from '@preact/signals';
import type { LedgerRow } from '../../contract/ledger.ts';
import type { Money } from '../../contract/money.ts';
import type { Problem } from '../../contract/problems.ts';
import type { QueuedReward } from '../../contract/queue-page.ts';
import type { Facts, Reason } from '../../contract/reasons.ts';
import type { QueueState } from '../../contract/words.ts';
import type { Ask } from '../../ui/ask.ts';
import { problemOf } from '../../ui/problem-of.ts';
import { type Filter, sourcesOf } from './filter.ts';

export type Reward = {
  reward: string;
  accountId: string;
  userId: string;
  unit: string;
  money: Money | null;
  state: QueueState;
  reason: Reason | null;
  facts: Facts;
  /** When it was claimed, or since when it waits. */
  at: number;
  customer: string | null;
  claimed: boolean;
  credit: string | null;
  /** Null for what was never claimed, and where one reward is shown by its story. */
  ledger: LedgerRow | null;
};

const ofLedger = (row: LedgerRow): Reward => ({
  ...{ reward: row.reward, accountId: row.accountId, userId: row.userId, unit: row.unit, money: row.money },
  ...{
    state: row.state,
    reason: row.reason,
    facts: {},
    at: row.claimedAt,
    customer: row.customer,
    ledger: row,
  },
  ...{ claimed: true, credit: row.credit },
});
const ofQueue = ({ since, earnedAt: _, seenAt: __, ...row }: QueuedReward): Reward => ({
  ...row,
  ...{ at: since, claimed: isOnlyClaimed(row.reason) || wasSent(row), credit: null, ledger: null },
});

/** The ledger has whatever stands for one of these, and tells of it better: its credit, and when it was claimed. */
const ONLY_CLAIMED: readonly (Reason | null)[] = [
  'cancelled_after_credit',
  'redeemed_by_hand',
  'advocate_refused',
  'credit_differs',
];
const isOnlyClaimed = (reason: Reason | null): boolean => ONLY_CLAIMED.includes(reason);
const wasSent = ({ reason, customer }: Pick<Reward, 'reason' | 'customer'>): boolean =>
  reason === 'outcome_unknown' || (reason === 'stripe_refused' && customer !== null);

const together = (ledger: Reward, queue: Reward): Reward =>
  ledger.reason === queue.reason ? { ...ledger, facts: queue.facts } : ledger;

/** So many short pages in a row are read for one that a person sees. */
const MOST_PAGES = 25;
const A_SCREEN = 100;

/** Pages of one source, of which the next is read when the last one is used up. */
function createSource(
  next: (after: string | undefined) => Promise<{ rows: Reward[]; after: string | null }>,
) {
  let rows: Reward[] = [];
  let at = 0;
  let after: string | null | undefined;
  return {
    head: (): Reward | undefined => rows[at],
    take: () => {
      at += 1;
    },
    isOver: () => at >= rows.length && after === null,
    isEmpty: () => at >= rows.length,
    async read(): Promise<void> {
      const page = await next(after ?? undefined);
      ({ rows, after } = page);
      at = 0;
    },
  };
}
type Source = ReturnType<typeof createSource>;

function sourcesFor(ask: Ask, filter: Filter): Source[] {
  const { ledger, queue } = sourcesOf(filter);
  const sources: Source[] = [];
  if (ledger)
    sources.push(
      createSource(async (after) => {
        const page = await ask('ledger', { ...ledger, ...(after !== undefined && { after }) });
        // The ledger is not asked by reason: what it holds for one is little.
        const rows = page.rows.filter(({ reason }) => filter.reason === null || reason === filter.reason);
        return { rows: rows.map(ofLedger), after: page.after };
      }),
    );
  if (queue)
    sources.push(
      createSource(async (after) => {
        const page = await ask('queuePage', { ...queue, ...(after !== undefined && { after }) });
        return { rows: page.rewards.map(ofQueue), after: page.after };
      }),
    );
  return sources;
}

export type Reader = ReturnType<typeof createReader>;

export function createReader(ask: Ask, filter: Filter) {
  /** Grows in place; `count` says when. A copy for each page would cost more with every page. */
  const rows: Reward[] = [];
  const places = new Map<string, number>();
  /** Of the queue, until the ledger tells of them. */
  const kept = new Map<string, Reward>();
  const count = signal(0);
  /** Changes when a row that is there says something else. */
  const version = signal(0);
  const state = signal<'new' | 'reading' | 'more' | 'done'>('new');
  const problem = signal<Problem | null>(null);
  const sources = sourcesFor(ask, filter);
  const isBefore = (a: Reward, b: Reward) => (filter.sort === 'oldest' ? a.at <= b.at : a.at >= b.at);
  let stopped = false;

  /** The next of both lists; undefined where a source has to be read first. */
  function nextOf(): Source | undefined {
    const left = sources.filter((source) => !source.isOver());
    if (left.some((source) => source.isEmpty())) return undefined;
    return left.reduce<Source | undefined>((best, source) => {
      const [mine, other] = [source.head(), best?.head()];
      return mine && (!other || !isBefore(other, mine)) ? source : best;
    }, undefined);
  }

  /** What was claimed and is held stands in both; the ledger knows its customer, the queue what its reason is about. */
  function put(row: Reward) {
    const place = places.get(row.reward);
    const known = place === undefined ? undefined : rows[place];
    if (place === undefined || known === undefined) {
      const before = kept.get(row.reward);
      kept.delete(row.reward);
      places.set(row.reward, rows.push(before ? together(row, before) : row) - 1);
      return;
    }
    rows[place] = row.ledger ? together(row, known) : together(known, row);
    version.value += 1;
  }

  function take(row: Reward) {
    if (row.ledger === null && isOnlyClaimed(row.reason) && !places.has(row.reward))
      kept.set(row.reward, row);
    else put(row);
  }

  /** A ledger that was lost must not hide them. Where days narrow the list, those are the days of the claims. */
  function putKept() {
    if (filter.from === null && filter.until === null) for (const row of [...kept.values()]) put(row);
  }

  async function read(): Promise<void> {
    const wanted = rows.length + A_SCREEN;
    for (let pages = 0; pages < MOST_PAGES && rows.length < wanted; pages++) {
      const empty = sources.filter((source) => source.isEmpty() && !source.isOver());
      await Promise.all(empty.map((source) => source.read()));
      if (stopped) return;
      for (let source = nextOf(); source && rows.length < wanted; source = nextOf()) {
        const row = source.head();
        source.take();
        if (row) take(row);
      }
      if (!sources.every((source) => source.isOver())) continue;
      putKept();
      break;
    }
  }

  return {
    filter,
    rows: rows as readonly Reward[],
    count,
    version,
    state,
    problem,
    place: (reward: string) => places.get(reward),
    /** Reads on; while that is under way, or nothing is left, it does nothing. */
    async more(): Promise<void> {
      if (state.value === 'reading' || state.value === 'done') return;
      state.value = 'reading';
      problem.value = null;
      try {
        await read();
        if (stopped) return;
        state.value = sources.every((source) => source.isOver()) ? 'done' : 'more';
      } catch (thrown) {
        if (stopped) return;
        problem.value = problemOf(thrown);
        state.value = 'more';
      }
      count.value = rows.length;
    },
    /** What became of a row by a deed of this page. */
    change(reward: string, to: Partial<Reward>) {
      const place = places.get(reward);
      const known = place === undefined ? undefined : rows[place];
      if (place === undefined || known === undefined) return;
      rows[place] = { ...known, ...to };
      version.value += 1;
    },
    stop() {
      stopped = true;
    },
  };
}
