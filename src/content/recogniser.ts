/** Entry of the recogniser's code, for pages that may be about a participant. */
import { ask } from './ask.ts';
import { Lifetime } from './lifetime.ts';
import { loadCard } from './load-card.ts';
import { watchAddress } from './watch-address.ts';
import { PageWatcher } from './watch-page.ts';

export function watchPage(): void {
  const lifetime = new Lifetime();
  const watcher: PageWatcher = new PageWatcher(lifetime, ({ hints, sure, place }, signal) =>
    loadCard({
      ask,
      hints,
      sure,
      address: location.href,
      details: place,
      signal,
      stillHere: () => watcher.stillHere(hints),
    }),
  );
  lifetime.signal.addEventListener('abort', watchAddress(watcher.arrive));
  watcher.arrive();
}
