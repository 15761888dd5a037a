import { say, sayAround, sayCount } from '../../locales/say.ts';
import { titleSaid } from '../../locales/told.ts';
import { evidenceWords, warningsOf } from '../../ui/evidence.ts';
import type { Desk } from './desk.ts';
import type { Row } from './read-unlinked.ts';
import { nameOf } from './words.ts';

type Props = { desk: Desk; row: Row; stop: number; onChoose: (row: Row) => void };

/** What is known of a row's customer, what became of it, and the one button that goes on from there. */
export function Suggestion({ desk, row, stop, onChoose }: Props) {
  const { choices, matcher } = desk;
  const { who } = row;
  const failed = choices.kind(row) === 'failed' && choices.chosen(who) === null;
  const lookAgain = () => {
    choices.forget(who);
    matcher.again();
  };
  return (
    <>
      <div class="desk-fit">
        <What desk={desk} row={row} />
      </div>
      {!choices.isLinked(who) && (
        <button
          type="button"
          class="button"
          data-control="choose"
          tabIndex={stop}
          aria-label={say(failed ? 'unlinked_look_again_for' : 'unlinked_choose_for', { name: nameOf(row) })}
          onClick={failed ? lookAgain : () => onChoose(row)}
        >
          {failed
            ? say('unlinked_look_again')
            : choices.chosen(who)
              ? say('unlinked_change')
              : say('unlinked_choose')}
        </button>
      )}
    </>
  );
}

function What({ desk, row }: Pick<Props, 'desk' | 'row'>) {
  const { choices } = desk;
  const { who } = row;
  const outcome = choices.outcome(who);
  if (outcome?.state === 'linked' || outcome?.state === 'unchanged') {
    return (
      <span class="hint-good">
        {sayAround(outcome.state === 'linked' ? 'unlinked_linked_to' : 'unlinked_was_linked_to', {
          customer: <code key="customer">{outcome.customer}</code>,
        })}
      </span>
    );
  }
  return (
    <>
      {outcome && (
        <span class="hint-bad">
          {say('unlinked_not_linked', {
            why: outcome.problem ? titleSaid(outcome.problem) : say('unlinked_refused_without'),
          })}{' '}
          {outcome.problem?.code === 'link_changed'
            ? outcome.current === null
              ? say('unlinked_not_overwritten')
              : sayAround('unlinked_not_overwritten_now', {
                  customer: <code key="customer">{outcome.current}</code>,
                })
            : outcome.problem?.detail !== outcome.problem?.title && outcome.problem?.detail}
        </span>
      )}
      {!choices.isLinked(who) && <Fit desk={desk} row={row} />}
    </>
  );
}

function Fit({ desk, row }: Pick<Props, 'desk' | 'row'>) {
  const { choices } = desk;
  const { who } = row;
  const kind = choices.kind(row);
  const customer = choices.chosen(who);
  if (customer !== null) {
    const candidate = choices.candidates(who).find(({ id }) => id === customer);
    const against = candidate ? warningsOf(candidate) : [];
    return (
      <>
        <span>
          <b>{candidate?.name ?? candidate?.email ?? customer}</b>{' '}
          {candidate && (candidate.name ?? candidate.email) !== null && (
            <code class="muted small">{customer}</code>
          )}
        </span>
        <span class="row">
          {kind === 'sure' && choices.match(who)?.sure === customer && (
            <span class="badge badge-good">{say('unlinked_sure')}</span>
          )}
          {candidate?.evidence.map((each) => (
            <span key={each} class="badge">
              {evidenceWords(each)}
            </span>
          ))}
        </span>
        {against.map((sentence) => (
          <span key={sentence} class="hint hint-warn">
            {sentence}
          </span>
        ))}
      </>
    );
  }
  if (kind === 'unknown') return <span class="muted">{say('unlinked_unknown')}</span>;
  if (kind === 'failed')
    return <span class="hint-bad">{say('unlinked_failed', { why: failureOf(desk, who) })}</span>;
  if (kind === 'none') return <span class="muted">{say('unlinked_none')}</span>;
  const contest = choices.contest(who);
  const fitting = choices.candidates(who).length;
  return (
    <>
      {row.misspelt && (
        <span>
          {sayAround('unlinked_misspelt', {
            field: <code key="field">{row.misspelt.field}</code>,
            value: <code key="value">{row.misspelt.value}</code>,
          })}
        </span>
      )}
      {contest !== null && <span class="hint-warn">{say(`unlinked_contest_${contest}`)}</span>}
      {fitting > 0 && <span>{sayCount('unlinked_may_fit', fitting)}</span>}
    </>
  );
}

function failureOf({ choices }: Desk, who: string): string {
  const problem = choices.match(who)?.problem;
  return problem ? titleSaid(problem) : '';
}
