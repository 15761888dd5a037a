import type { Page } from 'puppeteer';
import { expect, test } from 'vitest';
import { LONG_MS, openDesk, says } from './bulk-hands.ts';

const MANY = 10_000;
/** Generous with frames, for slow machines that run the proxy and both simulators besides; what was measured is printed. */
const BOUNDS = { firstRowsMs: 1_000, heapMegabytes: 150, slowFrames: 0.1, longestTaskMs: 400 };
const SLOW_FRAME_MS = 100;
/** As a wheel that is turned fast. */
const WHEEL_PX = 200;
const WHEEL_FRAMES = 300;

/** From the press to rows that can be read. */
const firstRows = (page: Page) =>
  page.evaluate(async () => {
    const link = document.querySelector<HTMLElement>('a[href="#/unlinked"]');
    const start = performance.now();
    link?.click();
    while (!document.querySelector('tr[data-index]')) await new Promise(requestAnimationFrame);
    return performance.now() - start;
  });

/** Tasks of more than 50 ms, from now on. */
const watchLongTasks = (page: Page) =>
  page.evaluate(() => {
    const tasks: number[] = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) tasks.push(duration);
    }).observe({ type: 'longtask' });
    Reflect.set(globalThis, 'longTasks', tasks);
  });
const takeLongTasks = (page: Page): Promise<number[]> =>
  page.evaluate(() => Reflect.get(globalThis, 'longTasks').splice(0));

/** So many frames of so many pixels each; to the last row where there are not as many. */
const scroll = (page: Page, px: number, most: number) =>
  page.evaluate(
    async (step, count) => {
      const list = document.querySelector('.desk');
      if (!list) throw new Error('There is no list.');
      const frames: number[] = [];
      let emptyFrames = 0;
      const end = list.scrollHeight - list.clientHeight;
      let top = list.scrollTop;
      for (let last = performance.now(); frames.length < count && top < end; ) {
        top += step;
        list.scrollTop = top;
        await new Promise(requestAnimationFrame);
        frames.push(performance.now() - last);
        last = performance.now();
        if (document.querySelectorAll('tr[data-index]').length < 5) emptyFrames += 1;
      }
      list.scrollTop = list.scrollHeight;
      return { frames: frames.sort((one, other) => one - other), emptyFrames };
    },
    px,
    most,
  );

const share = (frames: number[]) => frames.filter((frame) => frame > SLOW_FRAME_MS).length / frames.length;
const frameWords = (frames: number[]) =>
  `${frames.length} frames of ${(frames[Math.floor(frames.length / 2)] ?? 0).toFixed(0)} ms ` +
  `(longest ${frames.at(-1)?.toFixed(0)} ms, ${(100 * share(frames)).toFixed(1)}% over ${SLOW_FRAME_MS} ms)`;
const words = (tasks: number[]) =>
  `${tasks.length} tasks over 50 ms, the longest ${Math.max(0, ...tasks).toFixed(0)} ms`;

test(
  'ten thousand participants: the first rows within a second, smooth to the end, in little memory',
  async () => {
    const { stage, page } = await openDesk(MANY);
    const { hands } = stage;
    // Opened anew, as somebody comes to it in the morning.
    await page.reload();
    await page.waitForSelector('tr[data-index]');
    await hands.press(page, 'Settings', 'link');
    await page.reload();
    await page.waitForFunction(() =>
      document.body.innerText.includes('Only an admin can change the settings'),
    );
    await watchLongTasks(page);
    const first = await firstRows(page);
    await says(page, '10,000 participants with 10,000 rewards');
    await page.waitForFunction(() => !document.body.innerText.includes('reading on'));
    const reading = await takeLongTasks(page);
    const wheel = await scroll(page, WHEEL_PX, WHEEL_FRAMES);
    const wheeling = await takeLongTasks(page);
    await page.evaluate(() => document.querySelector('.desk')?.scrollTo(0, 0));
    await page.waitForSelector('tr[data-index="0"]');
    // Every frame shows other rows than the one before: the bar, dragged from one end to the other.
    const bar = await scroll(page, 3_000, MANY);
    const dragging = await takeLongTasks(page);
    await page.waitForSelector(`tr[data-index="${MANY - 1}"]`);
    const rows = await page.$$eval('tr', (all) => all.length);
    const session = await page.createCDPSession();
    await session.send('HeapProfiler.collectGarbage');
    const { JSHeapUsedSize = 0 } = await page.metrics();
    const heap = JSHeapUsedSize / 1024 / 1024;
    console.log(
      [
        `10,000 unlinked: first rows ${first.toFixed(0)} ms; heap ${heap.toFixed(1)} MB; ${rows} rows in the page`,
        `while reading: ${words(reading)}`,
        `wheel: ${frameWords(wheel.frames)}; ${words(wheeling)}`,
        `bar: ${frameWords(bar.frames)}; ${words(dragging)}`,
      ].join('\n'),
    );
    expect(first).toBeLessThan(BOUNDS.firstRowsMs);
    expect(heap).toBeLessThan(BOUNDS.heapMegabytes);
    expect(share(wheel.frames), 'slow frames').toBeLessThan(BOUNDS.slowFrames);
    expect(Math.max(0, ...wheeling), 'the longest task').toBeLessThan(BOUNDS.longestTaskMs);
    expect(wheel.emptyFrames + bar.emptyFrames, 'frames without rows').toBe(0);
    expect(rows).toBeLessThan(60);
  },
  2 * LONG_MS,
);
