/**
 * `popup`: from the beginning of the popup's navigation, its worker stopped before, to the first words on the screen, and to
 * the worker's answer (until which the popup says that it shows what was). Beside it a page of the same extension with
 * a heading and nothing else.
 */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer';
import { EXTENSION } from '../sandbox/hands.ts';
import { openBenchBrowser, pairHands, waitUntil } from './browsing.ts';
import { startPaying } from './paying.ts';
import { interleave, median, type Row } from './row.ts';

const BARE = '<!doctype html><html lang="en"><title>Bare</title><h1>Bare</h1></html>';
/** As large as the toolbar shows it. */
const SIZE = { width: 380, height: 600, deviceScaleFactor: 2 };

/** The build with one page more. */
async function withBarePage(folder: string): Promise<string> {
  const extension = join(folder, 'extension');
  await cp(EXTENSION, extension, { recursive: true });
  await writeFile(join(extension, 'bare.html'), BARE);
  return extension;
}

/** Notes, in every page that is opened from now on, when the worker's answer stood in the page. */
const noteUseful = (page: Page) =>
  page.evaluateOnNewDocument(() => {
    const look = () => {
      const header = document.querySelector('.header');
      if (header && header.getAttribute('aria-busy') !== 'true')
        document.documentElement.dataset.useful = String(performance.now());
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });

async function opened(page: Page, path: string): Promise<{ paint: number; useful: number }> {
  await page.goto(new URL(path, page.url()).href);
  const isBare = path === '/bare.html';
  const found = await page.waitForFunction(
    (bare) => {
      const paint = performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
      const useful = Number(document.documentElement.dataset.useful ?? (bare ? 0 : Number.NaN));
      return paint === undefined || Number.isNaN(useful) ? null : { paint, useful };
    },
    {},
    isBare,
  );
  const times = await found.jsonValue();
  if (times === null) throw new Error(`${path} painted nothing.`);
  return times;
}

export const popup: Row = {
  name: 'popup',
  async measure(sizes) {
    const runs = sizes === 'small' ? 1 : 11;
    const folder = await mkdtemp(join(tmpdir(), 'bench-popup-'));
    const paying = await startPaying({ people: 20, rewards: true, delays: null, limit: null });
    const hands = await openBenchBrowser({ extension: await withBarePage(folder) });
    try {
      await pairHands(hands, paying);
      await waitUntil('all are paid', 60, async () => (await hands.state()).queue.counts.redeemed === 20);
      const page = hands.popup;
      await page.setViewport(SIZE);
      await noteUseful(page);
      const rest = async () => {
        await page.goto(new URL('/bare.html', page.url()).href);
        await page.evaluate(() => new Promise((idle) => requestIdleCallback(idle)));
      };
      const useful: number[] = [];
      const times = await interleave(runs, {
        bare: async () => {
          await rest();
          return (await opened(page, '/bare.html')).paint;
        },
        ours: async () => {
          await rest();
          await hands.stopWorker();
          const ours = await opened(page, '/popup/index.html');
          useful.push(ours.useful);
          return ours.paint;
        },
      });
      return [
        {
          name: 'popup: first paint',
          unit: 'ms',
          ours: median(times.ours),
          limit: median(times.bare),
          target: { of: 'ratio', atMost: 1.3 },
          runs,
        },
        {
          name: 'popup: useful data',
          unit: 'ms',
          ours: median(useful),
          limit: null,
          target: { of: 'ours', atMost: 300 },
          runs,
        },
      ];
    } finally {
      await hands.close();
      await paying.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};
