import { beforeEach, describe, expect, test, vi } from 'vitest';
import { openQueue, type Queue } from '../../src/background/queue.ts';
import { LEASE_MS } from '../../src/background/queue-row.ts';
import { emptyDisk, NOON, outcome, page, seen, unpaid } from './background-fakes.ts';

let now = NOON;
const boot = (name: string) => openQueue({ mode: 'test', boot: name, now: () => now, random: () => 0.5 });
let queue: Queue;

beforeEach(() => {
  emptyDisk();
  now = NOON;
  queue = boot('boot-1');
});

const standing = async (reward: string) => (await queue.row(reward))?.state;
const claimed = async (of = queue) => (await of.claim(100)).map((row) => row.reward);

describe('claims', () => {
  test('a reward claimed by a worker that died is taken again after its lease', async () => {
    await queue.enqueue(page([seen('r1')]), 'news');
    expect(await claimed()).toEqual(['r1']);
    await queue.close();

    const next = boot('boot-2');
    now += LEASE_MS - 1;
    expect(await claimed(next)).toEqual([]);
    now += 1;
    expect(await claimed(next)).toEqual(['r1']);
    const row = await next.row('r1');
    expect(row).toMatchObject({ state: 'crediting', leasedBy: 'boot-2', attempt: 2 });
    expect(row?.history.at(-1)).toMatchObject({ why: 'lease_ran_out', who: 'worker' });
  });

  test('a claim takes at most as many as asked, the longest due first, and none twice', async () => {
    await queue.enqueue(page([seen('r2')]), 'news');
    now += 1;
    await queue.enqueue(page([seen('r1'), seen('r3')]), 'news');
    expect((await queue.claim(2)).map((row) => row.reward)).toEqual(['r2', 'r1']);
    expect(await claimed()).toEqual(['r3']);
    expect(await claimed()).toEqual([]);
  });

  test('a waiting reward is taken when its time comes, and one without a time is not', async () => {
    await queue.enqueue(page([seen('r1'), seen('r2', { state: 'waiting', reason: 'not_linked' })]), 'news');
    await queue.claim(100);
    const later = { state: 'waiting', reason: 'over_cap', retryAt: NOON + 60_000, ...unpaid } as const;
    await queue.settle(outcome('r1', later));
    now = NOON + 59_999;
    expect(await claimed()).toEqual([]);
    now = NOON + 60_000;
    expect(await claimed()).toEqual(['r1']);
  });

  test('a credited reward stays credited while its redemption is tried again', async () => {
    await queue.enqueue(page([seen('r1')]), 'news');
    await queue.claim(100);
    await queue.settle(outcome('r1', { state: 'credited', reason: 'redeem_pending' }));
    now += 15 * 60_000;
    expect(await claimed()).toEqual(['r1']);
    expect(await queue.row('r1')).toMatchObject({
      state: 'credited',
      leasedBy: 'boot-1',
      creditId: 'cbtxn_r1',
    });
    await queue.settle(outcome('r1'));
    expect(await standing('r1')).toBe('redeemed');
  });

  test('a lease written by a clock that ran ahead does not keep a reward for ever', async () => {
    now = NOON + 365 * 86_400_000;
    await queue.enqueue(page([seen('r1')]), 'news');
    await queue.claim(1);
    now = NOON;
    expect(await claimed()).toEqual(['r1']);
  });

  test('a retry time in the past cannot make the same reward due at once, over and over', async () => {
    await queue.enqueue(page([seen('r1')]), 'news');
    await queue.claim(1);
    await queue.settle(outcome('r1', { state: 'waiting', reason: 'rate_limited', retryAt: 0, ...unpaid }));
    expect(await claimed()).toEqual([]);
  });

  test.each([
    ['release', 'stripe_refused'],
    ['confirmCurrency', 'currency_unset'],
    ['releaseCap', 'over_cap_reward'],
  ] as const)('what a person asked for is begun once, lease or not: %s', async (wish, reason) => {
    await queue.enqueue(page([seen('live')]), 'news');
    await queue.claim(1);
    await queue.enqueue(page([seen('asked', { state: 'held', reason }), seen('due')]), 'news');
    const begun = async () => (await queue.claim(100, 'begun')).map(({ reward }) => reward);
    expect(await begun()).toEqual([]);
    expect(await queue[wish]('asked')).toBe(true);
    expect(await begun()).toEqual(['asked']);
    await queue.settle(outcome('asked', { state: 'held', reason: 'customer_missing', ...unpaid }));
    await queue.enqueue(page([seen('asked')]), 'news');
    expect(await standing('asked')).toBe('ready');
    expect(await begun()).toEqual([]);
  });

  test('what a person asked for is begun, though there was no room for it at first', async () => {
    await queue.enqueue(page([seen('asked', { state: 'held', reason: 'stripe_refused' })]), 'news');
    now += 1;
    await queue.enqueue(page([seen('owed', { state: 'credited' }), seen('due')]), 'news');
    expect(await queue.release('asked')).toBe(true);
    expect((await queue.claim(1, 'begun')).map(({ reward }) => reward)).toEqual(['owed']);
    expect((await queue.claim(1, 'begun')).map(({ reward }) => reward)).toEqual(['asked']);
    expect(await queue.claim(1, 'begun')).toEqual([]);
  });

  test('what a person asked for is begun here, though another browser took over before its turn came', async () => {
    const held = { state: 'held', reason: 'stripe_refused' } as const;
    await queue.enqueue(page([seen('r1'), seen('asked', held)]), 'news');
    now += 1;
    expect(await queue.release('asked')).toBe(true);
    expect((await queue.claim(1, 'due')).map(({ reward }) => reward)).toEqual(['r1']);
    expect((await queue.claim(100, 'begun')).map(({ reward }) => reward)).toEqual(['asked']);
  });

  test('claims, pages and outcomes are written strictly', async () => {
    const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction');
    await queue.enqueue(page([seen('r1')]), 'news');
    await queue.claim(1);
    await queue.settle(outcome('r1'));
    const writes = transaction.mock.calls.filter(([, access]) => access === 'readwrite');
    transaction.mockRestore();
    expect(writes).toHaveLength(3);
    for (const [, , options] of writes) expect(options).toEqual({ durability: 'strict' });
  });
});

describe('pages', () => {
  test('a page whose rewards lie far apart among many others finds each that is there, and makes none twice', async () => {
    const ids = Array.from({ length: 60 }, (_, n) => `r${String(n).padStart(2, '0')}`);
    await queue.enqueue(page(ids.map((id) => seen(id))), 'news');
    const [first, middle, last] = ['r00', 'r30', 'r59'];
    await queue.claim(100);
    const { found } = await queue.enqueue(
      page([first, middle, last, 'r30-new'].map((id) => seen(id))),
      'news',
    );
    expect(found).toBe(1);
    for (const id of [first, middle, last]) expect(await standing(id)).toBe('crediting');
    expect(await standing('r30-new')).toBe('ready');
  });

  test('a page whose rewards lie together among others touches only its own', async () => {
    await queue.enqueue(page(['r1', 'r2', 'r4', 'r5'].map((id) => seen(id))), 'news');
    await queue.claim(100);
    const told = seen('r2', { state: 'redeemed' });
    expect((await queue.enqueue(page([told, seen('r3'), seen('r4')]), 'news')).found).toBe(1);
    expect(await Promise.all(['r1', 'r2', 'r3', 'r4', 'r5'].map(standing))).toEqual([
      'crediting',
      'redeemed',
      'ready',
      'crediting',
      'crediting',
    ]);
  });

  test.each([
    seen('r1', { state: 'waiting', reason: 'not_linked' }),
    seen('r1', { state: 'held', reason: 'link_invalid' }),
    seen('r1', { state: 'cancelled', reason: 'expired' }),
    seen('r1', { state: 'credited', reason: 'redeem_pending' }),
    seen('r1'),
  ])('a row that is being credited is never set back by a page of rewards: $state', async (word) => {
    await queue.enqueue(page([seen('r1')]), 'news');
    await queue.claim(1);
    const before = await queue.row('r1');
    await queue.enqueue(page([word]), 'news');
    expect(await queue.row('r1')).toEqual(before);
  });

  test('a credited row is not set back either, and a redeemed row hears no more words', async () => {
    await queue.enqueue(page([seen('r1'), seen('r2')]), 'news');
    await queue.claim(2);
    await queue.settle(outcome('r1', { state: 'credited', reason: 'redeem_pending' }));
    await queue.settle(outcome('r2'));
    await queue.enqueue(page([seen('r1'), seen('r2', { state: 'cancelled', reason: 'gone' })]), 'news');
    expect([await standing('r1'), await standing('r2')]).toEqual(['credited', 'redeemed']);
  });

  test('the ledger saying redeemed settles a row wherever it stands', async () => {
    await queue.enqueue(page([seen('r1'), seen('r2', { state: 'held', reason: 'link_invalid' })]), 'news');
    await queue.claim(1);
    await queue.enqueue(page([seen('r1', { state: 'redeemed' }), seen('r2', { state: 'redeemed' })]), 'news');
    expect([await standing('r1'), await standing('r2')]).toEqual(['redeemed', 'redeemed']);
    now += LEASE_MS;
    expect(await claimed()).toEqual([]);
  });

  test('the cursor moves only with its page', async () => {
    await queue.enqueue(page([seen('r1')], { after: 'c1' }), 'news');
    const broken = seen('r2');
    Object.defineProperty(broken, 'facts', { value: () => 'cannot be stored' });
    await expect(queue.enqueue(page([seen('r3'), broken], { after: 'c2' }), 'news')).rejects.toThrow();
    expect((await queue.cursors()).news).toBe('c1');
    expect(await queue.row('r3')).toBeUndefined();
    expect((await queue.summary()).counts.ready).toBe(1);
    await queue.enqueue(page([seen('r2'), seen('r3')], { after: 'c2' }), 'news');
    expect((await queue.cursors()).news).toBe('c2');
  });

  test('a full look has a place of its own and does not move the place of the news', async () => {
    await queue.enqueue(page([seen('r1')], { after: 'news-1' }), 'news');
    await queue.startFullLook();
    expect(await queue.cursors()).toMatchObject({ news: 'news-1', full: '' });
    await queue.enqueue(page([seen('r1')], { after: 'full-1', more: true }), 'full');
    expect(await queue.cursors()).toMatchObject({ news: 'news-1', full: 'full-1' });
    now += 5;
    await queue.enqueue(page([], { after: 'full-2' }), 'full');
    expect(await queue.cursors()).toEqual({ news: 'news-1', full: null, fullLookAt: NOON + 5 });
  });

  test('news wakes a held reward; the same word in a full look does not', async () => {
    await queue.enqueue(page([seen('r1')]), 'news');
    await queue.claim(1);
    await queue.settle(outcome('r1', { state: 'held', reason: 'stripe_refused', ...unpaid }));
    await queue.enqueue(page([seen('r1')]), 'full');
    expect(await standing('r1')).toBe('held');
    await queue.enqueue(page([seen('r1')]), 'news');
    expect(await standing('r1')).toBe('ready');
  });

  test('a reward that its own note brings back is tried ever more slowly, not in a loop', async () => {
    await queue.enqueue(page([seen('r1')]), 'news');
    const pauses: number[] = [];
    for (let round = 0; round < 8; round++) {
      const [row] = await queue.claim(1);
      expect(row?.reward).toBe('r1');
      await queue.settle(outcome('r1', { state: 'held', reason: 'stripe_refused', ...unpaid }));
      await queue.enqueue(page([seen('r1')]), 'news');
      expect(await claimed()).toEqual([]);
      const dueAt = (await queue.row('r1'))?.dueAt ?? 0;
      pauses.push(dueAt - now);
      now = dueAt;
    }
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(15 * 60_000);
    expect(pauses[7]).toBeGreaterThan(5 * 60_000);
  });

  test('a link made elsewhere sends a waiting reward on at once', async () => {
    await queue.enqueue(page([seen('r1', { state: 'waiting', reason: 'not_linked' })]), 'news');
    expect(await claimed()).toEqual([]);
    await queue.enqueue(page([seen('r1')]), 'news');
    expect(await claimed()).toEqual(['r1']);
  });

  test('cancelled in Advocate before any credit, and taken back again', async () => {
    await queue.enqueue(page([seen('r1')]), 'news');
    await queue.enqueue(page([seen('r1', { state: 'cancelled', reason: 'cancelled_in_advocate' })]), 'news');
    expect(await claimed()).toEqual([]);
    await queue.enqueue(page([seen('r1')]), 'news');
    expect(await claimed()).toEqual(['r1']);
  });

  test('another browser’s credit whose redemption is owed is finished here', async () => {
    await queue.enqueue(page([seen('new', { state: 'credited', reason: 'redeem_pending' })]), 'news');
    await queue.enqueue(page([seen('old', { state: 'waiting', reason: 'not_linked' })]), 'news');
    await queue.enqueue(page([seen('old', { state: 'credited', reason: 'redeem_pending' })]), 'news');
    expect((await claimed()).sort()).toEqual(['new', 'old']);
  });
});

describe('outcomes', () => {
  test('an outcome line is settled once even if it comes twice', async () => {
    await queue.enqueue(page([seen('r1')]), 'news');
    await queue.claim(1);
    expect(await queue.settle(outcome('r1'))).toBe(true);
    const after = await queue.row('r1');
    expect(await queue.settle(outcome('r1'))).toBe(false);
    expect(await queue.row('r1')).toEqual(after);
    expect((await queue.summary()).creditedToday).toEqual([{ amount: 2000, currency: 'USD' }]);
  });

  test('outcomes that come at once are settled together, each by its own line and in their order', async () => {
    const ids = Array.from({ length: 50 }, (_, n) => `r${n}`);
    await queue.enqueue(page(ids.map((id) => seen(id))), 'news');
    await queue.claim(100);
    const transactions = vi.spyOn(IDBDatabase.prototype, 'transaction');
    const later = { state: 'waiting', reason: 'over_cap', retryAt: now + 60_000, ...unpaid } as const;
    const changed = await Promise.all([
      ...ids.slice(1).map((id) => queue.settle(outcome(id))),
      queue.settle(outcome('r0', { state: 'credited', reason: 'redeem_pending' })),
      queue.settle(outcome('r0')),
      queue.settle(outcome('r0', later)),
      queue.settle(outcome('nobody')),
    ]);
    expect(transactions.mock.calls.length).toBeLessThanOrEqual(2);
    transactions.mockRestore();
    expect(changed.slice(-4)).toEqual([true, true, false, false]);
    expect(changed.slice(0, -4)).not.toContain(false);
    const { counts, creditedToday } = await queue.summary();
    expect(counts).toMatchObject({ redeemed: 50, crediting: 0, waiting: 0 });
    expect(creditedToday).toEqual([{ amount: 100_000, currency: 'USD' }]);
  });

  test('a late line cannot take a paid reward back to waiting', async () => {
    await queue.enqueue(page([seen('r1')]), 'news');
    await queue.claim(1);
    await queue.settle(outcome('r1'));
    expect(await queue.settle(outcome('r1', { state: 'waiting', reason: 'busy', ...unpaid }))).toBe(false);
    expect(await standing('r1')).toBe('redeemed');
  });

  test('a dry run’s line and a line for an unknown reward change nothing', async () => {
    await queue.enqueue(page([seen('r1'), seen('r2', { state: 'held', reason: 'stripe_refused' })]), 'news');
    await queue.claim(1);
    const before = await queue.rows();
    for (const reward of ['r1', 'r2']) {
      expect(await queue.settle(outcome(reward, { state: 'ready', ...unpaid }))).toBe(false);
    }
    expect(await queue.settle(outcome('stranger'))).toBe(false);
    expect(await queue.rows()).toEqual(before);
  });

  test('a reward reversed elsewhere ends as reversed and counts in no sum', async () => {
    await queue.enqueue(page([seen('r1')]), 'news');
    await queue.claim(1);
    await queue.settle(outcome('r1', { state: 'reversed' }));
    expect(await standing('r1')).toBe('reversed');
    expect((await queue.summary()).creditedToday).toEqual([]);
  });

  test('what the proxy did not take on waits, says why, and comes back ever later up to 15 minutes', async () => {
    await queue.enqueue(page([seen('r1')]), 'news');
    const pauses: number[] = [];
    for (let round = 0; round < 10; round++) {
      expect(await claimed()).toEqual(['r1']);
      await queue.giveBack(['r1'], 'proxy_unreachable');
      const row = await queue.row('r1');
      expect(row).toMatchObject({ state: 'waiting', reason: 'proxy_unreachable', leasedBy: null });
      pauses.push((row?.dueAt ?? 0) - now);
      now = row?.dueAt ?? now;
    }
    expect(pauses.slice(0, 3)).toEqual([11_250, 22_500, 45_000]);
    expect(pauses.at(-1)).toBe(0.75 * 15 * 60_000);
  });

  test('only the worker that holds the lease can give rows back', async () => {
    await queue.enqueue(page([seen('r1')]), 'news');
    await queue.claim(1);
    const other = boot('boot-2');
    await other.giveBack(['r1'], 'proxy_unreachable');
    expect(await queue.row('r1')).toMatchObject({ state: 'crediting', leasedBy: 'boot-1' });
  });
});

describe('people and settings', () => {
  test('a link wakes what waited for it in that account, and nothing else', async () => {
    await queue.enqueue(
      page([
        seen('linkless', { state: 'waiting', reason: 'not_linked' }),
        seen('wrong', { state: 'held', reason: 'customer_deleted' }),
        seen('pending', { state: 'waiting', reason: 'pending' }),
        seen('refused', { state: 'held', reason: 'stripe_refused' }),
        seen('elsewhere', { accountId: 'acc-2', state: 'waiting', reason: 'not_linked' }),
      ]),
      'news',
    );
    expect(await queue.wake({ accountId: 'acc-1', userId: 'user-1' })).toBe(2);
    expect((await claimed()).sort()).toEqual(['linkless', 'wrong']);
  });

  test('a confirmed currency is kept against the page’s word and forgotten with the next link', async () => {
    const unset = seen('r1', { state: 'held', reason: 'currency_unset' });
    await queue.enqueue(page([unset]), 'news');
    expect(await queue.confirmCurrency('r1')).toBe(true);
    await queue.enqueue(page([unset]), 'news');
    expect((await queue.claim(1))[0]).toMatchObject({ reward: 'r1', confirmedCurrency: true });
    await queue.settle(outcome('r1', { state: 'held', reason: 'currency_unset', ...unpaid }));
    expect((await queue.row('r1'))?.confirmedCurrency).toBe(false);

    await queue.confirmCurrency('r1');
    await queue.claim(1);
    await queue.settle(outcome('r1', { state: 'waiting', reason: 'not_linked', ...unpaid }));
    await queue.wake({ accountId: 'acc-1', userId: 'user-1' });
    expect((await queue.claim(1))[0]).toMatchObject({ confirmedCurrency: false });
  });

  test('confirming a currency where that is not the question changes nothing', async () => {
    await queue.enqueue(
      page([seen('r1', { state: 'held', reason: 'currency_differs' }), seen('r2')]),
      'news',
    );
    const before = await queue.rows();
    for (const reward of ['r1', 'r2', 'stranger']) expect(await queue.confirmCurrency(reward)).toBe(false);
    expect(await queue.rows()).toEqual(before);
  });

  test('retry releases a hold, but never a reward that is being credited or is settled', async () => {
    await queue.enqueue(
      page([seen('held', { state: 'held', reason: 'stripe_refused' }), seen('busy')]),
      'news',
    );
    await queue.claim(100);
    expect(await queue.release('held')).toBe(true);
    expect(await queue.release('busy')).toBe(false);
    await queue.settle(outcome('busy'));
    expect(await queue.release('busy')).toBe(false);
    expect(await queue.release('stranger')).toBe(false);
    await queue.enqueue(page([seen('owed', { state: 'credited', reason: 'redeem_pending' })]), 'news');
    expect(await queue.release('owed')).toBe(true);
    expect((await claimed()).sort()).toEqual(['held', 'owed']);
    expect(await queue.release('owed')).toBe(false);
    expect(await claimed()).toEqual([]);
  });

  test('pausing parks every ready reward, over many transactions, and turning on brings all back', async () => {
    const many = Array.from({ length: 1203 }, (_, n) => seen(`r${n}`));
    await queue.enqueue(page(many), 'news');
    expect(await queue.park('paused')).toBe(1203);
    expect(await claimed()).toEqual([]);
    const [group] = (await queue.summary()).waiting;
    const sums = [{ amount: 1203 * 2000, currency: 'USD' }];
    expect(group).toEqual({ reason: 'paused', facts: {}, nextTry: null, count: 1203, sums });
    expect(await queue.wakeAll(['paused'])).toBe(1203);
    expect((await queue.summary()).counts.ready).toBe(1203);
  });
});

describe('summary', () => {
  test('counts, groups, sums, holds and the oldest, without counting rows', async () => {
    const count = vi.spyOn(IDBIndex.prototype, 'count');
    await queue.enqueue(
      page([
        seen('a', { state: 'waiting', reason: 'not_linked', earnedAt: NOON - 5 }),
        seen('b', { state: 'waiting', reason: 'not_linked', earnedAt: NOON - 9 }),
        seen('c', { state: 'waiting', reason: 'pending', facts: { detail: 'W-9' }, money: null }),
        seen('d', { state: 'held', reason: 'customer_missing', facts: { customer: 'cus_x' } }),
        seen('e', { money: { amount: 500, currency: 'JPY' } }),
        seen('f'),
      ]),
      'news',
    );
    await queue.claim(100);
    await queue.settle(outcome('e', { money: { amount: 500, currency: 'JPY' } }));
    await queue.settle(outcome('f', { state: 'credited', reason: 'redeem_pending' }));
    const summary = await queue.summary();
    expect(summary.counts).toMatchObject({ waiting: 3, held: 1, redeemed: 1, credited: 1, ready: 0 });
    expect(summary.creditedToday).toEqual([
      { amount: 500, currency: 'JPY' },
      { amount: 2000, currency: 'USD' },
    ]);
    expect(summary.waiting.map(({ reason, facts, count }) => [reason, facts, count])).toEqual([
      ['not_linked', {}, 2],
      ['pending', { detail: 'W-9' }, 1],
    ]);
    expect(summary.held).toMatchObject([{ reward: 'd', reason: 'customer_missing', action: 'link' }]);
    expect(summary.oldestWaiting).toEqual({ since: NOON - 86_400_000, reason: 'pending' });
    expect(count).not.toHaveBeenCalled();
    count.mockRestore();
  });

  test('what is tried again by itself says when; what waits for an event does not', async () => {
    await queue.enqueue(page([seen('a'), seen('b', { state: 'waiting', reason: 'not_linked' })]), 'news');
    await queue.claim(10);
    await queue.settle(
      outcome('a', { state: 'waiting', reason: 'stripe_unreachable', retryAt: NOON + 40_000 }),
    );
    const { waiting } = await queue.summary();
    expect(waiting.map(({ reason, nextTry }) => [reason, nextTry])).toEqual([
      ['not_linked', null],
      ['stripe_unreachable', NOON + 40_000],
    ]);
  });

  test('yesterday’s credits are not today’s', async () => {
    await queue.enqueue(page([seen('r1')]), 'news');
    await queue.claim(1);
    await queue.settle(outcome('r1'));
    now = NOON + 86_400_000;
    expect((await queue.summary()).creditedToday).toEqual([]);
  });

  test('a reason with very many different facts is one group', async () => {
    const rewards = Array.from({ length: 6 }, (_, n) =>
      seen(`r${n}`, { state: 'waiting', reason: 'pending', facts: { detail: `until ${n}` } }),
    );
    await queue.enqueue(page(rewards), 'news');
    expect((await queue.summary()).waiting).toMatchObject([{ reason: 'pending', facts: {}, count: 6 }]);
  });

  test('a claim that brings a reward back to where it stood does not make it look new', async () => {
    await queue.enqueue(page([seen('r1', { state: 'waiting', reason: 'over_cap' })]), 'news');
    now += 86_400_000;
    await queue.claim(1);
    await queue.settle(outcome('r1', { state: 'waiting', reason: 'over_cap', ...unpaid }));
    expect((await queue.row('r1'))?.since).toBe(NOON - 86_400_000);
  });
});

describe('caps', () => {
  const over = { state: 'waiting', reason: 'over_cap', retryAt: NOON + 12 * 3_600_000, ...unpaid } as const;
  const large = {
    state: 'held',
    reason: 'over_cap_reward',
    facts: { cap: '$19.99 USD' },
    ...unpaid,
  } as const;

  test.each([over, large])('a person lets one through: one release, one answer', async (stopped) => {
    await queue.enqueue(page([seen('r1')]), 'news');
    await queue.claim(1);
    await queue.settle(outcome('r1', stopped));
    expect(await queue.releaseCap('r1')).toBe(true);
    const [claimed] = await queue.claim(1);
    expect(claimed).toMatchObject({ reward: 'r1', releasedCap: true });
    // Held for something else: the release was about the cap, and is used up.
    await queue.settle(outcome('r1', { state: 'held', reason: 'stripe_refused', ...unpaid }));
    expect(await queue.row('r1')).toMatchObject({ releasedCap: false });
  });

  test('what no cap stops cannot be let through', async () => {
    await queue.enqueue(page([seen('r1', { state: 'waiting', reason: 'not_linked' })]), 'news');
    expect(await queue.releaseCap('r1')).toBe(false);
    expect(await queue.releaseCap('r2')).toBe(false);
  });

  test('another link ends what was let through for the one before', async () => {
    await queue.enqueue(page([seen('r1')]), 'news');
    await queue.claim(1);
    await queue.settle(outcome('r1', over));
    await queue.releaseCap('r1');
    await queue.enqueue(page([seen('r1', { state: 'waiting', reason: 'not_linked' })]), 'news');
    expect(await queue.row('r1')).toMatchObject({ reason: 'not_linked', releasedCap: false });
  });

  test('the ones that wait for another day are shown one by one, and go by themselves when it comes', async () => {
    await queue.enqueue(page([seen('r1'), seen('r2')]), 'news');
    await queue.claim(2);
    await queue.settle(outcome('r1', { ...over, facts: { cap: '$50.00 USD' } }));
    await queue.settle(outcome('r2', { ...over, facts: { cap: '€50.00 EUR' } }));
    const { waiting } = await queue.summary();
    expect(waiting.map(({ oldest }) => oldest?.map(({ reward }) => reward)).sort()).toEqual([['r1'], ['r2']]);
    expect(await queue.row('r1')).toMatchObject({ dueAt: NOON + 12 * 3_600_000 });
  });
});

test('what was earned before its unit waits for an admin’s word and is not asked for again meanwhile', async () => {
  await queue.enqueue(page([seen('r1', { state: 'waiting', reason: 'earned_before_unit' })]), 'news');
  expect(await queue.claim(1)).toEqual([]);
  expect(await queue.wakeAll(['earned_before_unit'])).toBe(1);
  expect(await queue.claim(1)).toMatchObject([{ reward: 'r1' }]);
});
