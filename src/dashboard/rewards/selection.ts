/** Which rewards are chosen, with their number and sums at hand: a click costs the same among ten and among 100,000. */
import { signal } from '@preact/signals';
import type { Money } from '../../contract/money.ts';
import type { Reward } from './read-rewards.ts';

export function createSelection() {
  const chosen = new Map<string, Reward>();
  const version = signal(0);

  function set(row: Reward, on: boolean) {
    if (on) chosen.set(row.reward, row);
    else chosen.delete(row.reward);
  }

  return {
    version,
    has: (reward: string) => chosen.has(reward),
    size: () => chosen.size,
    rewards: (): Iterable<Reward> => chosen.values(),
    choose(rows: Iterable<Reward>, on: boolean) {
      for (const row of rows) set(row, on);
      version.value += 1;
    },
    /** A chosen reward says something else by now. */
    update(row: Reward) {
      if (chosen.has(row.reward)) chosen.set(row.reward, row);
      version.value += 1;
    },
    clear() {
      chosen.clear();
      version.value += 1;
    },
  };
}

/** Per currency, sorted; those without an amount add nothing. */
export function sumsOf(rows: Iterable<Reward>): Money[] {
  const sums = new Map<string, number>();
  for (const { money } of rows)
    if (money) sums.set(money.currency, (sums.get(money.currency) ?? 0) + money.amount);
  return [...sums].sort(([a], [b]) => a.localeCompare(b)).map(([currency, amount]) => ({ amount, currency }));
}
