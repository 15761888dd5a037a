import type { PopupState } from '../contract/messages.ts';
import { Button } from '../ui/Button.tsx';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { useNow } from '../ui/time.ts';
import { duration } from './finding-words.ts';
import { ReconcileResult } from './ReconcileResult.tsx';
import { useStore } from './store.ts';
import { Title } from './Title.tsx';

/** Rewards, ledger and Stripe’s transactions set side by side. Goes on while the person looks at other views. */
export function Reconcile({ state }: { state: PopupState }) {
  const store = useStore();
  const { task, startedAt, result } = store.reconcile[state.mode];
  const busy = task.busy.value;
  const start = () => {
    startedAt.value = Date.now();
    void task.run(async () => {
      result.value = await store.doors.ask('reconcile', {});
    });
  };
  return (
    <section class="view">
      <Title state={state}>Reconcile</Title>
      <p class="lead">
        Sets every reward in Advocate beside its row in the ledger and its transaction at Stripe, and lists
        what does not agree. It only reads: nothing is paid, taken back or changed.
      </p>
      <div class="stack">
        <Button class="button button-primary" busy={busy} onClick={start}>
          {busy ? 'Reconciling…' : result.value ? 'Reconcile again' : 'Reconcile now'}
        </Button>
        {busy && <Progress since={startedAt.value ?? Date.now()} />}
      </div>
      {task.problem.value && <ProblemNotice problem={task.problem.value} />}
      {result.value && (
        <div class={busy ? 'aged' : undefined}>
          <ReconcileResult answer={result.value} />
        </div>
      )}
      <div class="block">
        <h3>The signed report for finance</h3>
        <p class="muted">
          Whoever runs the proxy writes it there. It holds every line, is signed by the proxy, and can be
          verified without a network; one changed byte is found.
        </p>
        <pre class="command">
          <code>npm run proxy -- reconcile --mode {state.mode} --report reconciliation.ndjson</code>
        </pre>
        <p class="muted">
          Whoever receives it verifies it, with the fingerprint that <code>reconcile --key</code> prints at
          the proxy:
        </p>
        <pre class="command">
          <code>npm run proxy -- reconcile --verify reconciliation.ndjson --key FINGERPRINT</code>
        </pre>
      </div>
    </section>
  );
}

function Progress({ since }: { since: number }) {
  const now = useNow(1000);
  return (
    <div class="progress">
      <progress aria-label="Reconciling" />
      <p class="muted">
        Reading everything since the first reward, for {duration(now - since)} so far. With many rewards this
        takes minutes: leave this tab open. You can look at the other views meanwhile.
      </p>
    </div>
  );
}
