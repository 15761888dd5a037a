/** Everything in which a secret could have reached the browser, as one text per place. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'puppeteer';
import type { Seed } from '../../sandbox/seed.ts';

/** What the proxy alone may know, also in the forms in which it travels. */
export function secretsOf({ stripe, advocate }: Seed): string[] {
  const base64 = (text: string) => Buffer.from(text).toString('base64').replace(/=+$/, '');
  const modes = ['test', 'live'] as const;
  return modes.flatMap((mode) => {
    const { apiKey, accountSid, authToken } = advocate.tenants[mode];
    const { secretKey } = stripe.platform[mode];
    const restricted = stripe.restrictedKeys[mode].key;
    return [
      ...[apiKey, authToken, secretKey, restricted],
      ...[`:${apiKey}`, `${accountSid}:${authToken}`, `${secretKey}:`, `${restricted}:`].map(base64),
    ];
  });
}

/** Which of them stand in the text. */
export const found = (secrets: readonly string[], text: string) =>
  secrets.filter((secret) => text.includes(secret));

/** Chrome's storage areas, the page's own, every IndexedDB and every cache, of the extension's origin. */
export function storageOf(page: Page): Promise<string> {
  return page.evaluate(`(async () => {
    const settled = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const dump = {};
    for (const area of ['local', 'session', 'sync', 'managed'])
      dump[area] = await chrome.storage[area].get(null).catch((error) => String(error));
    dump.page = [{ ...localStorage }, { ...sessionStorage }];
    for (const { name } of await indexedDB.databases()) {
      const db = await settled(indexedDB.open(name));
      for (const store of db.objectStoreNames)
        dump[name + '/' + store] = await settled(db.transaction(store).objectStore(store).getAll());
      db.close();
    }
    dump.caches = await caches.keys();
    return JSON.stringify(dump);
  })()`) as Promise<string>;
}

/** Chromium's own record of every byte on every connection, TLS taken off. */
export const recordTraffic = (file: string) => [`--log-net-log=${file}`, '--net-log-capture-mode=Everything'];

/** To be read once the browser is closed. What one connection carried is put together again, piece by piece. */
export async function trafficIn(file: string): Promise<string> {
  const connections = new Map<number, Buffer[]>();
  for (const line of (await readFile(file, 'utf8')).split('\n')) {
    if (!line.includes('"bytes":')) continue;
    const event = JSON.parse(line.replace(/,?\s*(\]\}?)?$/, '')) as {
      source: { id: number };
      params: { bytes?: string };
    };
    const pieces = connections.get(event.source.id) ?? [];
    connections.set(event.source.id, pieces);
    if (event.params.bytes !== undefined) pieces.push(Buffer.from(event.params.bytes, 'base64'));
  }
  return [...connections.values()].map((pieces) => Buffer.concat(pieces).toString('latin1')).join('\n');
}
