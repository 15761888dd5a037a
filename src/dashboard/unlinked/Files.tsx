import { useEffect, useId, useRef } from 'preact/hooks';
import type { PopupState } from '../../contract/messages.ts';
import { say, sayAround } from '../../locales/say.ts';
import { Button } from '../../ui/Button.tsx';
import { ProblemNotice } from '../../ui/ProblemNotice.tsx';
import { Announce } from '../Announce.tsx';
import { COLUMNS, fileName, saveFile } from '../csv-file.ts';
import type { Desk } from './desk.ts';
import { ImportPreview, SaveFaults } from './ImportPreview.tsx';
import type { LinkRun } from './link-run.ts';
import { RunProgress } from './RunProgress.tsx';
import { MOST_ROWS } from './read-csv.ts';
import { count, participantCount } from './words.ts';

type Props = { desk: Desk; state: PopupState };

/** Links as a file, in and out, in the form of Advocate's own bulk import. */
export function Files({ desk, state }: Props) {
  const [account, user, customer] = COLUMNS;
  return (
    <>
      <section class="block" aria-label={say('unlinked_import')}>
        <h3>{say('unlinked_import')}</h3>
        <p class="muted">
          {sayAround('unlinked_import_what', {
            account: <code key="account">{account}</code>,
            user: <code key="user">{user}</code>,
            customer: <code key="customer">{customer}</code>,
            most: count(MOST_ROWS),
          })}
        </p>
        <Importing desk={desk} state={state} />
      </section>
      <section class="block" aria-label={say('unlinked_export')}>
        <h3>{say('unlinked_export')}</h3>
        <p class="muted">{say('unlinked_export_what')}</p>
        <Exporting desk={desk} state={state} />
      </section>
    </>
  );
}

function Importing({ desk: { importing }, state }: Props) {
  const id = useId();
  const stage = importing.stage.value;
  const isOver = stage.name === 'linking' && ['done', 'stopped'].includes(stage.run.state.value);
  const canChoose = stage.name === 'none' || stage.name === 'refused' || isOver;
  const reading =
    stage.name === 'reading'
      ? say('unlinked_reading_file', { file: stage.file, rows: count(stage.rows) })
      : '';
  const self = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // What had the focus went away with the stage before.
    if (stage.name !== 'none' && document.activeElement === document.body) self.current?.focus();
  }, [stage.name]);
  return (
    <div ref={self} class="desk-import" tabIndex={-1}>
      {canChoose && (
        <div class="field">
          <label for={id}>{isOver ? say('unlinked_file_another') : say('unlinked_file_label')}</label>
          <input
            id={id}
            class="input file-input"
            type="file"
            accept=".csv,.tsv,.txt,text/csv"
            onChange={({ currentTarget }) => {
              const [file] = currentTarget.files ?? [];
              if (file) void importing.choose(file);
              // The same file, corrected, is a change again.
              currentTarget.value = '';
            }}
          />
        </div>
      )}
      {stage.name === 'refused' && (
        <div class="notice notice-bad" role="alert">
          <p class="notice-title">{say('unlinked_file_refused', { file: stage.file, what: stage.what })}</p>
          <p>{stage.action}</p>
        </div>
      )}
      {stage.name === 'reading' && (
        <div class="stack">
          <p>{reading}</p>
          <Announce text={reading} />
          <Button class="button" onClick={importing.cancel}>
            {say('ui_cancel')}
          </Button>
        </div>
      )}
      {stage.name === 'checking' && (
        <Checking run={stage.run} file={stage.file} onCancel={importing.cancel} />
      )}
      {stage.name === 'preview' && (
        <ImportPreview importing={importing} preview={stage.preview} file={stage.file} state={state} />
      )}
      {stage.name === 'linking' && (
        <>
          <RunProgress run={stage.run} state={state} onClose={importing.close} />
          {stage.faults.length > 0 && <SaveFaults faults={stage.faults} mode={state.mode} />}
        </>
      )}
    </div>
  );
}

function Checking({ run, file, onCancel }: { run: LinkRun; file: string; onCancel: () => void }) {
  const { all, left } = run.tally.value;
  const words = say('unlinked_checking_file', {
    file,
    done: count(all - left),
    participants: participantCount(all),
  });
  return (
    <div class="stack">
      <p>{words}</p>
      <div class="progress">
        <progress aria-label={say('unlinked_checking')} max={Math.max(all, 1)} value={all - left} />
      </div>
      <Announce text={words} />
      {run.problem.value && (
        <ProblemNotice
          problem={run.problem.value}
          button={{ label: say('ui_try_again'), onClick: () => void run.go() }}
        />
      )}
      <Button class="button" onClick={onCancel}>
        {say('ui_cancel')}
      </Button>
    </div>
  );
}

function Exporting({ desk: { exporting }, state }: Props) {
  const isReading = exporting.state.value === 'reading';
  const save = async () => {
    const parts = await exporting.read();
    if (parts !== null) saveFile(fileName('links', state.mode), parts);
  };
  const words = isReading
    ? say('unlinked_export_reading', { participants: participantCount(exporting.count.value) })
    : say('unlinked_export_done', { participants: participantCount(exporting.count.value) });
  return (
    <div class="stack">
      <div class="row">
        <Button class="button" busy={isReading} onClick={() => void save()}>
          {isReading ? say('unlinked_export_busy') : say('unlinked_export_save')}
        </Button>
        {isReading && (
          <Button class="button" onClick={exporting.stop}>
            {say('unlinked_stop')}
          </Button>
        )}
      </div>
      {exporting.state.value !== 'idle' && (
        <>
          <p>{words}</p>
          <Announce text={words} />
        </>
      )}
      {exporting.state.value === 'done' && exporting.apostrophes.value > 0 && (
        <p class="hint hint-warn">
          {say('unlinked_export_apostrophes', {
            participants: participantCount(exporting.apostrophes.value),
          })}
        </p>
      )}
      {exporting.problem.value && (
        <ProblemNotice
          problem={exporting.problem.value}
          button={{ label: say('ui_try_again'), onClick: () => void save() }}
        />
      )}
    </div>
  );
}
