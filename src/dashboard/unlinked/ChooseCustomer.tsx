import { type Signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import type { Candidate } from '../../contract/routes.ts';
import { say, sayAround } from '../../locales/say.ts';
import { money } from '../../ui/amounts.ts';
import { Button } from '../../ui/Button.tsx';
import { date, evidenceWords, newestWords, warningsOf } from '../../ui/evidence.ts';
import { ProblemNotice } from '../../ui/ProblemNotice.tsx';
import { useTask } from '../../ui/use-task.ts';
import type { Desk } from './desk.ts';
import type { Row } from './read-unlinked.ts';
import { keyOf } from './who.ts';
import { nameOf, waitingWords } from './words.ts';

type Props = { desk: Desk; row: Row; onClose: () => void };

/** Every customer that may fit, with what speaks for and against it. A person chooses; nothing is linked here. */
export function ChooseCustomer({ desk, row, onClose }: Props) {
  const { choices } = desk;
  const { who, misspelt } = row;
  choices.version.value;
  const dialog = useRef<HTMLDialogElement>(null);
  const [title, group] = [useId(), useId()];
  const chosen = useSignal(choices.chosen(who));
  // Before another key can be pressed: it would go to the page behind, and the focus would come back there.
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const candidates = choices.candidates(who);
  const match = choices.match(who);
  const offered = misspelt && candidates.every(({ id }) => id !== misspelt.value) ? misspelt : null;
  const ids =
    row.accountId === row.userId
      ? row.userId
      : say('unlinked_id_of_account', { user: row.userId, account: row.accountId });
  return (
    <dialog ref={dialog} class="dialog dialog-wide" aria-labelledby={title} onClose={onClose}>
      <h2 id={title}>{say('unlinked_choose_title', { name: nameOf(row) })}</h2>
      <div class="stack">
        <p class="muted">
          {[
            row.email,
            ids === row.email ? null : ids,
            say('unlinked_waiting', { rewards: waitingWords([row]) }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
        {!match && <p role="status">{say('unlinked_not_looked_up')}</p>}
        {match?.problem && <ProblemNotice problem={match.problem} />}
        <fieldset class="rows">
          <legend class="sr-only">{say('unlinked_customers')}</legend>
          {offered && (
            <Choice value={offered.value} group={group} chosen={chosen}>
              <span class="choice-words">
                <code class="item-title">{offered.value}</code>
                <span>
                  {sayAround('unlinked_misspelt_offered', {
                    field: <code key="field">{offered.field}</code>,
                  })}
                </span>
                <span class="hint hint-warn">{say('unlinked_misspelt_check')}</span>
              </span>
            </Choice>
          )}
          {candidates.map((one) => (
            <Choice key={one.id} value={one.id} group={group} chosen={chosen}>
              <CandidateWords candidate={one} isMisspelt={one.id === misspelt?.value} />
            </Choice>
          ))}
          <Choice value={null} group={group} chosen={chosen}>
            <span class="choice-words">{say('unlinked_choose_none')}</span>
          </Choice>
        </fieldset>
        <Search desk={desk} row={row} />
      </div>
      <div class="row row-end">
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          {say('ui_cancel')}
        </button>
        <button
          type="button"
          class="button button-primary"
          onClick={() => {
            choices.choose(who, chosen.value);
            dialog.current?.close();
          }}
        >
          {chosen.value === null ? say('unlinked_leave_out') : say('unlinked_choose')}
        </button>
      </div>
    </dialog>
  );
}

type ChoiceProps = {
  /** Null for nobody. */
  value: string | null;
  group: string;
  chosen: Signal<string | null>;
  children: ComponentChildren;
};

function Choice({ value, group, chosen, children }: ChoiceProps) {
  return (
    <label class="choice choice-radio">
      <input
        type="radio"
        name={group}
        checked={chosen.value === value}
        onChange={() => {
          chosen.value = value;
        }}
      />
      {children}
    </label>
  );
}

function CandidateWords({ candidate, isMisspelt }: { candidate: Candidate; isMisspelt: boolean }) {
  const { id, name, email, currency, credit, createdAt } = candidate;
  // The proxy looked for the misspelt ID; nobody typed it.
  const evidence = candidate.evidence.filter((kind) => kind !== 'id' || !isMisspelt);
  const newest = newestWords(candidate);
  return (
    <span class="choice-words">
      <span class="item-title">{name ?? email ?? id}</span>
      {name !== null && email !== null && <span>{email}</span>}
      <span class="muted small">
        <code>{id}</code> ·{' '}
        {currency === null
          ? say('unlinked_no_currency')
          : credit && credit.amount !== 0
            ? say('unlinked_currency_credit', { currency, amount: money(credit) })
            : currency}{' '}
        · {say('unlinked_created', { date: date(createdAt) })}
        {newest && ` · ${newest}`}
      </span>
      {(evidence.length > 0 || isMisspelt) && (
        <span class="row">
          {evidence.map((kind) => (
            <span key={kind} class="badge badge-good">
              {evidenceWords(kind)}
            </span>
          ))}
          {isMisspelt && <span class="badge badge-good">{say('unlinked_misspelt_badge')}</span>}
        </span>
      )}
      {warningsOf(candidate).map((sentence) => (
        <span key={sentence} class="hint hint-warn">
          {sentence}
        </span>
      ))}
    </span>
  );
}

/** For whom the suggestions do not fit. */
function Search({ desk, row }: { desk: Desk; row: Row }) {
  const task = useTask();
  const typed = useSignal('');
  const said = useSignal('');
  const id = useId();
  const find = () => {
    const q = typed.value.trim();
    if (q === '') return;
    void task.run(async () => {
      said.value = '';
      const { candidates } = await desk.ask('customers', { q, participant: keyOf(row) });
      desk.choices.searched(row.who, candidates);
      said.value =
        candidates.length === 0 ? say('unlinked_search_none', { q }) : say('unlinked_search_added');
    });
  };
  return (
    <form
      class="field"
      onSubmit={(event) => {
        event.preventDefault();
        find();
      }}
    >
      <label for={id}>{say('unlinked_search_label')}</label>
      <div class="input-row">
        <input
          id={id}
          class="input"
          autocomplete="off"
          spellcheck={false}
          maxLength={200}
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
          }}
        />
        <Button type="submit" class="button" busy={task.busy.value}>
          {say('unlinked_search_find')}
        </Button>
      </div>
      <p class="hint" role="status">
        {task.busy.value ? say('unlinked_search_busy') : said.value}
      </p>
      {task.problem.value && <ProblemNotice problem={task.problem.value} />}
    </form>
  );
}
