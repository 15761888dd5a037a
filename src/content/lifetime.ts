import { extensionIsThere } from './ask.ts';

/**
 * Aborts once the extension was updated, reloaded or removed: this script is then an orphan and must leave no trace.
 * Nothing tells an orphan so; whoever is about to act, or stands on the page, has to check.
 */
export class Lifetime {
  private readonly gone = new AbortController();
  private readonly isThere: () => boolean;
  readonly signal = this.gone.signal;

  constructor(isThere: () => boolean = extensionIsThere) {
    this.isThere = isThere;
  }

  check = (): boolean => {
    if (!this.signal.aborted && !this.isThere()) this.gone.abort();
    return !this.signal.aborted;
  };
}
