/** The year in Stripe's books: every customer's credits, invoices and what was taken back, in the order of time. */
import type { LedgerRow } from '../../src/proxy/ledger.ts';
import type { CreditParameters } from '../../src/proxy/stripe-credits.ts';
import { reversalParameters } from '../../src/proxy/take-back.ts';
import { finalizeAt } from '../stripe/invoices.ts';
import { type Books, type Customer, postTransaction, type StripeState } from '../stripe/state.ts';
import type { Planned, Year } from './planned.ts';
import type { Booked } from './write-rows.ts';

const MONTH_SECONDS = 30 * 86_400;
const YEAR_SECONDS = 365 * 86_400;

type Happening = { at: number; happen: () => void };

export function bookYear(
  year: Year,
  state: StripeState,
  tenant: string,
  rowOf: (planned: Planned) => LedgerRow | null,
): Map<string, Booked> {
  const books = state.accounts[state.accountId]?.books.test;
  if (books === undefined) throw new Error('The sandbox has lost its account.');
  const booked = new Map<string, Booked>();
  const byCustomer = Map.groupBy(year.planned, ({ paid }) => paid?.customer ?? '');
  for (const customer of Object.values(books.customers)) {
    const happenings = [
      ...(byCustomer.get(customer.id) ?? []).flatMap((planned) => {
        const row = rowOf(planned);
        return row === null ? [] : moneyOf(planned, row, { books, customer, tenant, booked });
      }),
      ...invoicesOf(year, books, customer),
    ];
    for (const { happen } of happenings.sort((a, b) => a.at - b.at)) happen();
  }
  return booked;
}

type Into = { books: Books; customer: Customer; tenant: string; booked: Map<string, Booked> };

function moneyOf({ paid, takenBack }: Planned, row: LedgerRow, into: Into): Happening[] {
  const { books, customer, tenant, booked } = into;
  if (paid === null || paid.creditedAt === null) return [];
  const { amount, currency } = row;
  const code = currency.toLowerCase();
  const credit = () => customer.balances[code] ?? 0;
  const creditedAt = paid.creditedAt / 1000;
  const frozen: CreditParameters = JSON.parse(row.parameters);
  const posted = { currency: code, type: 'adjustment' } as const;
  const happenings: Happening[] = [
    {
      at: creditedAt,
      happen() {
        const before = 0 - credit();
        const { description, metadata } = frozen;
        const own = { id: paid.transaction, created: creditedAt, description, metadata: { ...metadata } };
        postTransaction(books, customer, { ...posted, ...own, amount: -amount });
        booked.set(row.reward, { before, after: before + amount, takenBack: 0 });
      },
    },
  ];
  if (takenBack?.state === 'reversed' && takenBack.decidedAt !== null) {
    const at = takenBack.decidedAt / 1000;
    happenings.push({
      at,
      happen() {
        const unspent = Math.min(amount, Math.max(0, -credit()));
        if (unspent === 0) return;
        const { description, metadata } = reversalParameters(
          { ...row, credit: paid.transaction },
          unspent,
          tenant,
        );
        const own = { id: takenBack.transaction, created: at, description, metadata };
        postTransaction(books, customer, { ...posted, ...own, amount: unspent });
        const made = books.balanceTransactions[customer.id]?.find(({ id }) => id === paid.transaction);
        if (made !== undefined) made.metadata.advocate_reversed_by = takenBack.transaction;
        const known = booked.get(row.reward);
        if (known !== undefined) known.takenBack = unspent;
      },
    });
  }
  return happenings;
}

/** The monthly ones of the last year, of whoever is billed. */
function invoicesOf({ now, random }: Year, books: Books, customer: Customer): Happening[] {
  if (customer.monthly === null || customer.deleted) return [];
  const end = Math.floor(now / 1000);
  const happenings: Happening[] = [];
  for (let at = customer.created + MONTH_SECONDS; at < end; at += MONTH_SECONDS) {
    if (at < end - YEAR_SECONDS) continue;
    const ids = {
      invoice: random.id('in', 24),
      applied: random.id('cbtxn', 24),
      tooSmall: random.id('cbtxn', 24),
    };
    happenings.push({ at, happen: () => void finalizeAt(books, customer, at, ids) });
  }
  return happenings;
}
