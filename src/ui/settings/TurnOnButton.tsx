import { useSignal } from '@preact/signals';
import type { PopupState } from '../../contract/messages.ts';
import { say, sayCount } from '../../locales/say.ts';
import { Button } from '../Button.tsx';
import { ConfirmDialog } from '../ConfirmDialog.tsx';
import { chosenMode } from '../chosen-mode.ts';
import { ProblemNotice } from '../ProblemNotice.tsx';
import { useTask } from '../use-task.ts';
import type { Change } from '../worker-state.ts';
import { EarlierSums } from './EarlierSums.tsx';
import { earlierRewards } from './earlier.ts';
import { readyToGo } from './ready-to-go.ts';

type Props = { state: PopupState; change: Change; onDone?: (() => void) | undefined };

/** Turns credits on. It asks once more where it is real money, and where earlier rewards wait for a word. */
export function TurnOnButton({ state, change, onDone }: Props) {
  const task = useTask();
  const asking = useSignal(false);
  const mode = chosenMode(state);
  if (!mode) return null;

  const live = state.mode === 'live';
  const earlier = earlierRewards(state.queue);
  const account = mode.stripe.accountName ?? mode.stripe.account;
  const turnOn = async (creditThem: boolean) => {
    asking.value = false;
    const { version, units, currencyRule, caps } = mode.settings;
    const done = await task.run(async () => {
      // First, while nothing is sent yet: should it be refused, nothing is turned on either.
      if (creditThem) await change('confirmBackfill', { version, seen: earlier?.sums ?? [] });
      const next = { version: creditThem ? version + 1 : version, units, currencyRule, caps, paused: false };
      await change('saveSettings', next);
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
        {say('settings_turn_on')}
      </Button>
      {refused && (
        <ProblemNotice
          problem={refused}
          button={
            refused.code === 'settings_changed'
              ? {
                  label: say('settings_load_new'),
                  onClick: () => void task.run(() => change('refresh', {})),
                }
              : undefined
          }
        />
      )}
      {asking.value && (
        <ConfirmDialog
          title={live ? say('settings_turn_on_live_title') : say('settings_turn_on_title')}
          yes={earlier ? say('settings_turn_on_and_credit') : say('settings_turn_on_live')}
          other={
            earlier ? { yes: say('settings_turn_on_new_only'), onYes: () => void turnOn(false) } : undefined
          }
          onNo={() => {
            asking.value = false;
          }}
          onYes={() => void turnOn(earlier !== null)}
        >
          {live && (
            <p>
              {account === null
                ? say('settings_turn_on_live_what')
                : say('settings_turn_on_live_what_of', { account })}{' '}
              {readyToGo(state.queue)}
            </p>
          )}
          {earlier && (
            <>
              <p>{sayCount('settings_turn_on_earlier', earlier.count)}</p>
              <EarlierSums earlier={earlier} />
              <p>
                {say('settings_turn_on_earlier_choice')} {state.running && say('settings_turn_on_searching')}
              </p>
            </>
          )}
          {live && <p>{say('settings_turn_on_lasting')}</p>}
        </ConfirmDialog>
      )}
    </>
  );
}
