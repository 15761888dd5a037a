import type { Page } from 'puppeteer';
import { expect, test } from 'vitest';
import { type BalanceTransaction, type Books, postTransaction } from '../../sandbox/stripe/state.ts';
import { everyLook } from './looks.ts';
import { type Stage, setStage, setUp, smallSeed } from './stage.ts';

/** Anna's reward of 20 dollars; she has another of 15. */
const REWARD = 'aaaaaaaaaaaaaaaaaaaaaa00';
const CUSTOMER = 'cus_Anna0000000001';
const WIDTHS = [320, 1280];

function booksOf({ sandbox }: Stage): Books {
  const { accounts, accountId } = sandbox.stripe.state;
  const books = accounts[accountId]?.books.test;
  if (!books) throw new Error('The Stripe simulator has lost its account.');
  return books;
}
const ofReward = (stage: Stage, key: string): BalanceTransaction[] =>
  Object.values(booksOf(stage).balanceTransactions)
    .flat()
    .filter(({ metadata }) => metadata[key] === REWARD);

const says = (page: Page, text: string) =>
  page.waitForFunction((wanted) => document.body.textContent?.includes(wanted), {}, text);

/** Something of the customer's credit goes into an invoice. */
function spend(stage: Stage, amount: number): void {
  const customer = booksOf(stage).customers[CUSTOMER];
  if (!customer) throw new Error('Anna’s customer is gone.');
  const created = Math.floor(Date.now() / 1000);
  postTransaction(booksOf(stage), customer, { amount, currency: 'usd', created, type: 'applied_to_invoice' });
}

/** Anna's reward is credited, 20 dollars of her 35 are spent, then the reward is cancelled. */
async function cancelledAfterCredit(): Promise<Stage> {
  const stage = await setStage({ seed: smallSeed() });
  const { sandbox, hands, until } = stage;
  sandbox.advocate.inject({ fault: 'error-500', path: /redeem/, times: Number.POSITIVE_INFINITY });
  await setUp(stage);
  await until('all four are credited', async () => (await hands.state()).queue.counts.credited === 4);
  spend(stage, 2000);
  sandbox.advocate.cancel(REWARD);
  sandbox.advocate.clearFaults();
  await until('the run is over', async () => !(await hands.state()).running);
  await hands.press(hands.popup, 'Run now');
  await until('it needs a person', async () =>
    (await hands.state()).queue.held.some(({ reason }) => reason === 'cancelled_after_credit'),
  );
  return stage;
}

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

const LOOKING_TAKES_MS = 300_000;

test(
  'axe finds nothing on any view at WCAG 2.2 AA, light and dark, narrow and wide',
  async () => {
    const { hands } = await cancelledAfterCredit();
    const dashboard = await hands.openDashboard();
    await hands.see(dashboard, 'Decide', 'link');
    expect(await everyLook(dashboard, WIDTHS), 'Take back').toEqual([]);
    await hands.press(dashboard, 'Decide', 'link');
    await hands.press(dashboard, 'Take back $15.00 USD');
    await hands.see(dashboard, 'Take back $15.00 USD?', 'heading');
    expect(await everyLook(dashboard, WIDTHS), 'the question').toEqual([]);
    await hands.press(dashboard, 'Cancel');
    expect(await everyLook(dashboard, WIDTHS), 'one reversal').toEqual([]);
    await hands.press(dashboard, 'Limits', 'link');
    await hands.type(dashboard, 'Most per reward (USD)', 'a lot');
    expect(await everyLook(dashboard, WIDTHS), 'Limits').toEqual([]);
    await hands.press(dashboard, 'Reconcile', 'link');
    await hands.press(dashboard, 'Reconcile now');
    await hands.see(dashboard, 'Reconcile again');
    expect(await everyLook(dashboard, WIDTHS), 'Reconcile').toEqual([]);
    await hands.press(dashboard, 'Audit', 'link');
    await hands.see(dashboard, 'Look for newer');
    expect(await everyLook(dashboard, WIDTHS), 'Audit').toEqual([]);
  },
  LOOKING_TAKES_MS,
);

test('limits are set by typing, and hold the reward that is above them', async () => {
  const stage = await setStage({ seed: smallSeed() });
  const { hands, until } = stage;
  await setUp(stage);
  await until('all is paid', async () => (await hands.state()).queue.counts.redeemed === 4);

  const dashboard = await hands.openDashboard();
  await hands.press(dashboard, 'Limits', 'link');
  await hands.type(dashboard, 'Most per reward (USD)', '1,000');
  await says(dashboard, '$1,000.00 USD; saved is no cap');
  await hands.type(dashboard, 'Most per reward (USD)', '15.00');
  await hands.press(dashboard, 'Save limits');
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
