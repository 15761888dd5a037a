/** Who takes part: few enough that every order of events matters, different enough that mistakes show. */
import { readSeed, type Seed, type SeedCustomer, type SeedParticipant } from '../../../sandbox/seed.ts';

export const UNITS = ['STRIPE/USD', 'STRIPE/EUR'];
const SEED = readSeed();

/** Customers in US dollars, one in euros, one that was never billed. */
export const CUSTOMERS = ['Anna1', 'Anna2', 'Bert1', 'Chie1', 'Euro1', 'Fresh1'].map(
  (name) => `cus_${name}000000`,
);
const [ANNA = '', , BERT = '', CHIE = '', EURO = '', FRESH = ''] = CUSTOMERS;

export const PEOPLE = [
  { accountId: 'anna@example.com', userId: 'anna@example.com', link: ANNA },
  { accountId: 'shared', userId: 'bert@example.com', link: BERT },
  { accountId: 'shared', userId: 'bea@example.com', link: null },
  { accountId: 'chie@example.com', userId: 'chie@example.com', link: null },
];
export { ANNA, BERT, CHIE, EURO, FRESH };

const REWARDS = [
  { owner: 0, id: 'aaaaaaaaaaaaaaaaaaaaaaa1', amount: 2000, unit: 'STRIPE/USD' },
  { owner: 0, id: 'aaaaaaaaaaaaaaaaaaaaaaa2', amount: 1500, unit: 'STRIPE/USD' },
  { owner: 1, id: 'bbbbbbbbbbbbbbbbbbbbbbb1', amount: 1000, unit: 'STRIPE/USD' },
  { owner: 3, id: 'ccccccccccccccccccccccc1', amount: 700, unit: 'STRIPE/USD' },
];

const customer = (id: string): SeedCustomer => ({
  mode: 'test',
  id,
  name: id.slice(4, 8),
  email: `${id.slice(4, 8).toLowerCase()}@example.com`,
  currency: id === EURO ? 'eur' : id === FRESH ? null : 'usd',
  createdDaysAgo: 100,
  monthly: 900,
});

const participant = (
  { accountId, userId, link }: (typeof PEOPLE)[number],
  person: number,
): SeedParticipant => ({
  mode: 'test',
  accountId,
  id: userId,
  firstName: userId.split('@')[0] ?? null,
  lastName: null,
  email: userId,
  createdDaysAgo: 90,
  ...(link !== null && { customFields: { stripeCustomerId: link } }),
  rewards: REWARDS.filter(({ owner }) => owner === person).map(({ id, amount, unit }) => ({
    id,
    amount,
    unit,
    status: 'available',
    earnedDaysAgo: 3,
  })),
});

export function castSeed(rewards = REWARDS.length): Seed {
  const wanted = new Set(REWARDS.slice(0, rewards).map(({ id }) => id));
  return {
    stripe: { ...SEED.stripe, customers: CUSTOMERS.map(customer) },
    advocate: {
      ...SEED.advocate,
      participants: PEOPLE.map(participant).map((one) => ({
        ...one,
        rewards: one.rewards?.filter(({ id }) => wanted.has(id)),
      })),
    },
  };
}
