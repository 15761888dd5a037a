import { useId } from 'preact/hooks';
import { say, sayCount } from '../../locales/say.ts';
import { Button } from '../../ui/Button.tsx';
import { ProblemNotice } from '../../ui/ProblemNotice.tsx';
import { Announce } from '../Announce.tsx';
import type { Desk, Filter } from './desk.ts';
import type { Row } from './read-unlinked.ts';
import { count, participantCount, waitingWords } from './words.ts';

const FILTERS: readonly Filter[] = ['all', 'sure', 'several', 'none'];

/** Above the list: how much of it is read, which part of it is shown, and how far the matches are. */
export function Toolbar({ desk }: { desk: Desk }) {
  return (
    <div class="desk-tools">
      <Reading desk={desk} />
      <Matching desk={desk} />
      {desk.reader.rows.value.length > 0 && <Narrow desk={desk} />}
    </div>
  );
}

function Reading({ desk: { reader, choices, startOver, shown } }: { desk: Desk }) {
  choices.version.value;
  const { value: stand } = reader.state;
  const rows = reader.rows.value;
  const done = choices.done();
  const words = readWords(rows, stand, done);
  // One button, so that it keeps the focus.
  const deed = {
    new: { words: say('unlinked_read'), do: startOver },
    reading: { words: say('unlinked_read_stop'), do: reader.stop },
    stopped: { words: say('unlinked_read_on'), do: () => void reader.go() },
    done: { words: say('unlinked_read_anew'), do: startOver },
  }[stand];
  return (
    <>
      <div class="row row-spread">
        <p>{words}</p>
        <span class="row">
          {stand === 'stopped' && (
            <Button class="button" onClick={startOver}>
              {say('unlinked_read_anew')}
            </Button>
          )}
          <Button class="button" onClick={deed.do}>
            {deed.words}
          </Button>
        </span>
      </div>
      <Announce
        text={
          rows.length === 0
            ? words
            : say('ui_two_sentences', {
                first: words,
                second: sayCount('unlinked_shown_sentence', shown.value.length),
              })
        }
      />
      {reader.problem.value && (
        <ProblemNotice
          problem={reader.problem.value}
          button={{ label: say('ui_try_again'), onClick: () => void reader.go() }}
        />
      )}
    </>
  );
}

function readWords(rows: readonly Row[], stand: Desk['reader']['state']['value'], done: number): string {
  if (stand === 'new') return '';
  if (rows.length === 0) return say(`unlinked_nobody_${stand}`);
  const read = { participants: participantCount(rows.length), rewards: waitingWords(rows) };
  return done === 0
    ? say(`unlinked_read_${stand}`, read)
    : say(`unlinked_read_${stand}_linked`, { ...read, linked: count(done) });
}

function Matching({ desk: { matcher, choices, reader } }: { desk: Desk }) {
  choices.version.value;
  const all = reader.rows.value.length;
  const known = choices.known();
  const { value: stand } = matcher.all;
  if (all === 0) return null;
  const left = all - known;
  const failed = choices.failed();
  const words = lookedUpWords(known, all, failed);
  const finding = {
    off: say('unlinked_find_all'),
    running: say('unlinked_find_pause'),
    paused: say('unlinked_find_resume'),
  }[stand];
  const lookAgain = () => {
    choices.forgetFailed();
    matcher.again();
    matcher.findAll();
  };
  return (
    <>
      <div class="row row-spread">
        <p class={left === 0 && failed === 0 ? 'muted' : undefined}>{words}</p>
        <span class="row">
          {failed > 0 && (
            <Button class="button" onClick={lookAgain}>
              {say('unlinked_look_again')}
            </Button>
          )}
          {/* Stays, or the focus would fall when the last one is found. */}
          {(left > 0 || stand !== 'off') && (
            <Button
              class="button"
              busy={left === 0}
              onClick={stand === 'running' ? matcher.pause : matcher.findAll}
            >
              {left === 0 ? say('unlinked_find_done') : finding}
            </Button>
          )}
        </span>
      </div>
      {stand !== 'off' && left > 0 && (
        <div class="progress">
          <progress aria-label={say('unlinked_finding')} max={all} value={known} />
        </div>
      )}
      {stand !== 'off' && <Announce text={words} />}
      {matcher.problem.value && (
        <ProblemNotice
          problem={matcher.problem.value}
          button={{ label: say('ui_try_again'), onClick: matcher.tryAgain }}
        />
      )}
    </>
  );
}

function lookedUpWords(known: number, all: number, failed: number): string {
  const said = { known: count(known), all: count(all), failed: count(failed) };
  if (known === all)
    return failed === 0 ? say('unlinked_looked_up_all', said) : say('unlinked_looked_up_all_failed', said);
  return failed === 0 ? say('unlinked_looked_up', said) : say('unlinked_looked_up_failed', said);
}

function Narrow({ desk: { search, filter, shown } }: { desk: Desk }) {
  const [searchId, filterId] = [useId(), useId()];
  return (
    <search class="desk-narrow">
      <div class="field">
        <label for={searchId}>{say('unlinked_search')}</label>
        <input
          id={searchId}
          class="input"
          type="search"
          autocomplete="off"
          spellcheck={false}
          value={search.value}
          onInput={(event) => {
            search.value = event.currentTarget.value;
          }}
        />
      </div>
      <div class="field">
        <label for={filterId}>{say('unlinked_show')}</label>
        <select
          id={filterId}
          class="input"
          value={filter.value}
          onChange={({ currentTarget: { value } }) => {
            filter.value = FILTERS.find((one) => one === value) ?? 'all';
          }}
        >
          {FILTERS.map((one) => (
            <option key={one} value={one}>
              {say(`unlinked_filter_${one}`)}
            </option>
          ))}
        </select>
      </div>
      <p class="muted">{sayCount('unlinked_shown', shown.value.length)}</p>
    </search>
  );
}
