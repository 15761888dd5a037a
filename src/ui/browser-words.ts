import { say, speak } from '../locales/say.ts';
import { findApi } from './extension-api.ts';

/** The words that the browser holds for this extension, in the language that it is set to. */
export function speakAsBrowser(): void {
  const said = new Map<string, string>();
  speak((key) => {
    try {
      const text = findApi()?.i18n.getMessage(key) ?? '';
      said.set(key, text);
      return text;
    } catch {
      // Gone beneath a page that still shows its card: what was said before can be said again, and no more.
      return said.get(key) ?? ' ';
    }
  });
}

/** For our own pages, which are in the language of their words. */
export function speakOnPage(): void {
  speakAsBrowser();
  document.documentElement.lang = say('language');
}
