/** Pages of Advocate's hosts, and of others, with the extension's script in them or without. */
import { readFileSync } from 'node:fs';
import type { Page } from 'puppeteer';
import type { Hands } from '../sandbox/hands.ts';
import { type Traced, traced } from './traced.ts';

/** As long as content is waited for after a page has come, and a moment more. */
const WATCHED_MS = 3_000;

/** What the browser calls the world of the extension's scripts. */
const { name: NAME }: { name: string } = JSON.parse(
  readFileSync(new URL('../manifest.json', import.meta.url), 'utf8'),
);

export type Seen = Traced & { shift: number; megabytes: number; loaded: string[] };

/** Opens the page and lets it stand for a while. What is not the page itself is not there. */
export async function standOn(hands: Hands, address: string, html: string, ms = WATCHED_MS): Promise<Seen> {
  const page = await hands.browser.newPage();
  const loaded: string[] = [];
  try {
    await page.evaluateOnNewDocument(() => {
      const seen: number[] = [];
      Reflect.set(globalThis, 'seenShifts', seen);
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) seen.push(Number(Reflect.get(entry, 'value')));
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await page.setRequestInterception(true);
    page.on('request', (request) => {
      if (request.url().startsWith('chrome-extension:')) {
        loaded.push(request.url());
        return void request.continue();
      }
      const body = request.isNavigationRequest() && request.frame() === page.mainFrame() ? html : '';
      return void request.respond({ contentType: 'text/html; charset=utf-8', body });
    });
    const ours = new RegExp(`^chrome-extension://${hands.extensionId}/(?!background|popup/|dashboard/)`);
    const done = await traced(
      page,
      // The worker and our own pages may be at work meanwhile; they are not on this page.
      { isOurs: (url) => ours.test(url), world: NAME },
      async () => {
        await page.goto(address);
        await new Promise((resolve) => setTimeout(resolve, ms));
      },
    );
    const shifts: number[] = await page.evaluate(() => Reflect.get(globalThis, 'seenShifts'));
    const shift = shifts.reduce((sum, one) => sum + one, 0);
    return { ...done, shift, megabytes: await heapOf(page), loaded };
  } finally {
    await page.close();
  }
}

/** Of the page and all worlds in it, after everything that nobody holds is gone. */
async function heapOf(page: Page): Promise<number> {
  const session = await page.createCDPSession();
  await session.send('HeapProfiler.enable');
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 1e6;
}
