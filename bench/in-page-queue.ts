/** What the rows about the queue run inside a page: the queue itself, plain IndexedDB, and Workbox. */
import { Queue as WorkboxQueue } from 'workbox-background-sync';
import { openQueue } from '../src/background/queue.ts';
import { openQueueDb } from '../src/background/queue-db.ts';
import { type Clock, firstSight, type Row } from '../src/background/queue-row.ts';
import type { Outcome, RewardSeen } from '../src/contract/routes.ts';

const PAGE = 100;
const clock: Clock = { now: Date.now(), random: () => 0.5 };

const seen = (i: number): RewardSeen => ({
  id: `rw${String(i).padStart(22, '0')}`,
  accountId: `account-${i}`,
  userId: `account-${i}`,
  unit: 'STRIPE/USD',
  money: { amount: 1250, currency: 'USD' },
  state: 'ready',
  reason: null,
  facts: {},
  earnedAt: clock.now - 86_400_000,
});
const outcomeOf = (reward: string): Outcome => ({
  reward,
  state: 'redeemed',
  reason: null,
  facts: {},
  retryAt: null,
  money: { amount: 1250, currency: 'USD' },
  customer: 'cus_Bench000000000',
  credit: { id: `cbtxn_${reward}`, requestId: 'req_1', before: 0, after: 1250 },
});
const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const timed = async (work: () => Promise<void>): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

async function freshQueue() {
  await gone('credits-test');
  const queue = openQueue({ mode: 'test', boot: 'bench' });
  await queue.summary();
  return queue;
}

async function gone(name: string): Promise<void> {
  const request = indexedDB.deleteDatabase(name);
  await new Promise((resolve, reject) => {
    request.onsuccess = resolve;
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error(`${name} is still open.`));
  });
}

/** A database as ours is built, reached by hand. */
async function rawDb(): Promise<IDBDatabase> {
  await gone('credits-test');
  const builder = openQueueDb('test');
  await builder.read(async () => undefined);
  await builder.close();
  const request = indexedDB.open('credits-test');
  await new Promise((resolve, reject) => {
    request.onsuccess = resolve;
    request.onerror = () => reject(request.error);
  });
  return request.result;
}
function strict(db: IDBDatabase, work: (store: IDBObjectStore) => void): Promise<void> {
  const tx = db.transaction('rewards', 'readwrite', { durability: 'strict' });
  work(tx.objectStore('rewards'));
  return new Promise((resolve, reject) => {
    tx.oncomplete = () => resolve();
    tx.onabort = () => reject(tx.error);
  });
}
const rowAt = (i: number): Row => firstSight(seen(i), clock);
const change = (store: IDBObjectStore, key: string, to: (row: Row) => Row) => {
  const read = store.get(key);
  read.onsuccess = () => void store.put(to(read.result));
};

const bench = {
  /** Milliseconds for so many found rewards, in pages of a hundred. */
  async enqueueOurs(count: number): Promise<number> {
    const queue = await freshQueue();
    const pages = range(count / PAGE).map((page) => ({
      rewards: range(PAGE).map((i) => seen(page * PAGE + i)),
      after: String(page),
      more: true,
    }));
    const took = await timed(async () => {
      for (const page of pages) await queue.enqueue(page, 'news');
    });
    const { counts } = await queue.summary();
    await queue.close();
    if (counts.ready !== count) throw new Error(`${counts.ready} of ${count} are in the queue.`);
    return took;
  },

  async enqueueRaw(count: number): Promise<number> {
    const db = await rawDb();
    const pages = range(count / PAGE).map((page) => range(PAGE).map((i) => rowAt(page * PAGE + i)));
    const took = await timed(async () => {
      for (const rows of pages) await strict(db, (store) => rows.forEach((row) => void store.put(row)));
    });
    db.close();
    return took;
  },

  /** Milliseconds for each of so many: one reward claimed, and settled. */
  async claimSettleOurs(count: number): Promise<number> {
    const queue = await freshQueue();
    await queue.enqueue({ rewards: range(count).map(seen), after: 'x', more: false }, 'news');
    const took = await timed(async () => {
      for (let i = 0; i < count; i++) {
        const [row] = await queue.claim(1);
        if (!row || !(await queue.settle(outcomeOf(row.reward)))) throw new Error('Nothing was settled.');
      }
    });
    const { counts } = await queue.summary();
    await queue.close();
    if (counts.redeemed !== count) throw new Error(`${counts.redeemed} of ${count} are settled.`);
    return took / count;
  },

  async claimSettleRaw(count: number): Promise<number> {
    const db = await rawDb();
    await strict(db, (store) => range(count).forEach((i) => void store.put(rowAt(i))));
    const took = await timed(async () => {
      for (let i = 0; i < count; i++) {
        const { reward } = rowAt(i);
        await strict(db, (store) => change(store, reward, (row) => ({ ...row, state: 'crediting' })));
        await strict(db, (store) => change(store, reward, (row) => ({ ...row, state: 'redeemed' })));
      }
    });
    db.close();
    return took / count;
  },

  /** Milliseconds for each of so many, as a drain has them: claimed by the hundred, settled as their outcomes come. */
  async drainOurs(count: number): Promise<number> {
    const queue = await freshQueue();
    await queue.enqueue({ rewards: range(count).map(seen), after: 'x', more: false }, 'news');
    const took = await timed(async () => {
      for (let left = count; left > 0; left -= PAGE) {
        const rows = await queue.claim(PAGE);
        const changed = await Promise.all(rows.map((row) => queue.settle(outcomeOf(row.reward))));
        if (changed.length < PAGE || changed.includes(false)) throw new Error('Not all were settled.');
      }
    });
    const { counts } = await queue.summary();
    await queue.close();
    if (counts.redeemed !== count) throw new Error(`${counts.redeemed} of ${count} are settled.`);
    return took / count;
  },

  /** Milliseconds for each of so many requests put into Workbox's queue and taken out again, a hundred at once. */
  async workbox(count: number): Promise<number> {
    // It looks there whether the browser can sync in the background; a page has no such thing.
    Reflect.set(globalThis, 'registration', {});
    const queue = new WorkboxQueue(`bench-${crypto.randomUUID()}`, {
      forceSyncFallback: true,
      onSync: async () => undefined,
    });
    const body = JSON.stringify(seen(0));
    const push = () => queue.pushRequest({ request: new Request('/credits', { method: 'POST', body }) });
    const took = await timed(async () => {
      for (let left = count; left > 0; left -= PAGE) {
        await Promise.all(range(PAGE).map(push));
        const out = await Promise.all(range(PAGE).map(() => queue.shiftRequest()));
        if (out.includes(undefined)) throw new Error('Not all came out.');
      }
    });
    return took / count;
  },
};
export type InPageQueue = typeof bench;
Reflect.set(globalThis, 'bench', bench);
