import type { Page } from 'puppeteer';
import { expect, test } from 'vitest';
import { CUSTOMER, cancelledAfterCredit, ofReward, REWARD } from './every-state.ts';
import { setStage, setUp, smallSeed } from './stage.ts';

const says = (page: Page, text: string) =>
  page.waitForFunction((wanted) => document.body.textContent?.includes(wanted), {}, text);

test('a reward cancelled after its credit is proposed, and taken back by clicks; Audit says who did it', async () => {
  const stage = await cancelledAfterCredit();
  const { hands } = stage;
  const dashboard = await hands.openDashboard('Take it back');
  await says(dashboard, 'Advocate cancelled the reward after its credit was made.');
  expect(new URL(dashboard.url()).hash).toBe(`#/take-back/${REWARD}`);
  await hands.press(dashboard, 'Take back $15.00 USD');
  await hands.see(dashboard, 'Take back $15.00 USD?', 'heading');
  expect(ofReward(stage, 'advocate_reversed_reward')).toEqual([]);
  await hands.press(dashboard, 'Take back $15.00 USD');
  await says(dashboard, '$15.00 USD was taken back');

  const [opposite, ...more] = ofReward(stage, 'advocate_reversed_reward');
  expect(more).toEqual([]);
  expect(opposite).toMatchObject({ amount: 1500, currency: 'usd', customer: CUSTOMER });
  await says(dashboard, String(opposite?.id));

  await hands.press(dashboard, 'All proposals', 'link');
  await says(dashboard, 'Nothing is proposed.');
  await hands.press(dashboard, 'Audit', 'link');
  const { paired } = await hands.state();
  await says(dashboard, `${paired?.browserName} confirmed to take a credit back: ${REWARD}`);
});

test('limits are set by typing, and hold the reward that is above them', async () => {
  const stage = await setStage({ seed: smallSeed() });
  const { hands, until } = stage;
  await setUp(stage);
  await until('all is paid', async () => (await hands.state()).queue.counts.redeemed === 4);

  const dashboard = await hands.openDashboard();
  await hands.press(dashboard, 'Settings', 'link');
  await hands.type(dashboard, 'Most per reward (USD)', '1,000');
  await says(dashboard, '$1,000.00 USD; saved is no cap');
  await hands.type(dashboard, 'Most per reward (USD)', '15.00');
  await hands.press(dashboard, 'Save settings');
  await says(dashboard, 'Saved.');

  const anna = { accountId: 'anna@example.com', id: 'anna@example.com' };
  const earn = (amount: number) =>
    stage.sandbox.advocate.earn('test', anna, { unit: 'STRIPE/USD', amount, name: 'Friend' });
  earn(1500);
  const above = earn(1501);
  await hands.press(hands.popup, 'Run now');
  await until('the one above the cap is held', async () =>
    (await hands.state()).queue.held.some(
      ({ reward, reason }) => reward === above && reason === 'over_cap_reward',
    ),
  );
  await until('the other is paid', async () => (await hands.state()).queue.counts.redeemed === 5);
});
