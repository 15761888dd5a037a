/** What a worker claimed and did not settle, and what people asked for, is taken up again: once, and by whoever may. */
import { beforeEach, describe, expect, test } from 'vitest';
import { openQueue, type Queue } from '../../src/background/queue.ts';
import { LEASE_MS, LONGEST_WAIT_MS, type Row } from '../../src/background/queue-row.ts';
import { emptyDisk, NOON, outcome, page, seen, unpaid } from './background-fakes.ts';

let now = NOON;
const boot = (name: string) => openQueue({ mode: 'test', boot: name, now: () => now, random: () => 0.5 });
let queue: Queue;
beforeEach(() => {
  emptyDisk();
  now = NOON;
  queue = boot('boot-1');
});

const names = (rows: readonly Row[]) => rows.map(({ reward }) => reward);
const begun = async (most = 100, of = queue) => names(await of.claim(most, 'begun'));
const due = async (most = 100, of = queue) => names(await of.claim(most, 'due'));
const OWED = { state: 'credited', reason: 'redeem_pending' } as const;
/** In the queue, claimed, and settled as credited with its redemption owed. */
async function owe(reward: string, more: Parameters<typeof outcome>[1] = {}) {
  await queue.enqueue(page([seen(reward)]), 'news');
  await queue.claim(100);
  await queue.settle(outcome(reward, { ...OWED, ...more }));
}

describe('a worker without the lease', () => {
  test('takes up what was claimed here once its lease is over, and nothing that is merely due', async () => {
    await queue.enqueue(page([seen('r1')]), 'news');
    const [row] = await queue.claim(1);
    expect(row?.history.at(-1)).toMatchObject({ at: NOON, why: 'claimed', who: 'worker' });
    await queue.enqueue(page([seen('r2')]), 'news');
    now += LEASE_MS - 1;
    expect(await begun()).toEqual([]);
    now += 1;
    expect(await begun()).toEqual(['r1']);
  });

  test('takes up a redemption that is owed when its time comes', async () => {
    await owe('r1', { retryAt: NOON + 60_000 });
    expect(await begun()).toEqual([]);
    now += 60_000;
    expect(await begun()).toEqual(['r1']);
  });

  test.each([begun, due])(
    'takes a time further away than a day for a clock gone wrong, a day for a day',
    async (take) => {
      for (const reward of ['tomorrow', 'set back']) {
        now = NOON + LONGEST_WAIT_MS + (reward === 'tomorrow' ? 0 : 1);
        await queue.enqueue(page([seen(reward, OWED)]), 'news');
      }
      now = NOON;
      expect(await take()).toEqual(['set back']);
    },
  );

  test('begins nothing that was asked for and has to wait by now, though its time comes', async () => {
    await queue.enqueue(page([seen('r1', { state: 'held', reason: 'stripe_refused' })]), 'news');
    await queue.release('r1');
    await queue.enqueue(page([seen('r1', { state: 'waiting', reason: 'pending' })]), 'news');
    now += 3_600_000;
    expect(await begun()).toEqual([]);
    expect(await due()).toEqual(['r1']);
  });
});

test('a claim takes at most as many as asked, of what is due and of what a wrong clock wrote together', async () => {
  now = NOON + 365 * LONGEST_WAIT_MS;
  await queue.enqueue(page([seen('late')]), 'news');
  now = NOON;
  await queue.enqueue(page([seen('r1')]), 'news');
  expect(await due(1)).toEqual(['r1']);
  expect(await due(1)).toEqual(['late']);
});

describe('what people asked for', () => {
  const held = { state: 'held', reason: 'stripe_refused' } as const;
  const ask = async (rewards: string[]) => {
    await queue.enqueue(page(rewards.map((reward) => seen(reward, held))), 'news');
    for (const reward of rewards) expect(await queue.release(reward)).toBe(true);
  };

  test('is begun one after the other where there is no room for all', async () => {
    await ask(['r1', 'r2', 'r3']);
    expect([await begun(1), await begun(1), await begun(1), await begun(1)]).toEqual([
      ['r1'],
      ['r2'],
      ['r3'],
      [],
    ]);
  });

  test('is remembered for the latest hundred', async () => {
    const all = Array.from({ length: 101 }, (_, n) => `r${n}`);
    await ask(all);
    expect(await begun(1000)).toEqual(all.slice(1));
  });

  test('twice is begun once', async () => {
    await ask(['r1', 'r2']);
    await queue.enqueue(page([seen('r1', { state: 'waiting', reason: 'pending' })]), 'news');
    expect(await queue.release('r1')).toBe(true);
    expect(await begun()).toEqual(['r1', 'r2']);
  });
});

describe('a worker that knows that no other one lives', () => {
  test('has at once what a dead one was crediting or redeeming', async () => {
    await owe('owed', { retryAt: NOON + 60_000 });
    now += 60_000;
    await queue.enqueue(page([seen('r1')]), 'news');
    expect((await due()).sort()).toEqual(['owed', 'r1']);
    const next = boot('boot-2');
    expect(await due(100, next)).toEqual([]);
    await next.takeBack();
    expect((await due(100, next)).sort()).toEqual(['owed', 'r1']);
    expect(await next.row('r1')).toMatchObject({ state: 'crediting', leasedBy: 'boot-2', attempt: 2 });
    expect(await next.row('owed')).toMatchObject({ ...OWED, leasedBy: 'boot-2' });
  });

  test('leaves what it claimed itself, and what nobody claimed, to its time', async () => {
    await owe('owed', { retryAt: NOON + 60_000 });
    await queue.enqueue(page([seen('r1'), seen('r2', { state: 'waiting', reason: 'pending' })]), 'news');
    await queue.claim(1);
    const before = await queue.rows();
    now += 1;
    await queue.takeBack();
    expect(await queue.rows()).toEqual(before);
  });
});

describe('what the proxy did not take on', () => {
  test('waits with its facts until the time that the proxy said, and tells why', async () => {
    await queue.enqueue(page([seen('r1')]), 'news');
    await queue.claim(1);
    now += 5;
    await queue.giveBack(['r1', 'stranger'], 'rate_limited', { detail: 'proxy' }, NOON + 60_000);
    const row = await queue.row('r1');
    expect(row).toMatchObject({
      state: 'waiting',
      reason: 'rate_limited',
      facts: { detail: 'proxy' },
      dueAt: NOON + 60_000,
      leasedBy: null,
    });
    expect(row?.history.at(-1)).toEqual({
      at: NOON + 5,
      from: 'crediting',
      to: 'waiting',
      why: 'rate_limited',
      who: 'worker',
    });
    expect(await queue.row('stranger')).toBeUndefined();
  });

  test('of what is credited stays credited, for the reason it had, and comes back later', async () => {
    await owe('r1', { facts: { detail: 'advocate' } });
    now += 3_600_000;
    await queue.claim(1);
    await queue.giveBack(['r1'], 'proxy_unreachable', { detail: 'proxy' });
    expect(await queue.row('r1')).toMatchObject({
      ...OWED,
      facts: { detail: 'advocate' },
      dueAt: now + 22_500,
      leasedBy: null,
      creditId: 'cbtxn_r1',
    });
  });

  test('of what was settled meanwhile stays settled', async () => {
    await queue.enqueue(page([seen('r1'), seen('r2')]), 'news');
    await queue.claim(2);
    await queue.settle(outcome('r1'));
    await queue.settle(outcome('r2', { state: 'held', reason: 'stripe_refused', ...unpaid }));
    const before = await queue.rows();
    await queue.giveBack(['r1', 'r2'], 'proxy_unreachable');
    expect(await queue.rows()).toEqual(before);
  });
});
