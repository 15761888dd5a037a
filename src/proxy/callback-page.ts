/** What the admin sees when Stripe sends them back. */
import { html } from 'hono/html';

type Said = { title: string; text: string; good: boolean };

export const CALLBACK_CSP =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export const callbackPage = ({ title, text, good }: Said) => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; background: light-dark(#f6f8fb, #14171f); color: light-dark(#1a1f36, #f0f2f8) }
body { margin: 0; min-height: 100vh; display: grid; place-items: center }
main { max-width: 26rem; margin: 1rem; padding: 2rem; border-radius: 12px; background: light-dark(#fff, #1b1f29); box-shadow: 0 4px 24px rgb(20 25 50 / 10%) }
h1 { margin: 0 0 .5rem; font-size: 1.25rem; color: ${good ? 'light-dark(#0b6e4a, #5cd6a3)' : 'light-dark(#b3203c, #ff8fa3)'} }
p { margin: 0 }
</style>
</head>
<body><main><h1>${title}</h1><p>${text}</p></main></body>
</html>`;
