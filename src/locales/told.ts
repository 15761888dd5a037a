/** Refusals, in the person's language where the extension itself has something to say. */
import type { Problem } from '../contract/problems.ts';
import { sayProblem } from './say.ts';

type Words = { title?: string; detail?: string; action?: string };
type Part = keyof Words;
const PARTS: readonly Part[] = ['title', 'detail', 'action'];

/** Marks these as said by the extension, for a problem that begins here. */
export const told = (words: Words): Words & { told: Part[] } => ({
  ...words,
  told: PARTS.filter((part) => words[part] !== undefined),
});

/** The same problem, with what the extension can say better than the proxy did. */
export const retold = (problem: Problem, words: Words): Problem => ({
  ...problem,
  ...words,
  told: [...(problem.told ?? []), ...told(words).told],
});

/** What happened, in a sentence. */
export const titleSaid = ({ told: parts, code, title }: Problem): string =>
  parts?.includes('title') ? title : sayProblem(code, title);
