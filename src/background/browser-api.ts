/** The only door to the browser's own interface. */
import browser from 'webextension-polyfill';

export type { Action } from 'webextension-polyfill';
export { browser };

/**
 * Chrome 140 and later can keep content scripts, and so a page that took one over, from reading what is stored.
 * Before, the method was there but refused this area.
 */
export async function keepStorageFromPages(area: object): Promise<void> {
  if (!('setAccessLevel' in area) || typeof area.setAccessLevel !== 'function') return;
  try {
    await area.setAccessLevel({ accessLevel: 'TRUSTED_CONTEXTS' });
  } catch {
    // An older browser; our own content scripts read no storage either way.
  }
}
