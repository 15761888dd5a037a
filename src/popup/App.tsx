import { useEffect, useRef } from 'preact/hooks';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { Header } from './Header.tsx';
import { Home } from './Home.tsx';
import { LinkView } from './LinkView.tsx';
import { Setup } from './Setup.tsx';
import { StateProblem } from './StateProblem.tsx';
import { setupStep } from './setup-step.ts';
import { type Store, StoreProvider, useStore } from './store.ts';

export function App({ store }: { store: Store }) {
  const main = useRef<HTMLElement>(null);
  // A new view takes the focus to its heading: the button that was pressed is gone with the old view.
  useEffect(() => {
    let first = true;
    return store.view.subscribe(() => {
      if (!first) requestAnimationFrame(() => focusHeading(main.current));
      first = false;
    });
  }, [store]);
  return (
    <StoreProvider value={store}>
      <Header />
      <main ref={main}>
        <Main />
      </main>
    </StoreProvider>
  );
}

function focusHeading(main: HTMLElement | null) {
  if (document.activeElement && document.activeElement !== document.body) return;
  const heading = main?.querySelector('h2');
  heading?.setAttribute('tabindex', '-1');
  heading?.focus();
}

function Main() {
  const store = useStore();
  const state = store.state.value;
  const view = store.view.value;
  const problem = store.problem.value;
  if (!state) {
    if (problem)
      return <ProblemNotice problem={problem} button={{ label: 'Try again', onClick: store.open }} />;
    return <Opening />;
  }
  return (
    <>
      {problem && <ProblemNotice problem={problem} button={{ label: 'Try again', onClick: store.open }} />}
      {!problem && <StateProblem state={state} />}
      <Shown view={view} done={setupStep(state) === 'done'} />
    </>
  );
}

function Shown({ view, done }: { view: Store['view']['value']; done: boolean }) {
  const state = useStore().state.value;
  if (!state) return null;
  // Another mode means other participants, customers and units: what was typed for one must not stay for the other.
  if (view.name === 'link') return <LinkView key={state.mode} participant={view.participant} />;
  if (view.name === 'setup')
    return <Setup key={`${state.mode} ${view.step}`} state={state} asked={view.step} back={done} />;
  if (state.paired && !state.session) return state.problem ? null : <Opening />;
  return done ? <Home state={state} /> : <Setup key={state.mode} state={state} asked={null} back={false} />;
}

function Opening() {
  return (
    <div class="opening" role="status">
      <span class="sr-only">Loading</span>
      <span class="bone" />
      <span class="bone" />
      <span class="bone" />
    </div>
  );
}
