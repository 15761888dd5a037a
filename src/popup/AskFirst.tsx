import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { Button } from '../ui/Button.tsx';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { useTask } from '../ui/use-task.ts';

type Props = {
  /** On the button that asks. */
  label: string;
  describedBy?: string;
  title: string;
  yes: string;
  deed: () => Promise<void>;
  children: ComponentChildren;
};

/** A button whose deed is asked about once more; a refusal stands beside it. */
export function AskFirst({ label, describedBy, title, yes, deed, children }: Props) {
  const task = useTask();
  const asking = useSignal(false);
  const answer = (work?: () => void) => () => {
    asking.value = false;
    work?.();
  };
  return (
    <>
      {task.problem.value && <ProblemNotice problem={task.problem.value} />}
      <Button
        class="button"
        aria-describedby={describedBy}
        busy={task.busy.value}
        onClick={() => {
          asking.value = true;
        }}
      >
        {label}
      </Button>
      {asking.value && (
        <ConfirmDialog title={title} yes={yes} onNo={answer()} onYes={answer(() => void task.run(deed))}>
          {children}
        </ConfirmDialog>
      )}
    </>
  );
}
