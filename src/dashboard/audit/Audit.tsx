import { useSignal } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';
import type { AuditEntry } from '../../contract/audit.ts';
import { say, sayAround } from '../../locales/say.ts';
import { Button } from '../../ui/Button.tsx';
import { dashboardHash } from '../../ui/dashboard-url.ts';
import { Opening } from '../../ui/Opening.tsx';
import { ProblemNotice } from '../../ui/ProblemNotice.tsx';
import { useTask } from '../../ui/use-task.ts';
import { useStore } from '../store.ts';
import { Title } from '../Title.tsx';
import { AuditRow } from './AuditRow.tsx';

/** Who did what and when, newest first; of everything, or of one subject. */
export function Audit({ subject }: { subject: string | null }) {
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
      <Title state="both">{say('audit_title')}</Title>
      <p class="lead">
        {sayAround('audit_lead', { command: <code key="command">npm run proxy -- audit verify</code> })}
      </p>
      <Filter subject={subject} />
      {task.problem.value && (
        <ProblemNotice
          problem={task.problem.value}
          button={{
            label: say('ui_try_again'),
            onClick: () => void load(before.value),
            busy: task.busy.value,
          }}
        />
      )}
      {rows === null && !task.problem.value && <Opening />}
      {rows?.length === 0 && (
        <p class="empty">{subject === null ? say('audit_empty') : say('audit_empty_of', { subject })}</p>
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
                {task.busy.value ? say('audit_loading') : say('audit_older')}
              </Button>
            )}
            {before.value === null && <p class="hint">{say('audit_beginning')}</p>}
            <Button class="button button-plain" busy={task.busy.value} onClick={() => void load(null)}>
              {say('audit_newer')}
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
      <label for={id}>{say('audit_filter')}</label>
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
          {say('audit_filter_show')}
        </Button>
        {subject !== null && (
          <a class="button" href={dashboardHash('audit')}>
            {say('audit_filter_all')}
          </a>
        )}
      </div>
      <p id={`${id}-hint`} class="hint">
        {sayAround('audit_filter_hint', {
          example: <code key="example">{say('audit_filter_example')}</code>,
          // As the history names it, in every language.
          settings: <code key="settings">settings</code>,
        })}
      </p>
    </form>
  );
}
