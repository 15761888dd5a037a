/** A failing schedule as a person reads it. */
import type { Part, PartDone } from './run-schedules.ts';

export function tellFailure(part: Part, failure: NonNullable<PartDone['failure']>): string {
  const { schedule, breaches, error, path } = failure;
  const { happenings, seed: _, ...shape } = schedule;
  return [
    `A schedule failed. Again: npm run faults -- --seed ${part.seed} --path ${path}`,
    ...breaches.map(({ kind, what }) => `  ${kind}: ${what}`),
    ...(error === null ? [] : [error]),
    `  ${JSON.stringify(shape)}`,
    ...happenings.map(({ after, kind, a, b }) => `  after ${after} steps: ${kind} ${a} ${b}`),
  ].join('\n');
}
