/** What an admin keeps back is told to every browser, and to nobody as something that needs them. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Deed } from '../../src/contract/holds.ts';
import type { Unlinked } from '../../src/contract/linking.ts';
import type { RewardSeen, RewardsPage } from '../../src/contract/routes.ts';
import { page } from '../../src/proxy/audit.ts';
import { openProfile } from '../faults/browsers.ts';
import { ANNA, creditsOf, customer, participant, reward, type Stage, setStage } from './stage.ts';

const ID = reward().id;
const PERSON = `/test/participants/${encodeURIComponent(ANNA.accountId)}/${encodeURIComponent(ANNA.userId)}`;
const euros = { customers: [customer({ currency: 'eur' })] };
const KEPT: [Deed, string][] = [
  ['hold', 'held_by_hand'],
  ['dismiss', 'dismissed'],
];

const decide = (stage: Stage, deed: Deed, rewards = [ID]) =>
  stage.ask('POST', '/test/holds', { rewards, deed });
async function pageOf(stage: Stage, after?: string): Promise<RewardsPage> {
  const answer = await stage.ask('GET', `/test/rewards${after === undefined ? '' : `?after=${after}`}`);
  expect(answer.status).toBe(200);
  return answer.body as RewardsPage;
}
/** Past the moment that is read twice, so that what comes is news of a word and of nothing else. */
async function quietStage(cast: Parameters<typeof setStage>[0] = {}) {
  let later = 0;
  const stage = await setStage({ ...cast, now: () => Date.now() + later });
  let { after } = await pageOf(stage);
  later = 3_600_000;
  ({ after } = await pageOf(stage, after));
  expect((await pageOf(stage, after)).rewards).toEqual([]);
  return { stage, after };
}
const held = (rewards: RewardSeen[]) => rewards.map(({ id, state, reason }) => [id, state, reason]);

test.each(KEPT)('%s is in the next page, once, and so is its release', async (deed, reason) => {
  const { stage, after } = await quietStage();
  await decide(stage, deed);
  const first = await pageOf(stage, after);
  expect(held(first.rewards)).toEqual([[ID, 'held', reason]]);
  expect((await pageOf(stage, first.after)).rewards).toEqual([]);
  await decide(stage, 'release');
  const second = await pageOf(stage, first.after);
  expect(held(second.rewards)).toEqual([[ID, 'ready', null]]);
  expect((await pageOf(stage, second.after)).rewards).toEqual([]);
});

test.each(KEPT)('whoever looks for the first time sees it as well: %s', async (deed, reason) => {
  const stage = await setStage();
  await decide(stage, deed);
  expect(held((await pageOf(stage)).rewards)).toEqual([[ID, 'held', reason]]);
  const { body } = await stage.ask('GET', PERSON);
  expect(held(body.rewards as RewardSeen[])).toEqual([[ID, 'held', reason]]);
  expect((await stage.ask('GET', `/test/rewards/${ID}`)).body).toMatchObject({ state: 'held', reason });
});

test('more words than fit a page come in several, and none is left out', async () => {
  const ids = Array.from({ length: 130 }, (_, i) => `aaaaaaaaaaaaaaaaaaaaa${100 + i}`);
  const { stage, after } = await quietStage({
    participants: [participant({ rewards: ids.map((id) => reward({ id })) })],
  });
  await decide(stage, 'dismiss', ids.slice(0, 100));
  await decide(stage, 'dismiss', ids.slice(100));
  const first = await pageOf(stage, after);
  expect(first.more).toBe(true);
  const second = await pageOf(stage, first.after);
  expect(second.more).toBe(false);
  const told = held([...first.rewards, ...second.rewards]);
  expect(told.toSorted()).toEqual(ids.map((id) => [id, 'held', 'dismissed']));
});

test('a browser that read on before there were words like these reads on after', async () => {
  const { stage, after } = await quietStage();
  const { hold: _, ...older } = JSON.parse(Buffer.from(after, 'base64url').toString());
  await decide(stage, 'hold');
  const cursor = Buffer.from(JSON.stringify(older)).toString('base64url');
  expect(held((await pageOf(stage, cursor)).rewards)).toEqual([[ID, 'held', 'held_by_hand']]);
});

test('of a unit that is not configured nothing is told', async () => {
  const { stage, after } = await quietStage({
    participants: [participant({ rewards: [reward({ unit: 'STRIPE/JPY' })] })],
    settings: { units: ['STRIPE/USD'] },
  });
  await decide(stage, 'hold');
  expect((await pageOf(stage, after)).rewards).toEqual([]);
});

test('what Advocate cancels is cancelled, whatever was said of it here', async () => {
  const { stage, after } = await quietStage();
  await decide(stage, 'dismiss');
  stage.advocate.cancel(ID);
  expect(held((await pageOf(stage, after)).rewards)).toEqual([[ID, 'cancelled', 'cancelled_in_advocate']]);
  expect(await stage.credits({ rewards: [ID] })).toMatchObject([{ state: 'cancelled' }]);
});

test('what an earlier attempt found out is over when it is released: it is tried anew', async () => {
  const { stage } = await quietStage(euros);
  await stage.credits({ rewards: [ID] });
  expect(held((await pageOf(stage)).rewards)).toEqual([[ID, 'held', 'currency_differs']]);
  await decide(stage, 'hold');
  await decide(stage, 'release');
  expect(held((await pageOf(stage)).rewards)).toEqual([[ID, 'ready', null]]);
});

test('an outcome that comes late does not cover what an admin said meanwhile', async () => {
  const stage = await setStage(euros);
  const { told } = stage.parts.ofMode('test');
  const [late] = await stage.credits({ rewards: [ID] });
  const [seen] = (await pageOf(stage)).rewards;
  if (late === undefined || seen === undefined) throw new Error('there is an outcome');
  const standing = () => stage.db.selectFrom('told').select(['state', 'reason']).execute();
  await decide(stage, 'dismiss');
  await told.remember(late, 1, 'somebody');
  expect(await standing()).toEqual([{ state: 'held', reason: 'dismissed' }]);
  await told.judged([{ ...seen, state: 'held', reason: 'not_redeemable' }], 1);
  expect(await standing()).toEqual([{ state: 'held', reason: 'dismissed' }]);
  await decide(stage, 'release');
  const dismissed = { state: 'held', reason: 'dismissed' } as const;
  await told.remember({ ...late, ...dismissed }, 1, 'somebody');
  expect(await standing()).toEqual([]);
  await told.judged([{ ...seen, ...dismissed }], 1);
  expect(await standing()).toEqual([]);
  const { entries } = await page(stage.db, { subject: ID });
  expect(entries.map(({ action }) => action)).toEqual(['released', 'dismissed', 'held']);
});

test.each(KEPT)(
  'what people hold only people let go, though Advocate cancels it: %s',
  async (deed, reason) => {
    const { stage, after } = await quietStage();
    await decide(stage, deed);
    stage.advocate.cancel(ID);
    expect(held((await pageOf(stage, after)).rewards)).toEqual([[ID, 'cancelled', 'cancelled_in_advocate']]);
    const actions = async () =>
      (await page(stage.db, { subject: ID })).entries.map(({ action, actor }) => [action, actor !== null]);
    const done = deed === 'hold' ? 'held' : 'dismissed';
    expect(await actions()).toEqual([[done, true]]);
    expect(await stage.db.selectFrom('told').select('reason').execute()).toEqual([{ reason }]);
    await decide(stage, 'release');
    expect(await actions()).toEqual([
      ['released', true],
      [done, true],
    ]);
  },
);

test('a participant whose only reward was dismissed does not wait for a link any more', async () => {
  const other = 'aaaaaaaaaaaaaaaaaaaaaaa2';
  const stage = await setStage({
    participants: [participant({ customFields: {}, rewards: [reward(), reward({ id: other })] })],
  });
  const unlinked = async () => (await stage.ask('GET', '/test/unlinked')).body.participants as Unlinked[];
  await decide(stage, 'dismiss');
  expect(await unlinked()).toMatchObject([{ rewards: 1 }]);
  await decide(stage, 'dismiss', [other]);
  expect(await unlinked()).toEqual([]);
  await decide(stage, 'release', [other]);
  expect(await unlinked()).toMatchObject([{ rewards: 1 }]);
});

test.each(KEPT)('the plots tell %s by its own name, as long as it lasts', async (deed, reason) => {
  const stage = await setStage(euros);
  const outcomes = async () => (await stage.ask('GET', '/test/overview?days=7')).body.outcomes;
  await stage.credits({ rewards: [ID] });
  await decide(stage, deed);
  expect(await outcomes()).toEqual([{ state: 'held', reason, count: 1 }]);
  await decide(stage, 'release');
  expect(await outcomes()).toEqual([]);
});

test('a team is not told of what people decided themselves', async () => {
  const texts: string[] = [];
  const channel = createServer((request, response) => {
    request.on('data', (chunk) => texts.push(String(chunk)));
    request.on('end', () => response.end());
  });
  await new Promise<void>((resolve) => channel.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void channel.close());
  const { port } = channel.address() as AddressInfo;
  const [first, second, third] = [1, 2, 3].map((n) => `aaaaaaaaaaaaaaaaaaaaaaa${n}`) as [
    string,
    string,
    string,
  ];
  const stage = await setStage({
    ...euros,
    participants: [participant({ rewards: [first, second, third].map((id) => reward({ id })) })],
    env: { ALERT_WEBHOOK_URL: `http://127.0.0.1:${port}/hook` },
  });
  await decide(stage, 'hold', [first]);
  await decide(stage, 'dismiss', [second]);
  await pageOf(stage);
  await stage.parts.alerts.tick();
  expect(texts).toEqual([]);
  await stage.credits({ rewards: [first, second, third] });
  await stage.parts.alerts.tick();
  expect(texts).toEqual([expect.stringContaining('1 reward is held in test mode')]);
  const alerts = await stage.db.selectFrom('alerts').select('subject').execute();
  expect(alerts).toEqual([{ subject: `${third} currency_differs` }]);
  // Somebody has seen to it: that it was held for another reason is not news any more.
  await decide(stage, 'dismiss', [third]);
  await stage.parts.alerts.tick();
  expect(await stage.db.selectFrom('alerts').select('subject').execute()).toEqual([]);
});

test('held by one admin, released by another: every browser’s queue agrees, and it is credited once', async () => {
  const { stage } = await quietStage();
  const [a, b] = [(await openProfile(stage)).startWorker(), (await openProfile(stage)).startWorker()];
  await decide(stage, 'hold');
  const standing = async () =>
    (await Promise.all([a, b].map(({ queue }) => queue.row(ID)))).map((row) => [row?.state, row?.reason]);
  for (const { run } of [a, b]) await run();
  expect(await standing()).toEqual(Array(2).fill(['held', 'held_by_hand']));
  await decide(stage, 'release');
  for (const { run } of [b, a]) await run();
  expect(creditsOf(stage, ID)).toHaveLength(1);
  for (const { run } of [b, a]) await run();
  expect(await standing()).toEqual(Array(2).fill(['redeemed', null]));
});

test('a browser that has it claimed when another admin dismisses it hears so, and pays nothing', async () => {
  const stage = await setStage();
  const browser = (await openProfile(stage)).startWorker({
    async step(name) {
      if (name === 'before POST /v1/test/credits') await decide(stage, 'dismiss');
    },
  });
  await browser.run();
  expect(await browser.queue.row(ID)).toMatchObject({ state: 'held', reason: 'dismissed', leasedBy: null });
  expect(creditsOf(stage, ID)).toEqual([]);
});
