import { useSignal } from '@preact/signals';
import type { PopupState } from '../contract/messages.ts';
import { Button } from '../ui/Button.tsx';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { useTask } from '../ui/use-task.ts';
import { readyToGo } from './ready-to-go.ts';
import { chosenMode } from './setup-step.ts';
import { useStore } from './store.ts';

/** Turns credits on. In live mode it is money, so it asks once more. */
export function TurnOn({ state, onDone }: { state: PopupState; onDone?: () => void }) {
  const store = useStore();
  const task = useTask();
  const asking = useSignal(false);
  const mode = chosenMode(state);
  if (!mode) return null;

  const turnOn = async () => {
    const { version, units, currencyRule, caps } = mode.settings;
    const done = await task.run(() =>
      store.change('saveSettings', { version, units, currencyRule, caps, paused: false }),
    );
    if (done) onDone?.();
  };
  const refused = task.problem.value;
  return (
    <>
      <Button
        class="button button-primary"
        busy={task.busy.value}
        onClick={() => {
          if (state.mode === 'live') asking.value = true;
          else void turnOn();
        }}
      >
        Turn on
      </Button>
      {refused && (
        <ProblemNotice
          problem={refused}
          button={
            refused.code === 'settings_changed'
              ? {
                  label: 'Load the new settings',
                  onClick: () => void task.run(() => store.change('refresh', {})),
                }
              : undefined
          }
        />
      )}
      {asking.value && (
        <ConfirmDialog
          title="Turn on live credits?"
          yes="Turn on live credits"
          onNo={() => {
            asking.value = false;
          }}
          onYes={() => {
            asking.value = false;
            void turnOn();
          }}
        >
          <p>
            This is live mode: customers of {mode.stripe.accountName ?? mode.stripe.account} get real credit.{' '}
            {readyToGo(state.queue)}
          </p>
          <p>A credit cannot be deleted in Stripe, only countered by an opposite one.</p>
        </ConfirmDialog>
      )}
    </>
  );
}
