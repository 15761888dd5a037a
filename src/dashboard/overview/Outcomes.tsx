import type { Overview } from '../../contract/overview.ts';
import { reasonWord } from '../../locales/explain.ts';
import { say } from '../../locales/say.ts';
import { dashboardHash } from '../../ui/dashboard-url.ts';
import { type Bar, Bars } from './Bars.tsx';

/** What became of the rewards that were claimed. */
export function Outcomes({ overview: { outcomes } }: { overview: Overview }) {
  const all = outcomes.reduce((sum, { count }) => sum + count, 0);
  if (all === 0) return null;
  const of = (state: Overview['outcomes'][number]['state']) => outcomes.filter((one) => one.state === state);
  const bar = (state: Overview['outcomes'][number]['state'], more: Partial<Bar> = {}): Bar[] => {
    const count = of(state).reduce((sum, one) => sum + one.count, 0);
    return count === 0 ? [] : [{ key: state, label: say(`overview_outcome_${state}`), count, ...more }];
  };
  const listed = (state: string, reason?: string) =>
    dashboardHash('rewards', undefined, { state, ...(reason !== undefined && { reason }) });
  const reasons = of('held').flatMap(({ reason, count }): Bar[] =>
    reason === null
      ? []
      : [
          {
            key: reason,
            label: reasonWord(reason),
            count,
            href: listed('held', reason),
            kind: 'warn',
            part: true,
          },
        ],
  );
  const bars = [
    ...bar('credited', { kind: 'good' }),
    ...bar('reversed', { href: listed('reversed') }),
    ...bar('crediting', { href: listed('crediting') }),
    ...bar('held', { kind: 'warn', href: listed('held') }),
    ...reasons,
  ];
  return (
    <section class="block" aria-labelledby="outcomes">
      <h3 id="outcomes">{say('overview_outcomes_title')}</h3>
      <p class="muted">
        {say('overview_outcomes_lead', {
          credited: say('overview_outcome_credited'),
          reversed: say('overview_outcome_reversed'),
          crediting: say('overview_outcome_crediting'),
          held: say('overview_outcome_held'),
          queue: say('overview_queue_title'),
        })}
      </p>
      <Bars bars={bars} of={all} />
    </section>
  );
}
