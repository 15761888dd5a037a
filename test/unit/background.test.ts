import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { storedInIdb } from '../../src/background/stored-in-idb.ts';
import { MESSAGES, type PopupState, type Reply, type StateChanged } from '../../src/contract/messages.ts';
import { english } from '../../src/locales/english.ts';
import {
  emptyDisk,
  FakeSocket,
  fakeBrowser,
  fakeProxy,
  json,
  lines,
  NOON,
  outcome,
  page,
  problem,
  rewardsIn,
  seen,
  sessionOf,
  unpaid,
} from './background-fakes.ts';

const TOKEN = 'token-that-nobody-may-see';
const PROXY = 'https://credits.example.com';
const PAGE = {
  id: 'abcdef',
  origin: 'chrome-extension://abcdef',
  url: 'chrome-extension://abcdef/popup.html',
};
const CARD = {
  id: 'abcdef',
  origin: 'https://app.impact.com',
  url: 'https://app.impact.com/p/1',
  tab: { id: 1 },
  frameId: 0,
};
const PAIRING = {
  proxy: PROXY,
  token: TOKEN,
  role: 'admin',
  browser: { id: 'b1', name: 'Chrome on Linux' },
};
type Routes = Parameters<typeof fakeProxy>[0];

let fake: ReturnType<typeof fakeBrowser>;
/** Locks are the process's; a browser drops those of a dead worker. Each life has names of its own here. */
let life = 0;
const { locks, userAgent } = navigator;

beforeEach(() => {
  emptyDisk();
  life += 1;
  vi.useFakeTimers({ toFake: ['Date'], now: NOON });
  fake = fakeBrowser();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Starts a worker as the browser does: its memory is new, disk and storage are what they were. */
async function boot(routes: Routes = {}) {
  const proxy = fakeProxy({
    'POST /pair': () => json({ token: TOKEN, role: 'admin', browser: { id: 'b1', name: 'Chrome on Linux' } }),
    'GET /session': () => json(sessionOf()),
    'PUT /test/lease': () => json({ holder: null, until: null, mine: true }),
    'GET /test/rewards': () => json(page([])),
    'POST /test/credits': (asked, signal) =>
      lines(
        rewardsIn(asked).map((id) => outcome(id)),
        'close',
        signal,
      ),
    ...routes,
  });
  vi.stubGlobal('fetch', proxy.fetch);
  vi.stubGlobal('WebSocket', FakeSocket);
  const own = life;
  const request = (name: string, options: LockOptions, work: LockGrantedCallback<unknown>) =>
    locks.request(`${name} ${own}`, options, work);
  vi.stubGlobal('navigator', { userAgent, locks: { request } });
  vi.stubGlobal('browser', { runtime: { id: 'abcdef' }, i18n: { getMessage: english } });
  for (const { listeners } of Object.values(fake.events)) listeners.length = 0;
  vi.resetModules();
  vi.doMock('webextension-polyfill', () => ({ default: fake.browser }));
  await import('../../src/background/index.ts');
  const send = async (
    name: string,
    request: unknown = {},
    sender: object = PAGE,
    mode?: string,
  ): Promise<Reply> => {
    const [listener] = fake.events.onMessage.listeners;
    return (await listener?.({ name, request, ...(mode && { mode }) }, sender)) as Reply;
  };
  return { proxy, send, alarm: () => fake.events.onAlarm.listeners[0]?.({ name: 'drain' }) };
}

const stateIn = (message: unknown) => (message as StateChanged).state;
const whenState = (fits: (state: PopupState) => boolean) =>
  fake.heard((message) => (fits(stateIn(message)) ? stateIn(message) : undefined));
const codeOf = (reply: Reply) => (reply.ok ? null : reply.problem.code);
const stored = () => storedInIdb('pairing', v.looseObject({}));
const paired = (over: object = {}) => stored().set({ ...PAIRING, ...over });
const disk = async () =>
  JSON.stringify([[...fake.local.values], [...fake.session.values], await stored().get()]);

describe('starting', () => {
  test('every listener is there from the first moment, before anything is read', async () => {
    fake.browser.alarms.get = () => new Promise(() => {});
    await boot();
    for (const [name, { listeners }] of Object.entries(fake.events))
      expect([name, listeners.length]).toEqual([name, 1]);
  });

  test('an alarm that the browser forgot is made again; one that is there keeps its time', async () => {
    const { send } = await boot();
    await send('state');
    expect(fake.alarms.get('drain')).toMatchObject({ periodInMinutes: 0.5 });
    await (await boot()).send('state');
    expect(fake.calls.create).toBe(1);
  });

  test('installing twice is the same as once', async () => {
    await paired();
    const { proxy, send } = await boot({ 'GET /test/rewards': () => json(page([seen('r1')])) });
    await Promise.all([1, 2].map(() => fake.events.onInstalled.listeners[0]?.({ reason: 'install' })));
    await whenState((state) => state.queue.counts.redeemed === 1 && !state.running);
    expect(proxy.to('POST /test/credits')).toHaveLength(1);
    expect(proxy.to('GET /session')).toHaveLength(1);
    expect((await send('state')).ok).toBe(true);
  });

  test('storage is kept from content scripts where the browser can', async () => {
    await (await boot()).send('state');
    expect(fake.calls.accessLevel).toBe('TRUSTED_CONTEXTS');
  });

  test('a browser that is not paired asks nobody anything', async () => {
    const { proxy, alarm, send } = await boot();
    alarm();
    expect(await send('refresh')).toMatchObject({ ok: true, value: { paired: null, problem: null } });
    expect(codeOf(await send('units'))).toBe('not_paired');
    expect(codeOf(await send('run'))).toBe('not_paired');
    expect(await send('desk', {}, CARD)).toEqual({ ok: true, value: null });
    expect(proxy.asked).toEqual([]);
  });
});

describe('who may ask what', () => {
  const forPages = Object.entries(MESSAGES).filter(([, { content }]) => !content);

  test.each(forPages)('a content script cannot ask for %s', async (name) => {
    await paired();
    const { proxy, send } = await boot();
    const before = await disk();
    expect(codeOf(await send(name, {}, CARD))).toBe('sender_refused');
    expect(await disk()).toBe(before);
    expect(proxy.asked).toEqual([]);
  });

  test('a sender without a stamp is refused before its message is read', async () => {
    const { send } = await boot();
    for (const name of ['state', 'desk', 'nonsense'])
      expect(codeOf(await send(name, {}, {}))).toBe('sender_refused');
  });

  test.each([
    ['an unknown name', { name: 'payOut', request: {} }],
    ['a name every object has', { name: 'constructor', request: {} }],
    ['no object', 'state'],
    ['null', null],
    ['more than was agreed', { name: 'state', request: {}, amount: 5 }],
    ['a request with more in it', { name: 'retry', request: { reward: 'r1', amount: 5 } }],
    ['a request with less in it', { name: 'pair', request: { proxy: PROXY } }],
    ['a mode that does not exist', { name: 'chooseMode', request: { mode: 'both' } }],
    [
      'a customer that is none',
      { name: 'link', request: { accountId: 'a', userId: 'u', customer: 'x', previous: null } },
    ],
  ])('an unknown message changes nothing: %s', async (_, message) => {
    await paired();
    const { proxy } = await boot();
    const before = await disk();
    const reply = (await fake.events.onMessage.listeners[0]?.(message, PAGE)) as Reply;
    expect(codeOf(reply)).toBe('message_unknown');
    expect(await disk()).toBe(before);
    expect(proxy.asked).toEqual([]);
  });
});

describe('pairing', () => {
  test('paired, found, credited: and the token is in the request and nowhere else', async () => {
    const { proxy, send } = await boot({ 'GET /test/rewards': () => json(page([seen('r1')])) });
    const reply = await send('pair', { proxy: 'credits.example.com/', code: 'CODE' });
    expect(reply).toMatchObject({
      ok: true,
      value: { paired: { proxy: PROXY, role: 'admin', browserName: 'Chrome on Linux' }, problem: null },
    });
    const done = await whenState((state) => state.queue.counts.redeemed === 1 && !state.running);
    expect(done.lastRun).toMatchObject({ found: 1, credited: 1 });
    expect(done.nextRunAt).toBe(NOON + 30_000);
    expect(proxy.to('POST /pair')[0]?.body).toEqual({ code: 'CODE', browserName: 'Browser on Linux' });
    expect(proxy.to('POST /test/credits')[0]?.headers.get('authorization')).toBe(`Bearer ${TOKEN}`);
    expect(proxy.to('POST /pair')[0]?.headers.get('authorization')).toBeNull();
    // Content scripts can read both areas in Firefox and in older Chromes.
    const areas = [[...fake.local.values], [...fake.session.values]];
    expect(JSON.stringify([reply, fake.told, fake.badge, areas])).not.toContain(TOKEN);
    expect(await disk()).toContain(TOKEN);
  });

  test.each([
    'http://credits.example.com',
    'ftp://credits.example.com',
    'http://[::1]:4242',
    'https://user:pass@credits.example.com',
    'https://credits.example.com/proxy',
    'https://',
    'not an address',
  ])('an address that is not safe or not one is refused: %s', async (proxy) => {
    const booted = await boot();
    expect(codeOf(await booted.send('pair', { proxy, code: 'CODE' }))).toBe('bad_request');
    expect(booted.proxy.asked).toEqual([]);
    expect(fake.local.values.size).toBe(0);
    expect(await stored().get()).toBeNull();
  });

  test('on this machine plain http will do', async () => {
    const { send } = await boot();
    const reply = await send('pair', { proxy: 'http://127.0.0.1:8787', code: 'CODE' });
    expect(reply).toMatchObject({ ok: true, value: { paired: { proxy: 'http://127.0.0.1:8787' } } });
  });

  test('a wrong code and a token no header can carry leave the browser unpaired', async () => {
    for (const answer of [
      () => problem('code_invalid', 401),
      () => json({ token: 'line\nbreak-in-token', role: 'admin', browser: { id: 'b', name: 'n' } }),
    ]) {
      const { send } = await boot({ 'POST /pair': answer });
      const reply = await send('pair', { proxy: PROXY, code: 'CODE' });
      expect(['code_invalid', 'proxy_unexpected']).toContain(codeOf(reply));
      expect(JSON.stringify(reply)).not.toContain('break-in-token');
      expect(fake.local.values.size).toBe(0);
      expect(await stored().get()).toBeNull();
    }
  });

  test('without the browser’s permission for the host nothing is sent there', async () => {
    fake = fakeBrowser({ allowed: false });
    await paired();
    const { proxy, send } = await boot();
    expect(codeOf(await send('pair', { proxy: PROXY, code: 'CODE' }))).toBe('host_permission_missing');
    expect(await send('refresh')).toMatchObject({ value: { problem: { code: 'host_permission_missing' } } });
    expect(proxy.asked).toEqual([]);
  });

  test('the host’s permission taken back pauses at once, fails no reward, and given again it goes on at once', async () => {
    await paired();
    const { proxy } = await boot({ 'GET /test/rewards': () => json(page([seen('r1')])) });
    fake.permitted.proxy = false;
    fake.events.onRemoved.listeners[0]?.({ origins: [`${PROXY}/*`] });
    const state = await whenState((one) => one.problem !== null && !one.running);
    expect(state).toMatchObject({ problem: { code: 'host_permission_missing' }, paired: { proxy: PROXY } });
    expect(state.queue.counts).toMatchObject({ held: 0, cancelled: 0 });
    expect(proxy.asked).toEqual([]);

    fake.permitted.proxy = true;
    fake.events.onAdded.listeners[0]?.({ origins: [`${PROXY}/*`] });
    const on = await whenState((one) => one.queue.counts.redeemed === 1 && !one.running);
    expect(on.problem).toBeNull();
  });

  test('the kind of browser is told unless Firefox’s list of agreements is without technical data', async () => {
    for (const [agreed, name] of [
      [null, /^\w+ on Linux$/],
      [['technicalAndInteraction'], /^\w+ on Linux$/],
      [['websiteContent'], /^Browser$/],
    ] as const) {
      fake.permitted.data = agreed && [...agreed];
      const { proxy, send } = await boot();
      await send('pair', { proxy: PROXY, code: 'CODE' });
      expect(proxy.to('POST /pair')[0]?.body).toMatchObject({ browserName: expect.stringMatching(name) });
    }
  });

  test('a revoked token unpairs, says so also after a restart of the browser, and keeps the queue', async () => {
    await paired();
    const first = await boot({
      'GET /test/rewards': () => json(page([seen('r1', { state: 'held', reason: 'link_invalid' })])),
    });
    first.alarm();
    await whenState((state) => state.queue.counts.held === 1 && !state.running);
    const { alarm } = await boot({ 'GET /session': () => problem('unauthorized', 401) });
    alarm();
    await whenState((state) => state.paired === null);
    expect(await disk()).not.toContain(TOKEN);
    fake.session.values.clear();

    const { proxy, send } = await boot();
    const value = {
      paired: null,
      session: null,
      problem: { code: 'unauthorized' },
      queue: { counts: { held: 1 } },
    };
    expect(await send('refresh')).toMatchObject({ ok: true, value });
    expect(fake.badge).toMatchObject({ text: '!', title: expect.stringContaining('not paired') });
    expect(proxy.asked).toEqual([]);
    expect(await send('pair', { proxy: PROXY, code: 'CODE' })).toMatchObject({ value: { problem: null } });
  });

  test('a refusal of an old token does not throw away the new pairing', async () => {
    await paired();
    const late = Promise.withResolvers<Response>();
    const asked = Promise.withResolvers<void>();
    const { send } = await boot({
      'GET /test/units': () => {
        asked.resolve();
        return late.promise;
      },
    });
    const old = send('units');
    await asked.promise;
    await paired({ token: 'another-token' });
    late.resolve(problem('unauthorized', 401));
    expect(codeOf(await old)).toBe('unauthorized');
    expect(await send('state')).toMatchObject({ value: { paired: { proxy: PROXY } } });
  });

  test('leaving gives the token up and forgets it, also when the proxy is gone', async () => {
    const done: Routes = { 'DELETE /session': () => new Response(null, { status: 204 }) };
    for (const routes of [{}, done]) {
      await paired();
      const { proxy, send } = await boot(routes);
      expect(await send('unpair')).toMatchObject({ value: { paired: null, problem: null } });
      expect(proxy.to('DELETE /session')[0]?.headers.get('authorization')).toBe(`Bearer ${TOKEN}`);
      expect(await disk()).not.toContain(TOKEN);
    }
  });

  test('leaving forgets the token, not the queue', async () => {
    await paired();
    const { send, alarm } = await boot({ 'GET /test/rewards': () => json(page([seen('r1')])) });
    alarm();
    await whenState((state) => state.queue.counts.redeemed === 1 && !state.running);
    const reply = await send('unpair');
    expect(reply).toMatchObject({
      value: { paired: null, problem: null, queue: { counts: { redeemed: 1 } } },
    });
    expect(await disk()).not.toContain(TOKEN);
  });
});

describe('a worker that is stopped', () => {
  test('between claim and answer: the next one goes on at once, with one request more and no other', async () => {
    await paired();
    const reached = Promise.withResolvers<void>();
    const dying = await boot({
      'GET /test/rewards': () => json(page([seen('r1')])),
      'POST /test/credits': () => {
        reached.resolve();
        return new Promise<Response>(() => {});
      },
    });
    dying.alarm();
    await reached.promise;
    life += 1;

    const next = await boot();
    next.alarm();
    await whenState((state) => state.queue.counts.redeemed === 1 && !state.running);
    expect(next.proxy.to('POST /test/credits').map(rewardsIn)).toEqual([['r1']]);
  });

  test('what people see is still there: session, problem, mode, last run', async () => {
    await paired();
    const first = await boot();
    await first.send('chooseMode', { mode: 'live' });
    await first.send('refresh');
    const { send } = await boot({ 'GET /session': () => new Response('<html>', { status: 502 }) });
    expect(await send('state')).toMatchObject({
      value: { mode: 'live', session: { role: 'admin' }, sessionAt: NOON, problem: null },
    });
    expect(await send('refresh')).toMatchObject({ value: { problem: { code: 'proxy_unexpected' } } });
    expect(await (await boot()).send('state')).toMatchObject({
      value: { problem: { code: 'proxy_unexpected' } },
    });
  });
});

describe('the desk', () => {
  const detail = {
    accountId: 'acc-1',
    userId: 'user-1',
    name: 'Ann',
    email: 'ann@example.com',
    link: 'cus_1',
    customer: null,
    linkProblem: null,
    facts: {},
    rewards: [],
    credited: [],
  };
  const LINK = 'PUT /test/participants/acc-1/user-1/link';
  const key = { accountId: 'acc-1', userId: 'user-1' };
  const waiting = () => json(page([seen('r1', { state: 'waiting', reason: 'not_linked' })]));

  test('after a link that participant’s rewards go through, and the reply does not wait for them', async () => {
    await paired();
    const goOn = Promise.withResolvers<void>();
    const { proxy, send, alarm } = await boot({
      'GET /test/rewards': ({ query }) => (query.get('after') === null ? waiting() : json(page([]))),
      'POST /test/credits': async (asked, signal) => {
        await goOn.promise;
        return lines(
          rewardsIn(asked).map((id) => outcome(id)),
          'close',
          signal,
        );
      },
      [LINK]: () => json(detail),
    });
    alarm();
    await whenState((state) => state.queue.counts.waiting === 1 && !state.running);
    expect(fake.badge.text).toBe('1');
    const reply = await send('link', { ...key, customer: 'cus_1', previous: null }, CARD);
    expect(reply).toEqual({ ok: true, value: detail });
    expect(proxy.to(LINK)[0]?.body).toEqual({ customer: 'cus_1', previous: null });
    goOn.resolve();
    await whenState((state) => state.queue.counts.redeemed === 1 && !state.running);
    expect(fake.badge.text).toBe('');
  });

  test('many links wake the rewards of those who were linked, and of nobody else', async () => {
    await paired();
    const wish = { ...key, customer: 'cus_1', previous: null };
    const names = ['acc-1', 'acc-2', 'acc-3'];
    const links = names.map((accountId) => ({ ...wish, accountId }));
    const told = (accountId: string, state: string) => ({
      ...{ ...key, accountId, customer: 'cus_1', current: 'cus_1', problem: null, state },
    });
    const unlinked = names.map((accountId, index) =>
      seen(`r${index + 1}`, { accountId, state: 'waiting', reason: 'not_linked' }),
    );
    const { proxy, send, alarm } = await boot({
      'GET /test/rewards': ({ query }) => json(page(query.get('after') === null ? unlinked : [])),
      'POST /test/links': (_, signal) =>
        lines(
          [told('acc-1', 'linked'), told('acc-2', 'unchanged'), told('acc-3', 'refused')],
          'close',
          signal,
        ),
    });
    alarm();
    await whenState((state) => state.queue.counts.waiting === 3 && !state.running);
    const dryRun = await send('linkMany', { links, dryRun: true }, PAGE, 'test');
    expect(dryRun.ok).toBe(true);
    expect(await send('state')).toMatchObject({ value: { queue: { counts: { waiting: 3 } } } });
    const reply = await send('linkMany', { links }, PAGE, 'test');
    expect(reply).toMatchObject({ ok: true, value: { outcomes: [{}, {}, { state: 'refused' }] } });
    await whenState((state) => state.queue.counts.redeemed === 2 && !state.running);
    expect(proxy.to('POST /test/credits').flatMap(rewardsIn).sort()).toEqual(['r1', 'r2']);
  });

  test('the linking desk asks in the mode that it shows, and only our own pages may', async () => {
    await paired({ role: 'support' });
    const { proxy, send } = await boot({ 'GET /session': () => json(sessionOf({ role: 'support' })) });
    const wish = { ...key, customer: 'cus_1', previous: null };
    const asks = [
      ['unlinked', { after: 'c1' }],
      ['links', {}],
      ['matches', { participants: [key] }],
      ['linkMany', { links: [wish] }],
    ] as const;
    for (const [name, request] of asks) {
      expect(codeOf(await send(name, request, CARD, 'live'))).toBe('sender_refused');
      await send(name, request, PAGE, 'live');
    }
    expect(proxy.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /live/unlinked',
      'GET /live/links',
      'POST /live/matches',
      'POST /live/links',
    ]);
    expect(codeOf(await send('linkMany', { links: Array(101).fill(wish) }))).toBe('message_unknown');
  });

  test('a card’s link goes to the mode that the card shows, whatever the popup shows by now', async () => {
    await paired();
    const { proxy, send } = await boot({});
    const request = { ...key, customer: 'cus_1', previous: null };
    await send('link', request, CARD, 'live');
    await send('link', request, CARD);
    const links = proxy.asked.filter(({ method }) => method === 'PUT').map(({ path }) => path);
    expect(links).toEqual(['/live/participants/acc-1/user-1/link', '/test/participants/acc-1/user-1/link']);
    expect(codeOf(await send('link', request, CARD, 'other'))).toBe('message_unknown');
  });

  test('a popup’s deed goes to the mode that it shows, whatever was chosen elsewhere meanwhile', async () => {
    await paired();
    const { proxy, send } = await boot({});
    const settings = { version: 1, units: ['A/USD'], paused: false, currencyRule: 'confirm', caps: {} };
    await send('connect', {}, PAGE, 'live');
    await send('disconnect', {}, PAGE, 'live');
    await send('units', {}, PAGE, 'live');
    await send('saveSettings', settings, PAGE, 'live');
    expect(proxy.asked.map(({ path }) => path)).toEqual([
      '/connect/live',
      '/connect/live',
      '/live/units',
      '/live/settings',
    ]);
  });

  test('support links, and leaves crediting to an admin’s browser', async () => {
    await paired({ role: 'support' });
    const { proxy, send, alarm } = await boot({
      'GET /session': () => json(sessionOf({ role: 'support' })),
      'GET /test/rewards': waiting,
      [LINK]: () => json(detail),
    });
    alarm();
    await whenState((state) => state.queue.counts.waiting === 1 && !state.running);
    expect(fake.badge.text).toBe('1');
    expect((await send('link', { ...key, customer: 'cus_1', previous: null }, CARD)).ok).toBe(true);
    for (const [name, request] of [
      ['run', {}],
      ['retry', { reward: 'r1' }],
      ['confirmCurrency', { reward: 'r1' }],
      ['retryRewards', { rewards: ['r1'] }],
      ['holdRewards', { rewards: ['r1'], deed: 'dismiss' }],
    ] as const) {
      expect(codeOf(await send(name, request))).toBe('forbidden');
    }
    expect(proxy.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /session',
      'GET /test/rewards',
      LINK,
    ]);
  });

  test('somebody else’s change travels back as the problem it is, and wakes nothing', async () => {
    await paired();
    const changed = {
      type: 'about:blank',
      code: 'link_changed',
      title: 'changed',
      status: 409,
      current: 'cus_9',
    };
    const { proxy, send } = await boot({ [LINK]: () => json(changed, 409) });
    const reply = await send('link', { ...key, customer: 'cus_1', previous: null }, CARD);
    expect(reply).toMatchObject({ ok: false, problem: { code: 'link_changed', current: 'cus_9' } });
    expect(proxy.to('POST /test/credits')).toEqual([]);
  });

  test('ids with slashes and spaces reach the proxy as one part of the path', async () => {
    await paired();
    const { proxy, send } = await boot({});
    await send('participant', { accountId: 'a/b', userId: 'ü 1?' }, CARD);
    expect(proxy.asked[0]?.path).toBe('/test/participants/a%2Fb/%C3%BC%201%3F');
  });
});

describe('what a run leaves behind', () => {
  test('a run that ends after its browser was unpaired leaves no refusal', async () => {
    await paired();
    const late = Promise.withResolvers<Response>();
    const asked = Promise.withResolvers<void>();
    const { send, alarm } = await boot({
      'GET /session': () => {
        asked.resolve();
        return late.promise;
      },
    });
    alarm();
    await asked.promise;
    await send('unpair');
    late.resolve(problem('unauthorized', 401));
    await vi.waitFor(() => expect(fake.session.values.has('problem.reach')).toBe(true));
    expect(await send('state')).toMatchObject({ value: { paired: null, problem: null } });
  });

  test('a failed run is told as a problem, not as a run that found nothing', async () => {
    await paired();
    const { send, alarm } = await boot({
      'GET /test/rewards': () => problem('advocate_unreachable', 503),
    });
    alarm();
    await whenState((state) => state.problem !== null && !state.running);
    expect(await send('state')).toMatchObject({
      value: { lastRun: null, problem: { code: 'advocate_unreachable' } },
    });
  });

  test('a lease lost since the session was read: who sends instead is told at once', async () => {
    await paired();
    let taken = false;
    const lease = { holder: { id: 'b2', name: 'Ben’s' }, until: NOON + 75_000, mine: false };
    const { alarm } = await boot({
      'GET /session': () => {
        const session = sessionOf();
        if (taken) session.modes.test.lease = lease;
        return json(session);
      },
      'PUT /test/lease': () => {
        taken = true;
        return json(lease);
      },
    });
    alarm();
    const state = await whenState((one) => one.session?.modes.test.lease.holder != null);
    expect(state.session?.modes.test.lease.holder?.name).toBe('Ben’s');
  });
});

describe('retry and confirm', () => {
  test('a reward of the mode that is shown is retried there', async () => {
    await paired();
    const held = () => json(page([seen('r1', { state: 'held', reason: 'stripe_refused' })]));
    const { send, alarm } = await boot({
      'GET /test/rewards': ({ query }) => (query.get('after') === null ? held() : json(page([]))),
    });
    alarm();
    await whenState((state) => state.queue.counts.held === 1 && !state.running);
    await send('chooseMode', { mode: 'live' });
    expect(codeOf(await send('retry', { reward: 'r1' }, PAGE, 'live'))).toBe('not_found');
    expect(codeOf(await send('confirmCurrency', { reward: 'r1' }, PAGE, 'test'))).toBe('not_found');
    expect((await send('retry', { reward: 'r1' }, PAGE, 'test')).ok).toBe(true);
  });

  test('“Run now” does not wait for the next try of what failed before', async () => {
    await paired();
    const unreachable = {
      ...outcome('r1'),
      ...unpaid,
      state: 'waiting',
      reason: 'stripe_unreachable',
    } as const;
    let asked = 0;
    const { send, alarm } = await boot({
      'GET /test/rewards': ({ query }) =>
        json(page(query.get('after') === null ? [seen('r1', { state: 'ready', reason: null })] : [])),
      'POST /test/credits': (_, signal) =>
        lines(
          [asked++ === 0 ? { ...unreachable, retryAt: Date.now() + 3_600_000 } : outcome('r1')],
          'close',
          signal,
        ),
    });
    alarm();
    await whenState((state) => state.queue.counts.waiting === 1 && !state.running);
    alarm();
    await whenState((state) => !state.running);
    expect(asked).toBe(1);
    await send('run');
    await whenState((state) => state.queue.counts.redeemed === 1 && !state.running);
    expect(asked).toBe(2);
  });

  test('a hold that a person retries goes through; an unknown reward is not found', async () => {
    await paired();
    const held = () => json(page([seen('r1', { state: 'held', reason: 'stripe_refused' })]));
    const { send, alarm } = await boot({
      'GET /test/rewards': ({ query }) => (query.get('after') === null ? held() : json(page([]))),
    });
    alarm();
    await whenState((state) => state.queue.counts.held === 1 && !state.running);
    expect(codeOf(await send('retry', { reward: 'stranger' }))).toBe('not_found');
    expect(codeOf(await send('confirmCurrency', { reward: 'r1' }))).toBe('not_found');
    expect((await send('retry', { reward: 'r1' })).ok).toBe(true);
    await whenState((state) => state.queue.counts.redeemed === 1);
  });
});

describe('deeds on many rewards', () => {
  const told = (of: Reply) => (of.ok ? of.value : null);
  const refused = { type: 'about:blank', code: 'already_claimed', title: 'Too late.', status: 409 };
  const rows = [
    seen('r1', { state: 'waiting', reason: 'pending' }),
    seen('r2', { state: 'waiting', reason: 'pending' }),
    seen('r3', { state: 'held', reason: 'stripe_refused' }),
  ];
  async function withRows(routes: Routes = {}) {
    await paired();
    const booted = await boot({
      'GET /test/rewards': ({ query }) => json(page(query.get('after') === null ? rows : [])),
      ...routes,
    });
    booted.alarm();
    await whenState((state) => state.queue.counts.held === 1 && !state.running);
    return booted;
  }

  test('what the proxy holds is held here at once, and what it does not is left as it was', async () => {
    const outcomes = [
      { reward: 'r1', done: true },
      { reward: 'r2', done: false, problem: refused },
    ];
    const { proxy, send } = await withRows({ 'POST /test/holds': () => json({ outcomes }) });
    const request = { rewards: ['r1', 'r2'], deed: 'hold' };
    expect(told(await send('holdRewards', request))).toEqual({ outcomes });
    expect(proxy.to('POST /test/holds')).toMatchObject([{ body: request }]);
    const state = await whenState(({ queue }) => queue.counts.held === 2);
    expect(state.queue.held.map(({ reward, reason }) => [reward, reason]).sort()).toEqual([
      ['r1', 'held_by_hand'],
      ['r3', 'stripe_refused'],
    ]);
    expect(state.queue.counts.waiting).toBe(1);
  });

  test('what is dismissed needs nobody: it leaves the count and the badge', async () => {
    const { send } = await withRows({
      'POST /test/holds': () => json({ outcomes: [{ reward: 'r3', done: true }] }),
    });
    expect(fake.badge.text).toBe('1');
    await send('holdRewards', { rewards: ['r3'], deed: 'dismiss' });
    await whenState(({ queue }) => queue.counts.held === 0 && queue.held.length === 0);
    await vi.waitFor(() => expect(fake.badge.text).toBe(''));
  });

  test('what is released is ready at once, and goes through without waiting for the alarm', async () => {
    const { send, proxy } = await withRows({
      'POST /test/holds': () => json({ outcomes: [{ reward: 'r1', done: true }] }),
    });
    await send('holdRewards', { rewards: ['r1'], deed: 'hold' });
    expect(proxy.to('POST /test/credits')).toEqual([]);
    await send('holdRewards', { rewards: ['r1'], deed: 'release' });
    await whenState(({ queue }) => queue.counts.redeemed === 1);
    expect(proxy.to('POST /test/credits').map(rewardsIn)).toEqual([['r1']]);
  });

  test('a refusal of the whole is told, and changes nothing here', async () => {
    const { send } = await withRows({ 'POST /test/holds': () => problem('mode_not_configured', 409) });
    expect(codeOf(await send('holdRewards', { rewards: ['r1'], deed: 'hold' }))).toBe('mode_not_configured');
    const state = told(await send('state')) as PopupState;
    expect(state.queue.counts).toMatchObject({ waiting: 2, held: 1 });
  });

  test('many are tried again at once, each with an answer of its own', async () => {
    const { send, proxy } = await withRows();
    expect(told(await send('retryRewards', { rewards: ['r3', 'stranger', 'r1'] }))).toMatchObject({
      outcomes: [
        { reward: 'r3', done: true },
        { reward: 'stranger', done: false, problem: { code: 'not_found' } },
        { reward: 'r1', done: true },
      ],
    });
    await whenState(({ queue }) => queue.counts.redeemed === 2);
    expect(proxy.to('POST /test/credits').flatMap(rewardsIn).sort()).toEqual(['r1', 'r3']);
  });

  test('the mode that was shown is the mode that is asked', async () => {
    const outcomes = [{ reward: 'r1', done: true }];
    const { send, proxy } = await withRows({ 'POST /live/holds': () => json({ outcomes }) });
    await send('holdRewards', { rewards: ['r1'], deed: 'hold' }, PAGE, 'live');
    expect(proxy.to('POST /live/holds')).toHaveLength(1);
    expect((told(await send('state')) as PopupState).queue.counts.held).toBe(1);
  });

  test.each<[string, unknown]>([
    ['holdRewards', { rewards: [], deed: 'hold' }],
    ['holdRewards', { rewards: Array(101).fill('r1'), deed: 'hold' }],
    ['holdRewards', { rewards: ['r1'], deed: 'pay' }],
    ['holdRewards', { rewards: ['r1'], deed: 'hold', amount: 5 }],
    ['retryRewards', { rewards: [] }],
    ['retryRewards', { rewards: Array(101).fill('r1') }],
  ])('%s %j is not understood', async (name, request) => {
    await paired();
    const { proxy, send } = await boot();
    expect(codeOf(await send(name, request))).toBe('message_unknown');
    expect(proxy.asked).toEqual([]);
  });

  test('a page of Advocate’s cannot ask for any of it', async () => {
    await paired();
    const { proxy, send } = await boot();
    expect(codeOf(await send('holdRewards', { rewards: ['r1'], deed: 'release' }, CARD))).toBe(
      'sender_refused',
    );
    expect(codeOf(await send('retryRewards', { rewards: ['r1'] }, CARD))).toBe('sender_refused');
    expect(proxy.asked).toEqual([]);
  });
});
