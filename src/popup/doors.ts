import { hostPattern } from '../contract/host-pattern.ts';
import type { PopupState } from '../contract/messages.ts';
import { type Ask, ask, extensionApi, onStateChanged } from '../ui/ask.ts';

/** Everything through which the popup touches the world; a test brings its own. */
export type Doors = {
  ask: Ask;
  onStateChanged(listener: (state: PopupState) => void): () => void;
  /** Must be called straight from a click: browsers forget the click after the first `await`. */
  allowOrigin(origin: string): Promise<boolean>;
  /** Firefox shows its question beneath the toolbar's popup, where nobody sees it; in a tab it is seen. */
  asksHere(): boolean;
  openTab(url: string): Promise<void>;
  /** The popup's own page in a tab, where it stays open while a person reads a code elsewhere. */
  openSelfInTab(address?: string): Promise<void>;
  /** What was typed as the proxy's address before this tab was opened. */
  addressBefore(): string;
};

export const browserDoors: Doors = {
  ask,
  onStateChanged,
  allowOrigin: (origin) => extensionApi().permissions.request({ origins: [hostPattern(origin)] }),
  openTab: async (url) => {
    // Browsers disagree on what an address without a host stands for.
    await extensionApi().tabs.create({ url: new URL(url, location.href).href });
  },
  asksHere: () => {
    const { runtime, extension } = extensionApi();
    return !('getBrowserInfo' in runtime) || !extension.getViews({ type: 'popup' }).includes(window);
  },
  openSelfInTab: async (address = '') => {
    await extensionApi().tabs.create({ url: new URL(`#${encodeURIComponent(address)}`, location.href).href });
    close();
  },
  addressBefore: () => decodeURIComponent(location.hash.slice(1)),
};
