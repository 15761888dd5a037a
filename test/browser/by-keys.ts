/** Somebody with a keyboard and nothing else, who has to see where they are and must never be thrown off the page. */
import type { KeyInput, Page } from 'puppeteer';
import { isOurs, ROOT } from './inside.ts';

const PATIENCE_MS = 15_000;
const BACK_ON_THE_PAGE_MS = 3_000;

/** The extension's own world where there is one; other pages have nothing to hide. */
const place = (page: Page) => (isOurs(page) ? page : (page.extensionRealms()[0] ?? page));

/** What has the focus: the name that it is announced with, and what is wrong with how it looks. Null for nothing. */
type Stop = { name: string; fault: string | null; inView: boolean } | null;

const STOP = `(() => {
  const host = document.activeElement;
  const at = host?.tagName === 'ADVOCATE-CREDITS-CARD' ? (${ROOT}).activeElement : host;
  if (!at || at === document.body) return null;
  const words = (at.labels?.[0] ?? at).textContent.trim().replace(/\\s+/g, ' ');
  // What only a script can lead to is read out, and has nothing to press.
  const isStop = at.tabIndex >= 0;
  const name = isStop ? (at.getAttribute('aria-label') ?? words) : '';
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at);
  const ring = (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
  const { width, height, top, bottom, left, right } = at.getBoundingClientRect();
  const inView = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
  const fault =
    !isStop ? null
    : !ring ? 'has no ring around it'
    : width === 0 || height === 0 ? 'has no size'
    : null;
  return { name, fault, inView };
})()`;

/** Where keys were pressed already; somebody who has just opened a page is nowhere on it. */
const begun = new WeakMap<Page, string>();

async function stopAt(page: Page): Promise<Stop> {
  const stop = (await place(page).evaluate(STOP)) as Stop;
  // A pointer that was here before draws no ring.
  if (stop?.fault && begun.has(page))
    throw new Error(`“${stop.name.slice(0, 60)}” has the focus and ${stop.fault}.`);
  return stop;
}

/** What was done last has left the focus somewhere, if need be after a moment. */
export async function focusIsKept(page: Page): Promise<void> {
  const last = begun.get(page);
  if (last === undefined) return;
  await place(page)
    .waitForFunction(`(${STOP}) !== null`, { timeout: BACK_ON_THE_PAGE_MS })
    .catch((cause) => {
      throw new Error(`After ${last} nothing has the focus.`, { cause });
    });
}

function note(page: Page, deed: string): void {
  if (!begun.has(page)) page.once('load', () => begun.delete(page));
  begun.set(page, deed);
}

/** A name, or with an ellipsis at its end the beginning of one. */
const fits = (name: string, which: string) =>
  which.endsWith('…') ? name.startsWith(which.slice(0, -1)) : name === which;

/** One control back and on again. */
async function isInViewOnceMore(page: Page): Promise<boolean> {
  await page.keyboard.down('Shift');
  await page.keyboard.press('Tab');
  await page.keyboard.up('Shift');
  await page.keyboard.press('Tab');
  return (await stopAt(page))?.inView ?? false;
}

/** Tab, until the control with this name has the focus. */
export async function tabTo(page: Page, which: string, way: 'on' | 'back' = 'on'): Promise<void> {
  const passed = new Set<string>();
  await page.bringToFront();
  await focusIsKept(page);
  const signal = AbortSignal.timeout(PATIENCE_MS);
  while (!signal.aborted) {
    const stop = await stopAt(page);
    // A list that grows above may have moved what had the focus; a Tab brings what it leads to into view.
    if (stop && passed.size > 0 && !stop.inView && !(await isInViewOnceMore(page)))
      throw new Error(`“${stop.name}” has the focus out of view.`);
    if (stop && fits(stop.name, which)) return;
    passed.add(stop?.name.slice(0, 40) ?? '');
    if (way === 'back') await page.keyboard.down('Shift');
    await page.keyboard.press('Tab');
    if (way === 'back') await page.keyboard.up('Shift');
    note(page, 'a Tab');
  }
  throw new Error(`The keyboard never came to “${which}”, but to: ${[...passed].join(' | ')}.`);
}

/** Tab to it, and press. */
export async function press(page: Page, which: string, key: KeyInput = 'Enter'): Promise<void> {
  await tabTo(page, which);
  await page.keyboard.press(key);
  note(page, `${key} at “${which}”`);
}

/** Tab to a box, and write over what stands in it. */
export async function write(page: Page, box: string, text: string): Promise<void> {
  await tabTo(page, box);
  await page.keyboard.down('Control');
  await page.keyboard.press('KeyA');
  await page.keyboard.up('Control');
  await page.keyboard.type(text);
}

/** Tab to a list of choices, and type what one of them begins with. */
export async function choose(page: Page, list: string, text: string): Promise<void> {
  await tabTo(page, list);
  await page.keyboard.type(text);
}

/** Tab to what leads to another tab, and go there. */
export async function openTab(page: Page, which: string, where: RegExp): Promise<Page> {
  await tabTo(page, which);
  const [target] = await Promise.all([
    page.browser().waitForTarget((one) => one.type() === 'page' && where.test(one.url())),
    page.keyboard.press('Enter'),
  ]);
  const opened = await target.page();
  if (!opened) throw new Error('The tab that was opened is gone.');
  return opened;
}

/** To be read on the page, by whoever reads it. */
export async function says(page: Page, text: string): Promise<void> {
  const isThere = (wanted: string) => document.body.innerText.includes(wanted);
  await page.waitForFunction(isThere, { timeout: PATIENCE_MS }, text).catch(async (cause) => {
    const told = await page.evaluate(() => document.body.innerText);
    throw new Error(`“${text}” is not in: ${told}`, { cause });
  });
}
