/** Every look of a page, held against axe. */
import { AxePuppeteer } from '@axe-core/puppeteer';
import type { Page } from 'puppeteer';

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxePuppeteer(page).withTags(WCAG).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(', ')}`);
}

/** What axe finds at WCAG 2.2 AA, light and dark, in each width, and where the page scrolls sideways. */
export async function everyLook(page: Page, widths: readonly number[]): Promise<string[]> {
  const found: string[] = [];
  for (const value of ['light', 'dark'])
    for (const width of widths) {
      await page.emulateMediaFeatures([
        { name: 'prefers-color-scheme', value },
        // A colour in the middle of its transition is nobody's choice.
        { name: 'prefers-reduced-motion', value: 'reduce' },
      ]);
      await page.setViewport({ width, height: 600 });
      await page.bringToFront();
      found.push(...(await findings(page)).map((finding) => `${value}, ${width} px: ${finding}`));
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      if (overflow) found.push(`${value}, ${width} px: scrolls sideways`);
    }
  return found;
}
