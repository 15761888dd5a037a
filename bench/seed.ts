/** So many people with one reward each, linked to a customer each. */
import { readSeed, type Seed } from '../sandbox/seed.ts';

export const UNIT = 'STRIPE/USD';
export const AMOUNT = 1250;

export const rewardAt = (i: number) => `rw${String(i).padStart(22, '0')}`;
export const customerAt = (i: number) => `cus_Bench${String(i).padStart(9, '0')}`;
export const accountAt = (i: number) => `account-${i}`;

export function seedOf({ people, rewards }: { people: number; rewards: boolean }): Seed {
  const seed = readSeed();
  const all = Array.from({ length: people }, (_, i) => i);
  seed.stripe.customers = all.map((i) => ({
    mode: 'test',
    id: customerAt(i),
    name: null,
    email: null,
    currency: 'usd',
    createdDaysAgo: 400,
  }));
  seed.advocate.participants = all.map((i) => ({
    mode: 'test',
    accountId: accountAt(i),
    id: accountAt(i),
    firstName: null,
    lastName: null,
    email: null,
    customFields: { stripeCustomerId: customerAt(i) },
    createdDaysAgo: 400,
    rewards: rewards
      ? [
          {
            id: rewardAt(i),
            unit: UNIT,
            amount: AMOUNT,
            status: 'available',
            earnedDaysAgo: 1 + (people - i) / 100_000,
          },
        ]
      : [],
  }));
  return seed;
}
