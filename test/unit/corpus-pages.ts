import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Recognition } from '../../src/content/recognise.ts';

const FOLDER = join(import.meta.dirname, '../corpus');

export type Expectation = {
  url: string;
  expect: { kind: 'none' } | { kind: 'participant'; sure: boolean; hints: Record<string, string> };
  /** True of the participant as well, but not said clearly enough to be demanded. */
  also?: Record<string, string>;
  /** Heading inside the block that the card should follow. */
  place?: string;
};
export type CorpusPage = { file: string; html: string; expected: Expectation };

export const corpus: CorpusPage[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.html'))
  .map((file) => {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    const expected: Expectation = JSON.parse(/<!--([\s\S]*?)-->/.exec(text)?.[1] ?? 'null');
    return { file, html: text.replace(/<!--[\s\S]*?-->/, ''), expected };
  });

export function corpusPage(file: string): CorpusPage {
  const found = corpus.find((page) => page.file === file);
  if (!found) throw new Error(`The corpus has no ${file}.`);
  return found;
}

/** The page as a browser would have parsed it. */
export function parse(html: string): Document {
  const page = new DOMParser().parseFromString(html, 'text/html');
  attachShadows(page.body);
  return page;
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

/** Whom the page is taken to be about, wherever it says so. */
export function identity(seen: Recognition) {
  if (seen.kind === 'none') return { kind: 'none' as const };
  return { kind: seen.kind, sure: seen.sure, hints: seen.hints };
}

/** What is said of somebody who is not the participant of this page. What the address names may be asked by. */
export function wrongHints(seen: Recognition, { url, expect, also }: Expectation): string[] {
  const { hints = {} } = identity(seen) as { hints?: Record<string, string> };
  const right: Record<string, string> = expect.kind === 'none' ? {} : { ...also, ...expect.hints };
  const asked = seen.kind === 'participant' && !seen.sure ? decodeURIComponent(url) : '';
  return Object.entries(hints).flatMap(([key, value]) =>
    right[key] === value || asked.includes(value) ? [] : `${key} ${value}`,
  );
}

export type Row = { page: string; expected: string; got: string; sure: boolean; ok: boolean };

export function compare({ file, expected }: CorpusPage, seen: Recognition): Row {
  const { expect, also } = expected;
  const got = identity(seen);
  const hints = got.kind === 'none' ? {} : got.hints;
  const sure = got.kind !== 'none' && got.sure;
  const allowed = Object.entries(hints).filter(([key, value]) => also?.[key] !== value);
  const wanted = expect.kind === 'none' ? {} : expect.hints;
  const ok =
    got.kind === expect.kind &&
    (expect.kind === 'none' || expect.sure === sure) &&
    told(Object.fromEntries(allowed)) === told(wanted);
  return {
    page: file,
    expected: expect.kind === 'none' ? 'none' : told(wanted),
    got: got.kind === 'none' ? 'none' : told(hints),
    sure,
    ok,
  };
}

const told = (hints: Record<string, string>) =>
  Object.entries(hints)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');
