import { useEffect, useRef } from 'preact/hooks';
import type { Problem } from '../../contract/problems.ts';
import { say, sayCount } from '../../locales/say.ts';
import { titleSaid } from '../../locales/told.ts';
import { Button } from '../../ui/Button.tsx';
import { ProblemNotice } from '../../ui/ProblemNotice.tsx';
import { Announce } from '../Announce.tsx';
import type { DeedRun } from './deeds.ts';
import { rewardHash } from './words.ts';

const MOST_SHOWN = 50;

/** A deed under way or over: how far it is, and what became of each. */
export function RunNotice({ run, onClose }: { run: DeedRun; onClose: () => void }) {
  const self = useRef<HTMLElement>(null);
  const { all, done, refused } = run.tally.value;
  const { value: stand } = run.state;
  const isOver = stand === 'done' || stand === 'stopped';
  const parts = [
    sayCount(`rewards_run_${run.deed}`, done),
    refused > 0 && sayCount('rewards_run_refused', refused),
    done + refused < all && sayCount('rewards_run_left', all - done - refused),
  ].filter((part) => part !== false);
  const words = parts.reduce((first, second) => say('ui_two_sentences', { first, second }));
  // What was pressed is far away; what came of it is here.
  useEffect(() => self.current?.focus(), [run]);
  return (
    <section
      ref={self}
      tabIndex={-1}
      aria-label={say('rewards_run_label')}
      class={stand === 'done' && refused === 0 ? 'notice notice-good' : 'notice'}
    >
      <p class="notice-title">{words}</p>
      {!isOver && (
        <div class="progress">
          <progress aria-label={say('rewards_run_progress')} max={all} value={done + refused} />
        </div>
      )}
      <Announce text={words} />
      {refused > 0 && <Refused run={run} />}
      {run.problem.value && <ProblemNotice problem={run.problem.value} />}
      <div class="row">
        {stand === 'paused' && (
          <Button class="button button-primary" onClick={() => void run.go()}>
            {say('rewards_run_resume')}
          </Button>
        )}
        <Button class="button" onClick={isOver ? onClose : run.stop}>
          {isOver ? say('rewards_run_close') : say('rewards_run_stop')}
        </Button>
      </div>
    </section>
  );
}

function Refused({ run: { refused } }: { run: DeedRun }) {
  return (
    <details class="fold">
      <summary>{say('rewards_run_who')}</summary>
      <ul>
        {refused.slice(0, MOST_SHOWN).map(({ row, problem }) => (
          <li key={row.reward}>
            <a href={rewardHash(row.reward)}>
              <code>{row.reward}</code>
            </a>
            {' · '}
            {problem ? whyRefused(problem) : say('rewards_result_silent')}
          </li>
        ))}
      </ul>
      {refused.length > MOST_SHOWN && <p>{sayCount('rewards_run_more', refused.length - MOST_SHOWN)}</p>}
    </details>
  );
}

function whyRefused(problem: Problem): string {
  const [title, { detail }] = [titleSaid(problem), problem];
  return detail && detail !== problem.title
    ? say('ui_two_sentences', { first: title, second: detail })
    : title;
}
