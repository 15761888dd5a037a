import * as v from 'valibot';
import type { Storage } from 'webextension-polyfill';

/** One value of a storage area; what is stored in another shape (an older version's) counts as not there. */
export type Stored<T> = {
  get(): Promise<T | null>;
  set(value: T): Promise<void>;
  remove(): Promise<void>;
};

export type Area = Pick<Storage.StorageArea, 'get' | 'set' | 'remove'>;

export function stored<S extends v.GenericSchema>(
  area: Area,
  key: string,
  schema: S,
): Stored<v.InferOutput<S>> {
  return {
    async get() {
      const parsed = v.safeParse(schema, (await area.get(key))[key]);
      return parsed.success ? parsed.output : null;
    },
    set: (value) => area.set({ [key]: value }),
    remove: () => area.remove(key),
  };
}
