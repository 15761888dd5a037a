/** Rewards as the ledger and the queue tell of them. */
import type { LedgerRow, RewardStory } from '../../src/contract/ledger.ts';
import type { QueuedReward } from '../../src/contract/queue-page.ts';

export const THEN = 1_790_000_000_000;
const usd = (amount: number) => ({ amount, currency: 'USD' });

export const claimed = (reward: string, more: Partial<LedgerRow> = {}): LedgerRow => ({
  ...{ reward, accountId: 'acme', userId: 'ann', unit: 'STRIPE/USD', customer: 'cus_ann', money: usd(2000) },
  ...{ point: 'noted', state: 'redeemed', reason: null, credit: `cbtxn_${reward}`, requestId: 'req_1' },
  ...{ earnedAt: THEN - 5000, claimedAt: THEN, creditedAt: THEN, redeemedAt: THEN, notedAt: THEN },
  reversedAt: null,
  ...more,
});

export const queued = (reward: string, more: Partial<QueuedReward> = {}): QueuedReward => ({
  ...{ reward, accountId: 'acme', userId: 'bob', unit: 'STRIPE/USD', money: usd(1500), state: 'waiting' },
  ...{ reason: 'not_linked', facts: {}, earnedAt: THEN, seenAt: THEN, since: THEN, customer: null },
  ...more,
});

/** A reward that went all the way. */
export const story = (more: Partial<RewardStory> = {}): RewardStory => ({
  ...{ reward: 'r1', accountId: 'acme', userId: 'ann', unit: 'STRIPE/USD', money: usd(2000) },
  ...{ state: 'redeemed', reason: null, facts: {}, problem: null },
  advocate: { statuses: ['REDEEMED'], changedAt: THEN, note: 'SUCCESS' },
  earned: { at: THEN },
  claimed: { at: THEN + 1000, by: 'Mara’s Chrome', customer: 'cus_ann' },
  sent: { first: THEN + 1000, last: THEN + 1000, unknown: false, refusal: null },
  credited: {
    ...{ at: THEN + 2000, credit: 'cbtxn_r1', requestId: 'req_1', before: usd(0), after: usd(2000) },
    ...{ customer: 'cus_ann', customerUrl: 'https://dashboard.stripe.com/customers/cus_ann' },
  },
  redeemed: { at: THEN + 3000, amount: 2000, byHand: 0 },
  noted: { at: THEN + 4000 },
  reversal: null,
  history: { entries: [], before: null },
  ...more,
});
