/**
 * `content-participant`: what our script costs a page that is about a participant, for the first seconds it stands there:
 * processor time, tasks above 50 ms that it runs in, layout shift, and the heap beside that of the same page without the
 * extension. The browser is not paired, so that the card has nothing to say yet and the page's share is all there is.
 */
import { corpus } from '../test/unit/corpus-pages.ts';
import { openBenchBrowser } from './browsing.ts';
import { type Seen, standOn } from './content-page.ts';
import { type Measured, median, type Row } from './row.ts';

const SURE = corpus.filter(({ expected }) => expected.expect.kind === 'participant' && expected.expect.sure);
/** The same page under a host where no script of ours runs. */
const without = (url: string) => url.replace(/^https:\/\/[^/]+/, 'https://www.example.com');

export const contentParticipant: Row = {
  name: 'content-participant',
  async measure(sizes) {
    const pages = sizes === 'small' ? SURE.slice(0, 1) : SURE.filter((_, i) => i % 20 === 0);
    const hands = await openBenchBrowser();
    try {
      const first = SURE[0];
      if (first === undefined) throw new Error('The corpus has no page about a participant.');
      await standOn(hands, first.expected.url, first.html);
      const withUs: Seen[] = [];
      const bare: Seen[] = [];
      for (const { html, expected } of pages) {
        withUs.push(await standOn(hands, expected.url, html));
        bare.push(await standOn(hands, without(expected.url), html));
      }
      if (!withUs.some(({ script }) => script > 0)) throw new Error('No script of ours was seen.');
      const row = (
        what: string,
        unit: string,
        of: (seen: Seen) => number,
        target: Measured['target'],
      ): Measured => ({
        name: `content-participant: ${what}`,
        unit,
        ours: median(withUs.map(of)),
        limit: median(bare.map(of)),
        target,
        runs: pages.length,
      });
      return [
        row('script', 'ms', ({ script }) => script, { of: 'difference', atMost: 10 }),
        row('long tasks', 'tasks', ({ longTasks }) => longTasks, { of: 'ours', atMost: 0 }),
        row('layout shift', 'shift', ({ shift }) => shift, { of: 'difference', atMost: 0 }),
        row('memory', 'MB', ({ megabytes }) => megabytes, { of: 'difference', atMost: 2 }),
      ];
    } finally {
      await hands.close();
    }
  },
};
