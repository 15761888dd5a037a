/** All participants with their links, gathered page by page, in the form that Advocate's own import takes. */
import { signal } from '@preact/signals';
import type { Problem } from '../../contract/problems.ts';
import type { Ask } from '../../ui/ask.ts';
import { problemOf } from '../../ui/problem-of.ts';
import { needsApostrophe } from '../csv-cells.ts';
import { COLUMNS, csvLines } from '../csv-file.ts';

export function createExport(ask: Ask) {
  const state = signal<'idle' | 'reading' | 'done'>('idle');
  const problem = signal<Problem | null>(null);
  const count = signal(0);
  /** Participants whose ID got an apostrophe, which Advocate's own import would take for a part of it. */
  const apostrophes = signal(0);
  let turn = 0;

  return {
    state,
    problem,
    count,
    apostrophes,
    /** Answers the file in parts, which the browser keeps outside of the page's memory; null where it was stopped or failed. */
    async read(): Promise<Blob[] | null> {
      if (state.value === 'reading') return null;
      const mine = ++turn;
      state.value = 'reading';
      problem.value = null;
      count.value = 0;
      apostrophes.value = 0;
      const parts = [new Blob([csvLines([COLUMNS])])];
      try {
        let after: string | null = null;
        do {
          const page: { links: Page; after: string | null } = await ask(
            'links',
            after === null ? {} : { after },
          );
          if (mine !== turn) return null;
          const rows = page.links.map((one) => [one.accountId, one.userId, one.customer ?? '']);
          parts.push(new Blob([csvLines(rows)]));
          count.value += page.links.length;
          apostrophes.value += page.links.filter(
            (one) => needsApostrophe(one.accountId) || needsApostrophe(one.userId),
          ).length;
          after = page.after;
        } while (after !== null);
        state.value = 'done';
        return parts;
      } catch (thrown) {
        if (mine !== turn) return null;
        problem.value = problemOf(thrown);
        state.value = 'idle';
        return null;
      }
    },
    stop() {
      turn += 1;
      if (state.value === 'reading') state.value = 'idle';
    },
  };
}
type Page = { accountId: string; userId: string; customer: string | null }[];
