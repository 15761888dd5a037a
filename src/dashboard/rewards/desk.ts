/** The view's memory in one mode: the list that is read, what is chosen in it, and the deed under way. */
import { signal } from '@preact/signals';
import type { DeedOutcome } from '../../contract/holds.ts';
import { isByHand } from '../../contract/reasons.ts';
import type { Ask } from '../../ui/ask.ts';
import { after, createDeedRun, type Deed, type DeedRun, fits } from './deeds.ts';
import { EVERYTHING, type Filter } from './filter.ts';
import { createReader, type Reader, type Reward } from './read-rewards.ts';
import { createSave } from './save-rewards.ts';
import { createSelection } from './selection.ts';

export type RewardsDesk = ReturnType<typeof createRewardsDesk>;

/** @param ask has to name the desk's own mode in every message, whatever mode is shown by then. */
export function createRewardsDesk(ask: Ask) {
  const reader = signal<Reader>(createReader(ask, EVERYTHING));
  const selection = createSelection();
  const run = signal<DeedRun | null>(null);
  /** What the last deed came to, by reward. */
  const results = new Map<string, DeedOutcome & { deed: Deed }>();
  const saving = createSave(ask);

  function read(filter: Filter) {
    reader.value.stop();
    selection.clear();
    results.clear();
    reader.value = createReader(ask, filter);
    void reader.value.more();
  }

  function heard(row: Reward, deed: Deed, outcome: DeedOutcome) {
    results.set(row.reward, { ...outcome, deed });
    const to = outcome.done ? after(deed, row) : {};
    selection.update({ ...row, ...to });
    reader.value.change(row.reward, to);
  }
  /** As it is shown: both sources may have told of it since it was chosen. */
  const asShown = (row: Reward): Reward => {
    const place = reader.value.place(row.reward);
    return (place === undefined ? undefined : reader.value.rows[place]) ?? row;
  };

  const isUnfinished = () => run.value?.isUnfinished() ?? false;

  return {
    reader,
    selection,
    run,
    saving,
    result: (reward: string) => results.get(reward),
    /** Reads what the filter gives, unless it is there already. */
    show(filter: Filter) {
      const { value: now } = reader;
      const same = JSON.stringify(now.filter) === JSON.stringify(filter);
      if (!same || now.state.value === 'new') read(filter);
    },
    readAgain: () => read(reader.value.filter),
    /** Those of the chosen ones that the deed means something for. */
    fitting: (deed: Deed): Reward[] => [...selection.rewards()].map(asShown).filter((row) => fits(deed, row)),
    begin(deed: Deed, rows: readonly Reward[]) {
      if (isUnfinished() || rows.length === 0) return;
      run.value = createDeedRun(ask, deed, rows, (row, outcome) => heard(row, deed, outcome));
      void run.value.go();
    },
    isUnfinished,
    /** One row's own button did it. */
    wentOn: (row: Reward) =>
      heard(row, isByHand(row.reason) ? 'release' : 'retry', { reward: row.reward, done: true }),
    /** What one reward's own page heard of it. */
    learn({ reward, state, reason, facts, customer, claimed, credit }: Reward) {
      const to = { state, reason, facts, customer, claimed, credit };
      reader.value.change(reward, to);
    },
    /** The result was seen. */
    closeRun() {
      if (!isUnfinished()) run.value = null;
    },
    /** Closing the tab now would leave something unfinished. */
    isBusy: () => run.value?.state.value === 'running' || saving.state.value === 'reading',
    /** Nothing goes on in a mode that nobody looks at. */
    leave() {
      run.value?.pause();
      saving.stop();
      reader.value.stop();
      selection.clear();
      reader.value = createReader(ask, EVERYTHING);
    },
  };
}
