/** The only file that knows the database. One per mode, so that nothing crosses. */
import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb';
import { ProblemError } from '../contract/problems.ts';
import type { Mode } from '../contract/words.ts';
import { say } from '../locales/say.ts';
import { told } from '../locales/told.ts';
import { marked, type Row } from './queue-row.ts';
import { createTally, STATE, type Total } from './queue-totals.ts';

const VERSION = 2;
const STORES = ['rewards', 'totals', 'meta'] as const;

/** The state, then the reason and the currency where the index has them, then since when. */
type WalkKey = (string | number)[];

interface QueueSchema extends DBSchema {
  rewards: {
    key: string;
    value: Row;
    indexes: {
      /** Rows without a due time are not in it: null is no key. */
      due: number;
      /** In version 1 alone; `reason` finds the same. */
      standing: [string, string];
      account: string;
      user: string;
      since: WalkKey;
      /** Rows without a reason, or without an amount, are not in those that have it in their key. */
      reason: WalkKey;
      currency: WalkKey;
      reasonCurrency: WalkKey;
      /** What is held and needs somebody. */
      needsSince: number;
      /** What is held and nobody was told of. */
      untold: number;
    };
  };
  totals: { key: string; value: Total };
  meta: { key: string; value: string | number };
}
type Connection = IDBPDatabase<QueueSchema>;

/** Each version adds to the one before. Rows are never dropped: they may be the only trace of a claim. */
type Upgrading = IDBPTransaction<QueueSchema, ('rewards' | 'totals' | 'meta')[], 'versionchange'>;
const UPGRADES: Record<number, (db: Connection, tx: Upgrading) => void | Promise<void>> = {
  1: (db) => {
    const rewards = db.createObjectStore('rewards', { keyPath: 'reward' });
    rewards.createIndex('due', 'dueAt');
    rewards.createIndex('since', ['state', 'since']);
    rewards.createIndex('standing', ['state', 'reason']);
    rewards.createIndex('account', 'accountId');
    db.createObjectStore('totals', { keyPath: 'key' });
    db.createObjectStore('meta');
  },
  2: async (_db, tx) => {
    const rewards = tx.objectStore('rewards');
    rewards.deleteIndex('standing');
    // Before there are more indexes that each of these writes would change, and not by a cursor: both are slow.
    for (let after: string | undefined = ''; after !== undefined; ) {
      const rows: Row[] = await rewards.getAll(IDBKeyRange.lowerBound(after, true), 1000);
      const held = rows.filter(({ state }) => state === 'held');
      await Promise.all(held.map((row) => rewards.put(marked(row))));
      after = rows.at(-1)?.reward;
    }
    rewards.createIndex('reason', ['state', 'reason', 'since']);
    rewards.createIndex('currency', ['state', 'money.currency', 'since']);
    rewards.createIndex('reasonCurrency', ['state', 'reason', 'money.currency', 'since']);
    rewards.createIndex('user', 'userId');
    rewards.createIndex('needsSince', 'needsSince');
    rewards.createIndex('untold', 'untold');
  },
};

async function connect(mode: Mode, lost: () => void): Promise<Connection> {
  try {
    return await openDB<QueueSchema>(`credits-${mode}`, VERSION, {
      async upgrade(db, from, _to, tx) {
        for (let version = from + 1; version <= VERSION; version++) await UPGRADES[version]?.(db, tx);
      },
      // A newer extension waits for this connection to go away before it can upgrade.
      blocking(_current, _blocked, event) {
        if (event.target instanceof IDBDatabase) event.target.close();
        lost();
      },
      terminated: lost,
    });
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'VersionError')) throw error;
    throw new ProblemError(
      'internal',
      told({ title: say('ui_broken'), detail: say('ui_queue_newer'), action: say('ui_queue_newer_action') }),
      { cause: error },
    );
  }
}

export type QueueDb = ReturnType<typeof openQueueDb>;
export function openQueueDb(mode: Mode) {
  let connection: Promise<Connection> | null = null;
  const forget = () => {
    connection = null;
  };
  const open = () => {
    connection ??= connect(mode, forget).catch((error: unknown) => {
      forget();
      throw error;
    });
    return connection;
  };

  return {
    async read<T>(work: (open: ReturnType<typeof stores>) => Promise<T>): Promise<T> {
      const tx = (await open()).transaction(STORES, 'readonly');
      const [result] = await Promise.all([work(stores(tx)), tx.done]);
      return result;
    },

    /**
     * All or nothing, and on the disk before it resolves: since version 121 Chrome answers sooner unless `strict`
     * is asked for (developer.chrome.com/blog/indexeddb-durability-mode-now-defaults-to-relaxed).
     * @param totalsFrom what it changes of the totals is likely to lie from here on: a day's stand right before the states'.
     */
    async write<T>(work: (open: ReturnType<typeof writable>) => Promise<T>, totalsFrom = STATE): Promise<T> {
      const tx = (await open()).transaction(STORES, 'readwrite', { durability: 'strict' });
      const done = tx.done;
      done.catch(() => {}); // Awaited below; until then an abort must not count as unhandled.
      try {
        const all = writable(tx, totalsFrom);
        const result = await work(all);
        await all.saveTotals();
        // All is asked for: without this word it would be told of each answer first, and begin to commit then.
        tx.commit();
        await done;
        return result;
      } catch (error) {
        try {
          tx.abort();
        } catch {
          // It aborted by itself.
        }
        throw error;
      }
    },

    async close(): Promise<void> {
      const open = connection;
      forget();
      (await open)?.close();
    },
  };
}

type Access = 'readonly' | 'readwrite';
type Transaction<A extends Access> = IDBPTransaction<QueueSchema, typeof STORES, A>;

const upTo = (key: string) => IDBKeyRange.bound(key, `${key}\uffff`);

function stores<A extends Access>(tx: Transaction<A>) {
  const rewards = tx.objectStore('rewards');
  return {
    row: (reward: string) => rewards.get(reward),
    /** Those of these that there are, by their ids. What came together mostly lies together, and is one question then. */
    async rowsOf(ids: readonly string[]): Promise<Map<string, Row>> {
      const sorted = [...new Set(ids)].sort();
      const [first = '', last = first] = [sorted[0], sorted.at(-1)];
      const near = await rewards.getAll(IDBKeyRange.bound(first, last), sorted.length + 1);
      const rows =
        near.length <= sorted.length ? near : await Promise.all(sorted.map((id) => rewards.get(id)));
      return new Map(rows.flatMap((row) => (row === undefined ? [] : [[row.reward, row]])));
    },
    rows: () => rewards.getAll(),
    dueUntil: (at: number, most: number) => rewards.index('due').getAll(IDBKeyRange.upperBound(at), most),
    dueAfter: (at: number, most: number) =>
      rewards.index('due').getAll(IDBKeyRange.lowerBound(at, true), most),
    /** Those that stand so for the longest time first. */
    inState: (state: Row['state'], most: number) =>
      rewards.index('since').getAll(IDBKeyRange.bound([state], [state, []]), most),
    standing: (state: Row['state'], reason: string, most: number) =>
      rewards.index('reason').getAll(IDBKeyRange.bound([state, reason], [state, reason, []]), most),
    /** Those that need somebody for the longest time first. */
    needing: (most: number) => rewards.index('needsSince').getAll(null, most),
    untold: (most: number) => rewards.index('untold').getAll(null, most),
    ofAccount: (accountId: string, most?: number) => rewards.index('account').getAll(accountId, most),
    ofUser: (userId: string, most: number) => rewards.index('user').getAll(userId, most),
    /** By the first signs of their id. */
    named: (start: string, most: number) => rewards.getAll(upTo(start), most),
    walk: (route: Route) => begin(tx, route),
    totals: (prefix: string) => tx.objectStore('totals').getAll(upTo(prefix)),
    meta: (key: string) => tx.objectStore('meta').get(key),
  };
}

/** Row by row through one state, or one reason or currency of it, by since when they stand so. */
export type Walk = { row: Row; next: () => Promise<Walk | null> };
export type Route = {
  state: Row['state'];
  reason: string | undefined;
  currency: string | undefined;
  from: number | undefined;
  until: number | undefined;
  /** The row to go on behind. */
  after: { since: number; reward: string } | undefined;
  newest: boolean;
};

type Step = { readonly value: Row; continue(): Promise<Step | null> };
const stepsFrom = (cursor: Step | null): Walk | null =>
  cursor && { row: cursor.value, next: async () => stepsFrom(await cursor.continue()) };

async function begin<A extends Access>(tx: Transaction<A>, route: Route): Promise<Walk | null> {
  const { state, reason, currency, from = 0, until = Number.MAX_SAFE_INTEGER, after, newest } = route;
  const least = after && !newest ? Math.max(from, after.since) : from;
  const most = after && newest ? Math.min(until, after.since + 1) : until;
  if (least >= most) return null;
  const way = newest ? 'prev' : 'next';
  /** Very many may stand so since the same moment, when one setting moved them all. */
  const isBefore = (row: Row) =>
    after !== undefined &&
    row.since === after.since &&
    (newest ? row.reward > after.reward : row.reward < after.reward);
  const behind = async (cursor: Step | null) =>
    stepsFrom(cursor?.value.reward === after?.reward && cursor ? await cursor.continue() : cursor);
  const key = [state, reason, currency].filter((part) => part !== undefined);
  const index = tx.objectStore('rewards').index(indexFor(reason, currency));
  const range = IDBKeyRange.bound([...key, least], [...key, most], false, true);
  const cursor = await index.openCursor(range, way);
  if (!cursor || !after || !isBefore(cursor.value)) return behind(cursor);
  return behind(await cursor.continuePrimaryKey([...key, after.since], after.reward));
}

function indexFor(reason: string | undefined, currency: string | undefined) {
  if (reason === undefined) return currency === undefined ? 'since' : 'currency';
  return currency === undefined ? 'reason' : 'reasonCurrency';
}

/** Totals of states nearly always change, so they are asked for before it is known which ones. */
function knownTotals(tx: Transaction<'readwrite'>, from: string) {
  const totals = tx.objectStore('totals');
  const last = `${STATE}\uffff`;
  const early = totals
    .getAll(IDBKeyRange.bound(from, last))
    .then((found) => new Map(found.map((total) => [total.key, total])));
  early.catch(() => {}); // Whoever needs them hears of it; others need not.
  return async (key: string): Promise<Total | undefined> =>
    key >= from && key < last ? (await early).get(key) : totals.get(key);
}

/**
 * Requests of a transaction happen in the order in which they are asked for, so a write is not waited for before the next
 * request. One that fails aborts the transaction, and `done` says so to whoever wrote.
 */
const asked = (write: Promise<unknown>): void => void write.catch(() => {});

function writable(tx: Transaction<'readwrite'>, totalsFrom: string) {
  const tally = createTally();
  const totals = tx.objectStore('totals');
  const known = knownTotals(tx, totalsFrom);
  const meta = tx.objectStore('meta');
  return {
    ...stores(tx),
    /** `before` is the row as it was read in this transaction. */
    async save(before: Row | undefined, after: Row): Promise<void> {
      if (before === after) return;
      tally.change(before, after);
      asked(tx.objectStore('rewards').put(marked(after)));
    },
    async remember(key: string, value: string | number | null): Promise<void> {
      asked(value === null ? meta.delete(key) : meta.put(value, key));
    },
    async saveTotals(): Promise<void> {
      for (const [key, total] of await tally.over(known)) {
        asked(total === null ? totals.delete(key) : totals.put(total));
      }
    },
  };
}
