import { useSignal } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';
import type { AuditEntry } from '../contract/audit.ts';
import type { PopupState } from '../contract/messages.ts';
import { Button } from '../ui/Button.tsx';
import { dashboardHash } from '../ui/dashboard-url.ts';
import { Opening } from '../ui/Opening.tsx';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { useTask } from '../ui/use-task.ts';
import { AuditRow } from './AuditRow.tsx';
import { useStore } from './store.ts';
import { Title } from './Title.tsx';

/** Who did what and when, newest first; of everything, or of one subject. */
export function Audit({ state, subject }: { state: PopupState; subject: string | null }) {
  const store = useStore();
  const task = useTask();
  const entries = useSignal<AuditEntry[] | null>(null);
  const before = useSignal<string | null>(null);
  const load = (from: string | null) =>
    task.run(async () => {
      const page = await store.doors.ask('audit', {
        ...(from !== null && { before: from }),
        ...(subject !== null && { subject }),
      });
      entries.value = from === null ? page.entries : [...(entries.value ?? []), ...page.entries];
      before.value = page.before;
    });
  // Once: another subject mounts the view anew.
  useEffect(() => void load(null), []);

  const rows = entries.value;
  return (
    <section class="view">
      <Title state={state}>Audit</Title>
      <p class="lead">
        Everything people and the proxy did, in both modes, newest first. Each entry is chained to the one
        before it; <code>npm run proxy -- audit verify</code> finds any that was edited, removed or moved.
      </p>
      <Filter subject={subject} />
      {task.problem.value && (
        <ProblemNotice
          problem={task.problem.value}
          button={{ label: 'Try again', onClick: () => void load(before.value), busy: task.busy.value }}
        />
      )}
      {rows === null && !task.problem.value && <Opening />}
      {rows?.length === 0 && (
        <p class="empty">
          {subject === null ? 'Nothing has happened yet.' : `Nothing is recorded of “${subject}”.`}
        </p>
      )}
      {rows && rows.length > 0 && (
        <>
          <ul class="rows">
            {rows.map((entry) => (
              <AuditRow key={entry.seq} entry={entry} />
            ))}
          </ul>
          <div class="row">
            {before.value !== null && (
              <Button class="button" busy={task.busy.value} onClick={() => void load(before.value)}>
                {task.busy.value ? 'Loading…' : 'Show older'}
              </Button>
            )}
            {before.value === null && <p class="hint">This is where the history begins.</p>}
            <Button class="button button-plain" busy={task.busy.value} onClick={() => void load(null)}>
              Look for newer
            </Button>
          </div>
        </>
      )}
    </section>
  );
}

function Filter({ subject }: { subject: string | null }) {
  const id = useId();
  const typed = useSignal(subject ?? '');
  return (
    <form
      class="field filter"
      onSubmit={(event) => {
        event.preventDefault();
        const text = typed.value.trim();
        location.hash = text === '' ? dashboardHash('audit') : dashboardHash('audit', text);
      }}
    >
      <label for={id}>Of one subject only</label>
      <div class="input-row">
        <input
          id={id}
          class="input"
          type="text"
          maxLength={600}
          autocomplete="off"
          aria-describedby={`${id}-hint`}
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
          }}
        />
        <Button class="button" type="submit">
          Show
        </Button>
        {subject !== null && (
          <a class="button" href={dashboardHash('audit')}>
            Show all
          </a>
        )}
      </div>
      <p id={`${id}-hint`} class="hint">
        A reward’s ID, a participant as <code>account/user</code>, a browser, a Stripe account, or “settings”.
      </p>
    </form>
  );
}
