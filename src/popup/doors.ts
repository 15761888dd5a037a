import { hostPattern } from '../contract/host-pattern.ts';
import type { PopupState } from '../contract/messages.ts';
import { type Ask, ask, extensionApi, onStateChanged } from '../ui/ask.ts';

/** Everything through which the popup touches the world; a test brings its own. */
export type Doors = {
  ask: Ask;
  onStateChanged(listener: (state: PopupState) => void): () => void;
  /** Must be called straight from a click: browsers forget the click after the first `await`. */
  allowOrigin(origin: string): Promise<boolean>;
  openTab(url: string): Promise<void>;
  /** The popup's own page in a tab, where it stays open while a person reads a code elsewhere. */
  openSelfInTab(): Promise<void>;
};

export const browserDoors: Doors = {
  ask,
  onStateChanged,
  allowOrigin: (origin) => extensionApi().permissions.request({ origins: [hostPattern(origin)] }),
  openTab: async (url) => {
    // Browsers disagree on what an address without a host stands for.
    await extensionApi().tabs.create({ url: new URL(url, location.href).href });
  },
  openSelfInTab: async () => {
    await extensionApi().tabs.create({ url: location.href });
    close();
  },
};
