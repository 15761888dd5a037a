import { expect, test } from 'vitest';
import { downloads, indices, LONG_MS, linksIn, openDesk, openUnlinked, says } from './bulk-hands.ts';
import { customerOf, emailOf, kindOf } from './desk-seed.ts';

/** Everybody who is sure is being linked: reviewed, and pressed once more. */
async function beginLinking(people: number) {
  const { stage, page } = await openDesk(people);
  const { hands } = stage;
  await hands.press(page, 'Find matches for all');
  await says(page, 'All of them were looked up in Stripe.');
  const sure = indices(people).filter((index) => kindOf(index) === 'sure');
  await hands.press(page, `Link ${sure.length} participants`);
  await hands.press(page, `Link ${sure.length} participants`);
  return { stage, page, sure };
}

async function halfLinked() {
  const begun = await beginLinking(150);
  await begun.stage.until('the second batch is under way', () => linksIn(begun.stage).size > 30);
  return begun;
}

test(
  'support links many, and is refused everything beyond with a sentence',
  async () => {
    const { stage, page, sure } = await beginLinking(60);
    const { hands } = stage;
    await says(page, `${sure.length} participants linked.`);
    expect(linksIn(stage).size).toBe(sure.length);
    await hands.press(page, 'Settings', 'link');
    await says(
      page,
      'Your role is support: you can read everything here. Only an admin can change the settings.',
    );
    expect(await page.$$eval('main button', (all) => all.map((one) => one.textContent))).not.toContain(
      'Save',
    );

    // As a page would that a person has tampered with: the proxy and the worker refuse, whatever is on the screen.
    const reward = 'aaaaaaaaaaaaaaaa00000000';
    const settings = { version: 1, units: [], paused: true, currencyRule: 'confirm', caps: {} };
    for (const message of [
      { name: 'saveSettings', request: settings },
      { name: 'disconnect', request: {} },
      { name: 'confirmBackfill', request: { version: 1, seen: [] } },
      { name: 'reverse', request: { reward, seen: { amount: 1, currency: 'USD' } } },
      { name: 'dismissReversal', request: { reward } },
      { name: 'run', request: {} },
      { name: 'retry', request: { reward } },
    ]) {
      const reply = await page.evaluate(`chrome.runtime.sendMessage(${JSON.stringify(message)})`);
      expect(reply, message.name).toMatchObject({
        ok: false,
        problem: { code: 'forbidden', action: expect.any(String) },
      });
    }
  },
  LONG_MS,
);

test(
  'a tab that is closed in the middle loses nothing and doubles nothing: the next one goes on',
  async () => {
    const { stage, page, sure } = await halfLinked();
    const { hands } = stage;
    await page.close();

    const next = await openUnlinked(stage);
    await says(next, 'The tab that was linking was closed before the end. What is linked stays linked.');
    const [told = ''] = await next.$$eval('section[aria-label="Linking"] .notice-title', (all) =>
      all.map((one) => one.textContent),
    );
    expect(told).toMatch(/^Paused: \d+ participants linked and \d+ left\.$/);
    await hands.press(next, 'Resume');
    await next.waitForFunction(() =>
      /^\d+ participants linked( and \d+ (was|were) linked like that already)?\.$/.test(
        document.querySelector('section[aria-label="Linking"] .notice-title')?.textContent ?? '',
      ),
    );
    const links = linksIn(stage);
    expect(links.size).toBe(sure.length);
    for (const index of sure) expect(links.get(emailOf(index))).toBe(customerOf(index));
    expect([...stage.writes.values()], 'each was written once').toEqual(Array(sure.length).fill(1));
    const files = await downloads(next);
    const result = await files.next(() => hands.press(next, 'Save result file'));
    expect(result.split('\r\n').filter((line) => /,(linked|unchanged),cus_/.test(line))).toHaveLength(
      sure.length,
    );
    await hands.press(next, 'Close');
    await next.waitForFunction(() => !document.querySelector('section[aria-label="Linking"]'));
    await next.close();
    const last = await openUnlinked(stage);
    expect(await last.$('section[aria-label="Linking"]'), 'what was seen is not shown again').toBeNull();
  },
  LONG_MS,
);

test(
  'a worker that the browser stops pauses the linking, and it resumes with nothing written twice',
  async () => {
    const { stage, page, sure } = await halfLinked();
    const { hands } = stage;
    await hands.stopWorker();
    await says(page, 'The extension’s background worker did not answer.');
    await hands.press(page, 'Resume');
    await page.waitForFunction(() =>
      /^\d+ participants linked/.test(
        document.querySelector('section[aria-label="Linking"] .notice-title')?.textContent ?? '',
      ),
    );
    expect(linksIn(stage).size).toBe(sure.length);
    expect([...stage.writes.values()]).toEqual(Array(sure.length).fill(1));
  },
  LONG_MS,
);
