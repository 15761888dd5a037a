/** The only file that knows the database. One per mode, so that nothing crosses. */
import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb';
import { ProblemError } from '../contract/problems.ts';
import type { Mode } from '../contract/words.ts';
import type { Row } from './queue-row.ts';
import { createTally, type Total } from './queue-totals.ts';

const VERSION = 1;
const STORES = ['rewards', 'totals', 'meta'] as const;

interface QueueSchema extends DBSchema {
  rewards: {
    key: string;
    value: Row;
    indexes: {
      /** Rows without a due time are not in it: null is no key. */
      due: number;
      since: [string, number];
      standing: [string, string];
      account: string;
    };
  };
  totals: { key: string; value: Total };
  meta: { key: string; value: string | number };
}
type Connection = IDBPDatabase<QueueSchema>;

/** Each version adds to the one before. Rows are never dropped: they may be the only trace of a claim. */
const UPGRADES: Record<number, (db: Connection) => void> = {
  1: (db) => {
    const rewards = db.createObjectStore('rewards', { keyPath: 'reward' });
    rewards.createIndex('due', 'dueAt');
    rewards.createIndex('since', ['state', 'since']);
    rewards.createIndex('standing', ['state', 'reason']);
    rewards.createIndex('account', 'accountId');
    db.createObjectStore('totals', { keyPath: 'key' });
    db.createObjectStore('meta');
  },
};

async function connect(mode: Mode, lost: () => void): Promise<Connection> {
  try {
    return await openDB<QueueSchema>(`credits-${mode}`, VERSION, {
      upgrade(db, from) {
        for (let version = from + 1; version <= VERSION; version++) UPGRADES[version]?.(db);
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
      {
        detail: 'The queue in this browser was written by a newer version of the extension.',
        action: 'Update the extension. The queue is untouched.',
      },
      { cause: error },
    );
  }
}

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
     */
    async write<T>(work: (open: ReturnType<typeof writable>) => Promise<T>): Promise<T> {
      const tx = (await open()).transaction(STORES, 'readwrite', { durability: 'strict' });
      const done = tx.done;
      done.catch(() => {}); // Awaited below; until then an abort must not count as unhandled.
      try {
        const all = writable(tx);
        const result = await work(all);
        await all.saveTotals();
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

function stores<A extends Access>(tx: Transaction<A>) {
  const rewards = tx.objectStore('rewards');
  const upTo = (key: string) => IDBKeyRange.bound(key, `${key}\uffff`);
  return {
    row: (reward: string) => rewards.get(reward),
    rows: () => rewards.getAll(),
    dueUntil: (at: number, most: number) => rewards.index('due').getAll(IDBKeyRange.upperBound(at), most),
    dueAfter: (at: number, most: number) =>
      rewards.index('due').getAll(IDBKeyRange.lowerBound(at, true), most),
    /** Those that stand so for the longest time first. */
    inState: (state: Row['state'], most: number) =>
      rewards.index('since').getAll(IDBKeyRange.bound([state], [state, []]), most),
    standing: (state: Row['state'], reason: string, most: number) =>
      rewards.index('standing').getAll([state, reason], most),
    ofAccount: (accountId: string) => rewards.index('account').getAll(accountId),
    totals: (prefix: string) => tx.objectStore('totals').getAll(upTo(prefix)),
    meta: (key: string) => tx.objectStore('meta').get(key),
  };
}

function writable(tx: Transaction<'readwrite'>) {
  const tally = createTally();
  const totals = tx.objectStore('totals');
  const meta = tx.objectStore('meta');
  return {
    ...stores(tx),
    /** `before` is the row as it was read in this transaction. */
    async save(before: Row | undefined, after: Row): Promise<void> {
      if (before === after) return;
      tally.change(before, after);
      await tx.objectStore('rewards').put(after);
    },
    async remember(key: string, value: string | number | null): Promise<void> {
      if (value === null) await meta.delete(key);
      else await meta.put(value, key);
    },
    async saveTotals(): Promise<void> {
      for (const [key, total] of await tally.over((key) => totals.get(key))) {
        if (total === null) await totals.delete(key);
        else await totals.put(total);
      }
    },
  };
}
