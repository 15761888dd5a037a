import { accountsIn, ofAccounts } from './account-index.ts';
import type { Filter } from './graphql-filters.ts';
import type { Reward } from './state.ts';

type Rewards = ReadonlyMap<string, Reward>;

/** By creation, which never changes afterwards; rewards are added and never removed. */
const byCreation = new WeakMap<Rewards, Reward[]>();

function inOrderOfCreation(rewards: Rewards): Reward[] {
  const known = byCreation.get(rewards);
  if (known?.length === rewards.size) return known;
  const ordered = [...rewards.values()].sort((a, b) => a.dateCreated - b.dateCreated);
  byCreation.set(rewards, ordered);
  return ordered;
}

/** What a filter can match at most, so that a page of a hundred thousand rewards does not look at each of them. */
export function candidates(rewards: Rewards, filter: Filter): Reward[] {
  if (Array.isArray(filter.id_in))
    return [...new Set(filter.id_in)].flatMap((id) => rewards.get(String(id)) ?? []);
  const accounts = accountsIn(filter);
  if (accounts !== null) return ofAccounts(rewards, accounts);
  const ordered = inOrderOfCreation(rewards);
  const placeOf = (date: unknown, otherwise: number) =>
    typeof date === 'number' ? firstFrom(ordered, date) : otherwise;
  return ordered.slice(placeOf(filter.dateCreated_gte, 0), placeOf(filter.dateCreated_lt, ordered.length));
}

/** The place of the first reward that was created then or later. */
function firstFrom(ordered: readonly Reward[], date: number): number {
  let [low, high] = [0, ordered.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const reward = ordered[middle];
    if (reward !== undefined && reward.dateCreated < date) low = middle + 1;
    else high = middle;
  }
  return low;
}
