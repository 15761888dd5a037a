/** A reward in the queue, and what a page of rewards or an outcome makes of it. Nothing here stores or asks. */
import type { Money } from '../contract/money.ts';
import { canMove } from '../contract/moves.ts';
import { type Facts, isByHand, type Reason } from '../contract/reasons.ts';
import type { Outcome, RewardSeen } from '../contract/routes.ts';
import type { QueueState } from '../contract/words.ts';

/** How long a claimed row belongs to the worker that claimed it. A worker that died does not give rows back. */
export const LEASE_MS = 120_000;
/** Nothing waits longer than this for its next try; a due time further away was written by a clock gone wrong. */
export const LONGEST_WAIT_MS = 24 * 3_600_000;
const SHORTEST_WAIT_MS = 10_000;
const LONGEST_BACKOFF_MS = 15 * 60_000;
const HISTORY_LENGTH = 30;

/** `from` is null when the reward was seen for the first time. */
export type Move = {
  at: number;
  from: QueueState | null;
  to: QueueState;
  why: string | null;
  who: 'page' | 'outcome' | 'worker' | 'person';
};

/** Ids, amounts, states and reasons; never a name or an e-mail. */
export type Row = {
  reward: string;
  accountId: string;
  userId: string;
  unit: string;
  money: Money | null;
  state: QueueState;
  reason: Reason | null;
  facts: Facts;
  /** When the row may be claimed (again); null when only a page, a link or a person moves it on. */
  dueAt: number | null;
  /** The boot id of the worker that claimed it. */
  leasedBy: string | null;
  leasedUntil: number | null;
  /** Claims since somebody last had a reason to believe that it would go through. */
  attempt: number;
  earnedAt: number;
  seenAt: number;
  /** Since when it stands in `stood`; a claim that brings it back to where it was does not count as a change. */
  since: number;
  stood: QueueState;
  creditId: string | null;
  customer: string | null;
  /** A person agreed that this credit may fix the customer's currency. */
  confirmedCurrency: boolean;
  /** A person lets this one through although a cap is reached. Rows of an earlier version say nothing of it. */
  releasedCap?: boolean;
  /** The local day on which this browser saw it credited; the sums of that day hold it. */
  creditedOn: string | null;
  /** What the last page said, to tell news from repetition. */
  word: string;
  history: Move[];
  /** The reasons for which it was held and people were told so. */
  told?: Reason[];
  /** What `marked` makes of the rest, for an index each; null is no key. */
  needsSince?: number | null;
  untold?: 1 | null;
};

/** `news` is what changed since the last look; `full` reads everything again and so proves no change by itself. */
export type Look = 'news' | 'full';
export type Clock = { now: number; random: () => number };

/**
 * Moved on by a page, a link or a setting, so asking again soon would only repeat the answer. Once a day it is asked
 * all the same: time alone can end a reward, and nothing tells of that.
 */
const WAITS_FOR_AN_EVENT: ReadonlySet<Reason | null> = new Set<Reason>([
  'not_linked',
  'field_name_differs',
  'paused',
  'earned_before_unit',
  'unit_not_configured',
  'not_connected',
]);

export const waitsForAnEvent = (reason: Reason | null) => WAITS_FOR_AN_EVENT.has(reason);

/** 15 s, 30 s, 1 min … 15 min, of which a random half, so that many browsers do not come back at once. */
export function backoff(attempt: number, random: () => number): number {
  if (attempt <= 0) return 0;
  const full = Math.min(LONGEST_BACKOFF_MS, 15_000 * 2 ** Math.min(attempt - 1, 10));
  return Math.round(full * (0.5 + random() / 2));
}

/** When to claim a waiting or credited row again. `retryAt` is the proxy's wish. */
export function nextTry(
  state: QueueState,
  reason: Reason | null,
  retryAt: number | null,
  attempt: number,
  { now, random }: Clock,
): number | null {
  if (state === 'ready') return now;
  if (state !== 'waiting' && state !== 'credited') return null;
  if (retryAt === null && waitsForAnEvent(reason)) return now + LONGEST_WAIT_MS;
  const wish = retryAt ?? now + backoff(Math.max(attempt, 1), random);
  return Math.min(Math.max(wish, now + SHORTEST_WAIT_MS), now + LONGEST_WAIT_MS);
}

type Standing = { state: QueueState; reason?: Reason | null; facts?: Facts; dueAt: number | null };
type Cause = Pick<Move, 'at' | 'why' | 'who'>;

/** Every change of state goes through here: an illegal one throws, and the transaction around it with it. */
export function move(row: Row, to: Standing, cause: Cause): Row {
  const from = row.state;
  if (from !== to.state && !canMove(from, to.state)) {
    throw new Error(`A reward cannot move from ${from} to ${to.state}.`);
  }
  const reason = to.reason ?? null;
  const settled = to.state !== 'crediting' && to.state !== row.stood;
  const entry = { ...cause, from, to: to.state };
  const changed = from !== to.state || reason !== row.reason || to.state === 'crediting';
  return {
    ...row,
    state: to.state,
    reason,
    facts: to.facts ?? {},
    dueAt: to.dueAt,
    leasedBy: null,
    leasedUntil: null,
    since: settled ? cause.at : row.since,
    stood: settled ? to.state : row.stood,
    history: changed ? [...row.history, entry].slice(-HISTORY_LENGTH) : row.history,
  };
}

/** What a person agreed to was about what stood in the way then. */
export const withoutAgreements = (row: Row): Row => ({
  ...row,
  confirmedCurrency: false,
  releasedCap: false,
});

/** Written with every row, whatever moved it, so that who reads by these indexes misses none and passes over none. */
export function marked(row: Row): Row {
  const { state, reason, since, told = [] } = row;
  const isHeld = state === 'held';
  const isNews = isHeld && reason !== null && !isByHand(reason) && !told.includes(reason);
  // What was dismissed needs nobody any more.
  const needsSomebody = isHeld && reason !== 'dismissed';
  return { ...row, needsSince: needsSomebody ? since : null, untold: isNews ? 1 : null };
}

const wordOf = (seen: RewardSeen) => `${seen.state} ${seen.reason ?? ''}`.trim();

export function firstSight(seen: RewardSeen, clock: Clock): Row {
  const { state, reason } = seen;
  return {
    reward: seen.id,
    accountId: seen.accountId,
    userId: seen.userId,
    unit: seen.unit,
    money: seen.money,
    state,
    reason,
    facts: seen.facts,
    // `credited` here is another browser's credit whose redemption is still owed: anybody may finish it.
    dueAt: state === 'credited' ? clock.now : nextTry(state, reason, null, 0, clock),
    leasedBy: null,
    leasedUntil: null,
    attempt: 0,
    earnedAt: seen.earnedAt,
    seenAt: clock.now,
    since: Math.min(seen.earnedAt, clock.now),
    stood: state,
    creditId: null,
    customer: null,
    confirmedCurrency: false,
    creditedOn: null,
    word: wordOf(seen),
    history: [{ at: clock.now, from: null, to: state, why: reason, who: 'page' }],
  };
}

/** What a page says of a reward that is in the queue already. */
export function applyWord(row: Row, seen: RewardSeen, look: Look, clock: Clock): Row {
  const cause = { at: clock.now, why: seen.reason, who: 'page' } as const;
  const { state } = row;
  if (state === 'reversed') return row;
  // The last word on a reward. Where it had not even been seen as paid here, it was paid and taken back elsewhere.
  if (seen.state === 'reversed') {
    const paid = canMove(state, 'reversed') ? row : move(row, { state: 'redeemed', dueAt: null }, cause);
    return move(paid, { state: 'reversed', dueAt: null }, cause);
  }
  if (state === 'redeemed') return row;
  if (seen.state === 'redeemed') return move(row, { state: 'redeemed', dueAt: null }, cause);
  // Being worked on: the outcome decides, and a page written before it must not undo it.
  if (state === 'crediting' || state === 'credited') return row;

  const word = wordOf(seen);
  const repeated = word === row.word;
  const known: Row = {
    ...row,
    accountId: seen.accountId,
    userId: seen.userId,
    unit: seen.unit,
    money: seen.money,
    word,
    attempt: repeated ? row.attempt : 0,
  };
  const retriesItself = state === 'waiting' && !waitsForAnEvent(row.reason);
  if (repeated && ((state === 'held' && look === 'full') || retriesItself)) {
    return known;
  }
  // A person wants it tried: what the proxy remembers of an earlier try must not undo that.
  const wanted = state === 'ready' && row.history.at(-1)?.who === 'person';
  if (wanted && seen.state === 'held') return known;
  const agreed = row.confirmedCurrency && seen.reason === 'currency_unset';
  if (seen.state === 'ready' || seen.state === 'credited' || agreed) {
    if (state === 'ready') return known;
    // Our own notes in Advocate may bring a reward into the next page: without the pause that would be a loop.
    const pause = repeated ? backoff(row.attempt, clock.random) : 0;
    return move(known, { state: 'ready', dueAt: clock.now + pause }, cause);
  }
  if (state === seen.state && row.reason === seen.reason) return { ...known, facts: seen.facts };
  const { reason, facts } = seen;
  const dueAt = nextTry(seen.state, reason, null, known.attempt, clock);
  // Something else stands in the way now, so what a person agreed to earlier may no longer be what would happen.
  return move(withoutAgreements(known), { state: seen.state, reason, facts, dueAt }, cause);
}

/** What an outcome line makes of the row; the same row when the line says nothing new or cannot be. */
export function applyOutcome(row: Row, outcome: Outcome, today: string, clock: Clock): Row {
  const { state, reason, facts } = outcome;
  if (state === 'ready') return row; // Only a dry run says so.
  // Paid and taken back elsewhere, while here it had not even been seen as paid.
  if (state === 'reversed' && row.state === 'crediting') {
    const paid = { at: clock.now, why: null, who: 'outcome' } as const;
    return applyOutcome(move(row, { state: 'credited', dueAt: null }, paid), outcome, today, clock);
  }
  if (row.state !== state && !canMove(row.state, state)) return row;
  const paid = state === 'credited' || state === 'redeemed';
  const uncounted = paid && row.creditedOn === null && outcome.credit !== null;
  if (row.state === state && row.reason === reason && row.leasedBy === null && !uncounted) return row;
  const known: Row = {
    ...row,
    money: outcome.money ?? row.money,
    customer: outcome.customer ?? row.customer,
    creditId: outcome.credit?.id ?? row.creditId,
    creditedOn: paid ? (row.creditedOn ?? today) : row.creditedOn,
    // One agreement, one answer: whatever holds the reward now is another question.
    confirmedCurrency: row.confirmedCurrency && state === 'waiting',
    releasedCap: row.releasedCap === true && state === 'waiting',
  };
  const dueAt = nextTry(state, reason, outcome.retryAt, row.attempt, clock);
  return move(known, { state, reason, facts, dueAt }, { at: clock.now, why: reason, who: 'outcome' });
}
