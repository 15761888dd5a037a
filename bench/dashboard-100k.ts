/**
 * `dashboard-100k`: Rewards with 100,000 of them in the ledger. First rows, from the beginning of the navigation; then
 * sorting, narrowing and scrolling, each from the act to the frame that shows what it asked for; and the longest task
 * meanwhile. Simulators and database are those of a made-up year; the proxy runs in a process of its own.
 */
import { fork } from 'node:child_process';
import type { Page } from 'puppeteer';
import { startYear } from '../sandbox/year/year.ts';
import { openBenchBrowser, pairHands } from './browsing.ts';
import { type Measured, median, quantile, type Row } from './row.ts';
import { answer, stop } from './upstream.ts';

const ACTS: Record<string, string> = {
  'sort, the oldest': '#/rewards?sort=oldest',
  'sort, the newest': '#/rewards',
  'filter, what was redeemed': '#/rewards?state=redeemed',
  'filter, redeemed in euros': '#/rewards?state=redeemed&currency=EUR',
};

/** From a new address to the frame in which its rows stand there: in a list of their own, for one may begin with the same reward. */
const follow = (page: Page, hash: string): Promise<number> =>
  page.evaluate(async (to) => {
    const before = document.querySelector('.rw-list');
    const isShown = () => {
      const list = document.querySelector('.rw-list');
      return list !== before && list?.querySelector('tr[data-index="0"] code');
    };
    const start = performance.now();
    location.hash = to;
    const end = start + 20_000;
    while (!isShown()) {
      if (performance.now() > end) throw new Error(`The rows did not follow ${to}.`);
      await new Promise(requestAnimationFrame);
    }
    return performance.now() - start;
  }, hash);

/** From one turn of the wheel to the frame that shows rows there, forty times; each turn's. */
const scroll = (page: Page): Promise<number[]> =>
  page.evaluate(async () => {
    const list = document.querySelector('.rw-list');
    if (!list) throw new Error('There is no list.');
    /** A row stands at the list's lower edge. */
    const isShown = () => {
      const { bottom } = list.getBoundingClientRect();
      const edge = Math.min(bottom, innerHeight) - 10;
      return [...list.querySelectorAll('tr[data-index]')].some((row) => {
        const { top, bottom } = row.getBoundingClientRect();
        return top <= edge && edge <= bottom;
      });
    };
    const times: number[] = [];
    for (let turn = 0; turn < 40; turn++) {
      const start = performance.now();
      list.scrollTop += 400;
      do {
        if (performance.now() > start + 20_000) throw new Error('Scrolling left no rows.');
        await new Promise(requestAnimationFrame);
      } while (!isShown());
      await new Promise(requestAnimationFrame);
      times.push(performance.now() - start);
    }
    return times;
  });

export const dashboard100k: Row = {
  name: 'dashboard-100k',
  async measure(sizes) {
    const small = sizes === 'small';
    const sandbox = await startYear({ rewards: small ? 1_000 : 100_000 });
    const proxy = fork(new URL('./proxy-child.ts', import.meta.url), {
      env: { PATH: process.env.PATH, ...sandbox.env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const listening: { url: string; code: string } = await answer(proxy);
    const hands = await openBenchBrowser();
    try {
      await pairHands(hands, listening);
      const page = hands.popup;
      await page.evaluateOnNewDocument(() => {
        const tasks: number[] = [];
        Reflect.set(globalThis, 'longTasks', tasks);
        new PerformanceObserver((list) => {
          for (const { duration } of list.getEntries()) tasks.push(duration);
        }).observe({ type: 'longtask', buffered: true });
      });
      const first: number[] = [];
      const acts = new Map<string, number[]>();
      const tasks: number[] = [];
      const runs = small ? 1 : 5;
      for (let run = 0; run < runs; run++) {
        await page.goto('about:blank');
        await page.goto(`chrome-extension://${hands.extensionId}/dashboard/index.html#/rewards`);
        const rows = await page.waitForFunction(() =>
          document.querySelector('tr[data-index]') ? performance.now() : null,
        );
        first.push(Number(await rows.jsonValue()));
        for (const [name, hash] of Object.entries(ACTS))
          acts.set(name, [...(acts.get(name) ?? []), await follow(page, hash)]);
        acts.set('scroll', [...(acts.get('scroll') ?? []), quantile(await scroll(page), 0.95)]);
        const longTasks: number[] = await page.evaluate(() => Reflect.get(globalThis, 'longTasks'));
        tasks.push(Math.max(0, ...longTasks));
      }
      const row = (name: string, times: number[], atMost: number): Measured => ({
        name: `dashboard-100k: ${name}`,
        unit: 'ms',
        ours: median(times),
        limit: null,
        target: { of: 'ours', atMost },
        runs,
      });
      return [
        row('first rows', first, 500),
        ...[...acts].map(([name, times]) => row(name, times, 100)),
        row('longest task', tasks, 200),
      ];
    } finally {
      await hands.close();
      await stop(proxy);
      await sandbox.close();
    }
  },
};
