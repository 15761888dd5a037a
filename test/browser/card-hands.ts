/**
 * The desk's inside, on a page and in the popup. On a page it is a card that no page can look into, so it is asked
 * for in the world of the extension's own script.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'puppeteer';
import type { Hands } from '../../sandbox/hands.ts';
import { press, tabTo, write } from './by-keys.ts';
import { isOurs, ROOT, world } from './inside.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export async function seeText(page: Page, text: string): Promise<void> {
  const root = isOurs(page) ? 'document.body' : ROOT;
  const told = `(${root})?.textContent.replace(/\\s+/g, ' ') ?? ''`;
  try {
    await world(page).waitForFunction(`(${told}).includes(${JSON.stringify(text)})`);
  } catch (cause) {
    throw new Error(`“${text}” is not in: ${await world(page).evaluate(told)}`, { cause });
  }
}

/** What stands in the desk's one box. */
export const typedIn = async (page: Page): Promise<string> =>
  String(await world(page).evaluate(`(${isOurs(page) ? 'document' : ROOT}).querySelector('input').value`));

type Look = {
  found: string[];
  /** How many of its controls axe has looked at. */
  looked: number;
  /** Whether something in it does not fit. */
  wider: boolean;
};

/** What axe finds on the card at WCAG 2.2 AA. */
export async function lookAtCard(page: Page): Promise<Look> {
  const realm = world(page);
  await realm.evaluate(axe);
  // A colour in the middle of its transition is nobody's choice.
  await page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }]);
  const answer = await realm.evaluate(`(async () => {
    const host = document.querySelector('advocate-credits-card');
    Object.defineProperty(host, 'shadowRoot', { value: ${ROOT}, configurable: true });
    const runOnly = { type: 'tag', values: ${JSON.stringify(WCAG)} };
    const { violations, passes } = await axe.run(host, { runOnly });
    const controls = passes.find(({ id }) => id === 'button-name');
    return JSON.stringify({
      found: violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html, failureSummary }) => html + failureSummary).join(', ')),
      looked: controls ? controls.nodes.length : 0,
      wider:
        host.getBoundingClientRect().right > innerWidth ||
        [...host.shadowRoot.querySelectorAll('section')].some((one) => one.scrollWidth > one.clientWidth),
    });
  })()`);
  return JSON.parse(String(answer));
}

/** One way to work: by pointer, or by nothing but the keyboard. */
export type Way = {
  press(page: Page, name: string): Promise<void>;
  /** As fast as it can be done. */
  pressTwice(page: Page, name: string): Promise<void>;
  /** A choice whose name begins like this. */
  choose(page: Page, beginning: string): Promise<void>;
  /** Into the box of the finder, and off it goes. */
  search(page: Page, text: string, box?: string, button?: string): Promise<void>;
};

export const byClick = (hands: Hands): Way => ({
  press: (page, name) => hands.press(page, name),
  async pressTwice(page, name) {
    await page.bringToFront();
    await page.locator(`::-p-aria([name="${name}"][role="button"])`).click({ count: 2 });
  },
  choose: (page, beginning) => page.locator(`button ::-p-text(${beginning})`).click(),
  async search(page, text, box = BOX, button = 'Search') {
    await hands.type(page, box, text);
    await hands.press(page, button);
  },
});

const BOX = 'Customer’s e-mail, name or ID';
export const byKeyboard = (hands: Hands): Way => ({
  async press(page, name) {
    await page.bringToFront();
    await hands.see(page, name);
    await press(page, name);
  },
  async pressTwice(page, name) {
    await page.bringToFront();
    await hands.see(page, name);
    await tabTo(page, name);
    await Promise.all([page.keyboard.press('Enter'), page.keyboard.press('Enter')]);
  },
  async choose(page, words) {
    await page.locator(`button ::-p-text(${words})`).wait();
    await press(page, `${words}…`);
  },
  async search(page, text, box = BOX) {
    await page.bringToFront();
    await hands.see(page, box, 'textbox');
    await write(page, box, text);
    await page.keyboard.press('Enter');
  },
});
