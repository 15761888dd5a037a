/**
 * Where the extension's own elements can be asked for: its pages, or the world of its script on a page that has a card,
 * into which no page can look.
 */
import type { Page, Realm } from 'puppeteer';

export const isOurs = (page: Page) => page.url().startsWith('chrome-extension:');

export function world(page: Page): Page | Realm {
  if (isOurs(page)) return page;
  const [realm] = page.extensionRealms();
  if (!realm) throw new Error(`No script of the extension runs on ${page.url()}.`);
  return realm;
}

/** A string, because `chrome` has a type only inside the extension. */
export const ROOT = `(() => {
  const host = document.querySelector('advocate-credits-card');
  return host && chrome.dom.openOrClosedShadowRoot(host);
})()`;
