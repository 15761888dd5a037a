/** One answer tells a reward's whole story, also where Advocate is silent or has forgotten it. */
import { expect, test } from 'vitest';
import type { RewardStory } from '../../src/contract/ledger.ts';
import { customer, participant, reward, type Stage, setStage } from './stage.ts';
import { confirm, relink, see } from './take-back-scene.ts';

const ID = reward().id;
async function story(stage: Stage, token?: string): Promise<RewardStory> {
  const answer = await stage.ask('GET', `/test/rewards/${ID}`, undefined, token);
  expect([answer.status, answer.text.slice(0, 300)]).toEqual([200, expect.any(String)]);
  return answer.body as RewardStory;
}

test('earned, claimed, sent, credited, redeemed, noted, each with when, by whom and the ids', async () => {
  const stage = await setStage();
  const [outcome] = await stage.credits({ rewards: [ID] });
  const told = await story(stage);
  expect(told).toMatchObject({
    reward: ID,
    state: 'redeemed',
    reason: null,
    problem: null,
    money: { amount: 2000, currency: 'USD' },
    advocate: { statuses: ['REDEEMED'], note: 'SUCCESS' },
    claimed: { by: 'admin’s browser', customer: 'cus_AnnaMeyer00001' },
    sent: { unknown: false, refusal: null },
    credited: {
      credit: outcome?.credit?.id,
      requestId: expect.stringMatching(/^req_/),
      before: { amount: 0, currency: 'USD' },
      after: { amount: 2000, currency: 'USD' },
      customerUrl: expect.stringMatching(
        /^https:\/\/dashboard\.stripe\.com\/acct_\w+\/test\/customers\/cus_AnnaMeyer00001$/,
      ),
    },
    redeemed: { amount: 2000, byHand: 0 },
    reversal: null,
  });
  const { earned, claimed, redeemed, noted } = told;
  expect(earned?.at).toBeLessThan(claimed?.at ?? 0);
  expect(claimed?.at).toBeLessThanOrEqual(redeemed?.at ?? 0);
  expect(redeemed?.at).toBeLessThanOrEqual(noted?.at ?? 0);
  expect(told.history.entries.map(({ action }) => action)).toEqual(['redeemed', 'credited']);
});

test('a reward that was never claimed has a story as well: why it waits, and nothing else', async () => {
  const stage = await setStage({ participants: [participant({ customFields: {} })] });
  expect(await story(stage)).toMatchObject({
    state: 'waiting',
    reason: 'not_linked',
    money: { amount: 2000, currency: 'USD' },
    earned: { at: expect.any(Number) },
    claimed: null,
    sent: null,
    credited: null,
    redeemed: null,
    noted: null,
    reversal: null,
    history: { entries: [] },
  });
});

test('what holds it is told, with who found out', async () => {
  const stage = await setStage({ customers: [customer({ currency: 'eur' })] });
  await stage.credits({ rewards: [ID] });
  expect(await story(stage)).toMatchObject({
    state: 'held',
    reason: 'currency_differs',
    history: { entries: [{ action: 'held', actor: { name: 'admin’s browser' } }] },
  });
});

test('what was taken back is part of it', async () => {
  const stage = await setStage();
  await stage.credits({ rewards: [ID] });
  await relink(stage, null);
  await see(stage);
  await confirm(stage, 2000);
  expect(await story(stage)).toMatchObject({
    state: 'reversed',
    credited: { credit: expect.any(String) },
    reversal: { state: 'reversed', reversed: { amount: 2000 }, decidedBy: 'admin’s browser' },
  });
});

test('while Advocate is silent, the ledger tells what it knows and says so', async () => {
  const stage = await setStage();
  await stage.credits({ rewards: [ID] });
  stage.advocate.inject({ fault: 'html-502', times: 9 });
  expect(await story(stage)).toMatchObject({
    state: 'redeemed',
    problem: { code: 'advocate_unreachable' },
    advocate: null,
    earned: { at: expect.any(Number) },
    credited: { credit: expect.any(String) },
  });
});

test('what neither knows is not found, and what nobody could ask is said as that', async () => {
  const stage = await setStage();
  expect(await stage.ask('GET', '/test/rewards/nobody')).toMatchObject({
    status: 404,
    body: { code: 'not_found' },
  });
  stage.advocate.inject({ fault: 'html-502', times: 9 });
  expect(await stage.ask('GET', '/test/rewards/nobody')).toMatchObject({
    status: 503,
    body: { code: 'advocate_unreachable' },
  });
  expect(await stage.ask('GET', '/test/rewards/no%20id')).toMatchObject({ status: 400 });
});

test('support may read it', async () => {
  const stage = await setStage();
  expect(await story(stage, await stage.pairAs('support'))).toMatchObject({ state: 'ready' });
});
