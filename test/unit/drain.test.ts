import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type Drain, drain } from '../../src/background/drain.ts';
import { proxyClient } from '../../src/background/proxy-client.ts';
import { openQueue, type Queue } from '../../src/background/queue.ts';
import { LEASE_MS } from '../../src/background/queue-row.ts';
import {
  type Asked,
  emptyDisk,
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

type Routes = Parameters<typeof fakeProxy>[0];
const LEASE = 'PUT /test/lease';
const REWARDS = 'GET /test/rewards';
const CREDITS = 'POST /test/credits';
const mine = () => json({ holder: { id: 'b1', name: 'me' }, until: NOON, mine: true });
const payAll = (asked: Asked, signal: AbortSignal) =>
  lines(
    rewardsIn(asked).map((id) => outcome(id)),
    'close',
    signal,
  );
const times = { answer: 40, headers: 40, stall: 40 };

let now = NOON;
let queue: Queue;
beforeEach(() => {
  emptyDisk();
  now = NOON;
  queue = openQueue({ mode: 'test', boot: 'boot-1', now: () => now, random: () => 0.5 });
});

function start(routes: Routes, session = sessionOf(), over: Partial<Drain> = {}) {
  const fake = fakeProxy({
    [LEASE]: mine,
    [REWARDS]: () => json(page([])),
    [CREDITS]: payAll,
    ...routes,
  });
  const proxy = proxyClient({
    origin: 'http://localhost',
    token: 'token-of-a-test',
    fetch: fake.fetch,
    times,
  });
  return { fake, run: () => drain({ mode: 'test', queue, proxy, session, now: () => now, ...over }) };
}
const states = async () => Object.fromEntries((await queue.rows()).map((row) => [row.reward, row.state]));

describe('the way of a reward', () => {
  test('found, claimed, credited and settled; nothing names an amount', async () => {
    const { fake, run } = start({
      [REWARDS]: () => json(page([seen('r1'), seen('r2', { state: 'waiting', reason: 'not_linked' })])),
    });
    expect(await run()).toEqual({ skipped: null, found: 2, credited: 1, problem: null });
    expect(await states()).toEqual({ r1: 'redeemed', r2: 'waiting' });
    expect(fake.to(CREDITS).map((asked) => asked.body)).toEqual([{ rewards: ['r1'], confirmCurrency: [] }]);
  });

  test('pages are read to the end, and the next drain reads on from there', async () => {
    const pages: Record<string, unknown> = {
      '': page([seen('r1')], { after: 'c1', more: true }),
      c1: page([seen('r2')], { after: 'c2', more: true }),
      c2: page([seen('r3')], { after: 'c3' }),
      c3: page([], { after: 'c3' }),
    };
    const { fake, run } = start({ [REWARDS]: ({ query }) => json(pages[query.get('after') ?? '']) });
    expect(await run()).toMatchObject({ found: 3, credited: 3 });
    await run();
    expect(fake.to(REWARDS).map((asked) => asked.query.get('after'))).toEqual([null, 'c1', 'c2', 'c3']);
  });

  test('many rewards go out in batches of at most 100 until nothing is due', async () => {
    const many = Array.from({ length: 250 }, (_, n) => seen(`r${n}`));
    const { fake, run } = start({ [REWARDS]: () => json(page(many)) });
    expect(await run()).toMatchObject({ credited: 250 });
    expect(fake.to(CREDITS).map((asked) => rewardsIn(asked).length)).toEqual([100, 100, 50]);
    expect(new Set(fake.to(CREDITS).flatMap(rewardsIn)).size).toBe(250);
  });

  test('a currency that a person confirmed travels as that, and only for that reward', async () => {
    await queue.enqueue(page([seen('r1', { state: 'held', reason: 'currency_unset' }), seen('r2')]), 'news');
    await queue.confirmCurrency('r1');
    const { fake, run } = start({});
    await run();
    expect(fake.to(CREDITS)[0]?.body).toMatchObject({ confirmCurrency: ['r1'] });
  });

  test('an outcome that the disk refuses does not count: its reward stays claimed, and the others are settled', async () => {
    await queue.enqueue(page([seen('r1'), seen('r2'), seen('r3')]), 'news');
    const changed = vi.fn();
    const full: Queue = {
      ...queue,
      async settle(line) {
        if (line.reward === 'r1') throw new DOMException('The disk is full.', 'QuotaExceededError');
        return queue.settle(line);
      },
    };
    const { run } = start({}, sessionOf(), { queue: full, changed });
    await expect(run()).rejects.toThrow('The disk is full.');
    expect(await states()).toEqual({ r1: 'crediting', r2: 'redeemed', r3: 'redeemed' });
    expect(changed).toHaveBeenCalledTimes(3); // One claim, two outcomes.
  });

  test.each(['close', 'cut'] as const)(
    'a drain has ended only when all that it heard is on the disk: %s',
    async (end) => {
      await queue.enqueue(page([seen('r1'), seen('r2'), seen('r3')]), 'news');
      const heard = ['r1', 'r2', ...(end === 'close' ? ['r3'] : [])];
      const answer = (_: Asked, signal: AbortSignal) =>
        lines(
          heard.map((id) => outcome(id)),
          end,
          signal,
        );
      let onDisk = 0;
      const slow: Queue = {
        ...queue,
        async settle(line) {
          await new Promise((resolve) => setTimeout(resolve, 20));
          const news = await queue.settle(line);
          onDisk += 1;
          return news;
        },
      };
      const { run } = start({ [CREDITS]: answer }, sessionOf(), { queue: slow });
      expect(await run()).toMatchObject({ credited: heard.length });
      expect(onDisk).toBe(heard.length);
    },
  );

  test('every six hours everything is read again from the start, without losing the place of the news', async () => {
    const { fake, run } = start({ [REWARDS]: () => json(page([seen('r1')], { after: 'c9' })) });
    await run();
    now += 6 * 3_600_000 - 1;
    await run();
    now += 1;
    await run();
    await run();
    const asked = fake.to(REWARDS).map((one) => one.query.get('after'));
    expect(asked).toEqual([null, 'c9', 'c9', null, 'c9']);
  });
});

describe('who drains', () => {
  test('support role never drains: it finds, and asks for neither lease nor credits', async () => {
    await queue.enqueue(page([seen('r1')]), 'news');
    const { fake, run } = start(
      { [REWARDS]: () => json(page([seen('r2')])) },
      sessionOf({ role: 'support' }),
    );
    expect(await run()).toMatchObject({ skipped: 'support', found: 1, credited: 0 });
    expect(fake.asked.map(({ path }) => path)).toEqual(['/test/rewards']);
    expect(await states()).toEqual({ r1: 'ready', r2: 'ready' });
  });

  test('two drains at once: the second does nothing', async () => {
    await queue.enqueue(page([seen('r1')]), 'news');
    const reached = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const { fake, run } = start({
      [LEASE]: async () => {
        reached.resolve();
        await goOn.promise;
        return mine();
      },
    });
    const first = run();
    await reached.promise;
    expect(await run()).toEqual({ skipped: 'already_running', found: 0, credited: 0, problem: null });
    expect(fake.asked.map(({ path }) => path)).toEqual(['/test/rewards', '/test/lease']);
    goOn.resolve();
    expect(await first).toMatchObject({ skipped: null, credited: 1 });
    expect(fake.to(CREDITS)).toHaveLength(1);
  });

  test('a browser without the lease finds and credits nothing', async () => {
    await queue.enqueue(page([seen('r1')]), 'news');
    const taken = () => json({ holder: { id: 'b2', name: 'other' }, until: NOON, mine: false });
    const { fake, run } = start({ [LEASE]: taken });
    expect(await run()).toMatchObject({ skipped: 'lease_taken' });
    expect(fake.asked.map((asked) => asked.path)).toEqual(['/test/rewards', '/test/lease']);
    expect(await states()).toEqual({ r1: 'ready' });
  });

  test('without the lease a browser finishes what it had begun, and does what a person asked for there', async () => {
    await queue.enqueue(page([seen('begun')]), 'news');
    await queue.claim(1);
    now += LEASE_MS;
    const owed = seen('owed', { state: 'credited', reason: 'redeem_pending' });
    const asked = seen('asked', { state: 'held', reason: 'stripe_refused' });
    await queue.enqueue(page([owed, asked, seen('due')]), 'news');
    expect(await queue.release('asked')).toBe(true);
    const taken = () => json({ holder: { id: 'b2', name: 'other' }, until: NOON, mine: false });
    const { fake, run } = start({ [LEASE]: taken });
    expect(await run()).toMatchObject({ skipped: 'lease_taken', problem: null });
    expect(fake.to(CREDITS).flatMap(rewardsIn).sort()).toEqual(['asked', 'begun', 'owed']);
    expect((await states()).due).toBe('ready');
  });

  test('what another browser settled is redeemed here too, however it stood, and is not this one’s credit', async () => {
    const stood = ['ready', 'waiting', 'held'] as const;
    const reasons = { ready: null, waiting: 'not_linked', held: 'stripe_refused' } as const;
    await queue.enqueue(page(stood.map((state) => seen(state, { state, reason: reasons[state] }))), 'news');
    await queue.enqueue(page([seen('crediting')]), 'news');
    const there = [...stood, 'crediting'].map((id) => seen(id, { state: 'redeemed' }));
    const taken = () => json({ holder: { id: 'b2', name: 'other' }, until: NOON, mine: false });
    await queue.claim(1);
    await start({ [LEASE]: taken, [REWARDS]: () => json(page(there)) }).run();
    expect(new Set(Object.values(await states()))).toEqual(new Set(['redeemed']));
    expect((await queue.summary()).creditedToday).toEqual([]);
  });

  test('a support browser says that credits are paused, as every other does', async () => {
    const { run } = start(
      { [REWARDS]: () => json(page([seen('r1')])) },
      sessionOf({ role: 'support', paused: true }),
    );
    await run();
    expect(await queue.row('r1')).toMatchObject({ state: 'waiting', reason: 'paused' });
  });

  test('paused: rewards are found and say so, nothing is credited; turned on, they go through', async () => {
    const rewards = () => json(page([seen('r1')]));
    const paused = start({ [REWARDS]: rewards }, sessionOf({ paused: true }));
    expect(await paused.run()).toMatchObject({ skipped: 'paused', found: 1, credited: 0 });
    expect(paused.fake.to(CREDITS)).toEqual([]);
    expect(await queue.row('r1')).toMatchObject({ state: 'waiting', reason: 'paused' });
    expect(await start({}).run()).toMatchObject({ credited: 1 });
  });

  test('not connected: the queue is kept and says so; connected, it goes through', async () => {
    await queue.enqueue(page([seen('r1')]), 'news');
    const off = start({}, sessionOf({ connected: false }));
    expect(await off.run()).toMatchObject({ skipped: 'not_connected' });
    expect(off.fake.to(CREDITS)).toEqual([]);
    expect(await queue.row('r1')).toMatchObject({ state: 'waiting', reason: 'not_connected' });
    expect(await start({}).run()).toMatchObject({ credited: 1 });
  });

  test('units added anywhere: what waited for them goes on, and everything is looked at again', async () => {
    await start({}, sessionOf({ units: ['A/USD'] })).run();
    await queue.enqueue(page([seen('r1', { state: 'waiting', reason: 'unit_not_configured' })]), 'news');
    const { fake, run } = start({}, sessionOf({ version: 2, units: ['A/USD', 'STRIPE/USD'] }));
    expect(await run()).toMatchObject({ credited: 1 });
    expect(fake.to(REWARDS)[0]?.query.get('after')).toBeNull();
  });
});

describe('when something breaks', () => {
  test('a cut stream leaves the rest of the batch leased, not lost', async () => {
    await queue.enqueue(page([seen('r1'), seen('r2'), seen('r3')]), 'news');
    const cut = start({ [CREDITS]: (_, signal) => lines([outcome('r1')], 'cut', signal) });
    const done = await cut.run();
    expect(done).toMatchObject({ credited: 1, problem: { code: 'proxy_unreachable' } });
    expect(await states()).toEqual({ r1: 'redeemed', r2: 'crediting', r3: 'crediting' });

    const next = start({});
    await next.run();
    expect(next.fake.to(CREDITS)).toEqual([]);
    now += LEASE_MS;
    await next.run();
    expect(next.fake.to(CREDITS).map(rewardsIn)).toEqual([['r2', 'r3']]);
    expect(await states()).toEqual({ r1: 'redeemed', r2: 'redeemed', r3: 'redeemed' });
  });

  test('what a dead worker of this browser held is asked for again at once, and may turn out to be busy', async () => {
    const dead = openQueue({ mode: 'test', boot: 'boot-0', now: () => now });
    await dead.enqueue(
      page([seen('r1'), seen('r2', { state: 'credited', reason: 'redeem_pending' })]),
      'news',
    );
    await dead.claim(10);
    const retryAt = now + 20_000;
    const busy = { state: 'waiting' as const, reason: 'busy' as const, retryAt, ...unpaid };
    const { fake, run } = start({
      [CREDITS]: (asked, signal) =>
        lines(
          rewardsIn(asked).map((id) => outcome(id, busy)),
          'close',
          signal,
        ),
    });
    await run();
    expect(fake.to(CREDITS).map(rewardsIn)).toEqual([['r1', 'r2']]);
    expect(await queue.row('r1')).toMatchObject({ state: 'waiting', reason: 'busy', dueAt: retryAt });
    // The credit is a fact, whatever the proxy is at now.
    expect(await queue.row('r2')).toMatchObject({ state: 'credited', dueAt: now + LEASE_MS });
    await run();
    expect(fake.to(CREDITS)).toHaveLength(1);
  });

  test('a stream that ends early, or in the middle of a line, pays nobody on its word', async () => {
    for (const [id, said] of [
      ['silent', []],
      ['half', [JSON.stringify(outcome('half'))]],
    ] as const) {
      await queue.enqueue(page([seen(id)]), 'news');
      const { run } = start({ [CREDITS]: (_, signal) => lines([...said], 'close', signal) });
      expect(await run()).toMatchObject({ credited: 0, problem: { code: 'proxy_unexpected' } });
      expect((await states())[id]).toBe('crediting');
    }
  });

  test.each([
    ['not JSON', 'oops\n'],
    ['an unknown state', { ...outcome('r1'), state: 'paid' }],
    ['an amount that is no integer', { ...outcome('r1'), money: { amount: 20.5, currency: 'USD' } }],
    ['a reward that was not asked for', outcome('r9')],
    ['a dry run’s word', outcome('r1', { state: 'ready' })],
    ['a hold that does not say why', outcome('r1', { state: 'held', ...unpaid })],
  ])('a line that is not an outcome settles nothing: %s', async (_, line) => {
    await queue.enqueue(page([seen('r1'), seen('r2')]), 'news');
    const { run } = start({
      [CREDITS]: (_asked, signal) => lines([outcome('r2'), line, outcome('r1')], 'close', signal),
    });
    expect(await run()).toMatchObject({ problem: { code: 'proxy_unexpected' } });
    expect(await states()).toEqual({ r1: 'crediting', r2: 'redeemed' });
  });

  test('a slow disk is not a proxy that stalls', async () => {
    const rewards = ['r1', 'r2', 'r3'];
    await queue.enqueue(page(rewards.map((id) => seen(id))), 'news');
    const slow: Queue = {
      ...queue,
      async settle(line) {
        // Longer than the whole patience with the proxy.
        await new Promise((later) => setTimeout(later, times.stall * 1.5));
        return queue.settle(line);
      },
    };
    expect(await start({}, sessionOf(), { queue: slow }).run()).toMatchObject({ credited: 3, problem: null });
  });

  test('a stream that stalls is given up, and what came before counts', async () => {
    await queue.enqueue(page([seen('r1'), seen('r2')]), 'news');
    const { run } = start({ [CREDITS]: (_, signal) => lines([outcome('r1')], 'hang', signal) });
    expect(await run()).toMatchObject({ credited: 1, problem: { code: 'proxy_unreachable' } });
    expect(await states()).toEqual({ r1: 'redeemed', r2: 'crediting' });
  });

  test('a proxy that takes the batch and never answers leaves it leased', async () => {
    await queue.enqueue(page([seen('r1')]), 'news');
    const { run } = start({ [CREDITS]: () => new Promise<Response>(() => {}) });
    expect(await run()).toMatchObject({ problem: { code: 'proxy_unreachable' } });
    expect(await states()).toEqual({ r1: 'crediting' });
  });

  test.each([
    ['nothing listens', () => Promise.reject(new TypeError('Failed to fetch')), 'proxy_unreachable'],
    ['Advocate is away', () => problem('advocate_unreachable', 503), 'advocate_unreachable'],
    ['slow down', () => problem('rate_limited', 503), 'rate_limited'],
    ['the lease went', () => problem('lease_taken', 409), 'busy'],
    ['a gateway’s page', () => new Response('<html>', { status: 502 }), 'proxy_unreachable'],
  ] as const)('a refused batch waits and shows its next try: %s', async (_, answer, reason) => {
    await queue.enqueue(page([seen('r1')]), 'news');
    const { run } = start({ [CREDITS]: answer });
    expect((await run()).problem).not.toBeNull();
    const row = await queue.row('r1');
    expect(row).toMatchObject({ state: 'waiting', reason, attempt: 1 });
    expect(row?.dueAt).toBeGreaterThan(now);
  });

  test('a page that does not fit the contract moves neither rows nor place', async () => {
    const wrong = {
      ...page([seen('r1')]),
      rewards: [{ ...seen('r1'), money: { amount: 1.5, currency: 'USD' } }],
    };
    const { run } = start({ [REWARDS]: () => json(wrong) });
    expect(await run()).toMatchObject({ found: 0, problem: { code: 'proxy_unexpected' } });
    expect(await queue.rows()).toEqual([]);
    expect((await queue.cursors()).news).toBeNull();
  });

  test('a place the proxy no longer knows starts again from the beginning', async () => {
    await queue.remember('basis', JSON.stringify([['STRIPE/USD'], 'acct_1']));
    await queue.enqueue(page([seen('r1')], { after: 'old' }), 'news');
    const { run } = start({
      [REWARDS]: ({ query }) =>
        query.get('after') === 'old'
          ? problem('cursor_invalid', 400)
          : json(page([seen('r2')], { after: 'new' })),
    });
    expect(await run()).toMatchObject({ problem: null, found: 1 });
    expect((await queue.cursors()).news).toBe('new');
  });

  test('pages that never end are noticed', async () => {
    const { run } = start({ [REWARDS]: () => json(page([], { after: 'same', more: true })) });
    expect(await run()).toMatchObject({ problem: { code: 'proxy_unexpected' } });
  });

  test('a token the proxy does not know is reported, and the queue is kept', async () => {
    await queue.enqueue(page([seen('r1')]), 'news');
    const onRefused = vi.fn();
    const fake = fakeProxy({ [REWARDS]: () => problem('unauthorized', 401) });
    const proxy = proxyClient({
      origin: 'http://localhost',
      token: 'secret-token',
      fetch: fake.fetch,
      onRefused,
    });
    const done = await drain({ mode: 'test', queue, proxy, session: sessionOf() });
    expect(done.problem?.code).toBe('unauthorized');
    expect(onRefused).toHaveBeenCalledOnce();
    expect(JSON.stringify(done)).not.toContain('secret-token');
    expect(await states()).toEqual({ r1: 'ready' });
  });

  test('a 401 that is not the proxy’s own word unpairs nobody', async () => {
    const onRefused = vi.fn();
    const fake = fakeProxy({ [REWARDS]: () => new Response('login first', { status: 401 }) });
    const proxy = proxyClient({
      origin: 'http://localhost',
      token: 'secret-token',
      fetch: fake.fetch,
      onRefused,
    });
    const done = await drain({ mode: 'test', queue, proxy, session: sessionOf() });
    expect(done.problem?.code).toBe('proxy_unexpected');
    expect(onRefused).not.toHaveBeenCalled();
  });
});
