import { signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Answers, MessageName, PopupState, Request } from '../contract/messages.ts';
import type { Problem } from '../contract/problems.ts';
import type { ParticipantKey } from '../contract/routes.ts';
import { problemOf } from '../ui/problem-of.ts';
import type { Doors } from './doors.ts';
import type { Step } from './setup-step.ts';

export type View =
  | { name: 'home' }
  | { name: 'setup'; step: Step }
  | { name: 'link'; participant: ParticipantKey | null };

/** Messages that answer with the whole new state. */
export type StateMessage = {
  [N in MessageName]: Answers[N] extends PopupState ? N : never;
}[MessageName];

export type Store = ReturnType<typeof createStore>;

/** What the popup knows and shows. It keeps nothing: closing the popup loses no work. */
export function createStore(outer: Doors) {
  const state = signal<PopupState | null>(null);
  /** A deed goes where the person saw it go, even when the worker has been told of another mode meanwhile. */
  const doors: Doors = { ...outer, ask: (name, request) => outer.ask(name, request, state.value?.mode) };
  const opening = signal(true);
  const problem = signal<Problem | null>(null);
  const view = signal<View>({ name: 'home' });

  function put(next: PopupState) {
    state.value = next;
    problem.value = null;
  }

  /** Asks for a change and shows the state that came of it. Refusals are thrown to whoever asked. */
  async function change<N extends StateMessage>(name: N, request: Request<N>): Promise<void> {
    put(await doors.ask(name, request));
  }

  /** First what the worker knows, for a quick picture, then what the proxy says. */
  async function open(): Promise<void> {
    opening.value = true;
    problem.value = null;
    try {
      await change('state', {});
      await change('refresh', {});
    } catch (thrown) {
      problem.value = problemOf(thrown);
    } finally {
      opening.value = false;
    }
  }

  doors.onStateChanged(put);

  return {
    doors,
    state,
    /** True until the proxy has answered for the first time. */
    opening,
    /** Why there is nothing, or nothing new, to show. */
    problem,
    view,
    change,
    open,
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
