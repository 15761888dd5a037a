/** What the list is narrowed to. It stands in the address, so that a link leads to just these rewards. */
import type { LEDGER_STATES } from '../../contract/ledger.ts';
import type { Request } from '../../contract/messages.ts';
import { UNCLAIMED_STATES, type UnclaimedState } from '../../contract/queue-page.ts';
import { REASON_CODES, REASONS, type Reason } from '../../contract/reasons.ts';
import { QUEUE_STATES, type QueueState } from '../../contract/words.ts';

export const SORTS = ['newest', 'oldest', 'largest', 'smallest'] as const;
export type Sort = (typeof SORTS)[number];
export type Filter = {
  q: string;
  state: QueueState | null;
  reason: Reason | null;
  currency: string | null;
  /** Days, as `2026-11-23`; both are among what is shown. */
  from: string | null;
  until: string | null;
  sort: Sort;
};
export const EVERYTHING: Filter = {
  ...{ q: '', state: null, reason: null, currency: null },
  ...{ from: null, until: null, sort: 'newest' },
};

const DAY_MS = 86_400_000;
const oneOf = <T extends string>(all: readonly T[], text: string | undefined): T | null =>
  all.find((one) => one === text) ?? null;
const fitting = (form: RegExp, text = ''): string | null => (form.test(text) ? text : null);
export const FIRST_DAY = '2000-01-01';
export const LAST_DAY = '9999-12-31';
/** A day of the calendar, of which there may have been rewards: while a year is typed, it is `0002` first. */
export function day(text: string | undefined): string | null {
  const written = fitting(/^\d{4}-\d\d-\d\d$/, text);
  if (written === null || written < FIRST_DAY) return null;
  const at = new Date(written);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(written) ? written : null;
}

/** By an address that anybody may have typed: what is not understood narrows nothing. */
export function readFilter(query: Readonly<Record<string, string>>): Filter {
  const reason = oneOf(REASON_CODES, query.reason);
  const currency = fitting(/^[A-Z]{3}$/, query.currency);
  const sort = oneOf(SORTS, query.sort) ?? 'newest';
  const asked = reason === null ? oneOf(QUEUE_STATES, query.state) : REASONS[reason].state;
  const filter: Filter = {
    q: (query.q ?? '').trim().slice(0, 255),
    state: asked,
    reason,
    currency,
    from: day(query.from),
    until: day(query.until),
    sort: 'newest',
  };
  return { ...filter, sort: canSort(filter, sort) ? sort : 'newest' };
}

/** For the address: only what narrows. */
export function queryOf(filter: Filter): Record<string, string> {
  const parts = Object.entries(filter).filter(
    ([name, value]) => value !== null && value !== '' && !(name === 'sort' && value === 'newest'),
  );
  return Object.fromEntries(parts.map(([name, value]) => [name, String(value)]));
}

export const isUnclaimed = (state: QueueState): state is UnclaimedState =>
  UNCLAIMED_STATES.some((one) => one === state);

/** Amounts compare within one currency only, and the queue keeps no order by them. */
export const canSort = ({ currency, state }: Filter, sort: Sort): boolean =>
  sort === 'newest' ||
  sort === 'oldest' ||
  (currency !== null && (state === null || !isOnlyUnclaimed(state)));

const isOnlyUnclaimed = (state: QueueState) => isUnclaimed(state) && state !== 'held';

export type Sources = { ledger: Request<'ledger'> | null; queue: Request<'queuePage'> | null };

/**
 * Who can tell of them. What waits was never claimed, so only the queue has it; what is paid only the ledger has; what is
 * held may be in either.
 */
export function sourcesOf(filter: Filter): Sources {
  const { q, state, reason, currency, from, until, sort } = filter;
  const byAmount = sort === 'largest' || sort === 'smallest';
  const since = from === null ? null : Date.parse(from);
  const before = until === null ? null : Date.parse(until) + DAY_MS;
  const both = { ...(q !== '' && { q }), ...(currency !== null && { currency }) };
  const ledger: Request<'ledger'> = {
    ...both,
    sort,
    ...(state !== null && isOfLedger(state) && { state }),
    ...(since !== null && { from: String(since) }),
    ...(before !== null && { until: String(before) }),
  };
  const queue: Request<'queuePage'> = {
    ...both,
    sort: sort === 'oldest' ? 'oldest' : 'newest',
    ...(state !== null && isUnclaimed(state) && { state }),
    ...(reason !== null && { reason }),
    ...(since !== null && { from: since }),
    ...(before !== null && { until: before }),
  };
  return {
    ledger: state === null || isOfLedger(state) ? ledger : null,
    queue: !byAmount && (state === null || isUnclaimed(state)) ? queue : null,
  };
}

type OfLedger = (typeof LEDGER_STATES)[number];
const isOfLedger = (state: QueueState): state is OfLedger => !isUnclaimed(state) || state === 'held';
