import { beforeEach, expect, test } from 'vitest';
import { openQueue, type Queue } from '../../src/background/queue.ts';
import type { QueuePageQuery } from '../../src/contract/queue-page.ts';
import type { RewardSeen } from '../../src/contract/routes.ts';
import { emptyDisk, NOON, page, seen } from './background-fakes.ts';

let queue: Queue;
beforeEach(() => {
  emptyDisk();
  queue = openQueue({ mode: 'test', boot: 'boot-1', now: () => NOON });
});

const id = (at: number) => `r${String(at).padStart(5, '0')}`;
const held = { state: 'held', reason: 'over_cap_reward', facts: { cap: '5.00 USD' } } as const;
const waits = { state: 'waiting', reason: 'not_linked' } as const;
const asked = (more: Partial<QueuePageQuery> = {}): QueuePageQuery => ({ sort: 'newest', ...more });
const enqueue = (rewards: RewardSeen[]) => queue.enqueue(page(rewards), 'news');

/** Every page until the end, as a person scrolls. */
async function all(query: Partial<QueuePageQuery> = {}): Promise<string[]> {
  const rewards: string[] = [];
  let after: string | null = null;
  do {
    const answer = await queue.page(asked({ ...query, ...(after !== null && { after }) }));
    rewards.push(...answer.rewards.map(({ reward }) => reward));
    after = answer.after;
  } while (after !== null);
  return rewards;
}

test('waiting, ready, held and cancelled come as one list, newest first, each once', async () => {
  const kinds = [waits, { state: 'ready' }, held, { state: 'cancelled', reason: 'expired' }] as const;
  const rewards = Array.from({ length: 250 }, (_, at) =>
    seen(id(at), { ...kinds[at % 4], earnedAt: NOON - at * 1000 }),
  );
  await enqueue([...rewards].reverse());
  expect(await all()).toEqual(rewards.map((one) => one.id));
  expect(await all({ sort: 'oldest' })).toEqual(rewards.map((one) => one.id).reverse());
});

test('rewards that stand so since the same moment are neither lost nor doubled between pages', {
  timeout: 30_000,
}, async () => {
  const rewards = Array.from({ length: 310 }, (_, at) =>
    seen(id(at), at % 3 === 0 ? { ...held, earnedAt: NOON } : { ...waits, earnedAt: NOON }),
  );
  await enqueue(rewards);
  const ids = rewards.map((one) => one.id);
  expect(await all()).toEqual([...ids].reverse());
  expect(await all({ sort: 'oldest' })).toEqual(ids);
  expect(await all({ reason: 'not_linked' })).toEqual(
    rewards
      .filter(({ state }) => state === 'waiting')
      .map((one) => one.id)
      .reverse(),
  );
});

test('state, reason and the days narrow what comes', async () => {
  await enqueue([
    seen('r1', { ...held, earnedAt: NOON - 3000 }),
    seen('r2', { ...held, reason: 'customer_missing', facts: { customer: 'cus_1' }, earnedAt: NOON - 2000 }),
    seen('r3', { ...waits, earnedAt: NOON - 1000 }),
  ]);
  expect(await all({ state: 'held' })).toEqual(['r2', 'r1']);
  expect(await all({ reason: 'customer_missing' })).toEqual(['r2']);
  expect(await all({ state: 'waiting', reason: 'customer_missing' })).toEqual([]);
  expect(await all({ from: NOON - 2000, until: NOON - 1000 })).toEqual(['r2']);
});

test('a currency that is rare is found at once, alone and with a reason, however many others stand before it', {
  timeout: 60_000,
}, async () => {
  const yen = new Set([400, 1050]);
  const rewards = Array.from({ length: 1100 }, (_, at) =>
    seen(id(at), {
      ...(at === 400 ? held : waits),
      earnedAt: NOON - at,
      money: at === 7 ? null : { amount: 5, currency: yen.has(at) ? 'JPY' : 'USD' },
    }),
  );
  await enqueue(rewards);
  const found = async (more: Partial<QueuePageQuery>) => {
    const { rewards, after } = await queue.page(asked({ currency: 'JPY', ...more }));
    return [rewards.map(({ reward }) => reward), after];
  };
  expect(await found({})).toEqual([[id(400), id(1050)], null]);
  expect(await found({ sort: 'oldest' })).toEqual([[id(1050), id(400)], null]);
  expect(await found({ reason: 'not_linked' })).toEqual([[id(1050)], null]);
  expect(await found({ state: 'held' })).toEqual([[id(400)], null]);
  expect(await found({ until: NOON - 500 })).toEqual([[id(1050)], null]);
  // Between pages as everywhere, and without those that have no amount.
  expect(await all({ currency: 'USD' })).toHaveLength(1097);
});

test('a pasted id finds by reward, account or user', async () => {
  await enqueue([
    seen('abcdef01', { ...waits, accountId: 'acme', userId: 'ann' }),
    seen('abcdef02', { ...held, accountId: 'acme', userId: 'bob' }),
    seen('fedcba01', { ...waits, accountId: 'zoo', userId: 'ann' }),
  ]);
  expect((await all({ q: 'abcdef' })).sort()).toEqual(['abcdef01', 'abcdef02']);
  expect(await all({ q: 'abcde' })).toEqual([]);
  expect((await all({ q: 'acme' })).sort()).toEqual(['abcdef01', 'abcdef02']);
  expect((await all({ q: 'ann' })).sort()).toEqual(['abcdef01', 'fedcba01']);
  expect(await all({ q: 'acme', state: 'held' })).toEqual(['abcdef02']);
});

test('what was credited is the ledger’s to tell, and a page holds nothing that names a person', async () => {
  await enqueue([seen('r1', waits), seen('r2', { state: 'redeemed' })]);
  const { rewards } = await queue.page(asked());
  expect(rewards.map(({ reward }) => reward)).toEqual(['r1']);
  expect(Object.keys(rewards[0] ?? {}).sort()).toEqual(
    [
      ...[
        'accountId',
        'customer',
        'earnedAt',
        'facts',
        'money',
        'reason',
        'reward',
        'seenAt',
        'since',
        'state',
      ],
      ...['unit', 'userId'],
    ].sort(),
  );
});
