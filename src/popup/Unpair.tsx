import { useSignal } from '@preact/signals';
import { Button } from '../ui/Button.tsx';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { useTask } from '../ui/use-task.ts';
import { useStore } from './store.ts';

export function Unpair() {
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
        Unpair
      </Button>
      {task.problem.value && <ProblemNotice problem={task.problem.value} />}
      {asking.value && (
        <ConfirmDialog
          title="Unpair this browser?"
          yes="Unpair this browser"
          onNo={() => {
            asking.value = false;
          }}
          onYes={() => {
            asking.value = false;
            void task.run(async () => {
              await store.change('unpair', {});
              store.show({ name: 'home' });
            });
          }}
        >
          <p>
            It stops sending, and its token is taken back. No reward is lost: the proxy knows what was paid.
          </p>
          <p>To come back you need a new invitation.</p>
        </ConfirmDialog>
      )}
    </>
  );
}
