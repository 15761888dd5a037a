/** The rows that a proxy's database would hold after such a year. */
import type { Insertable } from 'kysely';
import type { Tables, ToldTable } from '../../src/proxy/database.ts';
import type { DaysTable } from '../../src/proxy/database-desk.ts';
import { creditInDays, reversalInDays } from '../../src/proxy/days.ts';
import type { LedgerRow } from '../../src/proxy/ledger.ts';
import { creditParameters } from '../../src/proxy/send-credit.ts';
import { reversalParameters } from '../../src/proxy/take-back.ts';
import type { Planned } from './planned.ts';

/** Where a planned reward is written down, and by whom. */
export type Place = { tenant: string; account: string; browsers: readonly [Browser, Browser, Browser] };
export type Browser = { id: string; name: string; role: 'admin' | 'support' };
/** What Stripe's books made of it: the credit before and after, and what was taken back. */
export type Booked = { before: number; after: number; takenBack: number };

const AT_POINT = { claimed: 0, credited: 1, redeemed: 2, noted: 3 } as const;

export function ledgerRow(
  planned: Planned,
  { tenant, account, browsers }: Place,
  booked: Booked | undefined,
): LedgerRow | null {
  const { reward, participant, amount, currency, paid, held } = planned;
  if (paid === null) return null;
  const { creditedAt, point, claimedAt } = paid;
  const reached = AT_POINT[point];
  const refused = held?.reason === 'stripe_refused';
  const sent = creditedAt !== null || refused;
  return {
    mode: 'test',
    reward: reward.id,
    account_id: participant.accountId,
    user_id: participant.id,
    unit: reward.unit,
    stripe_account: account,
    customer: paid.customer,
    amount,
    currency,
    redeem_amount: reward.amount,
    redeemed_before: 0,
    point,
    key_epoch: 0,
    idempotency_key: `advocate-credits:${tenant}:${reward.id}:0`,
    parameters: JSON.stringify(creditParameters(reward.id, tenant, reward.unit, { amount, currency })),
    claimed_by: browsers[paid.by].id,
    claimed_at: claimedAt,
    first_sent_at: sent ? claimedAt + 40 : null,
    last_sent_at: sent ? claimedAt + 40 : null,
    outcome_unknown: 0,
    refusal: refused ? 'This customer cannot be credited.' : null,
    credit: creditedAt === null ? null : paid.transaction,
    request_id: creditedAt === null ? null : paid.request,
    credit_before: booked?.before ?? null,
    credit_after: booked?.after ?? null,
    credited_at: creditedAt,
    redeem_sent_at: reached >= 2 && creditedAt !== null ? creditedAt + 500 : null,
    redeemed_at: reached >= 2 && creditedAt !== null ? creditedAt + 900 : null,
    redeemed_by_hand: paid.byHand,
    noted_at: reached >= 3 && creditedAt !== null ? creditedAt + 1400 : null,
    earned_at: planned.earnedAt,
    locked_by: null,
    locked_until: null,
  };
}

export function reversalRow(
  { takenBack, reward }: Planned,
  row: LedgerRow,
  { tenant, browsers }: Place,
  booked: Booked | undefined,
): Insertable<Tables['reversals']> | null {
  if (takenBack === null) return null;
  const amount = booked?.takenBack ?? 0;
  // An invoice had used it all: then there was nothing to take.
  const done = takenBack.state === 'reversed' && amount > 0;
  const state = takenBack.state === 'reversed' && !done ? 'dismissed' : takenBack.state;
  return {
    mode: 'test',
    reward: reward.id,
    cause: takenBack.cause,
    state,
    linked_to: takenBack.linkedTo,
    proposed_at: takenBack.proposedAt,
    decided_at: takenBack.decidedAt,
    decided_by: takenBack.decidedAt === null ? null : browsers[0].id,
    key_epoch: 0,
    outcome_unknown: 0,
    ...(done && {
      amount,
      idempotency_key: `advocate-credits:${tenant}:${reward.id}:reversal:0`,
      parameters: JSON.stringify(reversalParameters(row, amount, tenant)),
      first_sent_at: takenBack.decidedAt,
      last_sent_at: takenBack.decidedAt,
      transaction_id: takenBack.transaction,
      request_id: takenBack.request,
      reversed_at: takenBack.decidedAt,
      marked_at: takenBack.decidedAt,
    }),
  };
}

export function toldRow({ held, reward }: Planned): ToldTable | null {
  if (held === null) return null;
  const { reason, facts, at } = held;
  const common = { mode: 'test', reward: reward.id, state: 'held', customer: null, settings: 1 } as const;
  return { ...common, reason, facts: JSON.stringify(facts), at };
}

/** The same counts as the proxy keeps. */
export function daysRows(
  rows: readonly LedgerRow[],
  reversals: readonly Insertable<Tables['reversals']>[],
): DaysTable[] {
  const credits = new Map(rows.map((row) => [row.reward, row]));
  const all = [
    ...rows.flatMap((row) => (row.credited_at === null ? [] : creditInDays(row, row.credited_at))),
    ...reversals.flatMap(({ reward, amount, reversed_at }) => {
      const currency = credits.get(reward)?.currency;
      if (!amount || !reversed_at || currency === undefined) return [];
      return [reversalInDays('test', { amount, currency, createdAt: reversed_at })];
    }),
  ];
  const sums = new Map<string, DaysTable>();
  for (const one of all) {
    const key = `${one.day} ${one.kind} ${one.item}`;
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { ...one });
    else {
      sum.count += one.count;
      sum.amount += one.amount;
    }
  }
  return [...sums.values()];
}
