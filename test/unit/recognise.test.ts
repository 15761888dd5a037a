// @vitest-environment happy-dom
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Recognition, recognise } from '../../src/content/recognise.ts';

const folder = join(import.meta.dirname, '../corpus');

type Expectation = {
  url: string;
  expect: { kind: 'none' } | { kind: 'participant'; sure: boolean; hints: Record<string, string> };
  /** What would be right as well. */
  may?: 'none';
  /** Heading inside the block that the card should follow. */
  place?: string;
};

function open(file: string): { page: Document; expected: Expectation } {
  const text = readFileSync(join(folder, file), 'utf8');
  const expected: Expectation = JSON.parse(/<!--([\s\S]*?)-->/.exec(text)?.[1] ?? 'null');
  const page = new DOMParser().parseFromString(text.replace(/<!--[\s\S]*?-->/, ''), 'text/html');
  attachShadows(page.body);
  return { page, expected };
}

/** What a browser's parser does with declarative shadow roots. */
function attachShadows(within: ParentNode): void {
  for (const template of [...within.querySelectorAll('template')]) {
    const host = template.parentElement;
    if (!host || template.getAttribute('shadowrootmode') !== 'open') continue;
    const root = host.attachShadow({ mode: 'open' });
    root.append(...template.content.childNodes);
    template.remove();
    attachShadows(root);
  }
}

const identity = (seen: Recognition) => {
  if (seen.kind === 'none') return { kind: 'none' };
  const { name: _, ...hints } = seen.hints;
  return { kind: seen.kind, sure: seen.sure, hints };
};

describe('every page of the corpus is taken for what it is', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.html')))
    test(file, () => {
      const { page, expected } = open(file);
      const seen = recognise(page, expected.url);
      if (seen.kind === 'none' && expected.may === 'none') return;
      expect(identity(seen)).toEqual(expected.expect);
      if (expected.place === undefined) return;
      expect(seen.kind === 'participant' && seen.place?.querySelector('h2')?.textContent).toBe(
        expected.place,
      );
    });
});

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
    '<body><header>Signed in <b>sam@brand.example</b></header><main><h1>Participant details</h1><p>Loading</p></main></body>',
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

test('labels in a row of their own do not name the first value below them', () => {
  const page = details(
    '<h1>Participant details</h1><div><b>Name</b><b>E-mail</b><b>User ID</b></div><div><i>Ann</i><i>ann@example.com</i><i>u-1</i></div>',
  );
  const seen = recognise(page, somewhere);
  expect(seen.kind === 'participant' && seen.hints.userId).not.toBe('Ann');
  expect(seen).toMatchObject({ hints: { email: 'ann@example.com' } });
});
