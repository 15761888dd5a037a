/** The browsers that listen: dead, slow, removed and too many of them. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createHintSockets, type HintSockets, type Socket } from '../../src/proxy/hint-sockets.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const REWARDS = { mode: 'test', kind: 'rewards' } as const;
const browser = (id: string, role: 'admin' | 'support' = 'admin') => ({ id, name: id, role });

function fakeSocket({ answers = true } = {}) {
  const listeners: Record<string, (() => void)[]> = {};
  const did: string[] = [];
  const socket: Socket & { bufferedAmount: number } = {
    bufferedAmount: 0,
    send: (text) => void did.push(text),
    close: (code, reason) => void did.push(`close ${code} ${reason}`),
    terminate: () => void did.push('cut'),
    ping() {
      did.push('ping');
      if (answers) for (const listener of listeners.pong ?? []) listener();
    },
    on(event, listener) {
      listeners[event] = [...(listeners[event] ?? []), listener];
    },
  };
  const happens = (event: 'close' | 'message') => {
    for (const listener of listeners[event] ?? []) listener();
  };
  return { socket, did, happens };
}
const join = (sockets: HintSockets, id: string, socket: Socket) =>
  sockets.join(browser(id), socket, async () => browser(id));
const nobodyDrains = async () => null;
const hint = JSON.stringify(REWARDS);

describe('a browser that does not read', () => {
  test('is cut, and costs no more memory than the little that it may leave unread', async () => {
    const sockets = createHintSockets({ drains: nobodyDrains });
    const slow = fakeSocket();
    const quick = fakeSocket();
    join(sockets, 'slow', slow.socket);
    join(sockets, 'quick', quick.socket);
    slow.socket.bufferedAmount = 1_000_000;
    await sockets.tell([REWARDS]);
    expect([slow.did, quick.did]).toEqual([['cut'], [hint]]);
    expect(sockets.size()).toBe(1);
  });

  test('and does not answer the ping is cut at the next round', async () => {
    const sockets = createHintSockets({ drains: nobodyDrains });
    const dead = fakeSocket({ answers: false });
    const alive = fakeSocket();
    join(sockets, 'dead', dead.socket);
    join(sockets, 'alive', alive.socket);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(dead.did).toEqual(['ping']);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(dead.did).toEqual(['ping', 'cut']);
    expect(alive.did).toEqual(['ping', 'ping']);
  });
});

test('a browser that was removed meanwhile is shown out; one that cannot be asked about stays', async () => {
  const sockets = createHintSockets({ drains: nobodyDrains });
  const removed = fakeSocket();
  const unknown = fakeSocket();
  sockets.join(browser('removed'), removed.socket, async () => null);
  sockets.join(browser('unknown'), unknown.socket, async () => {
    throw new Error('the database does not answer');
  });
  await vi.advanceTimersByTimeAsync(30_000);
  expect(removed.did).toEqual(['close 1008 not paired any more']);
  expect(unknown.did).toEqual(['ping']);
});

test('a browser that is no admin any more is told what it may hear now', async () => {
  const sockets = createHintSockets({ drains: nobodyDrains });
  const one = fakeSocket();
  sockets.join(browser('one'), one.socket, async () => browser('one', 'support'));
  await vi.advanceTimersByTimeAsync(30_000);
  await sockets.tell([REWARDS, { mode: 'test', kind: 'connection' }]);
  expect(one.did).toEqual(['ping', JSON.stringify({ mode: 'test', kind: 'connection' })]);
});

test('beyond so many nobody is let in, and whoever leaves makes room', () => {
  const sockets = createHintSockets({ drains: nobodyDrains, most: 2 });
  const [first, second, third, fourth] = [1, 2, 3, 4].map(() => fakeSocket());
  if (!first || !second || !third || !fourth) throw new Error('four sockets');
  join(sockets, '1', first.socket);
  join(sockets, '2', second.socket);
  expect(sockets.isFull()).toBe(true);
  join(sockets, '3', third.socket);
  expect(third.did).toEqual(['close 1013 too many browsers here']);
  first.happens('close');
  join(sockets, '4', fourth.socket);
  expect([fourth.did, sockets.size()]).toEqual([[], 2]);
});

test('whoever does not take leave is cut, and nobody comes after the proxy has closed', async () => {
  const sockets = createHintSockets({ drains: nobodyDrains });
  const [slow, late] = [fakeSocket(), fakeSocket()];
  join(sockets, 'slow', slow.socket);
  sockets.close();
  join(sockets, 'late', late.socket);
  expect(late.did).toEqual(['close 1013 too many browsers here']);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(slow.did).toEqual(['close 1001 the proxy stops', 'cut']);
});

test('one browser has two connections at most: the newest stay', () => {
  const sockets = createHintSockets({ drains: nobodyDrains });
  const all = [1, 2, 3].map(() => fakeSocket());
  for (const { socket } of all) join(sockets, 'same', socket);
  expect(all.map(({ did }) => did)).toEqual([['close 1008 this browser has come again'], [], []]);
});

describe('many hints', () => {
  test('the first goes at once, the rest of its kind within a second as one', async () => {
    const sockets = createHintSockets({ drains: nobodyDrains });
    const one = fakeSocket();
    join(sockets, '1', one.socket);
    for (let n = 0; n < 100; n++) await sockets.tell([REWARDS]);
    expect(one.did).toEqual([hint]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(one.did).toEqual([hint, hint]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(one.did).toEqual([hint, hint]);
  });

  test('another kind, and the other mode, do not wait for it', async () => {
    const sockets = createHintSockets({ drains: nobodyDrains });
    const one = fakeSocket();
    join(sockets, '1', one.socket);
    await sockets.tell([REWARDS, { mode: 'live', kind: 'rewards' }, { mode: 'test', kind: 'customers' }]);
    expect(one.did).toHaveLength(3);
  });

  test('who drains is asked once for all of a mode', async () => {
    const drains = vi.fn(async () => 'a');
    const sockets = createHintSockets({ drains });
    const [a, b] = [fakeSocket(), fakeSocket()];
    join(sockets, 'a', a.socket);
    join(sockets, 'b', b.socket);
    await sockets.tell([REWARDS, REWARDS, { mode: 'test', kind: 'customers' }]);
    expect(drains).toHaveBeenCalledTimes(1);
    expect([a.did.length, b.did.length]).toEqual([2, 0]);
  });

  test('one that waited is not sent to a connection that is gone', async () => {
    const sockets = createHintSockets({ drains: nobodyDrains });
    const one = fakeSocket();
    join(sockets, '1', one.socket);
    await sockets.tell([REWARDS]);
    await sockets.tell([REWARDS]);
    one.happens('close');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(one.did).toEqual([hint]);
  });
});
