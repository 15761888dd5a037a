import { type Problem, ProblemError } from '../contract/problems.ts';
import { RefusedError } from './ask.ts';

/** Whatever was thrown, as something a person can read. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof RefusedError) return thrown.problem;
  if (thrown instanceof ProblemError) return thrown.toProblem();
  return {
    type: 'about:blank',
    code: 'internal',
    status: 500,
    title: 'The extension failed at something it should not fail at.',
    detail: thrown instanceof Error ? thrown.message : String(thrown),
  };
}
