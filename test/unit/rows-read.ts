import { vi } from 'vitest';

/** How many rows the work reads from the disk, apart from those that it asks for by their id. */
export async function rowsRead(work: () => Promise<unknown>): Promise<number> {
  let rows = 0;
  const spies = [IDBIndex.prototype, IDBObjectStore.prototype].flatMap((from) => {
    const { getAll, openCursor } = from;
    return [
      vi.spyOn(from, 'getAll').mockImplementation(function (this: IDBIndex & IDBObjectStore, ...given) {
        const request = getAll.apply(this, given);
        const isOfRows = (this instanceof IDBIndex ? this.objectStore : this).name === 'rewards';
        request.addEventListener('success', () => {
          if (isOfRows) rows += request.result.length;
        });
        return request;
      }),
      vi.spyOn(from, 'openCursor').mockImplementation(function (this: IDBIndex & IDBObjectStore, ...given) {
        const request = openCursor.apply(this, given);
        request.addEventListener('success', () => {
          if (request.result) rows += 1;
        });
        return request;
      }),
    ];
  });
  await work();
  for (const spy of spies) spy.mockRestore();
  return rows;
}
