/**
 * The globals of this thread, as a process on one of the machines sees them: its clock, its timers, its disk, its
 * network, and chance that can be repeated. The harness itself goes on living in real time.
 */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import 'fake-indexeddb/auto';
import { type Machines, type Process, presentProcess, type Timer } from './machines.ts';

const real = {
  setImmediate: globalThis.setImmediate,
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  dateNow: Date.now,
  randomUUID: crypto.randomUUID,
  randomBytes: crypto.randomBytes,
  random: Math.random,
};

/** The machines that the globals belong to: one world at a time. */
let present: Machines | null = null;

type Fetch = typeof globalThis.fetch;

/** From here on the globals of this thread belong to these machines. */
export function takeOver(machines: Machines, fetch: Fetch): void {
  present = machines;
  network = fetch;
}
let network: Fetch = () => Promise.reject(new TypeError('no network'));

/** Who runs now, on which machines; undefined for the harness itself, which lives in real time. */
function presence(): { machines: Machines; process: Process } | undefined {
  const process = presentProcess();
  return process === undefined || present === null ? undefined : { machines: present, process };
}

class VirtualTimer {
  readonly timer: Timer;
  constructor(timer: Timer) {
    this.timer = timer;
  }
  unref() {
    return this;
  }
  ref() {
    return this;
  }
}

/** Ids that depend on nothing but who makes them, and how many it made. */
function patchIds(): void {
  const idOf = ({ machines, process }: { machines: Machines; process: Process }) =>
    crypto
      .createHash('sha256')
      .update(`${process.name} ${machines.nextId(process)}`)
      .digest();
  const randomUUID: typeof crypto.randomUUID = (options) => {
    const at = presence();
    if (at === undefined) return real.randomUUID(options);
    const hex = idOf(at).toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
  };
  const randomBytes = (size: number) => {
    const at = presence();
    if (at === undefined) return real.randomBytes(size);
    return Buffer.concat(Array.from({ length: Math.ceil(size / 32) }, () => idOf(at))).subarray(0, size);
  };
  Object.assign(crypto, { randomUUID, randomBytes });
  syncBuiltinESMExports();
}

function patchGlobals(): void {
  const replace = (on: object, name: string, value: unknown) =>
    Object.defineProperty(on, name, { value, writable: true, configurable: true });

  replace(globalThis, 'setTimeout', (run: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) => {
    const at = presence();
    if (at === undefined) return real.setTimeout(run, ms, ...given);
    return new VirtualTimer(at.machines.setTimer(at.process, ms, () => run(...given)));
  });
  replace(globalThis, 'clearTimeout', (timer: unknown) => {
    if (timer instanceof VirtualTimer) present?.clearTimer(timer.timer);
    else real.clearTimeout(timer as NodeJS.Timeout);
  });
  replace(globalThis, 'setImmediate', (run: (...given: unknown[]) => void, ...given: unknown[]) => {
    const at = presence();
    if (at === undefined) return real.setImmediate(run, ...given);
    at.machines.diskTask(at.process, () => run(...given));
  });
  replace(AbortSignal, 'timeout', (ms: number) => {
    const at = presence();
    const controller = new AbortController();
    const end = () => controller.abort(new DOMException('The operation timed out.', 'TimeoutError'));
    if (at === undefined) real.setTimeout(end, ms).unref();
    else at.machines.setTimer(at.process, ms, end);
    return controller.signal;
  });
  replace(Date, 'now', () => {
    const at = presence();
    return at === undefined ? real.dateNow() : at.machines.now() + at.process.clockOff;
  });
  const toConsole = console.error;
  replace(console, 'error', (...given: unknown[]) => {
    const at = presence();
    if (at === undefined) toConsole(...given);
    else if (at.process.alive)
      at.machines.complaints.push(`${at.process.name}: ${given.map(String).join(' ')}`);
  });
  replace(Math, 'random', () => (presence()?.machines.random ?? real.random)());
  replace(globalThis, 'fetch', (...given: Parameters<Fetch>) => network(...given));
  Object.defineProperty(globalThis, 'indexedDB', { configurable: true, get: () => presentProcess()?.disk });

  const openDatabase = IDBFactory.prototype.open;
  replace(
    IDBFactory.prototype,
    'open',
    function open(this: IDBFactory, ...given: Parameters<typeof openDatabase>) {
      const request = openDatabase.apply(this, given);
      const at = presence();
      if (at !== undefined) {
        const opening = { name: given[0], upgrades: false };
        at.process.opening.add(opening);
        request.addEventListener('upgradeneeded', () => {
          opening.upgrades = true;
        });
        for (const end of ['success', 'error'])
          request.addEventListener(end, () => at.process.opening.delete(opening));
      }
      return request;
    },
  );
  const open = IDBDatabase.prototype.transaction;
  replace(
    IDBDatabase.prototype,
    'transaction',
    function begin(this: IDBDatabase, ...given: Parameters<typeof open>) {
      const transaction = open.apply(this, given);
      const at = presence();
      if (at !== undefined) {
        at.process.transactions.add(transaction);
        if (given[1] === 'readwrite') at.machines.writeBegins(at.process);
        const over = () => at.process.transactions.delete(transaction);
        transaction.addEventListener('complete', over);
        transaction.addEventListener('abort', over);
      }
      return transaction;
    },
  );
}
/** A transaction that is aborted because its process was killed rejects promises that nobody of the living awaits. */
process.on('unhandledRejection', (why) => {
  if (!(why instanceof DOMException && why.name === 'AbortError')) throw why;
});
patchGlobals();
patchIds();
