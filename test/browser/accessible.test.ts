import { AxePuppeteer } from '@axe-core/puppeteer';
import type { Page } from 'puppeteer';
import { expect, test } from 'vitest';
import { setStage, setUp } from './stage.ts';

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxePuppeteer(page).withTags(WCAG).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(', ')}`);
}

test('axe finds nothing on the popup at WCAG 2.2 AA, before and after set-up, light, dark and narrow', async () => {
  const stage = await setStage();
  const { popup } = stage.hands;
  const everyLook = async () => {
    const found: string[] = [];
    for (const value of ['light', 'dark'])
      for (const width of [380, 320]) {
        await popup.emulateMediaFeatures([
          { name: 'prefers-color-scheme', value },
          // A colour in the middle of its transition is nobody's choice.
          { name: 'prefers-reduced-motion', value: 'reduce' },
        ]);
        await popup.setViewport({ width, height: 600 });
        await popup.bringToFront();
        found.push(...(await findings(popup)).map((finding) => `${value}, ${width} px: ${finding}`));
        const overflow = await popup.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        if (overflow) found.push(`${value}, ${width} px: scrolls sideways`);
      }
    return found;
  };
  expect(await everyLook()).toEqual([]);
  await setUp(stage);
  await stage.until('the run is over and something is held', async () => {
    const { running, queue } = await stage.hands.state();
    return !running && queue.counts.held > 0;
  });
  expect(await everyLook()).toEqual([]);
  await stage.hands.press(popup, 'Link a participant');
  await stage.hands.see(popup, 'Find participant');
  expect(await everyLook()).toEqual([]);
});
