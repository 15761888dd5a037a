// @vitest-environment happy-dom
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recognise } from '../../src/content/recognise.ts';
import { type CorpusPage, corpus, parse, wrongHints } from './corpus-pages.ts';
import { CHANGES, type Change } from './page-changes.ts';

const participants = corpus.filter(({ expected }) => expected.expect.kind === 'participant');
const others = corpus.filter(({ expected }) => expected.expect.kind === 'none');
const changes = Object.keys(CHANGES) as Change[];
/** The heading is all that tells `My profile` from somebody else's. */
const harmless = changes.filter((change) => change !== 'headings');

/** The page with these changes, made by this seed: a failing case can be seen again. */
function changed({ html }: CorpusPage, made: readonly Change[], seed: number): Document {
  const page = parse(html);
  const pick = random(seed);
  for (const change of made) CHANGES[change](page, pick);
  return page;
}

function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const variants = (pages: CorpusPage[], among: readonly Change[]) =>
  [
    fc.constantFrom(...pages),
    fc.uniqueArray(fc.constantFrom(...among), { minLength: 1, maxLength: 4 }),
    fc.nat(),
  ] as const;

test('however a participant page is rebuilt, it is never taken for somebody else', {
  timeout: 120_000,
}, () => {
  fc.assert(
    fc.property(...variants(participants, changes), (page, made, seed) => {
      const seen = recognise(changed(page, made, seed), page.expected.url);
      expect(wrongHints(seen, page.expected), `${page.file} after ${made.join(', ')}`).toEqual([]);
    }),
    { numRuns: 1_500, seed: 20_260 },
  );
});

test('however another page is rebuilt, it is never surely a participant', { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(...variants(others, harmless), (page, made, seed) => {
      const seen = recognise(changed(page, made, seed), page.expected.url);
      expect(seen, `${page.file} after ${made.join(', ')}`).not.toMatchObject({ sure: true });
    }),
    { numRuns: 700, seed: 20_261 },
  );
});

test.each(['classes', 'wrap', 'tags', 'hiddenStale', 'sidebar'] as const)(
  'nearly all participant pages survive the change: %s',
  (change) => {
    const lost = participants.filter((page) => {
      const seen = recognise(changed(page, [change], 7), page.expected.url);
      return seen.kind === 'none';
    });
    expect(lost.length / participants.length, lost.map(({ file }) => file).join(', ')).toBeLessThan(0.05);
  },
);
