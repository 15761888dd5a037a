import { expect, test } from 'vitest';
import { creditsOf, participant, reward, rewardAt, setStage } from './stage.ts';

const ID = reward().id;
const REDEEM = /\/redeem$/;

test('a redemption whose answer was lost is found by reading, not by asking for it again', async () => {
  const stage = await setStage();
  stage.advocate.inject({ fault: 'reset-after-commit', path: REDEEM });
  stage.advocate.inject({ fault: 'error-500', operation: 'Rewards', after: 1 });
  expect(await stage.credits({ rewards: [ID] })).toMatchObject([
    { state: 'credited', reason: 'redeem_pending' },
  ]);
  stage.advocate.clearFaults();
  expect(await stage.credits({ rewards: [ID] })).toMatchObject([{ state: 'redeemed' }]);
  expect(stage.exchanges.filter(({ path }) => REDEEM.test(path))).toHaveLength(1);
});

test('what is partly redeemed is credited for the rest only', async () => {
  const partly = reward({ status: 'partly', redeemed: 500 });
  const stage = await setStage({ participants: [participant({ rewards: [partly] })] });
  const [outcome] = await stage.credits({ rewards: [ID] });
  expect(outcome).toMatchObject({ state: 'redeemed', money: { amount: 1500, currency: 'USD' } });
  expect(creditsOf(stage, ID)).toMatchObject([{ amount: -1500 }]);
  expect(rewardAt(stage, ID).availableValue).toBe(0);
});

test('a reward that a person redeems between credit and redemption is shown to a person, once', async () => {
  const stage = await setStage();
  stage.advocate.inject({ fault: 'error-500', path: REDEEM });
  const [credited] = await stage.credits({ rewards: [ID] });
  expect(credited).toMatchObject({ state: 'credited', reason: 'redeem_pending' });
  stage.advocate.clearFaults();
  // Nothing of ours was ever sent, by the ledger's word: what is redeemed now is somebody else's doing.
  await stage.db.updateTable('ledger').set({ redeem_sent_at: null }).execute();
  stage.advocate.redeemByHand(ID, 2000);
  const [held] = await stage.credits({ rewards: [ID] });
  expect(held).toMatchObject({ state: 'held', reason: 'redeemed_by_hand', facts: { detail: '20.00 USD' } });
  expect(stage.advocate.state.test.metas).toMatchObject([{ status: 'WARN' }]);
  const [after] = await stage.credits({ rewards: [ID] });
  expect(after?.state).toBe('redeemed');
  expect(creditsOf(stage, ID)).toHaveLength(1);
});

test('a reward cancelled after its credit is held, not forgotten and not paid again', async () => {
  const stage = await setStage();
  stage.advocate.inject({ fault: 'error-500', path: REDEEM });
  await stage.credits({ rewards: [ID] });
  stage.advocate.clearFaults();
  stage.advocate.cancel(ID);
  const [held] = await stage.credits({ rewards: [ID] });
  expect(held).toMatchObject({ state: 'held', reason: 'cancelled_after_credit' });
  expect(creditsOf(stage, ID)).toHaveLength(1);
});

test('a note that failed does not hold the reward up, and is written at the next lease', async () => {
  const stage = await setStage();
  stage.advocate.inject({ fault: 'error-500', path: /graphql/, operation: 'Note' });
  const [outcome] = await stage.credits({ rewards: [ID] });
  expect(outcome?.state).toBe('redeemed');
  expect(stage.advocate.state.test.metas).toEqual([]);
  stage.setClock(() => Date.now() + 20_000);
  await stage.parts.ofMode('test').finishNotes();
  expect(stage.advocate.state.test.metas).toMatchObject([{ rewardId: ID, status: 'SUCCESS' }]);
});

test('while Advocate is down nothing is credited and every reward says so', async () => {
  const stage = await setStage();
  stage.advocate.inject({ fault: 'html-502', times: 9 });
  const [outcome] = await stage.credits({ rewards: [ID] });
  expect(outcome).toMatchObject({ state: 'waiting', reason: 'advocate_unreachable' });
  expect(outcome?.retryAt).toBeGreaterThan(Date.now());
  expect(creditsOf(stage, ID)).toEqual([]);
});
