import type { PopupState } from '../contract/messages.ts';
import { formatMoney } from '../contract/money.ts';
import { rewardCount } from '../ui/amounts.ts';
import { Button } from '../ui/Button.tsx';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { relativeTime, useNow } from '../ui/time.ts';
import { useTask } from '../ui/use-task.ts';
import { chosenMode } from './setup-step.ts';
import { otherSender } from './situation.ts';
import { useStore } from './store.ts';
import { TurnOn } from './TurnOn.tsx';

export function Today({ state }: { state: PopupState }) {
  const now = useNow();
  const { creditedToday, counts } = state.queue;
  const paused = chosenMode(state)?.settings.paused ?? false;
  return (
    <section class="today stack" aria-labelledby="today">
      <h2 id="today">Credited today in {state.mode} mode</h2>
      {creditedToday.length > 0 ? (
        <ul class="sums">
          {creditedToday.map((sum) => (
            <li key={sum.currency} class="sum">
              {formatMoney(sum)}
            </li>
          ))}
        </ul>
      ) : (
        <p class="sum sum-none">Nothing yet</p>
      )}
      <p class="muted small" role="status">
        {state.running ? 'Working on it now.' : paused ? 'Paused: nothing is sent.' : runWords(state, now)}
        {counts.ready > 0 && ` ${readyWords(state, now)}`}
        {counts.crediting > 0 && ` ${rewardCount(counts.crediting)} on the way.`}
      </p>
      {counts.credited > 0 && (
        <p class="muted small">{rewardCount(counts.credited)} credited, still to be redeemed in Advocate.</p>
      )}
      {state.paired?.role === 'admin' && (
        <Controls state={state} paused={paused} other={otherSender(state, now)} />
      )}
    </section>
  );
}

/** Whoever sends learns more of a reward from Stripe than the others can see. */
function readyWords(state: PopupState, now: number): string {
  const elsewhere = state.paired?.role !== 'admin' || otherSender(state, now) !== null;
  return `${rewardCount(state.queue.counts.ready)} ${elsewhere ? 'with the browser that sends' : 'ready to be sent'}.`;
}

/** When it last ran, whose browser did it, and when it runs next: it stands still while no browser is open. */
function runWords(state: PopupState, now: number): string {
  const other = otherSender(state, now);
  const everywhere = chosenMode(state)?.lastRun ?? null;
  const here = state.lastRun;
  const words: string[] = [];
  if (other) words.push(`Another browser is sending: ${other}.`);
  if (everywhere && everywhere.at > (here?.at ?? 0)) {
    words.push(`Last run ${relativeTime(Math.min(everywhere.at, now), now)}, by ${everywhere.browserName}.`);
  } else if (here) {
    words.push(
      `Last run ${relativeTime(Math.min(here.at, now), now)}: ${here.found} found, ${here.credited} credited.`,
    );
  } else {
    words.push('Not run yet.');
  }
  if (state.nextRunAt !== null) words.push(`Next ${relativeTime(Math.max(state.nextRunAt, now + 1), now)}.`);
  return words.join(' ');
}

type ControlsProps = { state: PopupState; paused: boolean; other: string | null };

function Controls({ state, paused, other }: ControlsProps) {
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
  return (
    <>
      <div class="row">
        {paused ? (
          <TurnOn state={state} />
        ) : (
          <>
            <Button
              class="button button-primary"
              busy={state.running || running.busy.value}
              onClick={() => void running.run(() => store.change('run', {}))}
            >
              {state.running || running.busy.value ? 'Running…' : other ? 'Look for new rewards' : 'Run now'}
            </Button>
            <Button class="button" busy={pausing.busy.value} onClick={() => void pause()}>
              Pause
            </Button>
          </>
        )}
      </div>
      {other && !paused && !state.running && <p class="hint">This browser takes over once that one stops.</p>}
      {refused && (
        <ProblemNotice
          problem={refused}
          button={
            refused.code === 'settings_changed'
              ? {
                  label: 'Load the new settings',
                  onClick: () => void pausing.run(() => store.change('refresh', {})),
                }
              : undefined
          }
        />
      )}
    </>
  );
}
