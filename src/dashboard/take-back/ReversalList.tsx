import { useSignal } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';
import type { ReversalState, ReversalView } from '../../contract/reversals.ts';
import { explainReversal } from '../../locales/explain.ts';
import { say, sayAround } from '../../locales/say.ts';
import { money } from '../../ui/amounts.ts';
import { Button } from '../../ui/Button.tsx';
import { dashboardHash } from '../../ui/dashboard-url.ts';
import { Opening } from '../../ui/Opening.tsx';
import { ProblemNotice } from '../../ui/ProblemNotice.tsx';
import { relativeTime, useNow } from '../../ui/time.ts';
import { useTask } from '../../ui/use-task.ts';
import { Participant } from '../Participant.tsx';
import { useStore } from '../store.ts';
import { causeOf, resultOf } from './reversal-words.ts';

/** `empty`: what to say when there is none; null leaves the whole list out. */
type Props = { state: ReversalState; heading: string; empty: string | null };

export function ReversalList({ state, heading, empty }: Props) {
  const store = useStore();
  const task = useTask();
  const rows = useSignal<ReversalView[] | null>(null);
  const after = useSignal<string | null>(null);
  const id = useId();
  const load = (from: string | null) =>
    task.run(async () => {
      const page = await store.doors.ask('reversals', { state, ...(from !== null && { after: from }) });
      rows.value = from === null ? page.reversals : [...(rows.value ?? []), ...page.reversals];
      after.value = page.after;
    });
  // Once: another mode mounts the view anew.
  useEffect(() => void load(null), []);

  const problem = task.problem.value;
  if (problem && (empty !== null || rows.value !== null)) {
    return (
      <ProblemNotice
        problem={problem}
        button={{ label: say('ui_try_again'), onClick: () => void load(after.value) }}
      />
    );
  }
  if (rows.value === null) return empty === null ? null : <Opening />;
  if (rows.value.length === 0 && empty === null) return null;
  return (
    <section class="block" aria-labelledby={id}>
      <h3 id={id}>{heading}</h3>
      {rows.value.length === 0 ? (
        <p class="empty">{empty}</p>
      ) : (
        <ul class="rows">
          {rows.value.map((row) => (
            <Row key={row.reward} row={row} />
          ))}
        </ul>
      )}
      {after.value !== null && (
        <Button class="button" busy={task.busy.value} onClick={() => void load(after.value)}>
          {task.busy.value ? say('reversals_loading') : say('reversals_more')}
        </Button>
      )}
    </section>
  );
}

function Row({ row }: { row: ReversalView }) {
  const now = useNow();
  const id = useId();
  const done = row.state === 'reversed' ? resultOf(row) : [];
  return (
    <li class="item reversal">
      <div class="reversal-what">
        <p id={id} class="muted">
          {sayAround('reversals_credited_to', {
            amount: (
              <span key="amount" class="amount">
                {money(row.money)}
              </span>
            ),
            customer: <code key="customer">{row.customer}</code>,
          })}
        </p>
        <p>{causeOf(row)}</p>
        {row.reason && <p class="hint hint-warn">{explainReversal(row.reason).what}</p>}
        {done.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
        <p class="muted small">
          <Participant accountId={row.accountId} userId={row.userId} /> · {row.unit} ·{' '}
          {say('reversals_proposed_when', { when: relativeTime(Math.min(row.proposedAt, now), now) })}
        </p>
      </div>
      <a class="button" href={dashboardHash('take-back', row.reward)} aria-describedby={id}>
        {row.state === 'proposed' ? say('reversals_decide') : say('reversals_show')}
      </a>
    </li>
  );
}
