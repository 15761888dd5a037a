/** The view's memory in one mode: who waits, what fits, what is chosen, and the linking under way. */
import { computed, signal } from '@preact/signals';
import type { LinkOutcome, LinkWish } from '../../contract/linking.ts';
import type { Ask } from '../../ui/ask.ts';
import { createChoices, type Kind } from './choices.ts';
import { createExport } from './export-links.ts';
import { createMatcher } from './find-matches.ts';
import { createImport } from './import-links.ts';
import type { Keeper } from './kept-runs.ts';
import { createLinkRun, type LinkRun } from './link-run.ts';
import { createReader, type Row } from './read-unlinked.ts';
import { keyOf } from './who.ts';

export const LINKED_AT_ONCE = 25;
export type Filter = 'all' | Exclude<Kind, 'unknown' | 'failed'>;
export type Desk = ReturnType<typeof createDesk>;

/**
 * @param ask has to name the desk's own mode in every message, whatever mode is shown by then.
 * @param keepers for what is linked from the list, and from a file.
 */
export function createDesk(ask: Ask, keepers: { list?: Keeper; file?: Keeper } = {}) {
  const choices = createChoices();
  const reader = createReader(ask, () => matcher.more());
  const matcher = createMatcher({
    ask,
    everybody: () => reader.rows.value,
    isKnown: choices.isKnown,
    found: choices.found,
  });
  const search = signal('');
  const filter = signal<Filter>('all');
  const run = signal<LinkRun | null>(null);

  const shown = computed<readonly Row[]>(() => {
    const words = search.value.trim().toLowerCase();
    const only = filter.value;
    // Read only where it counts, so that a match does not filter ten thousand rows for nothing.
    if (only !== 'all') choices.version.value;
    return reader.rows.value.filter((row) => {
      if (only !== 'all' && choices.kind(row) !== only) return false;
      if (words === '') return true;
      return [row.name, row.email, row.accountId, row.userId].some((one) =>
        one?.toLowerCase().includes(words),
      );
    });
  });
  const selected = computed<readonly Row[]>(() => {
    choices.version.value;
    return reader.rows.value.filter((row) => choices.isSelected(row.who));
  });
  const importing = createImport(ask, keepers.file);
  const exporting = createExport(ask);

  /** Reads the list anew; a result that is there stays until the next linking. */
  function startOver() {
    reader.reset();
    matcher.reset();
    choices.refresh();
    void reader.go();
  }

  /** Nothing goes on in a mode that nobody looks at. What was read is read anew by whoever comes back. */
  function leave() {
    run.value?.pause();
    importing.leave();
    exporting.stop();
    reader.reset();
    matcher.reset();
    choices.reset();
    search.value = '';
    filter.value = 'all';
  }

  const isUnfinished = () => ['running', 'paused'].includes(run.value?.state.value ?? 'done');

  function start(wishes: readonly LinkWish[], before?: readonly LinkOutcome[]): LinkRun {
    const { settled } = choices;
    const { list: keeper } = keepers;
    run.value = createLinkRun({
      ...{ ask, wishes, batch: LINKED_AT_ONCE, settled },
      ...(keeper && { keeper }),
      ...(before && { before }),
    });
    return run.value;
  }

  /** What a closed tab left unfinished stands there as paused. */
  async function takeUp(): Promise<void> {
    const kept = await keepers.list?.left();
    if (kept && run.value === null) start(kept.wishes, kept.outcomes);
  }

  return {
    reader,
    matcher,
    choices,
    search,
    filter,
    shown,
    selected,
    run,
    importing,
    exporting,
    ask,
    startOver,
    /** The mode, and so this desk, comes into view. */
    enter() {
      if (reader.state.value === 'new') startOver();
      if (run.value === null) void takeUp();
      if (importing.stage.value.name === 'none') void importing.takeUp();
    },
    leave,
    /** Another proxy: what was under way with this one is kept for when it is back, and must not go on with another. */
    forget() {
      leave();
      run.value = null;
      importing.forget();
    },
    /** Also paused: another linking would take the place of its result. */
    isUnfinished,
    /** Links everybody who is selected; while that is under way, a second press does nothing. */
    link() {
      if (isUnfinished() || selected.value.length === 0) return;
      const wishes = selected.value.flatMap((row) => {
        const customer = choices.chosen(row.who);
        return customer === null ? [] : [{ ...keyOf(row), customer, previous: null }];
      });
      void start(wishes).go();
    },
    /** The result was seen. */
    async closeRun() {
      const { value: seen } = run;
      if (isUnfinished()) return;
      await keepers.list?.forget();
      if (run.value === seen) run.value = null;
    },
    /** Closing the tab now would leave something unfinished. */
    isBusy: () => run.value?.isAsking.value === true || importing.isBusy(),
  };
}
