/** Browsers with the real queue and the real drain, that reach the proxy without a port. */
import { IDBFactory } from 'fake-indexeddb';
import type { Drained, Locks } from '../../src/background/drain.ts';
import { drain } from '../../src/background/drain.ts';
import { proxyClient } from '../../src/background/proxy-client.ts';
import { openQueue } from '../../src/background/queue.ts';
import type { Stage } from '../proxy/stage.ts';
import 'fake-indexeddb/auto';

type App = { request: (input: string, init?: RequestInit) => Response | Promise<Response> };
type Step = (name: string) => Promise<void>;

/** Web Locks of one browser: its workers see each other’s, and no other browser’s. */
export function locksOf(profile: string): Locks {
  function request<T>(name: string, callback: LockGrantedCallback<T>): Promise<Awaited<T>>;
  function request<T>(
    name: string,
    options: LockOptions,
    callback: LockGrantedCallback<T>,
  ): Promise<Awaited<T>>;
  async function request<T>(
    name: string,
    given: LockOptions | LockGrantedCallback<T>,
    callback?: LockGrantedCallback<T>,
  ): Promise<Awaited<T>> {
    const named = `${profile} ${name}`;
    if (typeof given === 'function') return navigator.locks.request(named, given);
    if (callback === undefined) throw new TypeError('a lock needs something to do');
    return navigator.locks.request(named, given, callback);
  }
  return { request };
}

let profiles = 0;

/** A browser profile: what is on its disk, and who it is to the proxy. */
export async function openProfile(stage: { pairAs: Stage['pairAs']; app: App }, token?: string) {
  const disk = new IDBFactory();
  const name = `profile ${++profiles}`;
  const known = token ?? (await stage.pairAs('admin', name));

  /**
   * A worker of this browser. `step` is called before and after everything that can be seen from outside; one that
   * never returns is a worker that was stopped there. A dead worker holds no lock, so each has its own.
   */
  function startWorker({
    app = stage.app,
    step = async () => {},
    now = Date.now,
    locks = locksOf(`${name} ${crypto.randomUUID()}`),
  }: {
    app?: App;
    step?: Step;
    now?: () => number;
    locks?: Locks;
  } = {}) {
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const { pathname, search } = new URL(String(input));
      const what = `${init?.method ?? 'GET'} ${pathname}`;
      await step(`before ${what}`);
      const answer = await app.request(`${pathname}${search}`, init);
      await step(`after ${what}`);
      return answer;
    };
    globalThis.indexedDB = disk;
    const real = openQueue({ mode: 'test', boot: crypto.randomUUID(), now, random: () => 0.5 });
    // The connection is opened here, so that it belongs to this disk whatever comes after.
    const opened = real.rows();
    const stepping =
      <A extends unknown[], R>(verb: string, work: (...given: A) => Promise<R>) =>
      async (...given: A): Promise<R> => {
        await opened;
        await step(`before ${verb}`);
        const result = await work(...given);
        await step(`after ${verb}`);
        return result;
      };
    const queue = {
      ...real,
      takeBack: stepping('takeBack', real.takeBack),
      enqueue: stepping('enqueue', real.enqueue),
      claim: stepping('claim', real.claim),
      settle: stepping('settle', real.settle),
    };
    const proxy = proxyClient({ origin: 'http://proxy.test', token: known, fetch });
    return {
      queue: real,
      /** Finds and has credited, as an alarm makes it do. */
      async run(): Promise<Drained> {
        await opened;
        const session = await proxy.session();
        return drain({ mode: 'test', queue, proxy, session, locks, now });
      },
    };
  }
  return { name, token: known, startWorker };
}
export type Profile = Awaited<ReturnType<typeof openProfile>>;

/** Resolves never: where a worker was stopped. */
export const never = () => new Promise<never>(() => {});
