import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PopupState } from '../../contract/messages.ts';
import type { Money } from '../../contract/money.ts';
import { ProblemError } from '../../contract/problems.ts';
import type { ReversalView } from '../../contract/reversals.ts';
import { say } from '../../locales/say.ts';
import { money } from '../../ui/amounts.ts';
import { dashboardHash } from '../../ui/dashboard-url.ts';
import { Opening } from '../../ui/Opening.tsx';
import { ProblemNotice } from '../../ui/ProblemNotice.tsx';
import { useTask } from '../../ui/use-task.ts';
import { useStore } from '../store.ts';
import { Title } from '../Title.tsx';
import { ReversalDeeds } from './ReversalDeeds.tsx';
import { ReversalFacts } from './ReversalFacts.tsx';
import { causeOf, resultOf } from './reversal-words.ts';

/** One credit that may be taken back, with what is unspent of it at this moment. */
export function Reversal({ state, reward }: { state: PopupState; reward: string }) {
  const store = useStore();
  const loading = useTask();
  const deed = useTask();
  const view = useSignal<ReversalView | null>(null);
  /** What the person had been shown, where it is another amount by now. */
  const changedFrom = useSignal<Money | null>(null);

  const load = async () => {
    const loaded = await loading.run(async () => {
      view.value = await store.doors.ask('reversal', { reward });
    });
    // Nobody decides by what may not be so any more.
    if (!loaded) view.value = null;
  };
  useEffect(() => void load(), []);

  const takeBack = (seen: Money) =>
    void deed.run(async () => {
      changedFrom.value = null;
      try {
        view.value = await store.doors.ask('reverse', { reward, seen });
      } catch (thrown) {
        if (!(thrown instanceof ProblemError) || thrown.code !== 'reversal_changed') throw thrown;
        await load();
        const now = view.value;
        // Something else has changed, such as the cause, and the refusal says what.
        if (now?.state !== 'proposed' || now.unspent?.amount === seen.amount) throw thrown;
        changedFrom.value = seen;
      }
    });
  const leave = () =>
    void deed.run(async () => {
      changedFrom.value = null;
      try {
        view.value = await store.doors.ask('dismissReversal', { reward });
      } catch (thrown) {
        if (thrown instanceof ProblemError && thrown.code === 'reversal_changed') await load();
        throw thrown;
      }
    });

  const shown = view.value;
  return (
    <section class="view">
      <p>
        <a href={dashboardHash('take-back')}>{say('reversals_all')}</a>
      </p>
      <Title state={state}>
        {shown ? say('reversals_title_of', { amount: money(shown.money) }) : say('reversals_title')}
      </Title>
      {loading.problem.value && (
        <ProblemNotice
          problem={loading.problem.value}
          button={{ label: say('ui_try_again'), onClick: () => void load(), busy: loading.busy.value }}
        />
      )}
      {deed.problem.value && <ProblemNotice problem={deed.problem.value} />}
      {!shown && !loading.problem.value && <Opening />}
      {shown && (
        <>
          <div class="stack">
            <p class="row">
              <span class={shown.state === 'proposed' ? 'badge badge-warn' : 'badge'}>
                {say(`reversals_state_${shown.state}`)}
              </span>
            </p>
            <p class="lead">{causeOf(shown)}</p>
            <div class="stack" role="status">
              {shown.state === 'reversed' &&
                resultOf(shown).map((sentence) => (
                  <p key={sentence} class="notice">
                    {sentence}
                  </p>
                ))}
            </div>
          </div>
          {changedFrom.value && <Changed from={changedFrom.value} to={shown.unspent} />}
          <ReversalDeeds
            state={state}
            view={shown}
            busy={deed.busy.value || loading.busy.value}
            onTakeBack={takeBack}
            onLeave={leave}
            onLookAgain={() => void load()}
          />
          <ReversalFacts view={shown} />
        </>
      )}
    </section>
  );
}

function Changed({ from, to }: { from: Money; to: Money | null }) {
  return (
    <div class="notice notice-warn" role="alert">
      <p class="notice-title">{say('reversals_changed')}</p>
      <p>
        {to
          ? say('reversals_changed_to', { from: money(from), to: money(to) })
          : say('reversals_changed_unknown', { from: money(from) })}
      </p>
    </div>
  );
}
