import type { Page } from 'puppeteer';
import { expect, test } from 'vitest';
import type { Hands } from '../../sandbox/hands.ts';
import type { Seed } from '../../sandbox/seed.ts';
import { byClick, lookAtCard, seeText } from './card-hands.ts';
import { supportStage } from './desk-stage.ts';
import { everyLook } from './looks.ts';
import { openVariant, unsurePage, type Variant, variants } from './participant-pages.ts';

function pageNamed(name: string): Variant {
  const found = variants().find((variant) => variant.name === name);
  if (!found) throw new Error(`There is no page ${name}.`);
  return found;
}

/** Two customers with the participant's e-mail, one of them somebody else's already and in another currency. */
function twins({ stripe, advocate }: Seed, { person }: Variant): void {
  const [customer] = stripe.customers;
  const [participant] = advocate.participants;
  if (!customer || !participant) throw new Error('The seed is empty.');
  const { email, name } = person;
  stripe.customers.push(
    { ...customer, id: 'cus_Twin1', email, name },
    { ...customer, id: 'cus_Twin2', email, name, currency: 'eur' },
    { ...customer, id: 'cus_Live1', mode: 'live' },
  );
}

test('axe finds nothing on the card and the popup’s link view at WCAG 2.2 AA, in light and dark, wide and narrow', async () => {
  const sure = pageNamed('aria-rows');
  const unsure = unsurePage(9);
  const misspelt = pageNamed('dl-japanese');
  const stage = await supportStage([sure, unsure, misspelt], (seed) => twins(seed, sure));
  const { hands } = stage;
  await stage.misspell(misspelt);
  for (const one of [sure, misspelt]) await stage.reward(one, 2000);
  const { name } = sure.person;
  const seen: string[] = [];
  for (const [scheme, style] of [
    ['light', 'body { background: #fff; color: #111 }'],
    ['dark', 'body { background: #101215; color: #eee }'],
  ] as const) {
    const look = async (page: Page, what: string) => {
      for (const width of [1280, 320]) {
        await page.setViewport({ width, height: 900 });
        const { found, looked, wider } = await lookAtCard(page);
        expect(looked, `${what} has controls`).toBeGreaterThan(0);
        if (wider) seen.push(`${scheme}, ${width} px, ${what}: wider than its place`);
        seen.push(...found.map((finding) => `${scheme}, ${width} px, ${what}: ${finding}`));
      }
    };
    const asked = await openVariant(hands.browser, unsure, style);
    await hands.see(asked, `Is this ${unsure.person.name}?`);
    await look(asked, 'the quiet button');
    await hands.press(asked, `Is this ${unsure.person.name}?`);
    await look(asked, 'the question');
    await asked.close();

    const page = await openVariant(hands.browser, sure, style);
    await hands.see(page, 'Find customer');
    await look(page, 'not linked');
    await hands.press(page, 'Find customer');
    await seeText(page, '2 Stripe customers use this e-mail');
    await look(page, 'several, with warnings');
    await byClick(hands).search(page, 'cus_Live1');
    await seeText(page, 'This customer belongs to the other mode.');
    await look(page, 'nobody who can be linked');
    await byClick(hands).search(page, sure.second);
    await hands.press(page, `Link Second of ${name}`);
    await seeText(page, `Linked to Second of ${name}.`);
    await look(page, 'linked, with undo and rewards');
    await hands.press(page, 'Change');
    await hands.see(page, `Link ${name}, cus_Twin1`);
    await stage.adminUnlinks(sure, sure.second);
    await hands.press(page, `Link ${name}, cus_Twin1`);
    await seeText(page, 'Nothing was overwritten.');
    await look(page, 'somebody else was first');
    await page.close();

    const wrongly = await openVariant(hands.browser, misspelt, style);
    await hands.see(wrongly, `Use ${misspelt.second}`);
    await look(wrongly, 'a misspelt field');
    await wrongly.close();
  }
  expect(seen).toEqual([]);

  const { popup } = hands;
  await hands.see(popup, 'Link a participant');
  expect(await everyLook(popup, [380, 320])).toEqual([]);
  await hands.press(popup, 'Link a participant');
  await hands.type(popup, 'Participant’s e-mail or ID', sure.person.email);
  await hands.press(popup, 'Find participant');
  await hands.seeText(popup, 'One participant:');
  expect(await everyLook(popup, [320])).toEqual([]);
  await byClick(hands).choose(popup, name);
  await seeText(popup, '2 Stripe customers use this e-mail');
  expect(await everyLook(popup, [380, 320])).toEqual([]);
  await byClick(hands).search(popup, 'cus_Live1');
  await seeText(popup, 'This customer belongs to the other mode.');
  expect(await everyLook(popup, [320])).toEqual([]);
  await byClick(hands).search(popup, sure.person.email);
  await hands.press(popup, `Link ${name}, cus_Twin1`);
  await seeText(popup, 'Linked to');
  expect(await everyLook(popup, [380, 320])).toEqual([]);
});

/** The page as it was served, apart from a card that may stand on it. */
const asServed = (page: Page, { html }: Variant) =>
  page.evaluate((served) => {
    const copy = document.cloneNode(true) as Document;
    for (const card of copy.querySelectorAll('advocate-credits-card')) card.remove();
    const parsed = new DOMParser().parseFromString(served, 'text/html');
    return {
      cards: document.querySelectorAll('advocate-credits-card').length,
      open: document.querySelector('advocate-credits-card')?.shadowRoot != null,
      styles: document.adoptedStyleSheets.length,
      rest: copy.documentElement.outerHTML === parsed.documentElement.outerHTML,
    };
  }, `${html}<style></style>`);

const ENDS: Record<string, (hands: Hands) => Promise<unknown>> = {
  // As an update does: the old one is torn down beneath the page.
  updated: ({ popup }) => popup.evaluate('void chrome.runtime.reload()').catch(() => undefined),
  removed: ({ browser, extensionId }) => browser.uninstallExtension(extensionId),
};

test.each(Object.entries(ENDS))(
  'one closed shadow root and no style of the page’s; gone without trace when the extension is %s',
  async (_, end) => {
    const variant = pageNamed('dl-japanese');
    const { hands } = await supportStage([variant]);
    const page = await openVariant(hands.browser, variant);
    await hands.see(page, 'Find customer');
    expect(await asServed(page, variant)).toEqual({ cards: 1, open: false, styles: 0, rest: true });
    await hands.press(page, 'Find customer');
    await end(hands);
    await page.bringToFront();
    await page.waitForFunction(() => !document.querySelector('advocate-credits-card'));
    expect(await asServed(page, variant)).toEqual({ cards: 0, open: false, styles: 0, rest: true });
  },
);

test('on every other page there is nothing: no element, no style, and not even the code of recogniser or card', async () => {
  const variant = pageNamed('dl-japanese');
  const { hands } = await supportStage([variant]);
  const other: Variant = {
    ...variant,
    address: new URL('/acme/settings', variant.address).href,
    html: '<!doctype html><html lang="en"><title>Settings</title><main><h1>Settings</h1><p>ann@example.com</p></main></html>',
  };
  const page = await openVariant(hands.browser, other);
  const code = () =>
    page.evaluate(
      () =>
        performance.getEntriesByType('resource').filter(({ name }) => /(recogniser|card)\.js$/.test(name))
          .length,
    );
  await page.evaluate(() => {
    window.changes = 0;
    new MutationObserver((records) => {
      window.changes = (window.changes ?? 0) + records.length;
    }).observe(document, { childList: true, subtree: true, attributes: true });
  });
  // A click wakes what waits for dialogs, and nothing waits for them here.
  await page.click('h1');
  expect(await asServed(page, other)).toEqual({ cards: 0, open: false, styles: 0, rest: true });
  expect(await page.evaluate(() => window.changes)).toBe(0);
  expect(await code()).toBe(0);
  await page.evaluate(
    (html, address) => {
      document.body.innerHTML = new DOMParser().parseFromString(html, 'text/html').body.innerHTML;
      history.pushState(null, '', address);
    },
    variant.html ?? '',
    variant.address,
  );
  await hands.see(page, 'Find customer');
});

declare global {
  interface Window {
    changes?: number;
  }
}
