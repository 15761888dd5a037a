import { useEffect, useRef } from 'preact/hooks';
import type { PopupState } from '../contract/messages.ts';
import { MODES } from '../contract/words.ts';
import { say } from '../locales/say.ts';
import { chosenMode } from '../ui/chosen-mode.ts';
import { DASHBOARD_VIEWS, type DashboardView, dashboardHash } from '../ui/dashboard-url.ts';
import { Opening } from '../ui/Opening.tsx';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { Header } from './Header.tsx';
import * as parts from './parts.ts';
import { StateProblem } from './StateProblem.tsx';
import { isChange } from './settings/settings-draft.ts';
import { type Store, StoreProvider, useStore } from './store.ts';

export function App({ store }: { store: Store }) {
  const main = useRef<HTMLElement>(null);
  const { view } = store.route.value;
  useEffect(() => {
    document.title = say('dashboard_frame_title', { view: nameOf(view) });
  }, [view]);
  // A new view takes the focus to its heading, so that a screen reader reads on from there; another filter does not.
  useEffect(() => {
    let shown: string | null = null;
    return store.route.subscribe(({ view, id }) => {
      const next = JSON.stringify([view, id]);
      const isOther = shown !== null && shown !== next;
      shown = next;
      if (!isOther) return;
      // What is shown for the first time has no heading before its code is there.
      void parts.loadParts(view).then(() =>
        requestAnimationFrame(() => {
          if (shown === next) focusHeading(main.current);
        }),
      );
    });
  }, [store]);
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (hasUnsaved(store)) event.preventDefault();
    };
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [store]);
  return (
    <StoreProvider value={store}>
      <Header />
      <div class="frame">
        <nav class="nav" aria-label={say('dashboard_frame_views')}>
          {DASHBOARD_VIEWS.map((one) => (
            <a
              key={one}
              class="nav-link"
              href={dashboardHash(one)}
              aria-current={one === view ? 'page' : undefined}
            >
              {nameOf(one)}
            </a>
          ))}
        </nav>
        <main ref={main} class="main">
          <Main />
        </main>
      </div>
    </StoreProvider>
  );
}

const nameOf = (view: DashboardView): string =>
  ({
    overview: say('dashboard_view_overview'),
    rewards: say('dashboard_view_rewards'),
    unlinked: say('dashboard_view_unlinked'),
    'take-back': say('dashboard_view_take_back'),
    reconcile: say('dashboard_view_reconcile'),
    audit: say('dashboard_view_audit'),
    settings: say('dashboard_view_settings'),
    team: say('dashboard_view_team'),
    health: say('dashboard_view_health'),
  })[view];

function hasUnsaved(store: Store): boolean {
  const modes = store.state.value?.session?.modes;
  return MODES.some((mode) => {
    const draft = store.drafts[mode].value;
    if (store.unlinked[mode].value?.isBusy() || store.rewards[mode].value?.isBusy()) return true;
    return draft !== null && modes !== undefined && isChange(modes[mode].settings, draft);
  });
}

function focusHeading(main: HTMLElement | null) {
  const heading = main?.querySelector('h2');
  heading?.setAttribute('tabindex', '-1');
  heading?.focus();
}

function Main() {
  const store = useStore();
  const state = store.state.value;
  const problem = store.problem.value;
  const failed = problem && (
    <ProblemNotice
      problem={problem}
      button={{ label: say('dashboard_frame_try_again'), onClick: store.open }}
    />
  );
  if (!state) return failed ?? <Opening />;
  if (!state.paired) return <NotPaired state={state} />;
  if (!state.session) return failed ?? (state.problem ? <StateProblem state={state} /> : <Opening />);
  return (
    <>
      {failed ?? <StateProblem state={state} />}
      <Shown state={state} />
    </>
  );
}

/** Another mode or proxy means other rewards, settings and accounts, so a view begins anew with it. */
function Shown({ state }: { state: PopupState }) {
  const { view, id } = useStore().route.value;
  if (!chosenMode(state)) return null;
  const key = JSON.stringify([state.paired?.proxy, state.mode, id]);
  switch (view) {
    case 'overview':
      return <parts.Overview key={key} state={state} />;
    case 'rewards':
      if (id === null) return <parts.Rewards key={key} state={state} />;
      return <parts.RewardDetail key={key} state={state} reward={id} />;
    case 'unlinked':
      return <parts.Unlinked key={key} state={state} />;
    case 'take-back':
      if (id === null) return <parts.TakeBack key={key} state={state} />;
      return <parts.Reversal key={key} state={state} reward={id} />;
    case 'reconcile':
      return <parts.Reconcile key={key} state={state} />;
    case 'audit':
      return <parts.Audit key={key} subject={id} />;
    case 'settings':
      return <parts.Settings key={key} state={state} />;
    case 'team':
      return <parts.Team key={key} state={state} />;
    case 'health':
      return <parts.Health key={key} state={state} />;
  }
}

function NotPaired({ state }: { state: PopupState }) {
  return (
    <section class="view">
      <h2>{say('dashboard_not_paired_title')}</h2>
      {state.problem && <ProblemNotice problem={state.problem} />}
      <p class="lead">{say('dashboard_not_paired_lead')}</p>
    </section>
  );
}
