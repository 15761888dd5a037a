import { useSignal } from '@preact/signals';
import type { PopupState } from '../../contract/messages.ts';
import type { Mode } from '../../contract/words.ts';
import { locale, say, sayAround, sayCount } from '../../locales/say.ts';
import { Button } from '../../ui/Button.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { saveFile } from '../csv-file.ts';
import { placeOf } from '../surroundings.ts';
import type { Fault } from './check-rows.ts';
import type { Import, Preview } from './import-links.ts';
import { faultParts, faultsName } from './result-file.ts';
import { count, participantCount } from './words.ts';

type Props = { importing: Import; preview: Preview; file: string; state: PopupState };

const MOST_SHOWN = 50;

/** What the file would do. Nothing has been done yet. */
export function ImportPreview({ importing, preview, file, state }: Props) {
  const { fresh, replacing, unchanged, repeated, empty, faults, ignored } = preview;
  const asking = useSignal(false);
  const wishes = importing.wishes();
  const participants = participantCount(wishes.length);
  const deed = wishes.length === 0 ? say('unlinked_link') : say('unlinked_link_many', { participants });
  const counts = [
    ['fresh', fresh.length],
    ['unchanged', unchanged],
    ['replacing', replacing.length],
    ['faults', faults.length],
    ['empty', empty],
    ['repeated', repeated],
  ] as const;
  return (
    <div class="block">
      <p role="status">
        <b>{say('unlinked_preview_checked', { file })}</b>
      </p>
      <dl class="findings">
        {counts.map(([what, number]) => (
          <div key={what} class={what === 'faults' && number > 0 ? 'finding finding-bad' : 'finding'}>
            <dt>{say(`unlinked_preview_${what}`)}</dt>
            <dd>{count(number)}</dd>
          </div>
        ))}
      </dl>
      {ignored.length > 0 && (
        <p class="muted">
          {say('unlinked_preview_ignored', {
            columns: new Intl.ListFormat(locale()).format(ignored.slice(0, MOST_SHOWN)),
          })}
        </p>
      )}
      {replacing.length > 0 && <Replacing importing={importing} replacing={replacing} />}
      {faults.length > 0 && <Faults faults={faults} state={state} />}
      <div class="row">
        <Button
          class="button button-primary"
          busy={wishes.length === 0}
          onClick={() => {
            asking.value = true;
          }}
        >
          {deed}
        </Button>
        <Button class="button" onClick={importing.cancel}>
          {say('ui_cancel')}
        </Button>
      </div>
      {asking.value && (
        <ConfirmDialog
          title={say('unlinked_link_ask', { participants })}
          yes={deed}
          onYes={() => {
            asking.value = false;
            importing.link();
          }}
          onNo={() => {
            asking.value = false;
          }}
        >
          <p>{askWords(preview, importing.replaces.value)}</p>
          <p class="muted">{placeOf(state)}</p>
        </ConfirmDialog>
      )}
    </div>
  );
}

function askWords({ fresh, replacing, faults }: Preview, replaces: boolean): string {
  const replaced = replaces ? replacing.length : 0;
  return [
    fresh.length > 0 && sayCount('unlinked_preview_ask_fresh', fresh.length),
    replaced > 0 && sayCount('unlinked_preview_ask_replacing', replaced),
    faults.length > 0 && sayCount('unlinked_preview_ask_faults', faults.length),
    say('unlinked_preview_ask_then'),
  ]
    .filter((sentence) => sentence !== false)
    .reduce((first, second) => say('ui_two_sentences', { first, second }));
}

function Replacing({ importing, replacing }: { importing: Import; replacing: Preview['replacing'] }) {
  return (
    <div class="notice notice-warn">
      <p class="notice-title">{sayCount('unlinked_replacing', replacing.length)}</p>
      <label class="row">
        <input
          type="checkbox"
          checked={importing.replaces.value}
          onChange={({ currentTarget }) => {
            importing.replaces.value = currentTarget.checked;
          }}
        />
        {say('unlinked_replacing_too')}
      </label>
      <details class="fold">
        <summary>{say('unlinked_replacing_which')}</summary>
        <ul>
          {replacing.slice(0, MOST_SHOWN).map(({ accountId, userId, customer, previous }) => (
            <li key={`${accountId} ${userId}`}>
              {sayAround('unlinked_replacing_row', {
                user: <code key="user">{userId}</code>,
                previous: <code key="previous">{previous}</code>,
                customer: <code key="customer">{customer}</code>,
              })}
            </li>
          ))}
        </ul>
        {replacing.length > MOST_SHOWN && <p>{sayCount('unlinked_more', replacing.length - MOST_SHOWN)}</p>}
      </details>
    </div>
  );
}

function Faults({ faults, state }: { faults: Fault[]; state: PopupState }) {
  return (
    <>
      <table class="table desk-faults">
        <caption class="sr-only">{say('unlinked_faults_caption')}</caption>
        <thead>
          <tr>
            <th scope="col">{say('unlinked_faults_line')}</th>
            <th scope="col">{say('unlinked_faults_participant')}</th>
            <th scope="col">{say('unlinked_faults_customer')}</th>
            <th scope="col">{say('unlinked_faults_wrong')}</th>
          </tr>
        </thead>
        <tbody>
          {faults.slice(0, MOST_SHOWN).map((fault) => (
            <tr key={`${fault.line} ${fault.why}`}>
              <td data-label={say('unlinked_faults_line')}>{count(fault.line)}</td>
              <td data-label={say('unlinked_faults_participant')}>
                <code>{fault.userId || say('unlinked_faults_blank')}</code>
              </td>
              <td data-label={say('unlinked_faults_customer')}>
                <code>{fault.customer || say('unlinked_faults_blank')}</code>
              </td>
              <td class="table-words">{fault.why}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div class="row">
        {faults.length > MOST_SHOWN && (
          <span class="muted">
            {say('unlinked_faults_first', { shown: MOST_SHOWN, all: count(faults.length) })}
          </span>
        )}
        <SaveFaults faults={faults} mode={state.mode} />
      </div>
    </>
  );
}

/** Each error with its line and cells, as a file; also once the others are linked. */
export function SaveFaults({ faults, mode }: { faults: Fault[]; mode: Mode }) {
  return (
    <Button class="button" onClick={() => saveFile(faultsName(mode), faultParts(faults))}>
      {say('unlinked_faults_save')}
    </Button>
  );
}
