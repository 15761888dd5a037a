import { computed, signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { ParticipantKey } from '../contract/routes.ts';
import { followWorker } from '../ui/worker-state.ts';
import type { Doors } from './doors.ts';
import type { Kept } from './kept.ts';
import type { Step } from './setup-step.ts';

export type View =
  | { name: 'home' }
  | { name: 'setup'; step: Step }
  | { name: 'link'; participant: ParticipantKey | null };

export type Store = ReturnType<typeof createStore>;

/** What the popup knows and shows. Closing it loses no work: the picture that is kept is only for the first frame. */
export function createStore(outer: Doors, kept: Pick<Kept, 'read' | 'put'>) {
  const worker = followWorker(outer);
  const view = signal<View>({ name: 'home' });

  const before = kept.read();
  /** When the picture that is shown was taken; null once the worker has answered. */
  const asOf = signal(before?.at ?? null);
  if (before) worker.state.value = before.state;
  worker.state.subscribe((state) => {
    if (state === null || state === before?.state) return;
    asOf.value = null;
    kept.put(state);
  });

  return {
    ...worker,
    view,
    asOf,
    /** No longer once the worker has failed: then what is shown is old, and nothing comes. */
    looking: computed(() => asOf.value !== null && worker.problem.value === null),
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
