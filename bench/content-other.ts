/**
 * `content-other`: processor time that our script takes on a page that is not about a participant: pages of the corpus that
 * are about nobody, under Advocate's real host names, for the first seconds they stand there; and on another host, where
 * there must be none. Beside it the same pages without the extension, where it is nothing by definition.
 */
import { corpus } from '../test/unit/corpus-pages.ts';
import { openBenchBrowser } from './browsing.ts';
import { standOn } from './content-page.ts';
import { median, type Row } from './row.ts';

const ELSEWHERE = 'https://www.example.com/';

export const contentOther: Row = {
  name: 'content-other',
  async measure(sizes) {
    const none = corpus.filter(({ expected }) => expected.expect.kind === 'none');
    const pages = sizes === 'small' ? none.slice(0, 1) : none.filter((_, i) => i % 5 === 0);
    const hands = await openBenchBrowser();
    try {
      const first = pages[0];
      if (first === undefined) throw new Error('The corpus has no page about nobody.');
      await standOn(hands, first.expected.url, first.html);
      const times: number[] = [];
      for (const { html, expected } of pages) times.push((await standOn(hands, expected.url, html)).script);
      if (!times.some((ms) => ms > 0)) throw new Error('No script of ours was seen where one runs.');
      const elsewhere = await standOn(hands, ELSEWHERE, first.html);
      return [
        {
          name: 'content-other: another host',
          unit: 'ms',
          ours: elsewhere.script,
          limit: null,
          target: { of: 'ours', atMost: 0 },
          runs: 1,
        },
        {
          name: 'content-other',
          unit: 'ms',
          ours: median(times),
          limit: 0,
          target: { of: 'difference', atMost: 1 },
          runs: times.length,
        },
      ];
    } finally {
      await hands.close();
    }
  },
};
