import { useEffect, useRef } from 'preact/hooks';
import type { PopupState } from '../../contract/messages.ts';
import { say, sayCount } from '../../locales/say.ts';
import { titleSaid } from '../../locales/told.ts';
import { Button } from '../../ui/Button.tsx';
import { ProblemNotice } from '../../ui/ProblemNotice.tsx';
import { Announce } from '../Announce.tsx';
import { saveFile } from '../csv-file.ts';
import type { LinkRun, Tally } from './link-run.ts';
import { resultName, resultParts } from './result-file.ts';
import { listed } from './words.ts';

type Props = { run: LinkRun; state: PopupState; onClose: () => void };

/** Linking under way or over: how far, what became of them, and the file that says it for each. */
export function RunProgress({ run, state, onClose }: Props) {
  const self = useRef<HTMLElement>(null);
  const tally = run.tally.value;
  const { value: stand } = run.state;
  const isOver = stand === 'done' || stand === 'stopped';
  const words = sentence(tally, stand, run.isAsking.value);
  // What was pressed is gone or far away; what came of it is here.
  useEffect(() => {
    if (!run.isTakenUp) self.current?.focus();
  }, [run]);
  return (
    <section
      ref={self}
      tabIndex={-1}
      aria-label={say('unlinked_run')}
      class={`notice ${stand === 'done' && tally.refused === 0 ? 'notice-good' : ''}`}
    >
      <p class="notice-title">{words}</p>
      {!isOver && (
        <div class="progress">
          <progress aria-label={say('unlinked_run_made')} max={tally.all} value={tally.all - tally.left} />
        </div>
      )}
      <Announce text={words} />
      {run.isTakenUp && !isOver && <p>{say('unlinked_run_taken_up')}</p>}
      {tally.refused > 0 && <Refused run={run} />}
      {stand === 'stopped' && tally.left > 0 && <p>{say('unlinked_run_rest')}</p>}
      {run.problem.value && <ProblemNotice problem={run.problem.value} />}
      <div class="row">
        {!isOver && (
          <Button
            class={stand === 'paused' ? 'button button-primary' : 'button'}
            onClick={stand === 'paused' ? () => void run.go() : run.pause}
          >
            {stand === 'paused' ? say('unlinked_run_resume') : say('unlinked_run_pause')}
          </Button>
        )}
        <Button class="button" onClick={isOver ? onClose : run.stop}>
          {isOver ? say('unlinked_run_close') : say('unlinked_stop')}
        </Button>
        <Button class="button" onClick={() => saveFile(resultName(state.mode), resultParts(run))}>
          {say('unlinked_run_save')}
        </Button>
      </div>
    </section>
  );
}

function sentence(tally: Tally, stand: LinkRun['state']['value'], isAsking: boolean): string {
  const parts = [
    sayCount('unlinked_run_linked', tally.linked),
    tally.unchanged > 0 && sayCount('unlinked_run_unchanged', tally.unchanged),
    tally.refused > 0 && sayCount('unlinked_run_refused', tally.refused),
    tally.left > 0 && sayCount('unlinked_run_left', tally.left),
  ].filter((part) => part !== false);
  const said = { parts: listed(parts) };
  // A batch that is under way is finished.
  if (isAsking && stand === 'paused') return say('unlinked_stand_pausing', said);
  if (isAsking && stand === 'stopped') return say('unlinked_stand_stopping', said);
  return say(`unlinked_stand_${stand}`, said);
}

const MOST_SHOWN = 50;

function Refused({ run }: { run: LinkRun }) {
  const refused = [...run.outcomes.values()].filter(({ state }) => state === 'refused');
  return (
    <details class="fold">
      <summary>{say('unlinked_run_who')}</summary>
      <ul>
        {refused.slice(0, MOST_SHOWN).map(({ accountId, userId, problem }) => (
          <li key={`${accountId} ${userId}`}>
            <code>{userId}</code>: {problem ? titleSaid(problem) : say('unlinked_run_silent')}
            {problem?.detail && problem.detail !== problem.title && ` ${problem.detail}`}
          </li>
        ))}
      </ul>
      {refused.length > MOST_SHOWN && <p>{say('unlinked_run_all_in_file')}</p>}
    </details>
  );
}
