import type { PopupState } from '../contract/messages.ts';
import { say } from '../locales/say.ts';
import { money } from '../ui/amounts.ts';
import { Button } from '../ui/Button.tsx';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { useNow } from '../ui/time.ts';
import { useTask } from '../ui/use-task.ts';
import { runSentences } from './run-words.ts';
import { chosenMode } from './setup-step.ts';
import { otherSender } from './situation.ts';
import { useStore } from './store.ts';

export function Today({ state }: { state: PopupState }) {
  const store = useStore();
  const now = useNow();
  const { creditedToday } = state.queue;
  const at = store.asOf.value;
  const kept = at === null ? null : { at, looking: store.looking.value };
  const paused = chosenMode(state)?.settings.paused ?? false;
  return (
    <section class="today stack" aria-labelledby="today">
      <h2 id="today">{say(`popup_today_${state.mode}`)}</h2>
      {creditedToday.length > 0 ? (
        <ul class="sums">
          {creditedToday.map((sum) => (
            <li key={sum.currency} class="sum">
              {money(sum)}
            </li>
          ))}
        </ul>
      ) : (
        <p class="sum sum-none">{say('popup_today_nothing')}</p>
      )}
      <div class="runs muted small" role="status">
        {runSentences(state, kept, now).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
      {state.paired?.role === 'admin' && !paused && (
        <Controls state={state} other={otherSender(state, now)} />
      )}
    </section>
  );
}

/** To look now instead of at the next alarm, and to stop. What turns it on again is the next thing to do. */
function Controls({ state, other }: { state: PopupState; other: string | null }) {
  const store = useStore();
  const running = useTask();
  const pausing = useTask();
  const settings = chosenMode(state)?.settings;
  const pause = () =>
    pausing.run(async () => {
      if (!settings) return;
      const { version, units, currencyRule, caps } = settings;
      await store.change('saveSettings', { version, units, currencyRule, caps, paused: true });
    });
  const refused = running.problem.value ?? pausing.problem.value;
  const busy = state.running || running.busy.value;
  return (
    <>
      <div class="row">
        <Button class="button" busy={busy} onClick={() => void running.run(() => store.change('run', {}))}>
          {busy ? say('popup_running') : other ? say('popup_look') : say('popup_run')}
        </Button>
        <Button class="button" busy={pausing.busy.value} onClick={() => void pause()}>
          {say('popup_pause')}
        </Button>
      </div>
      {other && !state.running && <p class="hint">{say('popup_takes_over')}</p>}
      {refused && (
        <ProblemNotice
          problem={refused}
          button={
            refused.code === 'settings_changed'
              ? {
                  label: say('settings_load_new'),
                  onClick: () => void pausing.run(() => store.change('refresh', {})),
                }
              : undefined
          }
        />
      )}
    </>
  );
}
