import { extensionIsThere } from './ask.ts';

/**
 * Aborts once the extension was updated, reloaded or removed: this script is then an orphan and must leave no trace.
 * Nothing tells an orphan so: whoever is about to act, or stands on the page, has to check, and so does whoever
 * comes back to a page that they had left. (A port would close whenever the worker rests, and be no better sign.)
 */
export class Lifetime {
  readonly #gone = new AbortController();
  readonly #isThere: () => boolean;
  readonly signal = this.#gone.signal;

  constructor(isThere: () => boolean = extensionIsThere) {
    this.#isThere = isThere;
    const { signal } = this;
    for (const type of ['focus', 'pageshow']) window.addEventListener(type, this.check, { signal });
    document.addEventListener('visibilitychange', this.check, { signal });
  }

  check = (): boolean => {
    if (!this.signal.aborted && !this.#isThere()) this.#gone.abort();
    return !this.signal.aborted;
  };
}
