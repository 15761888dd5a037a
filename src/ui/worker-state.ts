import { signal } from '@preact/signals';
import type { Answers, MessageName, PopupState, Request } from '../contract/messages.ts';
import type { Problem } from '../contract/problems.ts';
import type { Ask } from './ask.ts';
import { problemOf } from './problem-of.ts';

/** Messages that answer with the whole new state. */
export type StateMessage = {
  [N in MessageName]: Answers[N] extends PopupState ? N : never;
}[MessageName];

export type WorkerDoors = {
  ask: Ask;
  onStateChanged(listener: (state: PopupState) => void): () => void;
};

/** Asks for a change and shows the state that came of it. Refusals are thrown to whoever asked. */
export type Change = <N extends StateMessage>(name: N, request: Request<N>) => Promise<void>;

/** The worker's state as one of our pages follows it. It keeps nothing: closing the page loses no work. */
export function followWorker<D extends WorkerDoors>(outer: D) {
  const state = signal<PopupState | null>(null);
  /** A deed goes where the person saw it go, even when the worker has been told of another mode meanwhile. */
  const ask: Ask = (name, request, mode = state.value?.mode) => outer.ask(name, request, mode);
  const doors = { ...outer, ask };
  const opening = signal(true);
  const problem = signal<Problem | null>(null);

  function put(next: PopupState) {
    state.value = next;
    problem.value = null;
  }

  const change: Change = async (name, request) => put(await doors.ask(name, request));

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
    change,
    open,
  };
}
