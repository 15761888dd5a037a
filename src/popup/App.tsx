import { useEffect, useRef } from 'preact/hooks';
import type { PopupState } from '../contract/messages.ts';
import { say } from '../locales/say.ts';
import { Opening } from '../ui/Opening.tsx';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { Header } from './Header.tsx';
import { Home } from './Home.tsx';
import { Linking } from './Linking.tsx';
import { PairStep } from './PairStep.tsx';
import { SettingUp } from './SettingUp.tsx';
import { StateProblem } from './StateProblem.tsx';
import { setupStep } from './setup-step.ts';
import { type Store, StoreProvider, useStore } from './store.ts';

const LOOK_EVERY_MS = 5000;

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
  // A worker that the browser stopped announces no end; asking starts a new one, which knows.
  const running = store.state.value?.running ?? false;
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => void store.change('state', {}).catch(() => undefined), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [store, running]);
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
      return <ProblemNotice problem={problem} button={{ label: say('ui_try_again'), onClick: store.open }} />;
    return <Opening />;
  }
  return (
    <>
      {problem && (
        <ProblemNotice problem={problem} button={{ label: say('ui_try_again'), onClick: store.open }} />
      )}
      {!problem && <StateProblem state={state} />}
      <Shown view={view} done={setupStep(state) === 'done'} />
    </>
  );
}

function Shown({ view, done }: { view: Store['view']['value']; done: boolean }) {
  const store = useStore();
  const state = store.state.value;
  if (!state) return null;
  // Another mode means other participants, customers and units: what was typed for one must not stay for the other.
  if (view.name === 'link') return <Linking key={state.mode} participant={view.participant} />;
  if (view.name === 'setup')
    return <SettingUp key={`${state.mode} ${view.step}`} state={state} asked={view.step} back={done} />;
  if (state.paired && !state.session) {
    const failed = state.problem !== null || store.problem.value !== null;
    return failed ? <Pairing state={state} /> : <Opening />;
  }
  return done ? (
    <Home key={state.mode} state={state} />
  ) : (
    <SettingUp key={state.mode} state={state} asked={null} back={false} />
  );
}

/** All there is to show while the proxy has never answered: whose browser this is, and the way out. */
function Pairing({ state }: { state: PopupState }) {
  return (
    <section class="stack">
      <h2>{say('popup_this_browser')}</h2>
      <PairStep state={state} onDone={() => undefined} />
    </section>
  );
}
