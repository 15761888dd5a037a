import { type Problem, ProblemError } from '../contract/problems.ts';
import { say } from '../locales/say.ts';
import { told } from '../locales/told.ts';
import { RefusedError } from './ask.ts';

/** Whatever was thrown, as something a person can read. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof RefusedError) return thrown.problem;
  if (thrown instanceof ProblemError) return thrown.toProblem();
  return {
    type: 'about:blank',
    code: 'internal',
    status: 500,
    title: '',
    detail: thrown instanceof Error ? thrown.message : String(thrown),
    ...told({ title: say('ui_broken') }),
  };
}
