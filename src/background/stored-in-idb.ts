/**
 * One value in the extension's own database. Content scripts, and so a page that took one over, can read
 * `storage.local` in Firefox and in Chrome before 140; this database belongs to the extension's origin alone.
 */
import { type DBSchema, openDB } from 'idb';
import * as v from 'valibot';
import type { Stored } from './stored.ts';

interface Values extends DBSchema {
  values: { key: string; value: unknown };
}

export function storedInIdb<S extends v.GenericSchema>(key: string, schema: S): Stored<v.InferOutput<S>> {
  async function within<T>(work: (db: Awaited<ReturnType<typeof open>>) => Promise<T>): Promise<T> {
    const db = await open();
    try {
      return await work(db);
    } finally {
      db.close();
    }
  }
  const open = () =>
    openDB<Values>('own', 1, {
      upgrade: (db) => {
        db.createObjectStore('values');
      },
    });
  /** On the disk before it resolves. */
  const strict = { durability: 'strict' } as const;

  return {
    async get() {
      const parsed = v.safeParse(schema, await within((db) => db.get('values', key)));
      return parsed.success ? parsed.output : null;
    },
    set: (value) =>
      within(async (db) => {
        const tx = db.transaction('values', 'readwrite', strict);
        await Promise.all([tx.store.put(value, key), tx.done]);
      }),
    remove: () =>
      within(async (db) => {
        const tx = db.transaction('values', 'readwrite', strict);
        await Promise.all([tx.store.delete(key), tx.done]);
      }),
  };
}
