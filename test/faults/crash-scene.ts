/** Simulators here, the proxy in its own process, the extension in Chromium: all that can be killed, and comes back. */
import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Hands, openBrowser } from '../../sandbox/hands.ts';
import { account, type Finding, look } from '../../sandbox/invariants.ts';
import { listen } from '../../sandbox/listen.ts';
import { readSeed, type Seed } from '../../sandbox/seed.ts';
import { startSandbox } from '../../sandbox/start.ts';
import { findChromium } from '../../scripts/find-chromium.ts';
import { letLocksRunOut, type ProxyProcess, startChild } from '../support/proxy-child.ts';

export const PEOPLE = [
  { name: 'Anna', unit: 'STRIPE/USD' },
  { name: 'Bert', unit: 'STRIPE/EUR' },
  { name: 'Chie', unit: 'STRIPE/JPY' },
] as const;
const UNITS = PEOPLE.map(({ unit }) => unit);
const emailOf = (name: string) => `${name.toLowerCase()}@example.com`;
const PATIENCE_MS = 60_000;

/** Linked, and without a reward: those come round by round. */
function castOf(): Seed {
  const seed = readSeed();
  seed.stripe.customers = PEOPLE.map(({ name, unit }) => ({
    mode: 'test',
    id: `cus_${name}0000000001`,
    name,
    email: emailOf(name),
    currency: unit.slice(-3).toLowerCase(),
    createdDaysAgo: 100,
  }));
  seed.advocate.participants = PEOPLE.map(({ name }) => ({
    mode: 'test',
    accountId: emailOf(name),
    id: emailOf(name),
    firstName: name,
    lastName: 'Example',
    email: emailOf(name),
    customFields: { stripeCustomerId: `cus_${name}0000000001` },
    createdDaysAgo: 90,
  }));
  return seed;
}

/** The same address again after a kill, where the browser looks for it. */
async function freePort(): Promise<number> {
  const { port, close } = await listen(createServer(), 0);
  await close();
  return port;
}

export type CrashScene = Awaited<ReturnType<typeof setCrashScene>>;

export async function setCrashScene() {
  const exchanges = new EventEmitter().setMaxListeners(0);
  let count = 0;
  const sandbox = await startSandbox({
    seed: castOf(),
    onExchange: () => {
      count += 1;
      exchanges.emit('exchange');
    },
  });
  const profile = mkdtempSync(join(tmpdir(), 'crashes-'));
  const env = { ...sandbox.env, PORT: String(await freePort()), LOG_LEVEL: 'silent' };
  const ledger = (sandbox.env.DATABASE_URL ?? '').replace('file:', '');
  const chromium = await findChromium();
  const open = () => openBrowser({ chromium, browserFlag: sandbox.browserFlag, profile });

  let proxy: ProxyProcess = await startChild(env);
  let hands: Hands = await open();
  const before = look(sandbox, 'test');
  await hands.pair(proxy.url, proxy.code);
  await hands.connect();
  await hands.addUnits(UNITS);
  await hands.turnOn();

  const findings = (): Finding[] => account(before, look(sandbox, 'test'), UNITS).findings;
  const moved = (ms: number) =>
    Promise.race([
      new Promise((resolve) => exchanges.once('exchange', resolve)),
      new Promise((resolve) => setTimeout(resolve, ms)),
    ]);
  const run = () => hands.popup.evaluate(`chrome.runtime.sendMessage({ name: 'run', request: {} })`);

  /** Once more with everything that was waiting for time to pass, until nothing is owed; answers what still is. */
  async function settle(): Promise<Finding[]> {
    const deadline = Date.now() + PATIENCE_MS;
    while (Date.now() < deadline) {
      await idle();
      if (findings().length === 0 && (await unsettled(hands)) === 0) return [];
      if (findings().some(({ kind }) => kind === 'duplicate')) break; // Time does not mend it.
      await letLocksRunOut(ledger);
      await letWaitsRunOut(hands);
      await run();
      await moved(100);
    }
    const found = findings();
    const left = await unsettled(hands);
    if (found.length > 0 || left === 0) return found;
    return [{ kind: 'lost', reward: '', what: `${left} rewards did not come to an end in the browser` }];
  }
  async function idle(): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while ((await hands.state()).running && Date.now() < deadline) await moved(50);
  }

  return {
    findings,
    settle,
    run,
    exchanged: () => count,
    moved,
    earn(person: number, amount: number): void {
      const { name, unit } = PEOPLE[person % PEOPLE.length] ?? PEOPLE[0];
      sandbox.advocate.earn('test', { accountId: emailOf(name), id: emailOf(name) }, { unit, amount });
    },
    async killProxy(times: number): Promise<void> {
      for (let n = 0; n < times; n++) {
        await proxy.kill();
        proxy = await startChild(env);
      }
    },
    stopWorker: () => hands.stopWorker(),
    async killBrowser(): Promise<void> {
      const { browser } = hands;
      const gone = new Promise((resolve) => browser.once('disconnected', resolve));
      browser.process()?.kill('SIGKILL');
      await gone;
      hands = await open();
    },
    async close(): Promise<void> {
      await hands.close().catch(() => undefined);
      await proxy.kill();
      await sandbox.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** How many in this browser's queue are neither redeemed nor at another end. */
async function unsettled(hands: Hands): Promise<number> {
  const { counts } = (await hands.state()).queue;
  return counts.ready + counts.crediting + counts.credited + counts.waiting + counts.held;
}

/** Leases of dead workers and pauses before the next try: as if their time had come. */
function letWaitsRunOut({ popup }: Hands): Promise<void> {
  return popup.evaluate(async () => {
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const db = await settled(indexedDB.open('credits-test'));
    const store = db.transaction('rewards', 'readwrite').objectStore('rewards');
    for (const row of await settled(store.getAll()))
      if (row.dueAt !== null)
        await settled(store.put({ ...row, dueAt: 1, leasedUntil: row.leasedBy === null ? null : 1 }));
    db.close();
  });
}
