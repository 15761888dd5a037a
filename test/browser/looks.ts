/** Every look of a page, held against axe. */
import { AxePuppeteer } from '@axe-core/puppeteer';
import type { Page } from 'puppeteer';

/** Wider than any popup. */
const TAB = 400;
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

// Pages of ours have no frames; without them in mind, axe needs no tab of its own for each look.
async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxePuppeteer(page).setLegacyMode().withTags(WCAG).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(', ')}`);
}

type Look = { scheme: 'light' | 'dark'; width: number };

/** What axe finds at WCAG 2.2 AA, light and dark, in each width, and where the page scrolls sideways. */
export const everyLook = (page: Page, widths: readonly number[]) =>
  looks(
    page,
    widths.flatMap((width): Look[] => [
      { scheme: 'light', width },
      { scheme: 'dark', width },
    ]),
  );

/** Light in one width and dark in the other, where there are many states to look at: no colour depends on a width. */
export const bothSchemes = (page: Page, [light, dark]: readonly [number, number]) =>
  looks(page, [
    { scheme: 'light', width: light },
    { scheme: 'dark', width: dark },
  ]);

async function looks(page: Page, all: readonly Look[]): Promise<string[]> {
  const found: string[] = [];
  for (const { scheme, width } of all) {
    await page.emulateMediaFeatures([
      { name: 'prefers-color-scheme', value: scheme },
      // A colour in the middle of its transition is nobody's choice.
      { name: 'prefers-reduced-motion', value: 'reduce' },
    ]);
    // A bar that stays at the window’s edge covers what runs beneath it, so a tab is as high as tabs are.
    await page.setViewport({ width, height: width > TAB ? 900 : 600 });
    await page.bringToFront();
    found.push(...(await findings(page)).map((finding) => `${scheme}, ${width} px: ${finding}`));
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    if (overflow) found.push(`${scheme}, ${width} px: scrolls sideways`);
  }
  return found;
}
