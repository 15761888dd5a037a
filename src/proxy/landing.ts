/**
 * Which of a customer's credits an invoice used. Stripe pools them and does not say, so it is told as people count it:
 * the oldest is used first. What is taken back of a credit is that credit's own: an invoice that had used it counts as
 * paid from the others. Pure; where less is read than there ever was, what was there before is one credit, the oldest.
 */
import type { UseKind } from '../contract/landing.ts';
import type { Movement } from './stripe-movements.ts';

export type Use = { kind: UseKind; amount: number; at: number; invoice: string | null; transaction: string };
/** One credit. What is used of it and what is left add up to what it was. */
export type Lot = { id: string; currency: string; amount: number; left: number; uses: Use[] };

type What = Omit<Use, 'amount'>;
/** Something to be paid from the balance, and how much of it is not yet. */
type Debt = { open: number; use: What };
/** What there was before the first movement that was read. */
const BEFORE = 'before';
const isIt = (id: string) => (lot: Lot) => lot.id === id;

/** @returns the credits by their transaction's id. */
export function allocate(oldestFirst: readonly Movement[]): Map<string, Lot> {
  const pools = new Map<string, ReturnType<typeof createPool>>();
  for (const movement of oldestFirst) {
    const { currency, amount, after } = movement;
    const pool = pools.get(currency) ?? createPool(currency, after - amount);
    pools.set(currency, pool);
    pool.move(movement);
  }
  const lots = [...pools.values()].flatMap((pool) => pool.lots.filter(({ id }) => id !== BEFORE));
  return new Map(lots.map((lot) => [lot.id, lot]));
}

/** One currency's balance. @param before what it was, in Stripe's sign. */
function createPool(currency: string, before: number) {
  const lots: Lot[] = [];
  const debts: Debt[] = [];
  /** Transactions that applied credit to an invoice: only those are given back by it. */
  const applied = new Map<string, string>();
  const lotOf = (id: string, amount: number): Lot => ({ id, currency, amount, left: amount, uses: [] });

  if (before < 0) lots.push(lotOf(BEFORE, -before));
  if (before > 0)
    debts.push({ open: before, use: { kind: 'other', at: 0, invoice: null, transaction: BEFORE } });

  function take(lot: Lot, wanted: number, what: What): number {
    const amount = Math.min(lot.left, wanted);
    if (amount === 0) return 0;
    lot.left -= amount;
    const same = lot.uses.find(({ transaction }) => transaction === what.transaction);
    if (same === undefined) lot.uses.push({ ...what, amount });
    else same.amount += amount;
    lot.uses.sort((a, b) => a.at - b.at);
    return amount;
  }

  /** What a credit was used for is undone, the latest first. @returns what was, at most `wanted`. */
  function undo(lot: Lot, wanted: number, which: (use: Use) => boolean): Debt[] {
    const undone: Debt[] = [];
    let missing = wanted;
    for (const use of lot.uses.toReversed()) {
      const open = which(use) ? Math.min(use.amount, missing) : 0;
      if (open === 0) continue;
      use.amount -= open;
      lot.left += open;
      missing -= open;
      undone.push({ open, use });
    }
    lot.uses = lot.uses.filter(({ amount }) => amount > 0);
    return undone;
  }

  /** So much of a credit is taken back: where it was used already, that is a debt again, for the others to pay. */
  function free(lot: Lot, wanted: number): void {
    debts.push(...undo(lot, Math.max(0, wanted - lot.left), ({ kind }) => kind !== 'taken_back'));
    debts.sort((a, b) => a.use.at - b.use.at);
  }

  /** The oldest debt is paid first, from the oldest credit. */
  function settle(): void {
    for (const debt of debts) {
      for (const lot of lots) {
        if (debt.open === 0) break;
        debt.open -= take(lot, debt.open, debt.use);
      }
    }
    while (debts[0]?.open === 0) debts.shift();
  }

  /** An invoice was voided: what it used is there again, where it was taken from. The latest is given back first. */
  function giveBack(invoice: string, amount: number): void {
    const its = ({ transaction }: What) => applied.get(transaction) === invoice;
    let left = amount;
    for (const debt of debts.toReversed()) {
      const back = its(debt.use) ? Math.min(debt.open, left) : 0;
      debt.open -= back;
      left -= back;
    }
    for (const lot of lots.toReversed()) for (const { open } of undo(lot, left, its)) left -= open;
    if (left === 0) return;
    // Used before anything that was read, so it belongs to what was there before.
    const [first] = lots;
    const oldest = first?.id === BEFORE ? first : lotOf(BEFORE, 0);
    if (oldest !== first) lots.unshift(oldest);
    oldest.amount += left;
    oldest.left += left;
  }

  return {
    lots,
    move({ id, at, amount, type, invoice, takesBack }: Movement): void {
      if (amount < 0) {
        if (type === 'unapplied_from_invoice' && invoice !== null) giveBack(invoice, -amount);
        else lots.push(lotOf(id, -amount));
      } else {
        let open = amount;
        const use = { at, invoice, transaction: id };
        const own = takesBack === null ? undefined : (lots.find(isIt(takesBack)) ?? lots.find(isIt(BEFORE)));
        if (own !== undefined) free(own, open);
        if (own !== undefined) open -= take(own, open, { ...use, kind: 'taken_back' });
        if (type === 'applied_to_invoice' && invoice !== null) applied.set(id, invoice);
        const kind = takesBack !== null ? 'taken_back' : invoice === null ? 'other' : 'invoice';
        debts.push({ open, use: { ...use, kind } });
      }
      settle();
    },
  };
}
