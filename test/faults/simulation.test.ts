import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exploreFault } from './simulation/explore.ts';
import { runPart } from './simulation/run-schedules.ts';
import { runSchedule, schedules } from './simulation/schedule.ts';

const MINUTES = 60_000;

test(
  'random schedules of faults, people and time: nothing is paid twice, nothing is lost',
  async () => {
    const { failure, schedules: run, struck } = await runPart({ seed: 20_260_615, schedules: 60 });
    expect(failure).toBeNull();
    expect(run).toBe(60);
    // It is no proof when nothing ever goes wrong.
    expect(Object.values(struck).filter((count) => count > 0).length).toBeGreaterThan(20);
  },
  4 * MINUTES,
);

test(
  'a schedule goes the same way twice, to the last step',
  async () => {
    for (const schedule of fc.sample(schedules, { seed: 5, numRuns: 5 })) {
      const [first, second] = [await runSchedule(schedule), await runSchedule(schedule)];
      expect(second).toEqual(first);
    }
  },
  MINUTES,
);

test(
  'the small case in every order, with an answer that is lost at any step',
  async () => {
    const { orders, breaches } = await exploreFault('answer lost');
    expect(breaches).toEqual([]);
    expect(orders).toBeGreaterThan(50);
  },
  5 * MINUTES,
);
