/** A customer's balance at Stripe as a story of deeds, for what is told of its credits. */
import fc from 'fast-check';
import type { Movement } from '../../src/proxy/stripe-movements.ts';

export const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

/** What can happen to one customer's balance. `of`: which earlier credit or invoice; `race`: used in the same moment. */
export type Deed =
  | { deed: 'credit'; amount: number }
  | { deed: 'adjust'; amount: number }
  | { deed: 'invoice'; total: number }
  | { deed: 'void'; of: number }
  | { deed: 'take_back'; of: number; amount: number; race?: boolean };

export const takenBackOf = (movements: readonly Movement[], credit: string) =>
  sum(movements.filter(({ takesBack }) => takesBack === credit).map(({ amount }) => amount));

/** As Stripe writes it down. @param from only credits from there on are taken back. */
export function book(deeds: readonly Deed[], currency = 'USD', from = 0): Movement[] {
  const movements: Movement[] = [];
  let balance = 0;
  const post = (amount: number, more: Partial<Movement> = {}) => {
    if (amount === 0) return;
    balance += amount;
    const id = `cbtxn_${currency}${movements.length}`;
    const base = { id, at: movements.length * 1000, currency, amount, after: balance };
    movements.push({ ...base, type: 'adjustment', invoice: null, takesBack: null, ...more });
  };
  const open = new Map<string, number>();
  for (const deed of deeds) {
    if (deed.deed === 'credit') post(-deed.amount);
    if (deed.deed === 'adjust') post(deed.amount);
    if (deed.deed === 'invoice') {
      const invoice = `in_${currency}${movements.length}`;
      const used = Math.min(deed.total, Math.max(0, -balance));
      if (used > 0) open.set(invoice, used);
      post(used, { type: 'applied_to_invoice', invoice });
    }
    if (deed.deed === 'void') {
      const [invoice, used] = [...open][deed.of % Math.max(1, open.size)] ?? [];
      if (invoice === undefined || used === undefined) continue;
      open.delete(invoice);
      post(-used, { type: 'unapplied_from_invoice', invoice });
    }
    if (deed.deed === 'take_back') {
      const credits = movements.slice(from).filter(({ amount, type }) => amount < 0 && type === 'adjustment');
      const credit = credits[deed.of % Math.max(1, credits.length)];
      if (credit === undefined) continue;
      const rest = -credit.amount - takenBackOf(movements, credit.id);
      const most = Math.min(rest, deed.race ? rest : Math.max(0, -balance), deed.amount);
      post(most, { takesBack: credit.id });
    }
  }
  return movements;
}

const amount = fc.integer({ min: 1, max: 50 });
export const simple: fc.Arbitrary<Deed>[] = [
  amount.map((n) => ({ deed: 'credit', amount: n })),
  amount.map((n) => ({ deed: 'adjust', amount: n })),
  amount.map((n) => ({ deed: 'invoice', total: n })),
];
export const deeds = fc.array(
  fc.oneof(
    ...simple,
    fc.nat(5).map((of): Deed => ({ deed: 'void', of })),
    fc.record({ deed: fc.constant('take_back' as const), of: fc.nat(9), amount, race: fc.boolean() }),
  ),
  { maxLength: 40 },
);
