/** Participants who wait for a link, as many as a test wants, oldest money first. */
import { readSeed, type Seed, type SeedCustomer, type SeedParticipant } from '../../sandbox/seed.ts';

/** What is to be found for a participant; the first are of each kind, all others are sure. */
export const KINDS = ['sure', 'tie', 'none', 'misspelt'] as const;
export type DeskKind = (typeof KINDS)[number];

export const kindOf = (index: number): DeskKind => KINDS[index % 25] ?? 'sure';
export const emailOf = (index: number) => `person${index}@company${index}.example`;
/** No two share a word, or Stripe’s search by name would find them all. */
const nameOf = (index: number) => ({ firstName: `Given${index}`, lastName: `Family${index}` });
export const customerOf = (index: number) => `cus_Desk${String(index).padStart(8, '0')}`;

export function deskSeed(count: number): Seed {
  const seed = readSeed();
  const indices = Array.from({ length: count }, (_, index) => index);
  seed.stripe.customers = indices.flatMap((index) => customersOf(index));
  seed.advocate.participants = indices.map(
    (index): SeedParticipant => ({
      mode: 'test',
      accountId: emailOf(index),
      id: emailOf(index),
      ...nameOf(index),
      email: emailOf(index),
      ...(kindOf(index) === 'misspelt' && { customFields: { stripeCustomerID: customerOf(index) } }),
      createdDaysAgo: 90,
      rewards: [
        {
          id: `aaaaaaaaaaaaaaaa${String(index).padStart(8, '0')}`,
          unit: 'STRIPE/USD',
          amount: 1000 + (index % 7) * 100,
          status: 'available',
          earnedDaysAgo: 80 - (index * 70) / count,
        },
      ],
    }),
  );
  return seed;
}

function customersOf(index: number): SeedCustomer[] {
  const kind = kindOf(index);
  if (kind === 'none') return [];
  const one: SeedCustomer = {
    mode: 'test',
    id: customerOf(index),
    name: Object.values(nameOf(index)).join(' '),
    email: kind === 'misspelt' ? `billing@other${index}.example` : emailOf(index),
    currency: 'usd',
    createdDaysAgo: 100,
  };
  return kind === 'tie' ? [one, { ...one, id: `${customerOf(index)}x` }] : [one];
}
