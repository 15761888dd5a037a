import { expect, test } from 'vitest';
import {
  byClick,
  chooseFile,
  downloads,
  focused,
  indices,
  LONG_MS,
  linksIn,
  openDesk,
  says,
  writeCsv,
} from './bulk-hands.ts';
import { tabTo } from './by-keys.ts';
import { customerOf, emailOf, kindOf } from './desk-seed.ts';
import { everyLook } from './looks.ts';

test(
  '300 participants are matched, looked over and linked by clicks; a tie is left to the person; a second look finds the rest',
  async () => {
    const { stage, page } = await openDesk(300, 'admin');
    const { hands } = stage;
    // The oldest money is that of the first.
    const first = await page.$$eval('tr[data-index]', (rows) =>
      rows.slice(0, 5).map((row) => row.textContent),
    );
    for (const [index, text] of first.entries()) expect(text).toContain(`Given${index} Family${index}`);
    const sure = indices(300).filter((index) => kindOf(index) === 'sure');
    await hands.press(page, 'Find matches for all');
    await says(page, 'All of them were looked up in Stripe.');
    // Somebody else is quicker with one of them.
    const [, , , , , taken = 0] = sure;
    const key = { accountId: emailOf(taken), id: emailOf(taken) };
    stage.sandbox.advocate.setCustomField('test', key, 'stripeCustomerId', 'cus_SomebodyElse');

    await hands.press(page, `Link ${sure.length} participants`);
    await hands.see(page, `Link ${sure.length} participants?`, 'heading');
    expect(linksIn(stage).size).toBe(1);
    await hands.press(page, `Link ${sure.length} participants`);
    await says(page, `${sure.length - 1} participants linked and 1 refused.`);
    const linked = linksIn(stage);
    expect(linked.size).toBe(sure.length);
    expect(linked.get(emailOf(taken))).toBe('cus_SomebodyElse');
    for (const index of sure.filter((one) => one !== taken))
      expect(linked.get(emailOf(index))).toBe(customerOf(index));
    await says(
      page,
      'Somebody changed this link in the meantime. Nothing was overwritten; it is cus_SomebodyElse now.',
    );

    const files = await downloads(page);
    const result = await files.next(() => hands.press(page, 'Save result file'));
    expect(result.split('\r\n').filter((line) => line.includes(',linked,'))).toHaveLength(sure.length - 1);
    expect(result).toContain(
      `${emailOf(taken)},${emailOf(taken)},${customerOf(taken)},refused,cus_SomebodyElse,link_changed`,
    );

    await hands.press(page, 'Read anew');
    await says(page, `${300 - sure.length} participants with`);
    const tie = indices(300).find((index) => kindOf(index) === 'tie') ?? 0;
    const misspelt = indices(300).find((index) => kindOf(index) === 'misspelt') ?? 0;
    await says(page, '2 customers may fit');
    await hands.press(page, `Choose a customer for Given${tie} Family${tie}`);
    await page.locator(`dialog label ::-p-text(${customerOf(tie)}x)`).click();
    await hands.press(page, 'Choose');
    await hands.press(page, `Choose a customer for Given${misspelt} Family${misspelt}`);
    await page.locator(`dialog label ::-p-text(${customerOf(misspelt)})`).click();
    await hands.press(page, 'Choose');
    await hands.press(page, 'Link 2 participants');
    await says(page, 'chosen against a warning');
    await hands.press(page, 'Link 2 participants');
    await says(page, '2 participants linked.');
    expect(linksIn(stage).get(emailOf(tie))).toBe(`${customerOf(tie)}x`);
    expect(linksIn(stage).get(emailOf(misspelt))).toBe(customerOf(misspelt));
    // What waits now waits for something else: it was earned before the unit was added, and an admin has to confirm that.
    await stage.until('the worker has taken up what waited for these links', async () => {
      const { waiting } = (await hands.state()).queue;
      const unlinked = waiting.filter(({ reason }) => reason === 'not_linked');
      return unlinked.reduce((sum, group) => sum + group.count, 0) < 25;
    });
  },
  LONG_MS,
);

test(
  'the list, the choice, the review and the import are done by keyboard alone',
  async () => {
    const { stage, page } = await openDesk(60);
    await tabTo(page, 'Find matches for all');
    await page.keyboard.press('Enter');
    await says(page, 'All of them were looked up in Stripe.');

    await tabTo(page, 'Link Given0…');
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowDown');
    expect(await focused(page)).toBe('Given1 Family1 has no customer yet');
    await page.keyboard.press('ArrowRight');
    expect(await focused(page)).toBe('Choose a customer for Given1 Family1');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Find');
    await page.keyboard.down('Shift');
    for (let presses = 0; presses < 2; presses++) await page.keyboard.press('Tab');
    await page.keyboard.up('Shift');
    await page.keyboard.press('ArrowUp');
    await tabTo(page, 'Choose');
    await page.keyboard.press('Enter');
    // Back on the button that opened it.
    await page.waitForFunction(
      () => document.activeElement?.getAttribute('aria-label') === 'Choose a customer for Given1 Family1',
    );
    // Far away and back: the row with the focus never leaves the page.
    await page.keyboard.press('End');
    await page.waitForFunction(() => document.activeElement?.closest('[data-index="59"]'));
    await page.evaluate(() => document.querySelector('.desk')?.scrollTo(0, 0));
    await page.waitForSelector('[data-index="0"]');
    expect(await focused(page)).toBe('Choose a customer for Given59 Family59');
    await page.keyboard.press('Home');
    await page.waitForFunction(() => document.activeElement?.closest('[data-index="0"]'));

    const sure = indices(60).filter((index) => kindOf(index) === 'sure');
    await tabTo(page, `Link ${sure.length} participants`);
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog[open]');
    await tabTo(page, `Link ${sure.length} participants`);
    await page.keyboard.press('Enter');
    await says(page, `${sure.length} participants linked.`);
    const linked = linksIn(stage);
    expect(linked.has(emailOf(0))).toBe(false);
    expect([...linked.keys()]).toContain(emailOf(1));
    expect(linked.size).toBe(sure.length);

    const file = await writeCsv(`${emailOf(0)},${emailOf(0)},${customerOf(0)}`);
    await tabTo(page, 'CSV file…');
    await chooseFile(page, file, () => page.keyboard.press('Space'));
    await says(page, 'was checked. Nothing is linked yet.');
    await tabTo(page, 'Link 1 participant');
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog[open]');
    await tabTo(page, 'Link 1 participant');
    await page.keyboard.press('Enter');
    await says(page, '1 participant linked.');
    expect(linksIn(stage).get(emailOf(0))).toBe(customerOf(0));
  },
  LONG_MS,
);

test(
  'axe finds nothing at WCAG 2.2 AA on this view and on what else support sees, light and dark, narrow and wide',
  async () => {
    const { stage, page } = await openDesk(60);
    const { hands } = stage;
    const widths = [320, 1280];
    await says(page, '2 customers may fit');
    expect(await everyLook(page, widths), 'the list').toEqual([]);
    await hands.press(page, 'Choose a customer for Given1 Family1');
    expect(await everyLook(page, widths), 'the choice').toEqual([]);
    await hands.press(page, 'Cancel');
    await byClick(page, await writeCsv(`${emailOf(0)},${emailOf(0)},${customerOf(0)}`, '=x,y,cus_1'));
    await says(page, 'was checked. Nothing is linked yet.');
    expect(await everyLook(page, widths), 'a file').toEqual([]);
    await hands.press(page, 'Link 1 participant');
    expect(await everyLook(page, widths), 'the question').toEqual([]);
    await hands.press(page, 'Link 1 participant');
    await says(page, '1 participant linked.');
    expect(await everyLook(page, widths), 'a result').toEqual([]);
    for (const [view, text] of [
      ['Rewards', 'all there are'],
      ['Take back', 'Nothing is proposed.'],
      ['Settings', 'Most per day'],
      ['Team', 'Your role is support'],
      ['Health', 'Headroom at Stripe'],
    ] as const) {
      await hands.press(page, view, 'link');
      await says(page, text);
      expect(await everyLook(page, widths), `${view}, for support`).toEqual([]);
    }
  },
  LONG_MS,
);
