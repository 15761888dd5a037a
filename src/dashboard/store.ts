import { signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Answers } from '../contract/messages.ts';
import { MODES, type Mode } from '../contract/words.ts';
import type { Ask } from '../ui/ask.ts';
import { dashboardHash } from '../ui/dashboard-url.ts';
import { createTask } from '../ui/use-task.ts';
import { followWorker, type WorkerDoors } from '../ui/worker-state.ts';
import type { RewardsDesk } from './rewards/desk.ts';
import { type Route, readRoute } from './route.ts';
import type { SettingsDraft } from './settings/settings-draft.ts';
import type { Desk } from './unlinked/desk.ts';

const perMode = <T>(make: (mode: Mode) => T): Record<Mode, T> => ({ test: make('test'), live: make('live') });

const createReconciling = () => ({
  task: createTask(),
  startedAt: signal<number | null>(null),
  result: signal<Answers['reconcile'] | null>(null),
});

export type Store = ReturnType<typeof createStore>;

/** What the dashboard knows and shows. What a person typed or waited for outlives a look at another view. */
export function createStore(doors: WorkerDoors) {
  const route = signal<Route>(readRoute(location.hash));
  const follow = () => {
    route.value = readRoute(location.hash);
  };
  addEventListener('hashchange', follow);
  /** Another filter of the same view: no step in the browser's history, and the focus stays where it is. */
  const narrow = (query: Readonly<Record<string, string>>) => {
    const { view, id } = route.value;
    history.replaceState(null, '', dashboardHash(view, id ?? undefined, query));
    follow();
  };

  const worker = followWorker(doors);
  // What goes on in the background names the mode that it began in, not the one that is shown by then.
  const askIn =
    (mode: Mode): Ask =>
    (name, request) =>
      doors.ask(name, request, mode);
  const unlinked = perMode(() => signal<Desk | null>(null));
  const rewards = perMode(() => signal<RewardsDesk | null>(null));
  const drafts = perMode(() => signal<SettingsDraft | null>(null));
  const reconcile = perMode(() => signal(createReconciling()));

  let proxy: string | null = null;
  /** Another proxy has other rewards, participants and settings: nothing of the one before may pass for its own. */
  function forget() {
    for (const mode of MODES) {
      unlinked[mode].value?.forget();
      rewards[mode].value?.leave();
      rewards[mode].value = null;
      drafts[mode].value = null;
      reconcile[mode].value = createReconciling();
    }
  }
  let shown: Mode | null = null;
  const stopFollowing = worker.state.subscribe((state) => {
    if (!state) return;
    const paired = state.paired?.proxy ?? null;
    if (proxy !== null && paired !== proxy) forget();
    proxy = paired;
    if (state.mode === shown) return;
    shown = state.mode;
    for (const mode of MODES) {
      if (mode === shown) continue;
      unlinked[mode].value?.leave();
      rewards[mode].value?.leave();
    }
  });

  return {
    ...worker,
    route,
    narrow,
    askIn,
    /** Each made by the view that first needs it, whose code the frame does not wait for. */
    unlinked,
    rewards,
    drafts,
    reconcile,
    close() {
      stopFollowing();
      removeEventListener('hashchange', follow);
    },
  };
}

const StoreContext = createContext<Store | null>(null);
export const StoreProvider = StoreContext.Provider;

export function useStore(): Store {
  const store = useContext(StoreContext);
  if (!store) throw new Error('A component stands outside of the dashboard.');
  return store;
}
