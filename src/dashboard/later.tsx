import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { say } from '../locales/say.ts';
import { Opening } from '../ui/Opening.tsx';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { createTask } from '../ui/use-task.ts';

/** A part of the page whose code comes when it is first shown, so that the frame does not wait for it. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>) {
  const part = signal<{ Part: ComponentType<P> } | null>(null);
  const task = createTask();
  let loading: Promise<boolean> | null = null;
  /** Once; after a failure again. */
  const begin = async () => {
    if (part.value) return;
    loading ??= task.run(async () => {
      part.value = { Part: await load() };
    });
    await loading;
    loading = null;
  };
  function Later(props: P) {
    useEffect(() => void begin(), []);
    if (part.value) return <part.value.Part {...props} />;
    if (!task.problem.value) return <Opening />;
    return (
      <ProblemNotice
        problem={task.problem.value}
        button={{ label: say('dashboard_frame_try_again'), onClick: () => void begin() }}
      />
    );
  }
  /** Ahead of being shown. */
  Later.load = begin;
  return Later;
}
