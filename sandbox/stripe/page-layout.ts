import { readFileSync } from 'node:fs';
import { html, raw } from 'hono/html';
import type { Mode } from '../../src/contract/words.ts';

export type Html = ReturnType<typeof html>;

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
/** The same tokens as the product's own pages, so that the sandbox needs no second palette. */
const STYLE = ['../../src/ui/tokens.css', './pages.css', './tables.css', './authorize.css']
  .map(read)
  .join('\n');

export const MODE_NAMES: Record<Mode, string> = { test: 'Test mode', live: 'Live mode' };

export const modeBadge = (mode: Mode) => html`<span class="badge ${mode}">${MODE_NAMES[mode]}</span>`;

/** One page, marked for what it is: nobody shall take the sandbox for Stripe. */
export function page(title: string, content: Html, bar: Html = html``) {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="icon" href="data:,">
    <title>${title} · Stripe sandbox</title>
    <style>${raw(STYLE)}</style>
  </head>
  <body>
    <header class="bar">
      <span class="sandbox">Sandbox</span>
      <span class="about">A simulator of Stripe on this machine. No real money moves.</span>
      ${bar}
    </header>
    ${content}
  </body>
</html>`;
}

const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });
const TIME = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: 'UTC' });
/** Seconds since 1970, as Stripe counts. */
export const day = (time: number) => DATE.format(time * 1000);
export const clock = (time: number) => `${TIME.format(time * 1000)} UTC`;
