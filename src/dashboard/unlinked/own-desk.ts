import type { Mode } from '../../contract/words.ts';
import type { Store } from '../store.ts';
import { createDesk, type Desk } from './desk.ts';
import { createKeeper } from './kept-runs.ts';

/** The one desk of a mode, made when it is first needed. */
export function ownDesk(store: Store, mode: Mode): Desk {
  // Another proxy knows other participants: what was begun before one waits until that one is back.
  const keeper = (what: string) =>
    createKeeper(() => {
      const proxy = store.state.value?.paired?.proxy;
      return proxy === undefined ? null : JSON.stringify([proxy, mode, what]);
    });
  const { [mode]: kept } = store.unlinked;
  kept.value ??= createDesk(store.askIn(mode), { list: keeper('list'), file: keeper('file') });
  return kept.value;
}
