import { useSignal } from '@preact/signals';
import type { PopupState } from '../contract/messages.ts';
import { rewardCount } from '../ui/amounts.ts';
import { Button } from '../ui/Button.tsx';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { useTask } from '../ui/use-task.ts';
import { EarlierSums } from './CreditEarlier.tsx';
import { earlierRewards } from './earlier.ts';
import { readyToGo } from './ready-to-go.ts';
import { chosenMode } from './setup-step.ts';
import { useStore } from './store.ts';

/** Turns credits on. It asks once more where it is real money, and where earlier rewards wait for a word. */
export function TurnOn({ state, onDone }: { state: PopupState; onDone?: () => void }) {
  const store = useStore();
  const task = useTask();
  const asking = useSignal(false);
  const mode = chosenMode(state);
  if (!mode) return null;

  const live = state.mode === 'live';
  const earlier = earlierRewards(state.queue);
  const turnOn = async (creditThem: boolean) => {
    asking.value = false;
    const { version, units, currencyRule, caps } = mode.settings;
    const done = await task.run(async () => {
      // First, while nothing is sent yet: should it be refused, nothing is turned on either.
      if (creditThem) await store.change('confirmBackfill', { version, seen: earlier?.sums ?? [] });
      const next = { version: creditThem ? version + 1 : version, units, currencyRule, caps, paused: false };
      await store.change('saveSettings', next);
    });
    if (done) onDone?.();
  };
  const refused = task.problem.value;
  return (
    <>
      <Button
        class="button button-primary"
        busy={task.busy.value}
        onClick={() => {
          if (live || earlier) asking.value = true;
          else void turnOn(false);
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
          title={live ? 'Turn on live credits?' : 'Turn on credits?'}
          yes={earlier ? 'Turn on and credit them' : 'Turn on live credits'}
          other={
            earlier ? { yes: 'Turn on for new rewards only', onYes: () => void turnOn(false) } : undefined
          }
          onNo={() => {
            asking.value = false;
          }}
          onYes={() => void turnOn(earlier !== null)}
        >
          {live && (
            <p>
              This is live mode: customers of {mode.stripe.accountName ?? mode.stripe.account} get real
              credit. {readyToGo(state.queue)}
            </p>
          )}
          {earlier && (
            <>
              <p>{rewardCount(earlier.count)} earned before the unit was added:</p>
              <EarlierSums earlier={earlier} />
              <p>
                Credit them too, or only what is earned from now on. They can still be credited later.
                {state.running && ' More may be found: the search is still under way.'}
              </p>
            </>
          )}
          {live && <p>A credit cannot be deleted in Stripe, only countered by an opposite one.</p>}
        </ConfirmDialog>
      )}
    </>
  );
}
