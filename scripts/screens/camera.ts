/** Takes the pictures, each as it is listed. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CDPSession, Page } from 'puppeteer';
import { fileOf, filesToTake, type Look, looksOf, PICTURES, type Picture, type PictureName } from './list.ts';
import { shrinkPng } from './shrink.ts';

export type Frame = 'popup' | 'popup-narrow' | 'card' | 'page' | 'view' | 'view-narrow' | 'view-wide';
/** `tallest`: a longer page is cut there. The sizes are what people have: the popup is 380 wide. */
export const FRAMES: Record<Frame, { width: number; height: number; scale: number; tallest: number }> = {
  popup: { width: 380, height: 600, scale: 2, tallest: 1000 },
  'popup-narrow': { width: 320, height: 600, scale: 2, tallest: 1000 },
  card: { width: 1280, height: 1500, scale: 2, tallest: 1500 },
  page: { width: 1280, height: 900, scale: 2, tallest: 900 },
  view: { width: 1280, height: 900, scale: 1, tallest: 1200 },
  'view-narrow': { width: 380, height: 800, scale: 1, tallest: 1400 },
  'view-wide': { width: 2560, height: 1440, scale: 1, tallest: 1440 },
};
const CARD_MARGIN = 16;
const ANEW: readonly Frame[] = ['card', 'page'];

const LOOKS: Record<Look, Record<string, string>> = {
  light: { 'prefers-color-scheme': 'light' },
  dark: { 'prefers-color-scheme': 'dark' },
  'forced colours': { 'prefers-color-scheme': 'light', 'forced-colors': 'active' },
};

/** `reach` brings the product there. On other people’s pages it does so anew for each look: the card has the colours of
 * the page as it was when it came. */
export type Take = (name: PictureName, page: Page, reach?: () => Promise<unknown>) => Promise<void>;

/** @param reports where what stood there instead is kept, when a screen cannot be reached */
export function createCamera(folder: string, reports: string, say: (line: string) => void) {
  const taken = new Set<string>();
  const sessions = new Map<Page, CDPSession>();

  /** What is emulated lasts as long as the session that asked for it. */
  async function sessionOf(page: Page): Promise<CDPSession> {
    const known = sessions.get(page) ?? (await page.createCDPSession());
    sessions.set(page, known);
    return known;
  }

  async function appear(page: Page, look: Look): Promise<void> {
    // A colour in the middle of its transition is nobody's choice.
    const wanted = { ...LOOKS[look], 'prefers-reduced-motion': 'reduce' };
    const features = Object.entries(wanted).map(([name, value]) => ({ name, value }));
    await (await sessionOf(page)).send('Emulation.setEmulatedMedia', { features });
    await page.mouse.move(0, 0);
    await settle(page);
  }

  async function frameFor(page: Page, picture: Picture): Promise<void> {
    const { width, height, scale, tallest } = FRAMES[picture.frame];
    const frame = (to: number) => page.setViewport({ width, height: to, deviceScaleFactor: scale });
    await frame(height);
    await settle(page);
    const whole = await page.evaluate(() => document.documentElement.scrollHeight);
    if (whole > height) await frame(Math.min(whole, tallest));
    const toEnd = picture.end === true;
    await page.evaluate((end) => scrollTo(0, end ? document.documentElement.scrollHeight : 0), toEnd);
  }

  async function shoot(name: string, page: Page, reach?: () => Promise<unknown>): Promise<void> {
    const picture = PICTURES.get(name);
    if (!picture) throw new Error('It is not in the list.');
    const usual = page.viewport();
    await page.bringToFront();
    for (const [index, look] of looksOf(picture).entries()) {
      await appear(page, look);
      if (index === 0 || ANEW.includes(picture.frame)) await reach?.();
      if (picture.rightToLeft) await page.evaluate(() => document.documentElement.setAttribute('dir', 'rtl'));
      await page.bringToFront();
      await frameFor(page, picture);
      await appear(page, look);
      const clip = picture.frame === 'card' ? await cardOn(page) : null;
      const file = fileOf(name, look);
      const png = await page.screenshot({ captureBeyondViewport: false, ...(clip && { clip }) });
      await writeFile(join(folder, file), shrinkPng(Buffer.from(png)));
      taken.add(file);
      // Whoever goes on has the page before them as it was.
      await page.setViewport(usual);
    }
    if (picture.rightToLeft) await page.evaluate(() => document.documentElement.removeAttribute('dir'));
    await (await sessionOf(page)).send('Emulation.setEmulatedMedia', { features: [] });
  }

  /** Takes the picture in each of its looks. */
  const take: Take = async (name, page, reach) => {
    try {
      await shoot(name, page, reach);
    } catch (cause) {
      await mkdir(reports, { recursive: true });
      const path = join(reports, `screens-${name}.png`) as `${string}.png`;
      await page.screenshot({ path }).catch(() => undefined);
      throw new Error(`The screen “${name}” could not be reached; see ${path}.`, { cause });
    }
    say(name);
  };

  return {
    take,
    taken: taken as ReadonlySet<string>,
    begin: () => mkdir(folder, { recursive: true }),
    /** Takes away pictures that are not made any more. */
    async tidy(): Promise<void> {
      const listed = new Set(filesToTake());
      for (const file of await readdir(folder))
        if (file.endsWith('.png') && !listed.has(file)) await rm(join(folder, file));
    },
  };
}

/** Fonts are there, nothing moves, and what the last change brought is painted. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready;
    const painted = () => new Promise((resolve) => requestAnimationFrame(resolve));
    await painted();
    await painted();
  });
}

async function cardOn(page: Page) {
  const box = await (await page.$('advocate-credits-card'))?.boundingBox();
  if (!box) throw new Error('There is no card on the page.');
  const x = Math.max(0, box.x - CARD_MARGIN);
  const y = Math.max(0, box.y - CARD_MARGIN);
  return { x, y, width: box.width + 2 * CARD_MARGIN, height: box.height + 2 * CARD_MARGIN };
}
