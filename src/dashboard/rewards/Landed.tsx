import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { CreditLanding } from '../../contract/landing.ts';
import { say } from '../../locales/say.ts';
import { Landing } from '../../ui/Landing.tsx';
import { ProblemNotice } from '../../ui/ProblemNotice.tsx';
import { useTask } from '../../ui/use-task.ts';
import { useStore } from '../store.ts';

/** Which invoices used this credit, and what is left. Stripe is asked for it, so it comes after the rest. `used` is told. */
export function Landed({ reward, used }: { reward: string; used: Signal<boolean> }) {
  const store = useStore();
  const task = useTask();
  const credits = useSignal<CreditLanding[] | null>(null);
  const load = () =>
    task.run(async () => {
      const answer = await store.doors.ask('rewardLanding', { reward });
      credits.value = answer.credits.filter((one) => one.reward === reward);
      used.value = credits.value.some(({ uses }) => uses.length > 0);
    });
  useEffect(() => void load(), []);
  if (task.problem.value)
    return (
      <ProblemNotice
        problem={task.problem.value}
        button={{ label: say('ui_try_again'), busy: task.busy.value, onClick: () => void load() }}
      />
    );
  if (credits.value === null)
    return (
      <p class="muted small" role="status">
        {say('rewards_landing_reading')}
      </p>
    );
  const [landing] = credits.value;
  return landing ? (
    <Landing landing={landing} />
  ) : (
    <p class="muted small">{say('rewards_landing_unknown')}</p>
  );
}
