import { signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { ParticipantKey } from '../contract/routes.ts';
import { followWorker } from '../ui/worker-state.ts';
import type { Doors } from './doors.ts';
import type { Step } from './setup-step.ts';

export type View =
  | { name: 'home' }
  | { name: 'setup'; step: Step }
  | { name: 'link'; participant: ParticipantKey | null };

export type Store = ReturnType<typeof createStore>;

/** What the popup knows and shows. It keeps nothing: closing the popup loses no work. */
export function createStore(outer: Doors) {
  const worker = followWorker(outer);
  const view = signal<View>({ name: 'home' });

  return {
    ...worker,
    view,
    show(next: View) {
      view.value = next;
    },
  };
}

const StoreContext = createContext<Store | null>(null);
export const StoreProvider = StoreContext.Provider;

export function useStore(): Store {
  const store = useContext(StoreContext);
  if (!store) throw new Error('A component stands outside of the popup.');
  return store;
}
