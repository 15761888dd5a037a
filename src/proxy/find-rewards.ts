/** What is new: rewards that changed at Advocate, whose participant's link changed anywhere, or that an admin held. */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { plainMoney } from '../contract/money.ts';
import type { RewardSeen, RewardsPage, Settings } from '../contract/routes.ts';
import type { Advocate } from './advocate.ts';
import type { AdvocateReward } from './advocate-shapes.ts';
import type { Holds } from './holds.ts';
import { type Circumstances, judge, stateOf } from './judge.ts';
import type { Begun, Ledger, LedgerRow } from './ledger.ts';
import type { Links } from './links.ts';
import { basisOf, readPlace, writePlace } from './place.ts';
import { type Proposals, sightOf } from './propose-reversals.ts';
import type { ReversalRow, Reversals } from './reversals.ts';
import { type Told, withMemory } from './told.ts';

export type FindContext = {
  advocate: Advocate;
  ledger: Ledger;
  links: Links;
  holds: Holds;
  told: Told;
  reversals: Reversals;
  proposals: Proposals;
  settings: Settings;
  paidElsewhere: () => Promise<Circumstances['paidElsewhere']>;
};

const PAGE = 100;
const ACCOUNTS_AT_ONCE = 10;
const HOLDS_AT_ONCE = 100;

/** Advocate may show writes out of order by a moment, so the last moment is read again. */
const OVERLAP_MS = 30_000;
const MOST_RECENT = 100;

/**
 * Where to read on. `basis` tells whether the cursor still fits the tenant and the units; rewards are read by the time they were
 * last modified, from `time` on, leaving out the `recent` ones that were told already; links, and what admins hold, by
 * the order of their changes. Places in a list would not do: paying a reward moves it to the end, and all behind it move up.
 * `sweep`: the first look reads only what can still be paid; then what was begun and is not at its end, `begun` being
 * the last of those that was told.
 */
const Cursor = v.strictObject({
  basis: v.string(),
  sweep: v.boolean(),
  time: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  recent: v.pipe(v.array(v.string()), v.maxLength(MOST_RECENT)),
  link: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  hold: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0)), 0),
  begun: v.optional(v.strictObject({ at: v.pipe(v.number(), v.safeInteger()), reward: v.string() })),
});
type Cursor = v.InferOutput<typeof Cursor>;

export async function findRewards(context: FindContext, after: string | undefined): Promise<RewardsPage> {
  const { advocate, links, settings } = context;
  const cursor = await startOf(context, after);
  if (settings.units.length === 0) return { rewards: [], after: writePlace(cursor), more: false };

  if (cursor.begun !== undefined) {
    const { rewards, last } = await unfinished(context, cursor.begun);
    return {
      rewards: await tell(context, rewards, new Set()),
      after: writePlace({ ...cursor, begun: last }),
      more: last !== undefined,
    };
  }
  const changed = await readChanged(advocate, settings.units, cursor);
  const next = changed.next;
  const found = new Map(changed.rewards.map((reward) => [reward.id, reward]));
  // What changed since is news, and so is a link: what was found out before says nothing of those.
  const remembered = new Set(cursor.sweep ? found.keys() : []);
  if (!changed.more) {
    await links.check(advocate);
    const relinked = await links.since(cursor.link, ACCOUNTS_AT_ONCE);
    for (const { accountId, seq } of relinked) {
      for (const reward of await advocate.rewardsOfAccount(accountId, settings.units)) {
        found.set(reward.id, reward);
        remembered.delete(reward.id);
      }
      next.link = seq;
    }
    const decided = await context.holds.since(cursor.hold, HOLDS_AT_ONCE);
    for (const reward of await rewardsOf(context, decided)) {
      found.set(reward.id, reward);
      remembered.delete(reward.id);
    }
    next.hold = decided.at(-1)?.seq ?? cursor.hold;
    if (cursor.sweep) {
      const begun = await unfinished(context, null);
      for (const reward of begun.rewards) found.set(reward.id, reward);
      next.begun = begun.last;
    }
    return {
      rewards: await tell(context, [...found.values()], remembered),
      after: writePlace(next),
      more:
        relinked.length === ACCOUNTS_AT_ONCE || decided.length === HOLDS_AT_ONCE || next.begun !== undefined,
    };
  }
  const rewards = await tell(context, [...found.values()], remembered);
  return { rewards, after: writePlace(next), more: true };
}

/**
 * What was begun and is not at its end, whatever Advocate says of it now: a browser that is new here would not find a
 * reward that was cancelled while its credit was made, and somebody has to see to it. `last`: where to read on, if so.
 */
async function unfinished(
  { advocate, ledger }: FindContext,
  from: Begun | null,
): Promise<{ rewards: AdvocateReward[]; last: Begun | undefined }> {
  const begun = await ledger.unfinished(from, PAGE);
  const known = begun.length === 0 ? [] : await advocate.rewardsById(begun.map(({ reward }) => reward));
  return { rewards: [...known.values()], last: begun.length === PAGE ? begun.at(-1) : undefined };
}

/** In units that are not configured nothing is told. */
async function rewardsOf(
  { advocate, settings }: FindContext,
  decided: readonly { reward: string }[],
): Promise<AdvocateReward[]> {
  if (decided.length === 0) return [];
  const found = await advocate.rewardsById(decided.map(({ reward }) => reward));
  return [...found.values()].filter(({ unit }) => settings.units.includes(unit));
}

async function startOf(
  { advocate, links, holds, settings }: FindContext,
  after: string | undefined,
): Promise<Cursor> {
  const basis = basisOf([advocate.tenant, [...settings.units].sort()]);
  const cursor = after === undefined ? null : readPlace(Cursor, after);
  if (cursor?.basis === basis) return cursor;
  const [link, hold] = await Promise.all([links.lastSeq(), holds.lastSeq()]);
  return { basis, sweep: true, time: 0, recent: [], link, hold };
}

async function readChanged(advocate: Advocate, units: string[], cursor: Cursor) {
  const ofAnyStatus = { type_eq: 'CREDIT', unit_in: units };
  const filter = {
    ...ofAnyStatus,
    ...(cursor.sweep && { statuses_in: [{ status: 'AVAILABLE' }, { status: 'PENDING' }] }),
  };
  const from = { ...filter, ...(cursor.time > 0 && { dateModified_gte: cursor.time }) };
  const page = await advocate.rewards(from, PAGE, 0, BY_TIME);
  const last = page.rewards.at(-1)?.dateModified;
  if (cursor.sweep && cursor.time === 0 && page.totalCount === 0)
    return { rewards: [], more: false, next: await endOfEmptySweep(advocate, ofAnyStatus, cursor) };
  if (!last || !isAscending(page.rewards)) {
    // Nothing new. Or not in order, or without dates: then everything is read in one go, every time.
    const rewards = page.rewards.length === 0 ? [] : await advocate.allRewards(from);
    return { rewards, more: false, next: { ...cursor, sweep: cursor.sweep && cursor.time === 0 } };
  }
  const more = page.rewards.length < page.totalCount;
  // Many may have been modified in one millisecond: those are read together, so that the next page begins after it.
  const sameTime = more
    ? await advocate.allRewards({ ...filter, dateModified_gte: last, dateModified_lt: last + 1 })
    : [];
  const read = [...new Map([...page.rewards, ...sameTime].map((reward) => [reward.id, reward])).values()];
  const rewards = read.filter((reward) => !cursor.recent.includes(markOf(reward)));
  return {
    rewards,
    more,
    next: {
      ...cursor,
      sweep: cursor.sweep && more,
      ...(more ? { time: last + 1, recent: [] } : restFrom(read, last)),
    },
  };
}

/** Nothing can be paid now, but what is under way ends soon, and no sweep would tell: from here on news are read. */
async function endOfEmptySweep(
  advocate: Advocate,
  ofAnyStatus: Record<string, unknown>,
  cursor: Cursor,
): Promise<Cursor> {
  const { rewards } = await advocate.rewards(ofAnyStatus, 1, 0, NEWEST_FIRST);
  const newest = rewards[0]?.dateModified;
  return newest ? { ...cursor, sweep: false, time: Math.max(1, newest - OVERLAP_MS), recent: [] } : cursor;
}

const NEWEST_FIRST = [{ field: 'dateModified', order: 'DESC' }];
const BY_TIME = [{ field: 'dateModified', order: 'ASC' }];

/** At the end of the list: read the last moment again next time, and know what of it was told. */
function restFrom(read: AdvocateReward[], last: number): Pick<Cursor, 'time' | 'recent'> {
  const time = Math.max(1, last - OVERLAP_MS);
  const recent = read.filter(({ dateModified }) => (dateModified ?? 0) >= time).map(markOf);
  return recent.length <= MOST_RECENT ? { time, recent } : { time: last + 1, recent: [] };
}

/** Any later modification of the reward makes another mark. */
const markOf = ({ id, dateModified }: AdvocateReward) =>
  createHash('sha256').update(`${id} ${dateModified}`).digest('base64url').slice(0, 10);

const isAscending = (rewards: AdvocateReward[]) =>
  rewards.every(
    ({ dateModified }, i) => dateModified !== null && dateModified >= (rewards[i - 1]?.dateModified ?? 0),
  );

/**
 * How each reward would fare if it came to be credited now, as far as Advocate and the ledger can say; and what the
 * last attempt found out, of those that are `remembered`.
 */
export async function tell(
  context: FindContext,
  rewards: AdvocateReward[],
  remembered: ReadonlySet<string>,
): Promise<RewardSeen[]> {
  if (rewards.length === 0) return [];
  const { advocate, ledger, links, holds, settings } = context;
  const ids = rewards.map(({ id }) => id);
  const accounts = new Set(rewards.flatMap(({ user }) => (user === null ? [] : [user.accountId])));
  const [participants, rows, paidElsewhere, words, kept] = await Promise.all([
    advocate.participantsOfAccounts([...accounts]),
    ledger.findMany(ids),
    context.paidElsewhere(),
    context.told.of([...remembered]),
    holds.of(ids),
  ]);
  for (const participant of [...participants.values()].flat()) await links.seen(participant);
  const reversals = await noticeReversals(context, rewards, rows);
  const seen: RewardSeen[] = [];
  for (const reward of rewards) {
    const accountParticipants = participants.get(reward.user?.accountId ?? '') ?? [];
    const row = rows.get(reward.id);
    const hold = kept.get(reward.id) ?? null;
    const circumstances = { settings, accountParticipants, paidElsewhere, hold };
    const judged = tellOne(reward, row, reversals.get(reward.id), circumstances);
    const told = withMemory(judged, reward, row, settings, words.get(reward.id));
    seen.push(told);
    if (reward.user !== null) await links.watchFor(reward.user, accountParticipants, told.reason);
  }
  await context.told.judged(seen, settings.version);
  return seen;
}

/** What was credited and is cancelled or linked elsewhere now is proposed to be taken back; what is not, no longer. */
async function noticeReversals(
  { reversals, proposals }: FindContext,
  rewards: AdvocateReward[],
  rows: Map<string, LedgerRow>,
): Promise<Map<string, ReversalRow>> {
  const standing = await reversals.findMany([...rows.keys()]);
  await proposals.notice(
    rewards.flatMap((reward) => {
      const credit = rows.get(reward.id);
      if (credit === undefined || credit.point === 'claimed') return [];
      const known = standing.get(reward.id);
      return [{ credit, standing: known, sight: sightOf(reward, credit, known) }];
    }),
  );
  return standing;
}

function tellOne(
  reward: AdvocateReward,
  row: LedgerRow | undefined,
  reversal: ReversalRow | undefined,
  circumstances: Circumstances,
): RewardSeen {
  const common = {
    id: reward.id,
    accountId: reward.user?.accountId ?? row?.account_id ?? '',
    userId: reward.user?.id ?? row?.user_id ?? '',
    unit: reward.unit,
    earnedAt: reward.dateGiven ?? reward.dateCreated ?? 0,
  };
  if (row !== undefined && row.point !== 'claimed') {
    const money = { amount: row.amount, currency: row.currency };
    if (reversal?.state === 'reversed')
      return { ...common, money, state: 'reversed', reason: null, facts: {} };
    if (row.point === 'credited' && reward.statuses.includes('CANCELLED'))
      return { ...common, money, state: 'held', reason: 'cancelled_after_credit', facts: {} };
    if (row.redeemed_by_hand > 0) {
      const facts = { detail: plainMoney({ amount: row.redeemed_by_hand, currency: row.currency }) };
      return { ...common, money, state: 'held', reason: 'redeemed_by_hand', facts };
    }
    return {
      ...common,
      money,
      state: row.point === 'credited' ? 'credited' : 'redeemed',
      reason: null,
      facts: {},
    };
  }
  const verdict = judge(reward, circumstances);
  if (verdict.ready) return { ...common, money: verdict.money, state: 'ready', reason: null, facts: {} };
  return {
    ...common,
    money: verdict.money,
    state: stateOf(verdict.reason),
    reason: verdict.reason,
    facts: verdict.facts,
  };
}
