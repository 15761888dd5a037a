/** docs/asvs.md leaves no requirement out, and names only tests, files and headings that exist. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const at = (path: string) => new URL(`../../${path}`, import.meta.url);
const read = (path: string) => readFileSync(at(path), 'utf8');
const PAGE = read('docs/asvs.md');

/** What levels 1 and 2 of version 5.0 ask for: for each section, which of its numbers. */
const ASKED: Record<string, number[]> = {
  '1.1': upTo(2),
  '1.2': upTo(9),
  '1.3': upTo(11),
  '1.4': upTo(3),
  '1.5': upTo(2),
  '2.1': upTo(3),
  '2.2': upTo(3),
  '2.3': upTo(4),
  '2.4': upTo(1),
  '3.2': upTo(2),
  '3.3': upTo(4),
  '3.4': upTo(6),
  '3.5': upTo(5),
  '3.7': upTo(2),
  '4.1': upTo(3),
  '4.2': upTo(1),
  '4.3': upTo(2),
  '4.4': upTo(4),
  '6.1': upTo(3),
  '6.2': upTo(12),
  '6.3': upTo(4),
  '6.4': upTo(4),
  '6.5': upTo(5),
  '6.6': upTo(3),
  '6.8': upTo(4),
  '7.1': upTo(3),
  '7.2': upTo(4),
  '7.3': upTo(2),
  '7.4': upTo(5),
  '7.5': upTo(2),
  '7.6': upTo(2),
  '8.1': upTo(2),
  '8.2': upTo(3),
  '8.3': upTo(1),
  '8.4': upTo(1),
  '9.1': upTo(3),
  '9.2': upTo(4),
  '10.1': upTo(2),
  '10.2': upTo(2),
  '10.3': upTo(4),
  '10.4': upTo(11),
  '10.5': upTo(5),
  '10.6': upTo(2),
  '10.7': upTo(3),
  '11.1': upTo(2),
  '11.2': upTo(3),
  '11.3': upTo(3),
  '11.4': upTo(4),
  '11.5': upTo(1),
  '11.6': upTo(1),
  '12.1': upTo(3),
  '12.2': upTo(2),
  '12.3': upTo(4),
  '13.1': upTo(1),
  '13.2': upTo(5),
  '13.3': upTo(2),
  '13.4': upTo(5),
  '14.1': upTo(2),
  '14.2': upTo(4),
  '14.3': upTo(3),
  '15.1': upTo(3),
  '15.2': upTo(3),
  '15.3': upTo(7),
  '16.1': upTo(1),
  '16.2': upTo(5),
  '16.3': upTo(4),
  '16.4': upTo(3),
  '16.5': upTo(3),
};
/** Of level 3, met all the same. */
const MORE = ['1.2.10'];

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, n) => n + 1);
}

type Line = { number: string; how: string; shownBy: string[] };

function linesOf(page: string): Line[] {
  return page.split('\n').flatMap((line) => {
    const cells = line.match(/^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/);
    if (cells === null) {
      // Whatever else begins with a number in a table is a line that nobody would check.
      if (/^\|\s*\**\d/.test(line)) throw new Error(`not understood: ${line}`);
      return [];
    }
    const [, number = '', , how = '', by = ''] = cells;
    return [{ number, how, shownBy: by === '—' ? [] : by.split('<br>') }];
  });
}

const leftOutBy = (page: string): string[] =>
  [...page.matchAll(/^Does not apply: (.+)$/gm)].flatMap(
    ([, rest = '']) => rest.match(/\d+\.\d+\.\d+/g) ?? [],
  );

/** What is wrong with one thing that is named as a proof; null where it is there. */
function wrongWith(proof: string, source = read): string | null {
  const [, file, title] = proof.match(/^`(test\/[\w./-]+\.test\.tsx?)`: (.+)$/) ?? [];
  if (file !== undefined && title !== undefined) {
    if (!existsSync(at(file))) return `no ${file}`;
    const literal = new RegExp(
      `(?:\\(|^\\s*)(['"\`])${title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\1,`,
      'm',
    );
    return literal.test(source(file)) ? null : `no test of that title in ${file}`;
  }
  const [, page, target, heading] = proof.match(/^\[([\w./-]+\.md)\]\(([\w./-]+)\), (.+)$/) ?? [];
  if (page === undefined || heading === undefined) return 'neither a test nor a heading';
  if (new URL(target ?? '', at('docs/')).href !== at(page).href) return `the link leads to ${target}`;
  if (!existsSync(at(page))) return `no ${page}`;
  return source(page)
    .match(/^#+ .+$/gm)
    ?.some((line) => line.replace(/^#+ /, '') === heading)
    ? null
    : `no such heading in ${page}`;
}

const LINES = linesOf(PAGE);

test('every requirement of levels 1 and 2 is answered once, or said not to apply', () => {
  const asked = Object.entries(ASKED).flatMap(([section, all]) => all.map((n) => `${section}.${n}`));
  const answered = [...LINES.map(({ number }) => number), ...leftOutBy(PAGE)];
  expect(answered.sort()).toEqual([...asked, ...MORE].sort());
});

test('every test, file and heading that is named exists', () => {
  const wrong = LINES.flatMap(({ number, shownBy }) =>
    shownBy.flatMap((proof) => {
      const what = wrongWith(proof);
      return what === null ? [] : [`${number}: ${proof}: ${what}`];
    }),
  );
  expect(wrong).toEqual([]);
  expect(LINES.flatMap(({ shownBy }) => shownBy).length).toBeGreaterThan(100);
});

test('a line without a proof says that it is not met, or that no test shows it', () => {
  const silent = LINES.filter(
    ({ how, shownBy }) => shownBy.length === 0 && !/^\*\*(Not met|No test)\.\*\* ./.test(how),
  );
  expect(silent).toEqual([]);
});

test('the sum on top is that of the lines', () => {
  const sum = { met: 0, byDocument: 0, untested: 0, notMet: 0 };
  for (const { how, shownBy } of LINES) {
    if (how.startsWith('**Not met.**')) sum.notMet += 1;
    else if (how.startsWith('**No test.**')) sum.untested += 1;
    else if (shownBy.some((proof) => proof.startsWith('`test/'))) sum.met += 1;
    else sum.byDocument += 1;
  }
  expect(PAGE).toContain(
    `Of ${LINES.length} lines ${sum.met} are met and have a test, ${sum.byDocument} are met by a document, ${sum.untested} have no test, ${sum.notMet} are not met.`,
  );
});

describe('this check finds', () => {
  test.each([
    ['`test/unit/nowhere.test.ts`: anything', 'no test/unit/nowhere.test.ts'],
    [
      '`test/unit/asvs.test.ts`: a promise that nobody made',
      'no test of that title in test/unit/asvs.test.ts',
    ],
    ['`test/unit/asvs.test.ts`: every test, file', 'no test of that title in test/unit/asvs.test.ts'],
    ['[SECURITY.md](../SECURITY.md), Nothing of that name', 'no such heading in SECURITY.md'],
    ['[SECURITY.md](SECURITY.md), Security', 'the link leads to SECURITY.md'],
    ['we looked at it', 'neither a test nor a heading'],
  ])('%s', (proof, what) => {
    expect(wrongWith(proof)).toBe(what);
  });

  test('a line that is not understood', () => {
    expect(() => linesOf('| 1.1.1 | three | cells |')).toThrow('not understood');
    expect(() => linesOf('| **1.1.1** | a | b | c |')).toThrow('not understood');
  });
});
