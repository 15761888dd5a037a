import { useSignal } from '@preact/signals';
import type { PopupState } from '../../contract/messages.ts';
import { say } from '../../locales/say.ts';
import { Button } from '../../ui/Button.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { chosenMode, type ModeState } from '../../ui/chosen-mode.ts';
import { ProblemNotice } from '../../ui/ProblemNotice.tsx';
import { TurnOnButton } from '../../ui/settings/TurnOnButton.tsx';
import { useTask } from '../../ui/use-task.ts';
import type { Change } from '../../ui/worker-state.ts';
import { isAdmin } from '../surroundings.ts';

type Props = { state: PopupState; change: Change };

/** Whether anything is paid at all. Takes effect at once, apart from what is typed below. */
export function Credits({ state, change }: Props) {
  const mode = chosenMode(state);
  if (!mode) return null;
  const { paused, turnedOnAt } = mode.settings;
  const stand = !paused ? 'on' : turnedOnAt === null ? 'never' : 'paused';
  const first = firstOf(mode);
  return (
    <div class="block">
      <div class="row">
        <h3>{say('settings_credits')}</h3>
        <span class={stand === 'on' ? 'badge badge-good' : 'badge badge-warn'}>
          {say(`settings_credits_${stand}`)}
        </span>
      </div>
      <p role="status">{say(`settings_credits_${stand}_means`)}</p>
      {isAdmin(state) && (
        <div class="stack">
          {stand === 'on' ? (
            <Pause state={state} mode={mode} change={change} />
          ) : first === null ? (
            <TurnOnButton state={state} change={change} />
          ) : (
            <p class="hint">{first}</p>
          )}
        </div>
      )}
    </div>
  );
}

/** What has to be there before anything can be turned on. */
function firstOf({ stripe, settings }: ModeState): string | null {
  if (!stripe.connected) return say('settings_credits_first_stripe');
  return settings.units.length === 0 ? say('settings_credits_first_unit') : null;
}

function Pause({ state, mode, change }: Props & { mode: ModeState }) {
  const task = useTask();
  const asking = useSignal(false);
  const pause = () => {
    asking.value = false;
    const { version, units, currencyRule, caps } = mode.settings;
    return task.run(() => change('saveSettings', { version, units, currencyRule, caps, paused: true }));
  };
  const refused = task.problem.value;
  return (
    <>
      <Button
        class="button"
        busy={task.busy.value}
        onClick={() => {
          if (state.mode === 'live') asking.value = true;
          else void pause();
        }}
      >
        {say('settings_pause')}
      </Button>
      {refused && (
        <ProblemNotice
          problem={refused}
          button={
            refused.code === 'settings_changed'
              ? { label: say('settings_load_new'), onClick: () => void task.run(() => change('refresh', {})) }
              : undefined
          }
        />
      )}
      {asking.value && (
        <ConfirmDialog
          title={say('settings_pause_live_title')}
          yes={say('settings_pause_live')}
          onYes={() => void pause()}
          onNo={() => {
            asking.value = false;
          }}
        >
          <p>{say('settings_pause_what')}</p>
        </ConfirmDialog>
      )}
    </>
  );
}
