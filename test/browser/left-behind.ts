import type { Page } from 'puppeteer';

export type Left = { state: string; leasedBy: string | null };

/** What a run that ended half-way left in the queue; `age` makes it as old as if its lease had run out. */
export function leftBehind(page: Page, age: boolean): Promise<Left[]> {
  return page.evaluate(async (age) => {
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const db = await settled(indexedDB.open('credits-test'));
    const store = db.transaction('rewards', 'readwrite').objectStore('rewards');
    const rows = await settled(store.getAll());
    for (const row of rows)
      if (age && row.leasedBy !== null) await settled(store.put({ ...row, dueAt: 1, leasedUntil: 1 }));
    db.close();
    return rows.map(({ state, leasedBy }) => ({ state, leasedBy }));
  }, age);
}
