import { badRequest } from './errors.ts';
import { dateGiven, type Status, statuses } from './rewards.ts';
import type { Participant, Reward } from './state.ts';

export type Filter = Record<string, unknown>;
type Read = (name: string) => unknown;
type Special = (key: string, wanted: unknown) => boolean | undefined;

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
const exists = (value: unknown) => value !== null && value !== undefined;

function holds(operator: string, value: unknown, wanted: unknown): boolean {
  const has = (one: unknown) => (Array.isArray(value) ? value.includes(one) : value === one);
  switch (operator) {
    case 'eq':
      return has(wanted);
    case 'ne':
      return !has(wanted);
    case 'in':
      return list(wanted).some(has);
    case 'all':
      return list(wanted).every(has);
    case 'nin':
      return !list(wanted).some(has);
    case 'gte':
      return exists(value) && Number(value) >= Number(wanted);
    case 'lt':
      return exists(value) && Number(value) < Number(wanted);
    case 'exists':
      return exists(value) === wanted;
    default:
      throw badRequest(`There is no filter ending in _${operator}.`);
  }
}

/** Every condition must hold; `AND` and `OR` nest. A condition given as null is none. */
function matches(filter: Filter, read: Read, special: Special): boolean {
  return Object.entries(filter).every(([key, wanted]) => {
    if (!exists(wanted)) return true;
    const nested = () => list(wanted).map((f) => matches({ ...(f as Filter) }, read, special));
    if (key === 'AND') return nested().every(Boolean);
    if (key === 'OR') return nested().some(Boolean);
    const answered = special(key, wanted);
    if (answered !== undefined) return answered;
    const at = key.lastIndexOf('_');
    return holds(key.slice(at + 1), read(key.slice(0, at)), wanted);
  });
}

type StatusWanted = { status: Status; at?: number };

export function rewardMatches(reward: Reward, filter: Filter, now: number): boolean {
  const read: Read = (name) => {
    if (name === 'dateGiven') return dateGiven(reward, now);
    // Advocate documents the unit filters as being for credit rewards only.
    if (name === 'unit') return reward.type === 'CREDIT' ? reward.unit : null;
    return reward[name as keyof Reward];
  };
  const special: Special = (key, wanted) => {
    if (!key.startsWith('statuses_')) return undefined;
    const found = (list(wanted) as StatusWanted[]).map(({ status, at }) =>
      statuses(reward, at ?? now).includes(status),
    );
    if (key === 'statuses_in') return found.some(Boolean);
    if (key === 'statuses_ne' || key === 'statuses_nin') return !found.some(Boolean);
    return found.every(Boolean);
  };
  return matches(filter, read, special);
}

export const participantMatches = (participant: Participant, filter: Filter): boolean =>
  matches(
    filter,
    (name) => participant[name as keyof Participant],
    () => undefined,
  );

export type SortBy = { field: string; order: 'ASC' | 'DESC' }[];

/** By any date or plain field. Rows that are equal keep no promised order: they stand by id, descending. */
export function sorted<T extends { id: string }>(
  rows: T[],
  sortBy: SortBy,
  read: (row: T, field: string) => unknown,
): T[] {
  const compare = (a: unknown, b: unknown) => {
    if (a === b) return 0;
    if (!exists(a)) return 1;
    if (!exists(b)) return -1;
    return typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1;
  };
  return [...rows].sort((a, b) => {
    for (const { field, order } of sortBy) {
      const by = compare(read(a, field), read(b, field));
      if (by !== 0) return order === 'DESC' ? -by : by;
    }
    return a.id < b.id ? 1 : -1;
  });
}
