import { ask } from './ask.ts';
import { readByParent } from './frames.ts';
import { Lifetime, removeLeftBehind } from './lifetime.ts';
import { loadCard } from './load-card.ts';
import { watchAddress } from './watch-address.ts';
import { PageWatcher } from './watch-page.ts';

if (!readByParent(window)) {
  removeLeftBehind();
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
  watchAddress(lifetime.signal, watcher.arrive);
  watcher.arrive();
}
