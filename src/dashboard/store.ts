import { signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Answers } from '../contract/messages.ts';
import type { Mode } from '../contract/words.ts';
import { createTask } from '../ui/use-task.ts';
import { followWorker, type WorkerDoors } from '../ui/worker-state.ts';
import type { LimitsDraft } from './limits-draft.ts';
import { type Route, readRoute } from './route.ts';

const perMode = <T>(make: () => T): Record<Mode, T> => ({ test: make(), live: make() });

export type Store = ReturnType<typeof createStore>;

/** What the dashboard knows and shows. What a person typed or waited for outlives a look at another view. */
export function createStore(doors: WorkerDoors) {
  const route = signal<Route>(readRoute(location.hash));
  const follow = () => {
    route.value = readRoute(location.hash);
  };
  addEventListener('hashchange', follow);

  return {
    ...followWorker(doors),
    route,
    limits: perMode(() => signal<LimitsDraft | null>(null)),
    reconcile: perMode(() => ({
      task: createTask(),
      startedAt: signal<number | null>(null),
      result: signal<Answers['reconcile'] | null>(null),
    })),
    close: () => removeEventListener('hashchange', follow),
  };
}

const StoreContext = createContext<Store | null>(null);
export const StoreProvider = StoreContext.Provider;

export function useStore(): Store {
  const store = useContext(StoreContext);
  if (!store) throw new Error('A component stands outside of the dashboard.');
  return store;
}
