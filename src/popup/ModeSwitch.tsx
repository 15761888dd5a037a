import { MODES, type Mode } from '../contract/words.ts';
import { Button } from '../ui/Button.tsx';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { useTask } from '../ui/use-task.ts';
import { useStore } from './store.ts';

export const MODE_WORDS: Record<Mode, string> = { test: 'Test', live: 'Live' };

/** Choosing a mode only shows it; nothing is sent in live mode before somebody turns it on there, asked once more. */
export function ModeSwitch({ mode }: { mode: Mode | null }) {
  const store = useStore();
  const task = useTask();
  return (
    <>
      <fieldset class="segments" aria-label="Mode">
        {MODES.map((one) => (
          <Button
            key={one}
            class="segment"
            aria-pressed={one === mode}
            disabled={mode === null}
            busy={task.busy.value}
            onClick={() => one !== mode && void task.run(() => store.change('chooseMode', { mode: one }))}
          >
            {MODE_WORDS[one]}
          </Button>
        ))}
      </fieldset>
      {task.problem.value && <ProblemNotice problem={task.problem.value} />}
    </>
  );
}
