/**
 * A linking that was begun, in this extension's own database, so that a tab that is closed or a machine that sleeps
 * loses nothing of it: IDs and what became of them, no names. The links themselves stand in Advocate.
 */
import { type DBSchema, openDB } from 'idb';
import type { LinkOutcome, LinkWish } from '../../contract/linking.ts';

export type KeptRun = { wishes: LinkWish[]; outcomes: LinkOutcome[] };
export type Keeper = {
  /** Replaces what was kept. */
  begin(wishes: readonly LinkWish[]): Promise<void>;
  add(outcomes: readonly LinkOutcome[]): Promise<void>;
  /** What a tab that is gone left behind; null while another tab is at it. */
  left(): Promise<KeptRun | null>;
  forget(): Promise<void>;
};

interface Schema extends DBSchema {
  runs: { key: string; value: readonly LinkWish[] };
  outcomes: {
    key: number;
    value: { slot: string; outcomes: readonly LinkOutcome[] };
    indexes: { slot: string };
  };
}

/** @param slot of which there is one at a time; null where nothing is to be kept. */
export function createKeeper(slot: () => string | null): Keeper {
  let own: string | null = null;
  let letGo: () => void = () => undefined;

  /** One tab at a time has a slot, until it is done with it or closed. */
  async function take(): Promise<string | null> {
    const wanted = slot();
    if (wanted === null || wanted === own) return wanted;
    letGo();
    own = await new Promise<string | null>((answer, fail) => {
      const held = (lock: Lock | null) => {
        answer(lock && wanted);
        return lock && new Promise<void>((release) => (letGo = release));
      };
      navigator.locks.request(`linking ${wanted}`, { ifAvailable: true }, held).catch(fail);
    });
    return own;
  }

  function done() {
    letGo();
    own = null;
  }

  /** Where nothing can be kept, linking goes on all the same: only the view of it would be lost. */
  async function within<T>(
    mySlot: () => string | null | Promise<string | null>,
    work: (db: Db, mine: string) => Promise<T>,
  ): Promise<T | null> {
    try {
      const mine = await mySlot();
      if (mine === null) return null;
      const db = await open();
      try {
        return await work(db, mine);
      } finally {
        db.close();
      }
    } catch (error) {
      console.error(error);
      return null;
    }
  }

  /** Without asking for it: it may hold what another tab left. */
  const had = () => own;

  const clear = async (db: Db, mine: string) => {
    const tx = db.transaction(['runs', 'outcomes'], 'readwrite');
    await tx.objectStore('runs').delete(mine);
    const outcomes = tx.objectStore('outcomes');
    for (const key of await outcomes.index('slot').getAllKeys(mine)) await outcomes.delete(key);
    await tx.done;
  };

  return {
    async begin(wishes) {
      await within(take, async (db, mine) => {
        await clear(db, mine);
        await db.put('runs', wishes, mine);
      });
    },
    async add(outcomes) {
      await within(had, (db, mine) => db.add('outcomes', { slot: mine, outcomes }));
    },
    left: () =>
      within(take, async (db, mine) => {
        const wishes = await db.get('runs', mine);
        if (!wishes) {
          done();
          return null;
        }
        const parts = await db.getAllFromIndex('outcomes', 'slot', mine);
        return { wishes: [...wishes], outcomes: parts.flatMap((part) => part.outcomes) };
      }),
    async forget() {
      await within(had, clear);
      done();
    },
  };
}

type Db = Awaited<ReturnType<typeof open>>;
const open = () =>
  openDB<Schema>('linking', 1, {
    upgrade(db) {
      db.createObjectStore('runs');
      db.createObjectStore('outcomes', { autoIncrement: true }).createIndex('slot', 'slot');
    },
  });
