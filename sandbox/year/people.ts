/** Who earns and who is billed, made up. */
import type { SeedCustomer, SeedParticipant } from '../seed.ts';
import type { Random } from './random.ts';

const FIRST =
  'Ada Bruno Carla Dmitri Elena Farid Greta Hugo Ines Jakob Keiko Lars Mina Nils Olga Pedro Qing Ravi Sara Tomas Ulla Viktor Wanda Ximena Yusuf Zoe'.split(
    ' ',
  );
const LAST =
  'Abbott Bergström Castillo Dubois Ekström Ferrari Goto Hansen Ito Jensen Kowalczyk Lehmann Mendes Novotny Okafor Popescu Quiroga Rossi Schmidt Takahashi Ueda Virtanen Weiss Xu Yilmaz Zhou'.split(
    ' ',
  );
const TRADE =
  'studio works labs bakery cycles books dental films garden logistics music optics print roasters surf travel yoga'.split(
    ' ',
  );

export type Billing = { currency: 'usd' | 'eur' | 'jpy'; unit: string; monthly: number };
const BILLINGS: [Billing, ...Billing[]] = [
  { currency: 'usd', unit: 'STRIPE/USD', monthly: 2900 },
  { currency: 'usd', unit: 'STRIPE/USD', monthly: 4900 },
  { currency: 'usd', unit: 'STRIPE/USD', monthly: 9900 },
  { currency: 'usd', unit: 'STRIPE/USD', monthly: 1900 },
  { currency: 'eur', unit: 'STRIPE/EUR', monthly: 3900 },
  { currency: 'eur', unit: 'STRIPE/EUR', monthly: 2400 },
  { currency: 'eur', unit: 'STRIPE/EUR', monthly: 7900 },
  { currency: 'jpy', unit: 'STRIPE/JPY', monthly: 4800 },
];

export type Person = { participant: SeedParticipant; customer: SeedCustomer; billing: Billing };

/** Their ids are plain words, with the number that keeps them apart. */
export function createPeople(random: Random) {
  let made = 0;
  const word = (from: readonly string[]) => from[random.below(from.length)] ?? 'Kim';

  return function person(
    change: { billing?: Billing; fields?: SeedParticipant['customFields'] } = {},
  ): Person {
    made += 1;
    const billing = change.billing ?? random.pick(BILLINGS);
    const [firstName, lastName] = [word(FIRST), word(LAST)];
    const local = `${firstName}.${lastName}`
      .toLowerCase()
      .normalize('NFD')
      .replace(/[^a-z.]/g, '');
    const email = `${local}@${word(TRADE)}${made}.example`;
    const customer: SeedCustomer = {
      mode: 'test',
      id: random.id('cus', 14),
      name: `${firstName} ${lastName}`,
      email,
      currency: billing.currency,
      createdDaysAgo: 370 + random.below(400),
      monthly: billing.monthly,
    };
    const participant: SeedParticipant = {
      mode: 'test',
      accountId: `account-${String(made).padStart(5, '0')}`,
      id: `user-${String(made).padStart(5, '0')}`,
      firstName,
      lastName,
      email,
      customFields: change.fields ?? { stripeCustomerId: customer.id },
      createdDaysAgo: 366,
      rewards: [],
    };
    return { participant, customer, billing };
  };
}
