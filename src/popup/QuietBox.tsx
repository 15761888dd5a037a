import { useSignal } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';
import type { QuietAnswer, QuietHours } from '../contract/quiet-hours.ts';
import { locale, say } from '../locales/say.ts';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { useTask } from '../ui/use-task.ts';
import { useStore } from './store.ts';

const USUAL: QuietHours = { from: 22, to: 7 };
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** When this browser shows no notifications. Each change is kept at once. */
export function QuietBox() {
  const store = useStore();
  const task = useTask();
  const id = useId();
  const kept = useSignal<QuietAnswer | null>(null);
  useEffect(() => {
    void task.run(async () => {
      kept.value = await store.doors.ask('quietHours', {});
    });
  }, []);
  const save = (quiet: QuietHours | null) =>
    void task.run(async () => {
      kept.value = await store.doors.ask('saveQuietHours', { quiet });
    });
  const quiet = kept.value?.quiet ?? null;
  return (
    <>
      {task.problem.value && <ProblemNotice problem={task.problem.value} />}
      {kept.value && (
        <label class="row">
          <input
            type="checkbox"
            checked={quiet !== null}
            onChange={(event) => save(event.currentTarget.checked ? USUAL : null)}
          />
          {say('popup_quiet')}
        </label>
      )}
      {quiet && (
        <div class="row quiet">
          <HourBox
            id={`${id}f`}
            label={say('popup_quiet_from')}
            hour={quiet.from}
            other={quiet.to}
            choose={(from) => save({ ...quiet, from })}
          />
          <HourBox
            id={`${id}t`}
            label={say('popup_quiet_to')}
            hour={quiet.to}
            other={quiet.from}
            choose={(to) => save({ ...quiet, to })}
          />
        </div>
      )}
    </>
  );
}

type HourProps = { id: string; label: string; hour: number; other: number; choose: (hour: number) => void };

function HourBox({ id, label, hour, other, choose }: HourProps) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        class="input"
        value={String(hour)}
        onChange={(event) => choose(Number(event.currentTarget.value))}
      >
        {HOURS.map((one) => (
          <option key={one} value={String(one)} disabled={one === other}>
            {hourWords(one)}
          </option>
        ))}
      </select>
    </div>
  );
}

const hourWords = (hour: number) =>
  new Intl.DateTimeFormat(locale(), { timeStyle: 'short' }).format(new Date(2000, 0, 1, hour));
