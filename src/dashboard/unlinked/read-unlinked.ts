/** Reads who waits for a link, page by page; the rows are there as they come. */
import { signal } from '@preact/signals';
import type { Unlinked } from '../../contract/linking.ts';
import { sumByCurrency } from '../../contract/money.ts';
import type { Problem } from '../../contract/problems.ts';
import type { Ask } from '../../ui/ask.ts';
import { problemOf } from '../../ui/problem-of.ts';
import { whoOf } from './who.ts';

/** With its key at hand, since ten thousand are looked at again and again. */
export type Row = Unlinked & { who: string };

export function createReader(ask: Ask, onRows: () => void) {
  const rows = signal<readonly Row[]>([]);
  const state = signal<'new' | 'reading' | 'stopped' | 'done'>('new');
  const problem = signal<Problem | null>(null);
  let places = new Map<string, number>();
  let after: string | null = null;
  /** Another run of the loop makes the answers of an earlier one stale. */
  let turn = 0;

  /** Somebody who comes again in a later page has more rewards there; they keep their place. */
  function add(page: readonly Unlinked[]) {
    const next = rows.value.slice();
    for (const one of page) {
      const who = whoOf(one);
      const place = places.get(who);
      const earlier = place === undefined ? undefined : next[place];
      if (place === undefined || earlier === undefined) {
        places.set(who, next.push({ ...one, who }) - 1);
        continue;
      }
      next[place] = {
        ...earlier,
        misspelt: earlier.misspelt ?? one.misspelt,
        rewards: earlier.rewards + one.rewards,
        waiting: sumByCurrency([...earlier.waiting, ...one.waiting]),
      };
    }
    rows.value = next;
    onRows();
  }

  async function go(): Promise<void> {
    if (state.value === 'reading' || state.value === 'done') return;
    const mine = ++turn;
    state.value = 'reading';
    problem.value = null;
    try {
      while (mine === turn) {
        const page = await ask('unlinked', after === null ? {} : { after });
        if (mine !== turn) return;
        after = page.after;
        add(page.participants);
        if (after === null) {
          state.value = 'done';
          return;
        }
      }
    } catch (thrown) {
      if (mine !== turn) return;
      problem.value = problemOf(thrown);
      state.value = 'stopped';
    }
  }

  function stop() {
    if (state.value !== 'reading') return;
    turn += 1;
    state.value = 'stopped';
  }

  return {
    rows,
    state,
    problem,
    /** Begins, or goes on where it was stopped. */
    go,
    stop,
    reset() {
      turn += 1;
      rows.value = [];
      places = new Map();
      after = null;
      problem.value = null;
      state.value = 'new';
    },
  };
}
