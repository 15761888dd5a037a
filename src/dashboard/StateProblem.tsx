import type { PopupState } from '../contract/messages.ts';
import { say } from '../locales/say.ts';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { relativeTime, useNow } from '../ui/time.ts';
import { useTask } from '../ui/use-task.ts';
import { useStore } from './store.ts';

/** Why nothing new comes from the proxy, and how old what is shown is. */
export function StateProblem({ state }: { state: PopupState }) {
  const store = useStore();
  const again = useTask();
  const now = useNow();
  const problem = again.problem.value ?? state.problem;
  if (!problem) return null;
  const busy = again.busy.value;
  return (
    <div class="stack">
      <ProblemNotice
        problem={problem}
        button={{
          label: busy ? say('dashboard_frame_trying') : say('dashboard_frame_try_again'),
          busy,
          onClick: () => void again.run(() => store.change('refresh', {})),
        }}
      />
      {state.sessionAt !== null && (
        <p class="hint">
          {say('dashboard_frame_answered', { when: relativeTime(Math.min(state.sessionAt, now), now) })}
        </p>
      )}
    </div>
  );
}
