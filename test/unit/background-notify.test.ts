import { beforeEach, describe, expect, test, vi } from 'vitest';
import { createNotifier, type NotifierApi } from '../../src/background/notify.ts';
import { openQueue } from '../../src/background/queue.ts';
import type { Session } from '../../src/contract/routes.ts';
import type { Mode } from '../../src/contract/words.ts';
import {
  emptyDisk,
  fakeStorageArea,
  NOON,
  outcome,
  page,
  seen,
  sessionOf,
  unpaid,
} from './background-fakes.ts';
import { rowsRead } from './rows-read.ts';

beforeEach(emptyDisk);

type Notifications = Required<NotifierApi>['notifications'];

/** The parts of a browser that tell people something. */
function fakeNotifications() {
  const shown: { id: string; title: string }[] = [];
  const opened: string[] = [];
  const windowed: string[] = [];
  const cleared: string[] = [];
  const create: Notifications['create'] = async (id, options) => {
    shown.push({ id, title: options.title });
    return id;
  };
  const clear: Notifications['clear'] = async (id) => cleared.push(id) > 0;
  return {
    shown,
    opened,
    windowed,
    cleared,
    runtime: { getURL: (path: string) => `chrome-extension://abcdef/${path}` },
    notifications: { create, clear },
    tabs: {
      create: vi.fn(async ({ url = '' }: { url?: string }) => {
        opened.push(url);
        return TAB;
      }),
    },
    windows: {
      create: async ({ url }: { url?: string | string[] } = {}) => {
        windowed.push(String(url));
        return WINDOW;
      },
    },
  };
}
const TAB = { index: 0, highlighted: true, active: true, pinned: false, incognito: false };
const WINDOW = { focused: true, incognito: false, alwaysOnTop: false };

const paired = { proxy: 'https://p', role: 'admin' as const, browserName: 'b' };
const held = (...ids: string[]) =>
  page(ids.map((id) => seen(id, { state: 'held', reason: 'stripe_refused' })));

const many = (start: string, count: number) => Array.from({ length: count }, (_, at) => `${start}${at}`);

/** A notifier on the disk that stands; a second one is the same worker, started anew. */
function open({
  api,
  session = sessionOf(),
  now = NOON,
  local = fakeStorageArea(),
}: {
  api?: ReturnType<typeof fakeNotifications>;
  session?: Session;
  now?: number;
  local?: ReturnType<typeof fakeStorageArea>;
} = {}) {
  const fake = api ?? fakeNotifications();
  const queues = {
    test: openQueue({ mode: 'test', boot: 'b' }),
    live: openQueue({ mode: 'live', boot: 'b' }),
  };
  const chosen: Mode[] = [];
  const cached: { session: Session; at: number } = { session, at: now };
  const notifier = createNotifier({
    api: fake,
    local,
    pairing: { current: async () => paired },
    session: {
      cached: async () => cached,
      chooseMode: async (mode) => {
        chosen.push(mode);
      },
    },
    queues,
    changed: () => undefined,
    now: () => now,
  });
  return { ...notifier, api: fake, queues, chosen, local };
}

describe('a reward that is newly held', () => {
  test('is told once, also by a worker that was started anew', async () => {
    const first = open();
    await first.queues.test.enqueue(held('r1'), 'news');
    await first.look();
    await first.look();
    const second = open({ api: first.api });
    await second.look();
    expect(first.api.shown.map(({ id }) => id)).toEqual(['test/held/r1']);
  });

  test('is told once by two looks at once', async () => {
    const { look, queues, api } = open();
    await queues.test.enqueue(held('r1'), 'news');
    await Promise.all([look(), look()]);
    expect(api.shown).toHaveLength(1);
  });

  test('is written down before it is shown: a worker that dies in between tells it no second time', async () => {
    const { look, queues, api } = open();
    await queues.test.enqueue(held('r1'), 'news');
    const show = api.notifications.create;
    const known: unknown[] = [];
    api.notifications.create = async (...given) => {
      known.push((await queues.test.row('r1'))?.told);
      return show(...given);
    };
    await look();
    expect(known).toEqual([['stripe_refused']]);
  });

  test('with many others is one notice, and none of them comes again', async () => {
    const { look, queues, api } = open();
    await queues.test.enqueue(held(...many('r', 650)), 'news');
    await look();
    await look();
    expect(api.shown.map(({ title }) => title)).toEqual(['650 rewards need a person']);
  });

  test('is told behind many that are known, though it was earned before all of them', async () => {
    const { look, queues, api } = open();
    await queues.test.enqueue(held(...many('r', 120)), 'news');
    await look();
    const old = seen('old', { state: 'held', reason: 'stripe_refused', earnedAt: NOON - 30 * 86_400_000 });
    await queues.test.enqueue(page([old]), 'news');
    await look();
    expect(api.shown.map(({ id }) => id)).toEqual(['test/held', 'test/held/old']);
  });

  test('in quiet hours is told after them, though many were dismissed since', async () => {
    const night = open({ now: new Date(2026, 5, 15, 23).getTime() });
    await night.queues.test.enqueue(held('r1'), 'news');
    await night.look();
    const bulk = many('d', 120);
    await night.queues.test.enqueue(page(bulk.map((id) => seen(id))), 'news');
    for (const id of bulk) await night.queues.test.keepBack(id, 'dismissed');
    expect(night.api.shown).toEqual([]);
    const morning = open({ now: new Date(2026, 5, 16, 8).getTime() });
    await morning.look();
    await morning.look();
    expect(morning.api.shown.map(({ id }) => id)).toEqual(['test/held/r1']);
  });

  test('for another reason is told again, also behind many that are known, and for one that was told is not', async () => {
    const { look, queues, api } = open();
    await queues.test.enqueue(held('a1', ...many('r', 120)), 'news');
    await look();
    for (const reason of ['currency_unsupported', 'stripe_refused'] as const) {
      await queues.test.enqueue(page([seen('a1', { state: 'held', reason })]), 'news');
      await look();
    }
    expect(api.shown.map(({ id }) => id)).toEqual(['test/held', 'test/held/a1']);
  });

  test('is told once, also when it was tried again meanwhile and is held for the same reason', async () => {
    const { look, queues, api } = open();
    await queues.test.enqueue(held('r1'), 'news');
    await look();
    await queues.test.release('r1');
    await look();
    await queues.test.claim(1);
    await queues.test.settle(outcome('r1', { ...unpaid, state: 'held', reason: 'stripe_refused' }));
    await look();
    expect(await queues.test.row('r1')).toMatchObject({ state: 'held' });
    expect(api.shown).toHaveLength(1);
  });

  test('is told in each mode', async () => {
    const { look, queues, api } = open();
    await queues.test.enqueue(held('r1'), 'news');
    await look();
    await queues.live.enqueue(held('r1'), 'news');
    await look();
    expect(api.shown.map(({ id }) => id)).toEqual(['test/held/r1', 'live/held/r1']);
  });

  test('is told although the other mode cannot be read', async () => {
    const { look, queues, api } = open();
    await queues.test.enqueue(held('r1'), 'news');
    queues.live.takeUntold = async () => Promise.reject(new Error('The disk is full.'));
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    await look();
    expect(api.shown.map(({ id }) => id)).toEqual(['test/held/r1']);
    expect(said).toHaveBeenCalledOnce();
    said.mockRestore();
  });

  test('costs a look no row when there is none, however many are known or dismissed', async () => {
    const { look, queues, api } = open();
    await queues.test.enqueue(held(...many('r', 300)), 'news');
    await queues.test.enqueue(
      page(many('d', 300).map((id) => seen(id, { state: 'held', reason: 'dismissed' }))),
      'news',
    );
    await look();
    expect(await rowsRead(look)).toBe(0);
    expect(api.shown).toHaveLength(1);
  });
});

describe('nobody is told', () => {
  test.each(['held_by_hand', 'dismissed'] as const)('what an admin did: %s', async (reason) => {
    const { look, queues, api } = open();
    await queues.test.enqueue(page([seen('r1', { state: 'held', reason }), seen('r2')]), 'news');
    await queues.test.keepBack('r2', reason);
    await look();
    expect(api.shown).toEqual([]);
  });

  test('what was mended in quiet hours', async () => {
    const night = open({ now: new Date(2026, 5, 15, 23).getTime() });
    await night.queues.test.enqueue(held('r1'), 'news');
    await night.look();
    await night.queues.test.enqueue(page([seen('r1')]), 'news');
    const morning = open({ now: new Date(2026, 5, 16, 8).getTime() });
    await morning.look();
    expect(morning.api.shown).toEqual([]);
  });

  const lost = () => {
    const session = sessionOf();
    session.modes.test.stripe = {
      ...session.modes.test.stripe,
      connected: false,
      broken: 'Access was revoked.',
    };
    return session;
  };

  test('who is no admin', async () => {
    const { look, queues, api } = open({ session: { ...lost(), role: 'support' } });
    await queues.test.enqueue(held('r1'), 'news');
    await look();
    expect(api.shown).toEqual([]);
  });

  test('of a mode that was never turned on', async () => {
    const session = lost();
    session.modes.test.settings.turnedOnAt = null;
    const { look, queues, api } = open({ session });
    await queues.test.enqueue(held('r1'), 'news');
    await look();
    expect(api.shown).toEqual([]);
  });

  test('of a connection that an admin ended', async () => {
    const { look, api } = open({ session: sessionOf({ connected: false }) });
    await look();
    expect(api.shown).toEqual([]);
  });

  test('by a browser without notifications, and nothing fails', async () => {
    const { look, clicked, queues, api } = open();
    Reflect.deleteProperty(api, 'notifications');
    await queues.test.enqueue(held('r1'), 'news');
    await look();
    await clicked('test/held/r1');
    expect(api.opened).toHaveLength(1);
  });

  test('a second time, because showing it failed', async () => {
    const { look, queues, api } = open();
    await queues.test.enqueue(held('r1'), 'news');
    const refuse = vi.fn(async () => Promise.reject(new Error('Notifications are off.')));
    api.notifications.create = refuse;
    await look();
    await look();
    expect(refuse).toHaveBeenCalledTimes(1);
  });
});

test('a lost connection is told, and in quiet hours only after them', async () => {
  const session = sessionOf();
  session.modes.test.stripe = {
    ...session.modes.test.stripe,
    connected: false,
    broken: 'Access was revoked.',
  };
  const night = open({ session, now: new Date(2026, 5, 15, 23).getTime() });
  await night.look();
  expect(night.api.shown).toEqual([]);
  const morning = open({ session, now: new Date(2026, 5, 16, 7).getTime() });
  await morning.look();
  expect(morning.api.shown.map(({ id }) => id)).toEqual(['test/lost']);
});

test('quiet hours are from 22 to 7 until somebody says otherwise, and what they say lasts', async () => {
  const first = open();
  expect(await first.quiet()).toEqual({ from: 22, to: 7 });
  await first.setQuiet(null);
  expect(await open({ local: first.local }).quiet()).toBeNull();
  await first.setQuiet({ from: 1, to: 5 });
  expect(await open({ local: first.local }).quiet()).toEqual({ from: 1, to: 5 });
});

describe('a click on it opens the dashboard', () => {
  test.each([
    ['live/held/r1', 'live', '#/rewards/r1'],
    ['test/held', 'test', '#/rewards?state=held'],
    ['live/lost', 'live', '#/health'],
  ])('%s', async (id, mode, hash) => {
    const { clicked, api, chosen } = open();
    await clicked(id);
    expect(chosen).toEqual([mode]);
    expect(api.opened).toEqual([`chrome-extension://abcdef/dashboard/index.html${hash}`]);
    expect(api.cleared).toEqual([id]);
  });

  test('in a window of its own, where none is open', async () => {
    const { clicked, api } = open();
    api.tabs.create.mockRejectedValue(new Error('No current window'));
    await clicked('live/lost');
    expect(api.windowed).toEqual(['chrome-extension://abcdef/dashboard/index.html#/health']);
  });

  test('and nothing else does', async () => {
    const { clicked, api, chosen } = open();
    await clicked('somebody else’s');
    expect([api.opened, chosen]).toEqual([[], []]);
  });
});
