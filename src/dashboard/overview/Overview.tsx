import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PopupState } from '../../contract/messages.ts';
import type { Overview as Answer } from '../../contract/overview.ts';
import { say, sayCount } from '../../locales/say.ts';
import { Button } from '../../ui/Button.tsx';
import { Opening } from '../../ui/Opening.tsx';
import { ProblemNotice } from '../../ui/ProblemNotice.tsx';
import { useTask } from '../../ui/use-task.ts';
import { useStore } from '../store.ts';
import { Title } from '../Title.tsx';
import { Credits } from './Credits.tsx';
import { Lags } from './Lags.tsx';
import { Numbers } from './Numbers.tsx';
import { Outcomes } from './Outcomes.tsx';
import { currenciesIn } from './overview-data.ts';
import { QueueNow } from './QueueNow.tsx';
import { dayWords } from './words.ts';

const SPANS = ['7', '30', '90', '365'] as const;

/** How it goes: what was credited, how fast, and what is stuck. */
export function Overview({ state }: { state: PopupState }) {
  const store = useStore();
  const task = useTask();
  const answer = useSignal<Answer | null>(null);
  const days = SPANS.find((span) => span === store.route.value.query.days) ?? '30';
  const wanted = useSignal(days);
  wanted.value = days;
  const load = () =>
    task.run(async () => {
      const overview = await store.doors.ask('overview', { days });
      // Somebody has chosen other days meanwhile.
      if (wanted.value === days) answer.value = overview;
    });
  useEffect(() => void load(), [days]);

  const { value: overview } = answer;
  return (
    <section class="view">
      <div class="row row-spread">
        <Title state={state}>{say('overview_title')}</Title>
        <fieldset class="segments" aria-label={say('overview_days')}>
          {SPANS.map((span) => (
            <button
              key={span}
              type="button"
              class="segment"
              aria-pressed={span === days}
              onClick={() => store.narrow({ days: span })}
            >
              {sayCount('overview_span', Number(span))}
            </button>
          ))}
        </fieldset>
      </div>
      {task.problem.value && (
        <ProblemNotice
          problem={task.problem.value}
          button={{ label: say('ui_try_again'), busy: task.busy.value, onClick: () => void load() }}
        />
      )}
      {!overview && !task.problem.value && <Opening />}
      {overview && (
        <div class={task.busy.value || task.problem.value ? 'view aged' : 'view'} aria-busy={task.busy.value}>
          <section class="block" aria-label={say('overview_numbers')}>
            <Numbers overview={overview} />
            <div class="row row-spread">
              <p class="hint">
                {say('overview_utc', { from: dayWords(overview.from), to: dayWords(overview.to) })}
              </p>
              <Button class="button button-plain" busy={task.busy.value} onClick={() => void load()}>
                {say('overview_again')}
              </Button>
            </div>
          </section>
          <QueueNow state={state} />
          {currenciesIn(overview).length > 0 && <Credits overview={overview} />}
          <Lags overview={overview} />
          <Outcomes overview={overview} />
        </div>
      )}
    </section>
  );
}
