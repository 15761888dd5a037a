import { ask } from './ask.ts';
import { readByParent } from './frames.ts';
import { Lifetime } from './lifetime.ts';
import { mountCard } from './mount-card.tsx';
import { watchAddress } from './watch-address.ts';
import { PageWatcher } from './watch-page.ts';

if (!readByParent(window)) {
  const lifetime = new Lifetime();
  const watcher: PageWatcher = new PageWatcher(lifetime, ({ hints, sure, place }, signal) =>
    mountCard({
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
