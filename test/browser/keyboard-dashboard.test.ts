import type { Page } from 'puppeteer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { downloads } from './bulk-hands.ts';
import { choose, focusIsKept, press, says, tabTo, write } from './by-keys.ts';
import { pairElsewhere } from './elsewhere.ts';
import { everyState, ofReward } from './every-state.ts';
import type { Stage } from './stage.ts';

let stage: Stage;
let page: Page;
const ends: (() => Promise<void>)[] = [];
beforeAll(async () => {
  stage = await everyState({ atEnd: (end) => void ends.push(end) });
  page = await stage.hands.openDashboard();
  await page.setViewport({ width: 1280, height: 900 });
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

/** By its link, and nothing is lost on the way. */
async function open(view: string): Promise<void> {
  await press(page, view);
  await page.waitForFunction((name) => document.title.startsWith(`${name} ·`), {}, view);
}
const counts = async () => (await stage.hands.state()).queue.counts;

test('Overview: other days, a plot as a table and back, and on to the rewards behind a number', async () => {
  await says(page, 'Credits per day');
  await press(page, '7 days');
  await press(page, 'Look again');
  await press(page, 'Show as table');
  await page.waitForSelector('figure table');
  await tabTo(page, 'Credits per day…');
  await tabTo(page, 'Hide table', 'back');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => !document.querySelector('figure table'));
  await press(page, 'Held');
  await says(page, '3 rewards, all there are');
});

test('Rewards: narrowed, ordered, searched, chosen, tried again, held, released, dismissed and saved', async () => {
  await open('Rewards');
  await choose(page, 'State', 'Waiting');
  await says(page, '2 rewards, all there are');
  await choose(page, 'Order', 'Oldest');
  await page.waitForFunction(() => location.hash.includes('sort=oldest'));
  await press(page, 'Choose $…', 'Space');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  await says(page, '2 rewards chosen.');
  for (const [deed, told] of [
    ['Try', '2 rewards are tried again.'],
    ['Dismiss', '2 rewards are dismissed.'],
    ['Release', '2 rewards are released.'],
    ['Hold', '2 rewards are held.'],
    ['Release', '2 rewards are released.'],
  ] as const) {
    // Beneath the list: a row has its own, for that one alone.
    await tabTo(page, 'Choose none');
    await tabTo(page, deed === 'Try' ? 'Try again' : deed, 'back');
    await page.keyboard.press('Enter');
    await press(page, `${deed} 2 rewards…`);
    await says(page, told);
    await press(page, 'Close');
  }
  await press(page, 'Choose none');
  await press(page, 'Clear filter');
  await says(page, '8 rewards, all there are');
  await press(page, 'Choose all rewards that were read so far', 'Space');
  await says(page, '8 rewards chosen.');
  await press(page, 'Choose none');
  const file = await (await downloads(page)).next(() => press(page, 'Save as CSV'));
  expect(file.trim().split('\r\n')).toHaveLength(9);
  await write(page, 'Search by ID', 'bbbbbbbbbbbbbbbbbbbbdo');
  await says(page, '2 rewards, all there are');
  await press(page, 'Look for newer');
});

/** The worker has looked at Dora's rewards once more. */
const bothWait = () =>
  stage.until('Dora waits for a link', async () =>
    (await stage.hands.state()).queue.waiting.some(
      ({ reason, count }) => reason === 'not_linked' && count === 2,
    ),
  );

test('one reward: opened, held, released, dismissed, its ID copied, its participant linked', async () => {
  await bothWait();
  await open('Rewards');
  await write(page, 'Search by ID', 'bbbbbbbbbbbbbbbbbbbbdo00');
  await says(page, '1 reward, all there is');
  await press(page, '$40.00 USD');
  await says(page, 'What happened');
  await press(page, 'Hold');
  await press(page, 'Hold 1 reward');
  await press(page, 'Release');
  await press(page, 'Release 1 reward');
  await press(page, 'Dismiss');
  await press(page, 'Dismiss 1 reward');
  await press(page, 'Copy: Reward');
  await press(page, 'Release');
  await press(page, 'Release 1 reward');
  await tabTo(page, 'Dismiss');
  await bothWait();
  await press(page, 'All rewards');
  await press(page, '$40.00 USD');
  await press(page, 'Find customer');
  await press(page, 'Link Dora Example…');
  await stage.until('Dora is paid', async () => (await counts()).redeemed === 5);
  await focusIsKept(page);
});

test('what a reward waits for is granted from the list: a currency is confirmed', async () => {
  await open('Rewards');
  await write(page, 'Search by ID', 'bbbbbbbbbbbbbbbbbbbbem00');
  await press(page, 'Confirm currency');
  await press(page, 'Cancel');
  await press(page, 'Confirm currency');
  await press(page, 'Confirm and credit');
  await stage.until('Emil is paid', async () => (await counts()).held === 2);
});

test('Settings: a cap, a rule and a unit are changed, dropped, saved; credits are paused and turned on', async () => {
  await open('Settings');
  await write(page, 'Most per reward (USD)', '15.00');
  await press(page, 'Drop my changes');
  await write(page, 'Most per reward (USD)', '1500');
  await press(page, 'Ask an admin first…', 'ArrowDown');
  await press(page, 'Remove STRIPE/JPY');
  await press(page, 'Save settings');
  await says(page, 'Saved. It counts from the next reward on.');
  await write(page, 'Unit', 'STRIPE/JPY');
  await press(page, 'Add unit');
  await press(page, 'Save settings');
  await says(page, 'Saved. It counts from the next reward on.');
  await press(page, 'Pause credits');
  await says(page, 'Rewards wait until credits are turned on again.');
  await press(page, 'Turn on');
  await says(page, 'becomes credit by itself');
  await focusIsKept(page);
});

test('Take back: a proposal is opened, asked about and taken back; Audit is read on and narrowed', async () => {
  await open('Take back');
  await press(page, 'Decide');
  await press(page, 'Take back $15.00 USD');
  await press(page, 'Cancel');
  await press(page, 'Take back $15.00 USD');
  await press(page, 'Take back $15.00 USD');
  await says(page, '$15.00 USD was taken back');
  expect(ofReward(stage, 'advocate_reversed_reward')).toHaveLength(1);
  await press(page, 'All proposals');
  await open('Audit');
  await press(page, 'Look for newer');
  await write(page, 'About one subject only', 'settings');
  await page.keyboard.press('Enter');
  await focusIsKept(page);
});

test('Health is looked at again, and leads to Reconcile, which is started', async () => {
  await open('Health');
  await press(page, 'Check again');
  await press(page, 'Open Reconcile');
  await press(page, 'Reconcile now');
  await tabTo(page, 'Reconcile again');
});

test('Team: a code for an admin is made, copied and put away; another browser is removed', async () => {
  await pairElsewhere(stage, 'admin', 'Ana’s Chrome');
  await open('Team');
  await press(page, 'Support…', 'ArrowDown');
  await press(page, 'Make a code');
  await says(page, 'Code for an admin');
  await press(page, 'Copy code');
  await press(page, 'Done');
  await press(page, 'Look again');
  await press(page, 'Remove Ana’s Chrome');
  await press(page, 'Cancel');
  await press(page, 'Remove Ana’s Chrome');
  await press(page, 'Remove this browser');
  await says(page, '“Ana’s Chrome” was removed.');
  await press(page, 'Live');
  await press(page, 'Test');
  await focusIsKept(page);
});
