import { signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { Problem } from '../contract/problems.ts';
import { problemOf } from './problem-of.ts';

/** One thing a person started: whether it is under way and, when it failed, why. */
export function createTask() {
  const busy = signal(false);
  const problem = signal<Problem | null>(null);
  let latest = 0;
  /** Answers whether it worked. Of two runs that overlap, only the later one is shown. */
  async function run(work: () => Promise<void>): Promise<boolean> {
    const mine = ++latest;
    busy.value = true;
    problem.value = null;
    try {
      await work();
      return true;
    } catch (thrown) {
      if (mine === latest) problem.value = problemOf(thrown);
      return false;
    } finally {
      if (mine === latest) busy.value = false;
    }
  }
  return { busy, problem, run };
}

export type Task = ReturnType<typeof createTask>;

/** A task that lives as long as the component. */
export function useTask(): Task {
  return useMemo(createTask, []);
}
