/**
 * The recogniser in a real browser, at the real addresses: parser, shadow roots, slots, frames and what is shown are
 * the browser's own here, and only here.
 */
import { build } from 'esbuild';
import puppeteer, { type Browser, type Page } from 'puppeteer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findChromium } from '../../scripts/find-chromium.ts';
import type { Recognition } from '../../src/content/recognise.ts';
import { compare, corpus } from '../unit/corpus-pages.ts';

type Seen = { seen: Recognition; ms: number };
declare const recogniser: typeof import('../../src/content/recognise.ts');

const SOMEWHERE = 'https://app.impact.com/engage/participants/4711';
const TABS = 4;
let browser: Browser;
let code: string;

beforeAll(async () => {
  const entry = new URL('../../src/content/recognise.ts', import.meta.url).pathname;
  const bundled = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'recogniser',
  });
  code = bundled.outputFiles[0]?.text ?? '';
  browser = await puppeteer.launch({
    executablePath: await findChromium(),
    pipe: true,
    args: ['--no-first-run', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  });
});
afterAll(() => browser.close());

/** A tab that answers every address with this page, and reaches nothing else. */
async function tab() {
  const page = await browser.newPage();
  await page.evaluateOnNewDocument(`${code};globalThis.recogniser = recogniser;`);
  let html = '';
  await page.setRequestInterception(true);
  page.on('request', (request) => {
    const body = request.isNavigationRequest() && request.frame() === page.mainFrame() ? html : '';
    void request.respond({ contentType: 'text/html; charset=utf-8', body });
  });
  const open = async (address: string, of: string): Promise<void> => {
    html = of;
    // The same address with another hash would be the same document.
    if (page.url().split('#')[0] === address.split('#')[0]) await page.goto('about:blank');
    await page.goto(address, { waitUntil: 'domcontentloaded' });
  };
  return { page, open };
}

const see = (page: Page): Promise<Seen> =>
  page.evaluate(() => {
    const times: number[] = [];
    let seen = recogniser.recognise(document, location.href);
    for (let i = 0; i < 3; i++) {
      const start = performance.now();
      seen = recogniser.recognise(document, location.href);
      times.push(performance.now() - start);
    }
    return { seen: seen.kind === 'none' ? seen : { ...seen, place: [] }, ms: Math.min(...times) };
  });

async function look(html: string, address = SOMEWHERE, first?: () => void): Promise<Recognition> {
  const { page, open } = await tab();
  await open(address, `<!doctype html><html><body>${html}</body></html>`);
  if (first) await page.evaluate(first);
  const { seen } = await see(page);
  await page.close();
  return seen;
}

const details = (who: string) =>
  `<h1>Participant details</h1><dl><dt>Email</dt><dd>${who}@example.com</dd><dt>User ID</dt><dd>${who}-1</dd></dl>`;
const isAnn = { sure: true, hints: { email: 'ann@example.com', userId: 'ann-1' } };

test('every page of the corpus is what it is in Chromium, too', async () => {
  const wrong: unknown[] = [];
  const left = corpus.values();
  let ms = 0;
  const work = async () => {
    const { page, open } = await tab();
    for (const one of left) {
      await open(one.expected.url, one.html);
      const result = await see(page);
      ms += result.ms;
      const row = compare(one, result.seen);
      if (!row.ok) wrong.push(row);
    }
    await page.close();
  };
  await Promise.all(Array.from({ length: TABS }, work));
  expect(wrong).toEqual([]);
  const average = ms / corpus.length;
  console.log(`recogniser: ${average.toFixed(1)} ms a page on average, in ${TABS} tabs at once`);
  // A tab alone may take 2 ms; these share the cores with each other.
  expect(average).toBeLessThanOrEqual(2 * TABS);
});

test('a frame of the same origin is read as a part of the page', async () => {
  const frame = `<iframe srcdoc="${details('ann').replaceAll('"', '&quot;')}"></iframe>`;
  expect(await look(`<h1>Ann</h1>${frame}`)).toMatchObject(isAnn);
});

test('what a style sheet hides is not read: an old view, a closed dialog, the content of no slot', async () => {
  const hidden = [
    `<style>.old { display: none }</style><div class="old">${details('bob')}</div>`,
    `<dialog>${details('bob')}</dialog>`,
    `<div popover>${details('bob')}</div>`,
    `<x-box><template shadowrootmode="open"><slot name="here"></slot></template><div>${details('bob')}</div></x-box>`,
  ];
  for (const old of hidden)
    expect(await look(`${old}<main>${details('ann')}</main>`), old).toMatchObject(isAnn);
});

test('elements that are put into a slot by hand are read where they are shown', async () => {
  const page = `<x-box><template shadowrootmode="open" shadowrootslotassignment="manual"><slot></slot></template>${details('ann')}</x-box>`;
  const assign = () => {
    const box = document.querySelector('x-box');
    box?.shadowRoot?.querySelector('slot')?.assign(...box.children);
  };
  expect(await look(`<main>${page}</main>`, SOMEWHERE, assign)).toMatchObject(isAnn);
});

test('a modal dialog of the browser leaves the page what it is', async () => {
  const page = `<main>${details('ann')}</main><dialog><h2>Delete reward?</h2></dialog>`;
  const open = () => document.querySelector('dialog')?.showModal();
  expect(await look(page, SOMEWHERE, open)).toMatchObject(isAnn);
});
