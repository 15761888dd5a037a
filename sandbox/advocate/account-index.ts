import type { Filter } from './graphql-filters.ts';
import type { Participant, Reward } from './state.ts';

type OfAccount = Participant | Reward;

/** Rows stay in their account. What is removed has to be told, since another one may come in its place. */
const indexes = new WeakMap<object, { size: number; byAccount: Map<string, OfAccount[]> }>();

/** All rows of these accounts. */
export function ofAccounts<T extends OfAccount>(rows: ReadonlyMap<string, T>, accounts: Set<string>): T[] {
  let index = indexes.get(rows);
  if (index?.size !== rows.size) {
    index = { size: rows.size, byAccount: Map.groupBy(rows.values(), (row: OfAccount) => row.accountId) };
    indexes.set(rows, index);
  }
  const { byAccount } = index;
  return [...accounts].flatMap((account) => (byAccount.get(account) ?? []) as T[]);
}

/** To be called when a row was removed. */
export const removedFrom = (rows: object) => void indexes.delete(rows);

/** The accounts outside of which nothing can match, or null where a filter does not say. */
export function accountsIn(filter: Filter): Set<string> | null {
  const { accountId_eq: one, AND, OR } = filter;
  if (typeof one === 'string') return new Set([one]);
  for (const inner of filters(AND)) {
    const accounts = accountsIn(inner);
    if (accounts !== null) return accounts;
  }
  const either = filters(OR).map(accountsIn);
  if (either.length === 0) return null;
  const all = new Set<string>();
  for (const accounts of either) {
    if (accounts === null) return null;
    for (const account of accounts) all.add(account);
  }
  return all;
}

const filters = (value: unknown): Filter[] =>
  Array.isArray(value) ? value.filter((one): one is Filter => typeof one === 'object' && one !== null) : [];
