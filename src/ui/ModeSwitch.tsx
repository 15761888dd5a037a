import { MODES, type Mode } from '../contract/words.ts';
import { say } from '../locales/say.ts';
import { Button } from './Button.tsx';
import { ProblemNotice } from './ProblemNotice.tsx';
import { useTask } from './use-task.ts';

type Props = { mode: Mode | null; choose: (mode: Mode) => Promise<void> };

/** Choosing a mode only shows it; nothing is sent in live mode before somebody turns it on there, asked once more. */
export function ModeSwitch({ mode, choose }: Props) {
  const task = useTask();
  return (
    <>
      <fieldset class="segments" aria-label={say('ui_mode')}>
        {MODES.map((one) => (
          <Button
            key={one}
            class="segment"
            aria-pressed={one === mode}
            disabled={mode === null}
            busy={task.busy.value}
            onClick={() => one !== mode && void task.run(() => choose(one))}
          >
            {say(`ui_mode_${one}`)}
          </Button>
        ))}
      </fieldset>
      {task.problem.value && <ProblemNotice problem={task.problem.value} />}
    </>
  );
}
