/** A worker that is paired and has rewards, with its disk in memory and a proxy that counts what it is asked. */
import { IDBFactory } from 'fake-indexeddb';
import { openDB } from 'idb';
import * as v from 'valibot';
import { storedInIdb } from '../../src/background/stored-in-idb.ts';
import type { Reply, StateChanged } from '../../src/contract/messages.ts';
import { english } from '../../src/locales/english.ts';
import { speak } from '../../src/locales/say.ts';
import { fakeBrowser, fakeProxy, json, page, seen, sessionOf } from '../unit/background-fakes.ts';
import { SELF } from './messages.ts';

export type WorkerTarget = {
  /** As the browser gives it to the worker. */
  say: (message: unknown, sender: object) => Promise<Reply>;
  secrets: string[];
  /** Everything that may not change: disk, storage, alarms, the badge, and what the proxy was asked. */
  dump(): Promise<Record<string, string[]>>;
  close(): Promise<void>;
};

const TOKEN = 'a-token-that-nobody-may-see';

export async function startWorker(): Promise<WorkerTarget> {
  speak(english);
  globalThis.indexedDB = new IDBFactory();
  const fake = fakeBrowser({ alarm: true });
  const proxy = fakeProxy({
    'GET /session': () => json(sessionOf({ units: ['STRIPE/USD'] })),
    'PUT /test/lease': () => json({ holder: null, until: null, mine: true }),
    'GET /test/rewards': () =>
      json(
        page([
          seen('r1', { state: 'held', reason: 'currency_unset' }),
          seen('r2', { state: 'waiting', reason: 'not_linked' }),
        ]),
      ),
  });
  const { fetch } = globalThis;
  globalThis.fetch = proxy.fetch;
  Object.assign(globalThis, { browser: fake.browser, chrome: fake.browser });
  await storedInIdb('pairing', v.looseObject({})).set({
    proxy: 'https://credits.example.com',
    token: TOKEN,
    role: 'admin',
    browser: { id: 'b1', name: 'Chrome on Linux' },
  });
  // Only now: what they import looks for the browser at once.
  const { createWorker } = await import('../../src/background/worker.ts');
  const { answer } = await import('../../src/background/answer.ts');
  const { browser } = await import('../../src/background/browser-api.ts');
  const worker = createWorker(browser);
  await worker.start();
  await worker.runs.kick();
  await fake.heard((message) => {
    const { state } = message as StateChanged;
    return state.queue.counts.held === 1 && !state.running ? true : undefined;
  });
  return {
    say: (message, sender) => answer(message, sender, SELF, worker.handlers),
    secrets: [TOKEN],
    async dump() {
      return {
        ...(await databases()),
        local: lines(fake.local.values),
        session: lines(fake.session.values),
        alarms: lines(fake.alarms),
        badge: [JSON.stringify(fake.badge)],
        asked: proxy.asked.map(({ method, path }) => `${method} ${path}`),
      };
    },
    async close() {
      await worker.close();
      globalThis.fetch = fetch;
      for (const name of ['browser', 'chrome']) Reflect.deleteProperty(globalThis, name);
    },
  };
}

const lines = (values: Map<string, unknown>) => [...values].map((one) => JSON.stringify(one));

async function databases(): Promise<Record<string, string[]>> {
  const dump: Record<string, string[]> = {};
  for (const { name = '' } of await indexedDB.databases()) {
    const db = await openDB(name);
    for (const store of db.objectStoreNames)
      dump[`${name}/${store}`] = (await db.getAll(store)).map((row) => JSON.stringify(row));
    db.close();
  }
  return dump;
}
