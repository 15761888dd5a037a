/** `recogniser`: what it takes to read one page, over the whole corpus, in a browser's own document: the best of three. */
import type { recognise } from '../src/content/recognise.ts';
import { corpus } from '../test/unit/corpus-pages.ts';
import { inPage } from './in-page.ts';
import { median, type Row } from './row.ts';

declare const recogniser: typeof recognise;

export const recogniserRow: Row = {
  name: 'recogniser',
  async measure(sizes) {
    const pages = sizes === 'small' ? corpus.slice(0, 40) : corpus;
    const runs = sizes === 'small' ? 1 : 5;
    return inPage(new URL('./in-page-recogniser.ts', import.meta.url), async (page) => {
      const averages: number[] = [];
      let participants = 0;
      for (let run = 0; run < runs; run++) {
        let sum = 0;
        for (const { html, expected } of pages) {
          await page.evaluate((text) => {
            document.open();
            document.write(`<!doctype html>${text}`);
            document.close();
          }, html);
          const { ms, kind } = await page.evaluate((url) => {
            let kind = '';
            const times = [1, 2, 3].map(() => {
              const start = performance.now();
              kind = recogniser(document, url).kind;
              return performance.now() - start;
            });
            return { ms: Math.min(...times), kind };
          }, expected.url);
          if (kind !== 'none') participants += 1;
          sum += ms;
        }
        averages.push(sum / pages.length);
      }
      if (participants === 0) throw new Error('No page of the corpus was recognised.');
      return [
        {
          name: 'recogniser',
          unit: 'ms/page',
          ours: median(averages),
          limit: null,
          target: { of: 'ours', atMost: 2 },
          runs,
        },
      ];
    });
  },
};
