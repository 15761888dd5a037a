// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import type { HeldReward } from '../../src/contract/messages.ts';
import { counts, openPopup, popupState, problem } from './popup-scene.tsx';

const held: HeldReward = {
  reward: 'r1',
  participant: { accountId: 'a1', userId: 'u1' },
  money: { amount: 2000, currency: 'USD' },
  unit: 'STRIPE/USD',
  reason: 'held_by_hand',
  facts: {},
  action: 'release',
  since: 1,
};
const queue = { held: [held], counts: counts({ held: 1 }) };
const release = ['holdRewards', { rewards: ['r1'], deed: 'release' }];

test('what an admin holds back is released with one click', async () => {
  const outcomes = [{ reward: 'r1', done: true }];
  const popup = await openPopup(popupState({ queue }), { holdRewards: { outcomes } });
  expect(popup.text()).toContain('An admin holds this reward back.');
  await popup.click('Release');
  expect(popup.asked()).toEqual([release]);
});

test('a release that is refused says why', async () => {
  const outcomes = [{ reward: 'r1', done: false, problem: problem('not_found') }];
  const popup = await openPopup(popupState({ queue }), { holdRewards: { outcomes } });
  await popup.click('Release');
  expect(popup.text()).toContain('There is nothing here.');
});

test('support sees why it is not paid, and asks an admin', async () => {
  const popup = await openPopup(popupState({ queue, role: 'support' }));
  expect(popup.text()).toContain('An admin holds this reward back.');
  expect(popup.text()).toContain('An admin has to do this.');
  await expect(popup.click('Release')).rejects.toThrow();
});
