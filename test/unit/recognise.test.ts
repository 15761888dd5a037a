// @vitest-environment happy-dom
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { detailsBlock } from '../../src/content/details-block.ts';
import { recognise } from '../../src/content/recognise.ts';
import { compare, corpus, corpusPage, identity, parse, type Row } from './corpus-pages.ts';

const reports = join(import.meta.dirname, '../../reports');
const rows: Row[] = [];

describe('every page of the corpus is taken for what it is', () => {
  test.each(corpus)('$file', (page) => {
    const seen = recognise(parse(page.html), page.expected.url);
    const row = compare(page, seen);
    rows.push(row);
    expect(row).toMatchObject({ ok: true, got: row.got });
    const { place } = page.expected;
    if (place === undefined) return;
    const block = seen.kind === 'participant' ? detailsBlock(seen.place) : null;
    expect(block?.querySelector('h2')?.textContent).toBe(place);
  });
});

test('reports/recogniser.json shows each variant', ({ skip }) => {
  // A run of some of the pages leaves the table of all of them alone.
  if (rows.length !== corpus.length) return skip();
  const participants = corpus.filter(({ expected }) => expected.expect.kind === 'participant').length;
  const counts = {
    pages: rows.length,
    participants,
    others: rows.length - participants,
    ok: rows.filter(({ ok }) => ok).length,
  };
  mkdirSync(reports, { recursive: true });
  writeFileSync(join(reports, 'recogniser.json'), `${JSON.stringify({ counts, variants: rows }, null, 2)}\n`);
  expect(counts.ok).toBe(counts.pages);
});

function open(file: string) {
  const { html, expected } = corpusPage(file);
  return { page: parse(html), expected };
}

const details = (body: string) =>
  new DOMParser().parseFromString(`<body><main>${body}</main></body>`, 'text/html');
const somewhere = 'https://app.impact.com/secure/advertiser/engage.ihtml';

test('class names and ids play no part', () => {
  for (const file of ['dl-in-sections.html', 'aria-rows.html', 'table-rows-german.html']) {
    const { page, expected } = open(file);
    const before = identity(recognise(page, expected.url));
    for (const [i, el] of [...page.body.querySelectorAll('*')].entries())
      el.className = `participant list x${i}`;
    expect(identity(recognise(page, expected.url))).toEqual(before);
  }
});

test('the order of the details plays no part', () => {
  const { page, expected } = open('aria-rows.html');
  const list = page.querySelector('[role=list]');
  for (const row of [...(list?.children ?? [])]) list?.prepend(row);
  expect(identity(recognise(page, expected.url))).toEqual(expected.expect);
});

test('two different e-mails under the same label are nobody', () => {
  const page = details(
    '<h1>Participant details</h1><p>E-mail: a@example.com</p><p>E-mail: b@example.com</p><p>User ID: u-1</p>',
  );
  const seen = recognise(page, somewhere);
  expect(seen).toMatchObject({ kind: 'participant', sure: false });
  expect(seen.kind === 'participant' && seen.hints.email).toBeUndefined();
});

test('24 hexadecimal digits are the application’s own key, not the participant’s id', () => {
  const page = details('<h1>Participant details</h1><p>User ID: 64f0c0ffee64f0c0ffee64f0</p>');
  expect(recognise(page, somewhere)).toEqual({ kind: 'none' });
});

test('the signed-in person in the frame of the application is never the participant', () => {
  const page = new DOMParser().parseFromString(
    '<body><header><p>Email: sam@brand.example</p></header><main><h1>Participant details</h1><p>Loading</p></main></body>',
    'text/html',
  );
  expect(recognise(page, somewhere)).toEqual({ kind: 'none' });
});

test('what is hidden is not seen', () => {
  const page = details(
    '<h1>Participant details</h1><section hidden><p>E-mail: last@example.com</p></section><p>E-mail: now@example.com</p>',
  );
  expect(recognise(page, somewhere)).toMatchObject({ sure: true, hints: { email: 'now@example.com' } });
});

test('labels in a row of their own name what stands below each of them, unless several rows do', () => {
  const labels =
    '<h1>Participant details</h1><div><b>Name</b><b>E-mail</b><b>User ID</b></div><div><i>Ann</i><i>ann@example.com</i><i>u-1</i></div>';
  const one = recognise(details(labels), somewhere);
  expect(one).toMatchObject({ sure: true, hints: { email: 'ann@example.com', userId: 'u-1' } });
  const two = details(`${labels}<div><i>Bob</i><i>bob@example.com</i><i>u-2</i></div>`);
  expect(recognise(two, somewhere)).toEqual({ kind: 'none' });
});
