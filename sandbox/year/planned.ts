/** What a made-up year consists of. */
import type { Reason } from '../../src/contract/reasons.ts';
import type { ReversalState } from '../../src/contract/reversals.ts';
import type { LedgerPoint } from '../../src/contract/words.ts';
import type { SeedCustomer, SeedParticipant, SeedReward } from '../seed.ts';
import type { createPeople, Person } from './people.ts';
import type { Random } from './random.ts';

export const DAY = 86_400_000;

export type YearOptions = {
  /** The same seed makes the same year. */
  seed?: number;
  /** How many rewards, about. */
  rewards?: number;
  now?: number;
};
/** What the ledger and Stripe have of a reward that was claimed. */
export type Paid = {
  point: LedgerPoint;
  customer: string;
  claimedAt: number;
  /** Null: claimed, and Stripe refused. */
  creditedAt: number | null;
  transaction: string;
  request: string;
  byHand: number;
  by: 0 | 1;
};
export type TakenBack = {
  state: ReversalState;
  proposedAt: number;
  decidedAt: number | null;
  linkedTo: string | null;
  cause: 'cancelled_in_advocate' | 'wrong_customer';
  transaction: string;
  request: string;
};
export type Planned = {
  reward: SeedReward;
  participant: SeedParticipant;
  /** Money of Stripe's, where it can be. */
  amount: number;
  currency: string;
  earnedAt: number;
  paid: Paid | null;
  held: { reason: Reason; facts: Record<string, string>; at: number } | null;
  takenBack: TakenBack | null;
};
export type Year = {
  now: number;
  random: Random;
  customers: SeedCustomer[];
  participants: SeedParticipant[];
  planned: Planned[];
};
export type Planner = {
  now: number;
  random: Random;
  person: (change?: Parameters<ReturnType<typeof createPeople>>[0]) => Person;
  /** Adds a reward to somebody; paid with this customer, if it is. */
  earn: (who: Person, more: Partial<SeedReward> & { earnedAt: number }, paidTo?: string | null) => Planned;
};
