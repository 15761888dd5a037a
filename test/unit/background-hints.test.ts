/** When the worker listens for hints, what it makes of one, and that it never says anything. */

import * as v from 'valibot';
import { beforeEach, describe, expect, test } from 'vitest';
import { createHints } from '../../src/background/hints.ts';
import { createPairing } from '../../src/background/pairing.ts';
import { storedInIdb } from '../../src/background/stored-in-idb.ts';
import type { PopupState } from '../../src/contract/messages.ts';
import { emptyDisk, FakeSocket, fakeStorageArea, NOON, sessionOf } from './background-fakes.ts';

const PROXY = 'https://credits.example.com';
const TOKEN = 'token-that-nobody-may-see';
const HINT = JSON.stringify({ mode: 'test', kind: 'rewards' });
const PAIRED = { proxy: PROXY, role: 'admin', browserName: 'Chrome' } as const;
type Standing = Pick<PopupState, 'paired' | 'session'>;
const ON: Standing = { paired: PAIRED, session: sessionOf() };

beforeEach(() => {
  emptyDisk();
  FakeSocket.all = [];
});

function worker(over: { allowed?: boolean } = {}) {
  let now = NOON;
  const told = { kicks: 0, changes: 0 };
  const memory = fakeStorageArea();
  const pairing = createPairing({
    local: fakeStorageArea(),
    permissions: { contains: async () => over.allowed ?? true },
    browserName: async () => 'Chrome',
    changed: () => hints.close(),
  });
  const hints: ReturnType<typeof createHints> = createHints({
    pairing,
    memory,
    async kick() {
      told.kicks += 1;
    },
    changed() {
      told.changes += 1;
    },
    Socket: FakeSocket,
    now: () => now,
  });
  const later = (ms: number) => {
    now += ms;
  };
  return { hints, told, pairing, later };
}
const pair = (over: object = {}) =>
  storedInIdb('pairing', v.looseObject({})).set({
    proxy: PROXY,
    token: TOKEN,
    role: 'admin',
    browser: { id: 'b1', name: 'Chrome' },
    ...over,
  });
const only = (): FakeSocket => {
  const [socket, ...more] = FakeSocket.all;
  if (socket === undefined || more.length > 0) throw new Error(`${FakeSocket.all.length} sockets`);
  return socket;
};
const said = () => new Promise((resolve) => setImmediate(resolve));

describe('when it listens', () => {
  test('once it is paired, set up and on, at its proxy, with the token beside the protocol’s name', async () => {
    await pair();
    const { hints } = worker();
    await hints.follow(ON);
    await hints.follow(ON);
    const { url, protocols } = only();
    expect(url).toBe('wss://credits.example.com/v1/hints');
    expect(protocols).toEqual(['advocate-credits.hints', `bearer.${TOKEN}`]);
  });

  test('a proxy on this machine is reached without TLS, as everything else is', async () => {
    await pair({ proxy: 'http://127.0.0.1:4242' });
    const { hints } = worker();
    await hints.follow({ ...ON, paired: { ...PAIRED, proxy: 'http://127.0.0.1:4242' } });
    expect(only().url).toBe('ws://127.0.0.1:4242/v1/hints');
  });

  const not: [string, Standing][] = [
    ['it is not paired', { ...ON, paired: null }],
    ['the proxy has not answered yet', { ...ON, session: null }],
    ['no unit is chosen', { ...ON, session: sessionOf({ units: [] }) }],
    ['it is paused', { ...ON, session: sessionOf({ paused: true }) }],
  ];
  test.each(not)('not while %s, and no longer once that is so', async (_, standing) => {
    await pair();
    const { hints } = worker();
    await hints.follow(standing);
    expect(FakeSocket.all).toEqual([]);
    await hints.follow(ON);
    await hints.follow(standing);
    expect(only().closed).toBe(true);
  });

  test('not where the browser may not reach the proxy', async () => {
    await pair();
    const { hints } = worker({ allowed: false });
    await hints.follow(ON);
    expect(FakeSocket.all).toEqual([]);
  });

  test('what was lost is opened again at the next wake, not in a loop', async () => {
    await pair();
    const { hints, later } = worker();
    await hints.follow(ON);
    FakeSocket.all[0]?.close();
    for (let n = 0; n < 5; n++) await hints.follow(ON);
    expect(FakeSocket.all).toHaveLength(1);
    later(30_000);
    await hints.follow(ON);
    expect(FakeSocket.all).toHaveLength(2);
  });

  test('another token means another connection, at once', async () => {
    await pair();
    const { hints, pairing } = worker();
    await hints.follow(ON);
    await pairing.unpair();
    expect(only().closed).toBe(true);
    await pair({ token: 'another-token' });
    await hints.follow(ON);
    expect(FakeSocket.all[1]?.protocols).toContain('bearer.another-token');
  });
});

describe('what it makes of a hint', () => {
  test.each(['rewards', 'customers', 'connection'])('%s: the run that a click starts', async (kind) => {
    await pair();
    const { hints, told } = worker();
    await hints.follow(ON);
    only().says(JSON.stringify({ mode: 'test', kind }));
    await said();
    expect(told).toEqual({ kicks: 1, changes: 1 });
    expect(await hints.heardAt()).toBe(NOON);
  });

  const unknown: [string, unknown][] = [
    ['nonsense', 'nonsense'],
    ['bytes', new ArrayBuffer(4)],
    ['an empty object', '{}'],
    ['another mode', JSON.stringify({ mode: 'other', kind: 'rewards' })],
    ['a kind that a newer proxy knows', JSON.stringify({ mode: 'test', kind: 'weather' })],
  ];
  test.each(unknown)('nothing, of %s', async (_, data) => {
    await pair();
    const { hints, told } = worker();
    await hints.follow(ON);
    only().says(data);
    await said();
    expect(told).toEqual({ kicks: 0, changes: 0 });
  });

  test('nothing, once the connection was given up', async () => {
    await pair();
    const { hints, told } = worker();
    await hints.follow(ON);
    hints.close();
    only().says(HINT);
    await said();
    expect(told.kicks).toBe(0);
  });

  test('it never says anything itself: nothing that would keep the worker awake', async () => {
    await pair();
    const { hints, later } = worker();
    await hints.follow(ON);
    only().dispatchEvent(new Event('open'));
    only().says(HINT);
    later(600_000);
    await hints.follow(ON);
    expect(only().sent).toEqual([]);
  });
});
