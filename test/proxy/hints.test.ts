/** Hints through the WebSocket: who may listen, who is told what, and that nobody can make it cost much. */
import { describe, expect, test } from 'vitest';
import { HINTS_PROTOCOL, type HintKind, TOKEN_PROTOCOL } from '../../src/contract/hints.ts';
import { createApp } from '../../src/proxy/app.ts';
import { openDatabase } from '../../src/proxy/database.ts';
import { hearOnce } from '../../src/proxy/hints.ts';
import { createParts } from '../../src/proxy/parts.ts';
import { startProxy } from '../../src/proxy/server.ts';
import { listenFor, listenOnPort, refusedWith } from './hint-scene.ts';
import { ANNA, environmentFor, type Stage, setStage } from './stage.ts';

let webhooks = 0;
const write = ({ db }: Pick<Stage, 'db'>, kind: HintKind = 'rewards', mode: 'test' | 'live' = 'test') =>
  hearOnce(db, { source: 'advocate', mode, id: `w${++webhooks}` }, kind);

async function opened() {
  const stage = await setStage();
  return { stage, url: await listenOnPort(stage) };
}
const idOf = async ({ parts }: Stage, token: string) =>
  (await parts.pairing.browserOf(token))?.browser.id ?? '';

describe('who may listen', () => {
  test('a paired browser, and its token is not sent back', async () => {
    const { stage, url } = await opened();
    for (const token of [stage.admin, await stage.pairAs('support')]) {
      const { socket } = await listenFor(url, token);
      expect(socket.protocol).toBe(HINTS_PROTOCOL);
    }
    expect(stage.logLines.join('')).not.toContain(stage.admin);
  });

  test('nobody else', async () => {
    const { stage, url } = await opened();
    const bearer = `${TOKEN_PROTOCOL}${stage.admin}`;
    const refused: [string, number, Parameters<typeof refusedWith>[2]][] = [
      ['A'.repeat(43), 401, {}],
      ['', 401, { protocols: [HINTS_PROTOCOL] }],
      ['', 401, { protocols: [bearer] }],
      ['', 401, { protocols: [HINTS_PROTOCOL, bearer, `${TOKEN_PROTOCOL}${'A'.repeat(43)}`] }],
      ['A'.repeat(43), 400, { path: `/v1/hints?token=${stage.admin}` }],
      [stage.admin, 403, { origin: 'https://app.impact.com' }],
      [stage.admin, 401, { path: '/v1/nothing' }],
    ];
    for (const [token, status, offer] of refused)
      expect([offer, await refusedWith(url, token, offer)]).toEqual([offer, status]);
    expect(stage.parts.hints.sockets.size()).toBe(0);
  });

  test('the extension’s own origin is let in', async () => {
    const { stage, url } = await opened();
    for (const origin of ['chrome-extension://abcdefghijklmnop', 'moz-extension://8d4e'])
      expect((await listenFor(url, stage.admin, { origin })).socket.readyState).toBe(1);
  });

  test('asked without an upgrade it says what it is', async () => {
    const { stage } = await opened();
    const headers = { 'sec-websocket-protocol': `${HINTS_PROTOCOL}, ${TOKEN_PROTOCOL}${stage.admin}` };
    expect((await stage.app.request('/v1/hints', { headers })).status).toBe(400);
    expect((await stage.app.request('/v1/hints')).status).toBe(401);
  });
});

describe('who is told', () => {
  test('whoever drains is told of rewards, and nobody else', async () => {
    const { stage, url } = await opened();
    const other = await stage.pairAs('admin');
    const [mine, others, support] = await Promise.all([
      listenFor(url, stage.admin),
      listenFor(url, other),
      listenFor(url, await stage.pairAs('support')),
    ]);
    await stage.parts.leases.take('test', await idOf(stage, stage.admin));
    await write(stage, 'rewards');
    await write(stage, 'customers');
    await write(stage, 'connection');
    stage.parts.hints.written();
    expect(await mine.until(3)).toHaveLength(3);
    const lost = { mode: 'test', kind: 'connection' };
    expect([await others.until(1), await support.until(1)]).toEqual([[lost], [lost]]);
  });

  test('where nobody drains, every admin is told', async () => {
    const { stage, url } = await opened();
    const [mine, others, support] = await Promise.all([
      listenFor(url, stage.admin),
      listenFor(url, await stage.pairAs('admin')),
      listenFor(url, await stage.pairAs('support')),
    ]);
    await write(stage);
    await write(stage, 'connection', 'live');
    stage.parts.hints.written();
    const all = [
      { mode: 'test', kind: 'rewards' },
      { mode: 'live', kind: 'connection' },
    ];
    expect([await mine.until(2), await others.until(2)]).toEqual([all, all]);
    expect(await support.until(1)).toEqual([all[1]]);
  });

  test('the lease of one mode says nothing of the other', async () => {
    const { stage, url } = await opened();
    const other = await stage.pairAs('admin');
    const [mine, others] = await Promise.all([listenFor(url, stage.admin), listenFor(url, other)]);
    await stage.parts.leases.take('test', await idOf(stage, stage.admin));
    await stage.parts.leases.take('live', await idOf(stage, other));
    await write(stage, 'rewards', 'test');
    await write(stage, 'rewards', 'live');
    stage.parts.hints.written();
    expect(await mine.until(1)).toEqual([{ mode: 'test', kind: 'rewards' }]);
    expect(await others.until(1)).toEqual([{ mode: 'live', kind: 'rewards' }]);
  });

  test('a hint says mode and kind, and nothing else', async () => {
    const { stage, url } = await opened();
    const { socket } = await listenFor(url, stage.admin);
    const raw = new Promise<string>((resolve) => socket.on('message', (data) => resolve(String(data))));
    await write(stage);
    stage.parts.hints.written();
    expect(await raw).toBe('{"mode":"test","kind":"rewards"}');
  });

  test('of many at once a browser hears one, and one more at the end', async () => {
    const { stage, url } = await opened();
    const listening = await listenFor(url, stage.admin);
    const many = Array.from({ length: 50 }, () => ({ mode: 'test', kind: 'rewards', at: 0 }) as const);
    // All in one commit, so that no look falls in between.
    await stage.db.insertInto('hints').values(many).execute();
    stage.parts.hints.written();
    expect(await listening.until(2)).toHaveLength(2);
    await write(stage, 'connection');
    stage.parts.hints.written();
    expect((await listening.until(3)).map(({ kind }) => kind)).toEqual(['rewards', 'rewards', 'connection']);
  });

  test('what another proxy on the same database wrote arrives too', async () => {
    const { stage, url } = await opened();
    const listening = await listenFor(url, stage.admin);
    const { environment, log, now, sleep } = stage.parts;
    // On PostgreSQL with connections of its own; one file in memory cannot be opened twice.
    const inMemory = environment.databaseUrl === 'file::memory:';
    const db = inMemory ? stage.db : await openDatabase(environment.databaseUrl);
    const parts = await createParts(environment, db, log, () => 'http://127.0.0.1:4243', now, sleep);
    const another = { app: createApp(parts), parts, db };
    await listenOnPort(another);
    await write(another);
    expect(await listening.until(1)).toEqual([{ mode: 'test', kind: 'rewards' }]);
    if (!inMemory) await db.destroy();
  });
});

test('what was heard is remembered as long as it may be sent again, and hints for minutes', async () => {
  const stage = await setStage();
  const DAY = 86_400_000;
  const hear = (source: 'advocate' | 'stripe', id: string, days: number) => {
    stage.setClock(() => Date.now() + days * DAY);
    return hearOnce(stage.db, { source, mode: 'test', id }, 'rewards');
  };
  for (const source of ['advocate', 'stripe'] as const) {
    await hear(source, 'first', 0);
    expect(await hear(source, 'first', 4)).toBe(false);
  }
  await hear('advocate', 'second', 6);
  expect(await hear('stripe', 'first', 35)).toBe(false);
  await hear('stripe', 'second', 41);
  const left = await stage.db.selectFrom('heard').select(['source', 'id']).orderBy('source').execute();
  expect(left).toEqual([
    { source: 'advocate', id: 'second' },
    { source: 'stripe', id: 'second' },
  ]);
  expect(await stage.db.selectFrom('hints').select('seq').execute()).toHaveLength(1);
});

describe('who is shown out', () => {
  test('whoever says something', async () => {
    const { stage, url } = await opened();
    const { socket, ended } = await listenFor(url, stage.admin);
    socket.send('{"mode":"live"}');
    expect(await ended).toBe('1008 nothing is to be said here');
    expect(stage.parts.hints.sockets.size()).toBe(0);
  });

  test('whoever says very much, before it is read', async () => {
    const { stage, url } = await opened();
    const { socket, ended } = await listenFor(url, stage.admin);
    socket.send('x'.repeat(100_000));
    expect(await ended).toMatch(/^1009/);
  });

  test('the former connection of a browser that comes a third time', async () => {
    const { stage, url } = await opened();
    const first = await listenFor(url, stage.admin);
    await listenFor(url, stage.admin);
    await listenFor(url, stage.admin);
    expect(await first.ended).toBe('1008 this browser has come again');
    expect(stage.parts.hints.sockets.size()).toBe(2);
  });

  test('everybody, when the proxy stops: the real one, which tells until then', async () => {
    const stage = await setStage();
    const { seed, stripe, advocate, parts } = stage;
    const environment = environmentFor(seed, { stripe: stripe.url, advocate: advocate.url });
    const variables = {
      ...environment,
      DATABASE_URL: parts.environment.databaseUrl,
      HOST: '127.0.0.1',
      PORT: '0',
    };
    const proxy = await startProxy(variables, parts.log);
    const ask = async (path: string, method: string, body: object, token = '') => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const answer = await fetch(`${proxy.url}/v1${path}`, { method, headers, body: JSON.stringify(body) });
      return (await answer.json()) as Record<string, unknown>;
    };
    const code = await proxy.invite('admin');
    const token = String((await ask('/pair', 'POST', { code, browserName: 'Chrome' })).token);
    const settings = { units: ['STRIPE/USD'], paused: false, currencyRule: 'confirm', caps: {} };
    // A PostgreSQL database is the stage's own, in which they are saved already.
    await ask('/test/settings', 'PUT', { version: 0, ...settings }, token);
    const listening = await listenFor(proxy.url, token);
    advocate.subscribe('test', `${proxy.url}/v1/webhooks/advocate`);
    advocate.earn(
      'test',
      { accountId: ANNA.accountId, id: ANNA.userId },
      { unit: 'STRIPE/USD', amount: 700 },
    );
    expect((await listening.until(1))[0]).toEqual({ mode: 'test', kind: 'rewards' });
    await advocate.webhooksIdle();
    await proxy.close();
    expect(await listening.ended).toBe('1001 the proxy stops');
  });

  test('everybody, when hints stop', async () => {
    const { stage, url } = await opened();
    const { ended } = await listenFor(url, stage.admin);
    await stage.parts.hints.stop();
    expect(await ended).toBe('1001 the proxy stops');
  });
});
