import { useSignal } from '@preact/signals';
import type { Mode } from '../contract/words.ts';
import { Button } from '../ui/Button.tsx';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { useTask } from '../ui/use-task.ts';
import { useStore } from './store.ts';

export function Disconnect({ account, mode }: { account: string; mode: Mode }) {
  const store = useStore();
  const task = useTask();
  const asking = useSignal(false);
  return (
    <>
      <Button
        class="button"
        busy={task.busy.value}
        onClick={() => {
          asking.value = true;
        }}
      >
        Disconnect
      </Button>
      {task.problem.value && <ProblemNotice problem={task.problem.value} />}
      {asking.value && (
        <ConfirmDialog
          title={`Disconnect ${account}?`}
          yes="Disconnect Stripe"
          onNo={() => {
            asking.value = false;
          }}
          onYes={() => {
            asking.value = false;
            void task.run(() => store.change('disconnect', {}));
          }}
        >
          <p>
            Nobody’s browser can make credits in {mode} mode until an admin connects Stripe again. Credits
            already made stay, and rewards are kept.
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}
