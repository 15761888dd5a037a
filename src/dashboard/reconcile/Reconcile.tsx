import type { PopupState } from '../../contract/messages.ts';
import { say, sayAround } from '../../locales/say.ts';
import { Button } from '../../ui/Button.tsx';
import { ProblemNotice } from '../../ui/ProblemNotice.tsx';
import { useNow } from '../../ui/time.ts';
import { useStore } from '../store.ts';
import { Title } from '../Title.tsx';
import { duration } from './finding-words.ts';
import { ReconcileResult } from './ReconcileResult.tsx';

/** Rewards, ledger and Stripe’s transactions set side by side. Goes on while the person looks at other views. */
export function Reconcile({ state }: { state: PopupState }) {
  const store = useStore();
  const { task, startedAt, result } = store.reconcile[state.mode].value;
  const busy = task.busy.value;
  const start = () => {
    startedAt.value = Date.now();
    void task.run(async () => {
      result.value = await store.doors.ask('reconcile', {});
    });
  };
  return (
    <section class="view">
      <Title state={state}>{say('reconcile_title')}</Title>
      <p class="lead">{say('reconcile_lead')}</p>
      <div class="stack">
        <Button class="button button-primary" busy={busy} onClick={start}>
          {busy ? say('reconcile_busy') : result.value ? say('reconcile_again') : say('reconcile_now')}
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
        <h3>{say('reconcile_report')}</h3>
        <p class="muted">{say('reconcile_report_write')}</p>
        <pre class="command">
          <code>npm run proxy -- reconcile --mode {state.mode} --report reconciliation.ndjson</code>
        </pre>
        <p class="muted">
          {sayAround('reconcile_report_verify', { command: <code key="command">reconcile --key</code> })}
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
      <progress aria-label={say('reconcile_progress')} />
      <p class="muted">{say('reconcile_so_far', { duration: duration(now - since) })}</p>
    </div>
  );
}
