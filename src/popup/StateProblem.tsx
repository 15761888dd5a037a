import type { PopupState } from '../contract/messages.ts';
import type { ProblemCode } from '../contract/problems.ts';
import { refusalSaid } from '../locales/explain.ts';
import { say } from '../locales/say.ts';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { relativeTime, useNow } from '../ui/time.ts';
import { useTask } from '../ui/use-task.ts';
import { chosenMode, setupStep } from './setup-step.ts';
import { useStore } from './store.ts';

const PAIR_AGAIN: ProblemCode[] = ['unauthorized', 'not_paired'];

/** Why things stand still, above everything else, with the one button that gets them going. */
export function StateProblem({ state }: { state: PopupState }) {
  const store = useStore();
  const again = useTask();
  const now = useNow();
  const shown = again.problem.value ?? state.problem;

  if (!shown) {
    const mode = chosenMode(state);
    if (mode && !mode.advocate.configured) return <NoAdvocateKey mode={state.mode} />;
    if (mode && !mode.stripe.connected && setupStep(state) === 'done' && store.view.value.name === 'home') {
      return <ConnectionLost broken={mode.stripe.broken} />;
    }
    return null;
  }

  const refresh = () =>
    void again.run(async () => {
      await store.change('refresh', {});
      // What still stands came from a run, and asking the proxy how it is does not repeat that.
      const { problem, paired } = store.state.value ?? state;
      if (problem && paired?.role === 'admin') await store.change('run', {});
    });
  const busy = again.busy.value || state.running;
  const button = () => {
    // The form stands right below.
    if (!state.paired) return undefined;
    if (PAIR_AGAIN.includes(shown.code)) {
      return { label: say('popup_pair_again'), onClick: () => store.show({ name: 'setup', step: 'pair' }) };
    }
    if (shown.code === 'host_permission_missing') {
      const { origin } = new URL(state.paired.proxy);
      return {
        label: say('popup_allow'),
        onClick: () => {
          if (!store.doors.asksHere()) return void store.doors.openSelfInTab();
          const allowed = store.doors.allowOrigin(origin);
          void allowed.then((yes) => yes && refresh());
        },
      };
    }
    if (shown.code === 'not_connected' || shown.code === 'permission_missing') {
      return { label: say('popup_connect'), onClick: () => store.show({ name: 'setup', step: 'connect' }) };
    }
    return { label: busy ? say('popup_trying') : say('ui_try_again'), onClick: refresh, busy };
  };
  return (
    <>
      <ProblemNotice problem={shown} button={button()} />
      {state.sessionAt !== null && (
        <p class="hint">
          {say('popup_was_true', { ago: relativeTime(Math.min(state.sessionAt, now), now) })}
        </p>
      )}
    </>
  );
}

function NoAdvocateKey({ mode }: { mode: PopupState['mode'] }) {
  const store = useStore();
  const other = mode === 'test' ? 'live' : 'test';
  const task = useTask();
  return (
    <div class="notice notice-warn" role="status">
      <p class="notice-title">{say(`popup_no_key_${mode}`)}</p>
      <p>{say(`popup_no_key_next_${mode}`)}</p>
      <button
        type="button"
        class="button"
        onClick={() => void task.run(() => store.change('chooseMode', { mode: other }))}
      >
        {say(`popup_switch_${other}`)}
      </button>
    </div>
  );
}

function ConnectionLost({ broken }: { broken: string | null }) {
  const store = useStore();
  return (
    <div class="notice notice-bad" role="alert">
      <p class="notice-title">{say('popup_lost')}</p>
      <p>{broken ? refusalSaid(broken) : say('popup_lost_ended')}</p>
      <p>{say('popup_lost_next')}</p>
      <button
        type="button"
        class="button button-primary"
        onClick={() => store.show({ name: 'setup', step: 'connect' })}
      >
        {say('popup_connect')}
      </button>
    </div>
  );
}
