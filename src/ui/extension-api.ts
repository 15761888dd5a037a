import type { Browser } from 'webextension-polyfill';

const world = globalThis as typeof globalThis & { browser?: Browser; chrome?: Browser };

/**
 * The browser's interface to extensions. Every browser that we support answers with promises in MV3, so no polyfill is
 * shipped to pages. An element of a page with the id `browser` answers to that name where the browser itself does not
 * (Chrome < 148).
 */
export const findApi = (): Browser | undefined => (world.browser?.runtime?.id ? world.browser : world.chrome);
