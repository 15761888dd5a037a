import { useEffect, useRef } from 'preact/hooks';
import type { PopupState } from '../contract/messages.ts';
import { MODES } from '../contract/words.ts';
import { chosenMode } from '../ui/chosen-mode.ts';
import { DASHBOARD_VIEWS, type DashboardView, dashboardHash } from '../ui/dashboard-url.ts';
import { Opening } from '../ui/Opening.tsx';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { Audit } from './Audit.tsx';
import { Header } from './Header.tsx';
import { Limits } from './Limits.tsx';
import { isChange } from './limits-draft.ts';
import { Reconcile } from './Reconcile.tsx';
import { Reversal } from './Reversal.tsx';
import { StateProblem } from './StateProblem.tsx';
import { type Store, StoreProvider, useStore } from './store.ts';
import { TakeBack } from './TakeBack.tsx';

const VIEW_NAMES: Record<DashboardView, string> = {
  'take-back': 'Take back',
  limits: 'Limits',
  reconcile: 'Reconcile',
  audit: 'Audit',
};

export function App({ store }: { store: Store }) {
  const main = useRef<HTMLElement>(null);
  const { view } = store.route.value;
  useEffect(() => {
    document.title = `${VIEW_NAMES[view]} · Advocate Credits for Stripe`;
  }, [view]);
  // A new view takes the focus to its heading, so that a screen reader reads on from there.
  useEffect(() => {
    let first = true;
    return store.route.subscribe(() => {
      if (!first) requestAnimationFrame(() => focusHeading(main.current));
      first = false;
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
        <nav class="nav" aria-label="Views">
          {DASHBOARD_VIEWS.map((one) => (
            <a
              key={one}
              class="nav-link"
              href={dashboardHash(one)}
              aria-current={one === view ? 'page' : undefined}
            >
              {VIEW_NAMES[one]}
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

function hasUnsaved(store: Store): boolean {
  const modes = store.state.value?.session?.modes;
  return MODES.some((mode) => {
    const draft = store.limits[mode].value;
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
    <ProblemNotice problem={problem} button={{ label: 'Try again', onClick: store.open }} />
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

/** Another mode means other rewards, limits and accounts, so a view begins anew in it. */
function Shown({ state }: { state: PopupState }) {
  const { view, id } = useStore().route.value;
  const mode = chosenMode(state);
  if (!mode) return null;
  const { settings } = mode;
  if (view === 'limits') return <Limits key={state.mode} state={state} settings={settings} />;
  if (view === 'reconcile') return <Reconcile key={state.mode} state={state} />;
  if (view === 'audit') return <Audit key={`${state.mode} ${id}`} state={state} subject={id} />;
  if (id !== null) return <Reversal key={`${state.mode} ${id}`} state={state} reward={id} />;
  return <TakeBack key={state.mode} state={state} />;
}

function NotPaired({ state }: { state: PopupState }) {
  return (
    <section class="view">
      <h2>This browser is not paired</h2>
      {state.problem && <ProblemNotice problem={state.problem} />}
      <p class="lead">
        The dashboard shows what your proxy knows. Click the extension’s icon in the toolbar, enter the
        proxy’s address and your pairing code, and this page goes on by itself.
      </p>
    </section>
  );
}
