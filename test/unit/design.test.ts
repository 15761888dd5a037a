import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));
const read = (file: string) => readFileSync(join(SRC, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
const sheets = globSync('**/*.css', { cwd: SRC }).map((file) => [file, read(file)] as const);
const TOKENS = read('ui/tokens.css');

/** Set by a component for itself, and read where it stands. */
const declaredIn = (css: string) => new Set([...css.matchAll(/(--[\w-]+)\s*:/g)].map(([, name]) => name));
const tokens = declaredIn(TOKENS);

const rawColours = (css: string) => css.match(/#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|lab|lch|oklch)a?\(/gi) ?? [];
const ONE_WAY =
  /(?:margin|padding|border|inset|scroll-(?:margin|padding))-(?:left|right)\b|(?<![\w-])(?:left|right)\s*:|(?:text-align|float|clear)\s*:\s*(?:left|right)\b/g;
const oneWay = (css: string) => css.match(ONE_WAY) ?? [];
const unknownTokens = (css: string, own: ReadonlySet<string | undefined>) =>
  [...css.matchAll(/var\((--[\w-]+)\s*(,)?/g)].flatMap(([, name = '', otherwise]) =>
    tokens.has(name) || own.has(name) || otherwise ? [] : name,
  );

/** Motion that stands apart from the question whether somebody wants any. A rule takes two levels there, and one elsewhere. */
const unasked = (css: string) =>
  css
    .replace(/@media \(prefers-reduced-motion: no-preference\) \{(?:[^{}]*\{[^{}]*\})*\s*\}/g, '')
    .match(/(?<![\w-])(?:transition|animation)\b[^;]*/g) ?? [];

describe.each(sheets)('%s', (file, css) => {
  test('moves nothing for whoever asked for less motion', () => {
    expect(unasked(css)).toEqual([]);
  });
  test('takes its colours from the tokens', () => {
    expect(file === 'ui/tokens.css' ? [] : rawColours(css)).toEqual([]);
  });
  test('stands as well from right to left', () => {
    expect(oneWay(css)).toEqual([]);
  });
  test('uses only tokens that there are', () => {
    const own = new Set(
      sheets.flatMap(([each, text]) => (sharesPage(file, each) ? [...declaredIn(text)] : [])),
    );
    expect(unknownTokens(css, own)).toEqual([]);
  });
});

/** Sheets of one page know what the page's other sheets declare. */
function sharesPage(one: string, other: string): boolean {
  const [a, b] = [one.split('/')[0], other.split('/')[0]];
  return a === b || (b !== 'content' && a === 'ui' && b === 'ui');
}

test('what breaks the rules is found', () => {
  const moves = '.a { transition: color 1s; }';
  expect(unasked(moves)).toEqual(['transition: color 1s']);
  expect(
    unasked(`@media (prefers-reduced-motion: no-preference) { ${moves} .b { animation: x 1s } }`),
  ).toEqual([]);
  expect(rawColours('a { color: #fff; background: rgb(0 0 0 / 5%); }')).toEqual(['#fff', 'rgb(']);
  expect(oneWay('a { margin-left: 1px; text-align: right; left: 0; }')).toEqual([
    'margin-left',
    'text-align: right',
    'left:',
  ]);
  expect(oneWay('a { margin-inline-start: 1px; text-align: end; inset-inline: 0; }')).toEqual([]);
  expect(
    unknownTokens('a { color: var(--ink); top: var(--made-up); width: var(--mine, 3px) }', new Set()),
  ).toEqual(['--made-up']);
});

test('whoever asked for their own colours is heard on every page', () => {
  const shared = read('ui/controls.css');
  expect(shared).toContain('@media (forced-colors: active)');
  for (const page of ['popup/popup.css', 'dashboard/dashboard.css'])
    for (const sheet of ['tokens', 'controls', 'page'])
      expect(read(page)).toContain(`@import '../ui/${sheet}.css'`);
});
