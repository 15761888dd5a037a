import { expect, test } from 'vitest';
import { LONG_MS } from './bulk-hands.ts';
import { says } from './by-keys.ts';
import { pairElsewhere } from './elsewhere.ts';
import { everyState, REWARD } from './every-state.ts';
import { bothSchemes } from './looks.ts';

const WIDTHS = [320, 1280] as const;
const POPUP_WIDTHS = [380, 320] as const;
const DORA = 'bbbbbbbbbbbbbbbbbbbbdo00';
const EMIL = 'bbbbbbbbbbbbbbbbbbbbem00';

test(
  'axe finds nothing on any view of the dashboard and in any of its states at WCAG 2.2 AA, light and dark, narrow and wide',
  async () => {
    const stage = await everyState();
    const { hands, sandbox } = stage;
    const page = await hands.openDashboard();
    const found: string[] = [];
    const look = async (what: string, on = page, widths: readonly [number, number] = WIDTHS) => {
      found.push(...(await bothSchemes(on, widths)).map((finding) => `${what}: ${finding}`));
    };
    const at = async (hash: string, text: string) => {
      await page.evaluate((wanted) => {
        location.hash = wanted;
      }, hash);
      await says(page, text);
    };
    const press = (name: string) => hands.press(page, name);

    const { popup } = hands;
    await hands.press(popup, 'Confirm currency');
    await look('popup, the question before a currency is confirmed', popup, POPUP_WIDTHS);
    await hands.press(popup, 'Cancel');
    await hands.press(popup, 'Link a participant');
    await hands.type(popup, 'Participant’s e-mail or ID', 'anna@example.com');
    await hands.press(popup, 'Find participant');
    await popup.locator('button ::-p-text(Anna Example)').click();
    await hands.seeText(popup, 'used on');
    await look('popup, where the credit of a participant went', popup, POPUP_WIDTHS);
    await hands.press(popup, 'Back');

    await says(page, 'Credits per day');
    await look('Overview');
    await page.locator('figure button').click();
    await look('Overview, a table');

    await at('#/rewards?q=nobody', 'No reward fits this filter.');
    await look('Rewards, none fits');
    for (const [name, reward, text] of [
      ['cancelled after its credit', REWARD, 'Linked now to'],
      ['redeemed', REWARD.replace(/0$/, '1'), 'Linked now to'],
      ['waiting', DORA, 'Nobody'],
      ['held', EMIL, 'Linked now to'],
    ] as const) {
      await at(`#/rewards/${reward}`, text);
      await look(`one reward, ${name}`);
    }
    await press('Confirm currency');
    await look('the question before a currency is confirmed');
    await press('Cancel');
    await at(`#/rewards/${DORA}?link=1`, 'Dora Example');
    await hands.see(page, 'Search');
    await look('one reward, to be linked');

    await at('#/rewards', '8 rewards, all there are');
    await page.locator('thead input').click();
    await look('Rewards, all chosen');
    for (const deed of ['Try again', 'Hold', 'Release', 'Dismiss']) {
      await page.locator(`.rw-bulk button ::-p-text(${deed})`).click();
      await page.waitForSelector('dialog[open]');
      await look(`the question before ${deed}`);
      await page.locator('dialog .button-primary').click();
      await hands.see(page, 'Close');
      await look(`what became of ${deed}`);
      await press('Close');
    }
    await at(`#/rewards/${DORA}`, 'An admin dismissed this reward');
    await look('one reward, dismissed');

    await at('#/take-back', 'Decide');
    await look('Take back');
    await hands.press(page, 'Decide', 'link');
    await press('Take back $15.00 USD');
    await look('the question before a credit is taken back');
    await press('Cancel');
    await press('Leave it');
    await look('the question before it is left');
    await press('Cancel');
    await look('one proposal');
    await press('Take back $15.00 USD');
    await page.locator('dialog .button-primary').click();
    await says(page, '$15.00 USD was taken back');
    await look('taken back');

    await at('#/reconcile', 'The signed report');
    await press('Reconcile now');
    await hands.see(page, 'Reconcile again');
    await look('Reconcile, with its result');
    await at('#/audit', 'Look for newer');
    await look('Audit');

    await at('#/settings', 'Most per day');
    await hands.type(page, 'Most per reward (USD)', 'a lot');
    await hands.type(page, 'Unit', 'nothing');
    await look('Settings, with mistakes');
    await press('Drop my changes');
    await hands.type(page, 'Most per reward (USD)', '15.00');
    await look('Settings, to be saved');
    await hands.press(popup, 'Pause');
    await page.bringToFront();
    await says(page, 'Somebody changed the settings');
    await look('Settings, changed by somebody else meanwhile');
    await hands.press(popup, 'Turn on');
    await stage.until('credits are on again', async () => {
      const { session, mode } = await hands.state();
      return session?.modes[mode].settings.paused === false;
    });
    await press('Keep what I typed');
    await press('Save settings');
    await says(page, 'Saved. It counts');
    await press('Pause credits');
    await look('Settings, saved and paused');

    await pairElsewhere(stage, 'support', 'Sam’s Chrome');
    await at('#/team', 'Sam’s Chrome');
    await press('Make a code');
    await says(page, 'Code for support');
    await look('Team, with a code');
    await press('Remove Sam’s Chrome');
    await look('the question before a browser is removed');
    await press('Cancel');

    await at('#/health', 'Headroom at Stripe');
    await look('Health, with something to know');
    sandbox.advocate.inject({ fault: 'unauthorized', times: Number.POSITIVE_INFINITY });
    // What was found out a moment ago is not asked for again.
    await stage.until('it is seen that Advocate refuses', async () => {
      await press('Check again');
      return page.evaluate(() => document.body.innerText.includes('Advocate refuses'));
    });
    await look('Health, with something wrong');
    sandbox.advocate.clearFaults();

    await press('Live');
    for (const [view, text] of [
      ['overview', 'Nothing'],
      ['rewards', 'No reward'],
      ['unlinked', 'Unlinked'],
      ['settings', 'No unit is set'],
      ['health', 'Headroom at Stripe'],
    ] as const) {
      await at(`#/${view}`, text);
      await look(`live, ${view}, empty`);
    }
    expect(found).toEqual([]);
  },
  LONG_MS,
);
