import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Health } from '../../contract/health.ts';
import type { PopupState } from '../../contract/messages.ts';
import { say } from '../../locales/say.ts';
import { Button } from '../../ui/Button.tsx';
import { Opening } from '../../ui/Opening.tsx';
import { ProblemNotice } from '../../ui/ProblemNotice.tsx';
import { relativeTime, useNow } from '../../ui/time.ts';
import { useTask } from '../../ui/use-task.ts';
import { useStore } from '../store.ts';
import { Title } from '../Title.tsx';
import { Checks } from './Checks.tsx';
import { Facts } from './Facts.tsx';
import { Headroom } from './Headroom.tsx';
import { summaryWords, worstOf } from './health-words.ts';
import { LevelMark } from './LevelMark.tsx';

/** Whether everything stands, and what to do about what does not. */
export function HealthView({ state }: { state: PopupState }) {
  const store = useStore();
  const task = useTask();
  const health = useSignal<Health | null>(null);
  const said = useSignal('');
  const load = async () => {
    said.value = '';
    await task.run(async () => {
      health.value = await store.doors.ask('health', {});
      said.value = say('health_checked', { result: summaryWords(health.value.checks) });
    });
  };
  // Once: another mode mounts the view anew.
  useEffect(() => void load(), []);

  const shown = health.value;
  const busy = task.busy.value;
  return (
    <section class="view">
      <Title state={state}>{say('health_title')}</Title>
      <p class="sr-only" role="status">
        {said.value}
      </p>
      {task.problem.value && (
        <ProblemNotice
          problem={task.problem.value}
          button={{ label: say('ui_try_again'), busy, onClick: () => void load() }}
        />
      )}
      {!shown && !task.problem.value && <Opening />}
      {shown && (
        // What is shown was so once; the proxy does not say whether it still is.
        <div class={task.problem.value ? 'view aged' : 'view'}>
          <Summary health={shown} busy={busy} onRefresh={() => void load()} />
          <Checks state={state} health={shown} onDone={() => void load()} />
          <Headroom limits={shown.limits} />
          <Facts health={shown} />
        </div>
      )}
    </section>
  );
}

type SummaryProps = { health: Health; busy: boolean; onRefresh: () => void };

function Summary({ health, busy, onRefresh }: SummaryProps) {
  const now = useNow();
  const worst = worstOf(health.checks);
  return (
    <div class="health-summary row row-spread" data-level={worst}>
      <LevelMark level={worst} />
      <div class="health-summary-words">
        <p class="health-summary-title">{summaryWords(health.checks)}</p>
        <p class="muted small">
          {say('health_as_of', { when: relativeTime(Math.min(health.at, now), now) })}
        </p>
      </div>
      <Button class="button" busy={busy} onClick={onRefresh}>
        {busy ? say('health_checking') : say('health_refresh')}
      </Button>
    </div>
  );
}
