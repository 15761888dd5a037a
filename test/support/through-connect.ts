/** The way through Stripe Connect as an admin’s browser goes it. */
import type { Stage } from '../proxy/stage.ts';

/** Where the admin is sent. */
export async function begin(stage: Stage, mode = 'test'): Promise<URL> {
  const { body } = await stage.ask('POST', `/connect/${mode}`);
  return new URL(String(body.url));
}

/** Clicks "Connect" on the authorize page and answers where Stripe sends the browser. */
export async function authorize(url: URL, decision = 'connect'): Promise<URL> {
  const page = await fetch(url);
  const form = (await page.text()).match(/<form[^>]*action="([^"]*)"/)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const body = new URLSearchParams(url.search);
  body.set('decision', decision);
  const answer = await fetch(new URL(form || url.href, url), { method: 'POST', body, redirect: 'manual' });
  return new URL(answer.headers.get('location') ?? '');
}

export const follow = (stage: Pick<Stage, 'app'>, url: URL) =>
  stage.app.request(`${url.pathname}${url.search}`);

export async function stripeOf(
  stage: Stage,
  mode: 'test' | 'live' = 'test',
): Promise<Record<string, unknown>> {
  const { body } = await stage.ask('GET', '/session');
  return (body as { modes: Record<string, { stripe: Record<string, unknown> }> }).modes[mode]?.stripe ?? {};
}
