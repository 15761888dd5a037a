/** An admin's word keeps a reward from being paid by anybody, or comes too late and says so. */
import { expect, test } from 'vitest';
import type { Deed, DeedAnswer } from '../../src/contract/holds.ts';
import { page } from '../../src/proxy/audit.ts';
import type { Claim } from '../../src/proxy/ledger.ts';
import {
  ANNA,
  ANNAS_CUSTOMER,
  anotherProxy,
  creditsOf,
  creditsThrough,
  participant,
  reward,
  type Stage,
  setStage,
} from './stage.ts';

const ID = reward().id;
const idOf = (n: number) => `aaaaaaaaaaaaaaaaaaaaaa${10 + n}`;
const several = (count: number) => Array.from({ length: count }, (_, i) => idOf(i));
const castOf = (rewards: string[]) => ({
  participants: [participant({ rewards: rewards.map((id) => reward({ id })) })],
});
const HOUR = 3_600_000;
const KEPT: [Deed, string][] = [
  ['hold', 'held_by_hand'],
  ['dismiss', 'dismissed'],
];

async function decide(stage: Stage, deed: Deed, rewards = [ID], token = stage.admin) {
  const { status, body } = await stage.ask('POST', '/test/holds', { rewards, deed }, token);
  expect(status).toBe(200);
  return (body as DeedAnswer).outcomes;
}
const codes = async (...given: Parameters<typeof decide>) =>
  (await decide(...given)).map(({ done, problem }) => (done ? 'done' : problem?.code));
const history = async (stage: Stage, subject = ID) =>
  (await page(stage.db, { subject })).entries
    .reverse()
    .map(({ actor, action, before, after }) => [actor?.name ?? null, action, before, after]);
const said = (reason: string) => JSON.stringify({ reason });
const claimOf = (amount = 2000): Claim => ({
  account_id: ANNA.accountId,
  user_id: ANNA.userId,
  unit: 'STRIPE/USD',
  stripe_account: null,
  customer: ANNAS_CUSTOMER,
  amount,
  currency: 'USD',
  redeem_amount: amount,
  redeemed_before: 0,
  parameters: '{}',
});

test.each(KEPT)('%s: nobody pays it, and Stripe is not even asked', async (deed, reason) => {
  const stage = await setStage();
  expect(await decide(stage, deed)).toEqual([{ reward: ID, done: true }]);
  const before = stage.exchanges.filter(({ path }) => path.startsWith('/v1/')).length;
  const kept = { reward: ID, state: 'held', reason, money: { amount: 2000, currency: 'USD' } };
  for (const _ of ['once', 'again']) expect(await stage.credits({ rewards: [ID] })).toMatchObject([kept]);
  expect(await creditsThrough(await anotherProxy(stage), stage, [ID])).toMatchObject([kept]);
  const agreed = { confirmCurrency: [ID], releaseCap: [ID] };
  expect(await stage.credits({ rewards: [ID], ...agreed })).toMatchObject([kept]);
  expect(await stage.credits({ rewards: [ID], dryRun: true })).toMatchObject([kept]);
  expect(stage.exchanges.filter(({ path }) => path.startsWith('/v1/'))).toHaveLength(before);
  expect(await stage.db.selectFrom('ledger').selectAll().execute()).toEqual([]);
});

test.each(KEPT)('what was kept back by %s and is released is credited once', async (deed) => {
  const stage = await setStage();
  await decide(stage, deed);
  await stage.credits({ rewards: [ID] });
  expect(await codes(stage, 'release')).toEqual(['done']);
  for (const _ of ['once', 'again'])
    expect(await stage.credits({ rewards: [ID] })).toMatchObject([{ state: 'redeemed' }]);
  expect(creditsOf(stage, ID)).toHaveLength(1);
});

test('a dismissed one can be held instead, and the other way round', async () => {
  const stage = await setStage();
  for (const [deed, reason] of [...KEPT, ...KEPT]) {
    expect(await codes(stage, deed)).toEqual(['done']);
    expect(await stage.credits({ rewards: [ID] })).toMatchObject([{ state: 'held', reason }]);
  }
});

test.each(KEPT)('%s between judging and claiming wins: nothing is claimed', async (deed, reason) => {
  const stage = await setStage();
  const { ledger } = stage.parts.ofMode('test');
  const { claim } = ledger;
  ledger.claim = async (...given) => {
    await decide(stage, deed);
    return claim(...given);
  };
  expect(await stage.credits({ rewards: [ID] })).toMatchObject([{ state: 'held', reason }]);
  expect(creditsOf(stage, ID)).toEqual([]);
  expect(await ledger.find(ID)).toBeUndefined();
});

test.each(KEPT)('%s after a claim comes too late and says so', async (deed) => {
  const stage = await setStage();
  const { holds } = stage.parts.ofMode('test');
  const { change } = holds;
  holds.change = async (...given) => {
    await stage.credits({ rewards: [ID] });
    return change(...given);
  };
  expect(await decide(stage, deed)).toMatchObject([
    { reward: ID, done: false, problem: { code: 'already_claimed', status: 409 } },
  ]);
  expect(creditsOf(stage, ID)).toHaveLength(1);
  expect(await holds.of([ID])).toEqual(new Map());
});

test('what is claimed and not sent yet, credited or redeemed is not held any more', async () => {
  const [claimed, credited, redeemed] = [idOf(0), idOf(1), idOf(2)];
  const stage = await setStage(castOf([claimed, credited, redeemed]));
  stage.stripe.inject({ fault: 'F9', method: 'POST', path: /balance_transactions$/, times: 9 });
  await stage.credits({ rewards: [claimed] });
  stage.stripe.clearFaults();
  stage.advocate.inject({ fault: 'error-500', path: /redeem/ });
  await stage.credits({ rewards: [credited] });
  stage.advocate.clearFaults();
  await stage.credits({ rewards: [redeemed] });
  for (const deed of ['hold', 'dismiss'] as const)
    expect(await codes(stage, deed, [claimed, credited, redeemed])).toEqual(Array(3).fill('already_claimed'));
  expect(await stage.credits({ rewards: [claimed] })).toMatchObject([{ state: 'redeemed' }]);
});

test('rewards that are credited and held at the same moment are one or the other, never both', async () => {
  const ids = several(40);
  const stage = await setStage(castOf(ids));
  const other = await anotherProxy(stage);
  const [, outcomes] = await Promise.all([
    Promise.all([creditsThrough(stage.app, stage, ids), creditsThrough(other, stage, ids.toReversed())]),
    decide(stage, 'hold', ids.toReversed()),
  ]);
  await stage.credits({ rewards: ids });
  expect(outcomes).toHaveLength(ids.length);
  for (const { reward: id, done } of outcomes) expect(creditsOf(stage, id)).toHaveLength(done ? 0 : 1);
});

test('of many each has an answer of its own, and one that is refused keeps no other back', async () => {
  const ids = several(3);
  const stage = await setStage(castOf(ids));
  await stage.credits({ rewards: [idOf(1)] });
  expect(await codes(stage, 'hold', [idOf(0), idOf(1), 'nobody', idOf(2)])).toEqual([
    'done',
    'already_claimed',
    'not_found',
    'done',
  ]);
  expect(await codes(stage, 'release', ['nobody', ...ids])).toEqual([
    'not_found',
    'done',
    'not_found',
    'done',
  ]);
});

test('a hundred are held with one question to Advocate, and what is known already with none', async () => {
  const ids = several(100);
  const stage = await setStage(castOf(ids));
  const asked = () => stage.exchanges.filter(({ path }) => path.includes('graphql')).length;
  const before = asked();
  expect(new Set(await codes(stage, 'hold', ids))).toEqual(new Set(['done']));
  expect(asked() - before).toBe(1);
  await codes(stage, 'dismiss', ids);
  await codes(stage, 'release', ids);
  await stage.credits({ rewards: [idOf(0)] });
  const credited = asked();
  expect(await codes(stage, 'hold', [idOf(0)])).toEqual(['already_claimed']);
  expect(asked()).toBe(credited);
});

test('while Advocate does not answer nothing new is held, and what is held can be released', async () => {
  const ids = several(3);
  const stage = await setStage(castOf(ids));
  await codes(stage, 'hold', [idOf(0)]);
  stage.advocate.inject({ fault: 'error-500', times: 99 });
  expect(await codes(stage, 'hold', [idOf(1)])).toEqual(['advocate_unreachable']);
  expect(await codes(stage, 'hold', [idOf(1), idOf(2)])).toEqual(Array(2).fill('advocate_unreachable'));
  expect(await codes(stage, 'release', [idOf(0)])).toEqual(['done']);
});

test('a list that lags behind does not make a reward unknown', async () => {
  const stage = await setStage(castOf(several(2)));
  stage.parts.ofMode('test').advocate.rewardsById = async () => new Map();
  expect(await codes(stage, 'hold', several(2))).toEqual(['done', 'done']);
});

test('support holds, dismisses and releases nothing', async () => {
  const stage = await setStage();
  const support = await stage.pairAs('support');
  await decide(stage, 'dismiss');
  for (const deed of ['hold', 'dismiss', 'release'])
    expect(await stage.ask('POST', '/test/holds', { rewards: [ID], deed }, support)).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
  expect(await stage.credits({ rewards: [ID] })).toMatchObject([{ reason: 'dismissed' }]);
});

test('a word in test mode says nothing of live mode', async () => {
  const stage = await setStage({ participants: [participant(), participant({ mode: 'live' })] });
  await decide(stage, 'hold');
  const [inTest, inLive] = [stage.parts.ofMode('test'), stage.parts.ofMode('live')];
  expect((await inTest.holds.of([ID])).get(ID)).toBe('held_by_hand');
  expect(await inLive.holds.of([ID])).toEqual(new Map());
  expect(await inLive.holds.lastSeq()).toBe(0);
  expect(await inTest.ledger.claim(ID, claimOf(), 'test', null)).toBe('held_by_hand');
  expect(await inLive.ledger.claim(ID, claimOf(), 'test', null)).toBe('claimed');
});

test('a claim under a cap is kept back as well', async () => {
  const stage = await setStage();
  await decide(stage, 'hold');
  const { ledger } = stage.parts.ofMode('test');
  expect(await ledger.claim(ID, claimOf(), 'test', 10_000)).toBe('held_by_hand');
  expect(await ledger.claim('another', claimOf(), 'test', 10_000)).toBe('claimed');
});

test('the history has each word once, with who said it, and nothing that only follows from it', async () => {
  const stage = await setStage();
  for (const deed of ['hold', 'hold', 'dismiss', 'dismiss', 'release', 'release'] as const) {
    await decide(stage, deed);
    if (deed === 'release') continue;
    await stage.credits({ rewards: [ID] });
    await stage.ask('GET', '/test/rewards');
    await stage.ask('GET', `/test/rewards/${ID}`);
  }
  const who = 'admin’s browser';
  expect(await history(stage)).toEqual([
    [who, 'held', null, said('held_by_hand')],
    [who, 'dismissed', said('held_by_hand'), said('dismissed')],
    [who, 'released', said('dismissed'), null],
  ]);
});

test('who and when is kept, by the clock that all proxies share', async () => {
  const at = Date.UTC(2026, 5, 15);
  const stage = await setStage({ now: () => at });
  await decide(stage, 'hold');
  stage.setClock(() => at + HOUR);
  await decide(stage, 'release');
  const rows = await stage.db.selectFrom('holds').selectAll().execute();
  expect(rows).toMatchObject([{ mode: 'test', reward: ID, reason: null, decided_at: at + HOUR }]);
  const browsers = await stage.db.selectFrom('browsers').select('id').execute();
  expect(browsers.map(({ id }) => id)).toContain(rows[0]?.decided_by);
});

test.each<[string, unknown]>([
  ['no reward', { rewards: [], deed: 'hold' }],
  ['more than a hundred', { rewards: Array(101).fill(ID), deed: 'hold' }],
  ['another deed', { rewards: [ID], deed: 'pay' }],
  ['no deed', { rewards: [ID] }],
  ['something else beside', { rewards: [ID], deed: 'hold', mode: 'live' }],
  ['no id', { rewards: ['../../x'], deed: 'hold' }],
  ['no JSON', '{"rewards":'],
])('bad input changes nothing: %s', async (_, body) => {
  const stage = await setStage();
  expect(await stage.ask('POST', '/test/holds', body)).toMatchObject({
    status: 400,
    body: { code: 'bad_request' },
  });
  expect(await stage.ask('POST', '/test/holds?deed=hold', { rewards: [ID], deed: 'hold' })).toMatchObject({
    status: 400,
  });
  expect(await stage.db.selectFrom('holds').selectAll().execute()).toEqual([]);
  expect(await stage.credits({ rewards: [ID] })).toMatchObject([{ state: 'redeemed' }]);
});
