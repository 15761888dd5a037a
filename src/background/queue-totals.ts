/**
 * Counts and sums beside the rows, changed in the same transaction as they are, so that what people see costs
 * the same with a hundred rewards behind it as with a million.
 */
import type { QueueSummary, WaitingGroup } from '../contract/messages.ts';
import { type Money, sumByCurrency } from '../contract/money.ts';
import { type Facts, type Reason, reasonText } from '../contract/reasons.ts';
import type { QueueState } from '../contract/words.ts';
import type { Row } from './queue-row.ts';

export type Total = {
  key: string;
  count: number;
  sums: Record<string, number>;
  /** On groups of waiting rewards. */
  reason?: Reason;
  facts?: Facts;
};

/** A reason with more different facts than this is shown as one group without them. */
const MOST_GROUPS_PER_REASON = 5;

export function localDay(at: number): string {
  const day = new Date(at);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** What the keys of those begin with that count rows by their state. */
export const STATE = 'state/';
export const stateKey = (state: QueueState) => `${STATE}${state}`;
/** What was dismissed is held, and counts apart: it needs nobody. */
const DISMISSED = `${STATE}dismissed`;
const standingKey = ({ state, reason }: Row) =>
  state === 'held' && reason === 'dismissed' ? DISMISSED : stateKey(state);
export const dayKey = (day: string) => `day/${day}`;

/** Only facts that the reason's sentences use tell one group from another. */
function factsShown(reason: Reason, facts: Facts): Facts {
  const { shows = [] } = reasonText(reason);
  const shown = Object.entries(facts).filter(([name]) => shows.some((one) => one === name));
  return Object.fromEntries(shown.sort(([a], [b]) => a.localeCompare(b)));
}

/** Whether a waiting row is counted in this group. One without facts stands for every row of its reason. */
export function isOf(group: Pick<WaitingGroup, 'reason' | 'facts'>, { reason, facts }: Row): boolean {
  if (reason !== group.reason) return false;
  const all = Object.keys(group.facts).length === 0;
  return all || JSON.stringify(factsShown(reason, facts)) === JSON.stringify(group.facts);
}

function placesOf(row: Row): Pick<Total, 'key' | 'reason' | 'facts'>[] {
  const places: Pick<Total, 'key' | 'reason' | 'facts'>[] = [{ key: standingKey(row) }];
  if (row.state === 'waiting' && row.reason !== null) {
    const facts = factsShown(row.reason, row.facts);
    places.push({ key: `waiting/${row.reason}/${JSON.stringify(facts)}`, reason: row.reason, facts });
  }
  if (row.creditedOn !== null && row.state !== 'reversed') places.push({ key: dayKey(row.creditedOn) });
  return places;
}

function add(totals: Map<string, Total>, row: Row, sign: 1 | -1): void {
  for (const { key, ...group } of placesOf(row)) {
    const total = totals.get(key) ?? { key, count: 0, sums: {}, ...group };
    totals.set(key, total);
    total.count += sign;
    if (row.money === null) continue;
    const { amount, currency } = row.money;
    total.sums[currency] = (total.sums[currency] ?? 0) + sign * amount;
  }
}

/** Collects what a transaction does to the totals. */
export function createTally() {
  const changes = new Map<string, Total>();
  return {
    change(before: Row | undefined, after: Row): void {
      if (before) add(changes, before, -1);
      add(changes, after, 1);
    },
    /** What each touched total becomes; null where nothing is left of it. */
    async over(read: (key: string) => Promise<Total | undefined>): Promise<[string, Total | null][]> {
      return Promise.all(
        [...changes.values()].map(async (change): Promise<[string, Total | null]> => {
          const stored = await read(change.key);
          const count = (stored?.count ?? 0) + change.count;
          const sums: Record<string, number> = { ...stored?.sums };
          for (const [currency, amount] of Object.entries(change.sums)) {
            sums[currency] = (sums[currency] ?? 0) + amount;
          }
          return [change.key, count === 0 ? null : { ...change, count, sums }];
        }),
      );
    },
  };
}

/** The totals as they would be if they were counted anew. */
export function recount(rows: Iterable<Row>): Map<string, Total> {
  const totals = new Map<string, Total>();
  for (const row of rows) add(totals, row, 1);
  return totals;
}

export function moneyOf(total: Total | undefined): Money[] {
  return Object.entries(total?.sums ?? {})
    .map(([currency, amount]) => ({ amount, currency }))
    .filter(({ amount }) => amount !== 0)
    .sort((a, b) => a.currency.localeCompare(b.currency));
}

export function countsOf(totals: Total[]): QueueSummary['counts'] {
  const counts = new Map(totals.map(({ key, count }) => [key, count]));
  const count = (state: QueueState) => counts.get(stateKey(state)) ?? 0;
  return {
    waiting: count('waiting'),
    ready: count('ready'),
    crediting: count('crediting'),
    credited: count('credited'),
    redeemed: count('redeemed'),
    held: count('held'),
    cancelled: count('cancelled'),
    reversed: count('reversed'),
  };
}

/** Largest group first. */
export function groupsOf(totals: Total[]): WaitingGroup[] {
  const byReason = new Map<Reason, WaitingGroup[]>();
  for (const total of totals) {
    const { reason, facts = {}, count } = total;
    if (reason === undefined) continue;
    byReason.set(reason, [
      ...(byReason.get(reason) ?? []),
      { reason, facts, count, sums: moneyOf(total), nextTry: null },
    ]);
  }
  return [...byReason]
    .flatMap(([reason, groups]) =>
      groups.length <= MOST_GROUPS_PER_REASON
        ? groups
        : [
            {
              reason,
              facts: {},
              count: groups.reduce((sum, group) => sum + group.count, 0),
              sums: sumByCurrency(groups.flatMap((group) => group.sums)),
              nextTry: null,
            },
          ],
    )
    .sort((a, b) => b.count - a.count || a.reason.localeCompare(b.reason));
}
