/**
 * Follows credits to the invoices that used them. Stripe counts reads, so a customer's transactions are read once, from
 * the first credit that was made here, and kept; afterwards only what is newer is asked for, as long as it adds up.
 */
import type { CreditLanding, LandingAnswer } from '../contract/landing.ts';
import type { Mode } from '../contract/words.ts';
import { allocate, type Lot, type Use } from './landing.ts';
import type { Ledger, LedgerRow } from './ledger.ts';
import type { StripeAccess } from './stripe-access.ts';
import { dashboardUrl } from './stripe-dashboard.ts';
import { StripeFailureError } from './stripe-failure.ts';
import type { Movement } from './stripe-movements.ts';

export type LandingContext = {
  mode: Mode;
  ledger: Ledger;
  stripe: StripeAccess;
  kept: KeptMovements;
  now: () => number;
  oneAtATime: <T>(name: string, work: () => Promise<T>) => Promise<T>;
};

const MOST_CREDITS = 100;
/** Of a hundred transactions each; what is older is told as too long ago. */
const MOST_PAGES = 20;
const MOST_MOVEMENTS = MOST_PAGES * 100;
const MOST_CUSTOMERS = 200;
/** A page that is opened again and again asks Stripe this often at most. */
const FRESH_MS = 15_000;

type Kept = { since: number; readAt: number; oldestFirst: Movement[]; lots: Map<string, Lot> };
/** By customer, the longest unused first. */
export type KeptMovements = Map<string, Kept>;

export async function readLanding(
  context: LandingContext,
  whose: Parameters<Ledger['creditsOf']>[0],
): Promise<LandingAnswer> {
  const rows = await context.ledger.creditsOf(whose, MOST_CREDITS + 1);
  const shown = rows.slice(0, MOST_CREDITS);
  const here = shown.filter((row) => row.stripe_account === context.stripe.account);
  const lots = new Map<string, Map<string, Lot> | null>();
  for (const [customer, its] of Map.groupBy(here, (row) => row.customer))
    lots.set(customer, await lotsOf(context, customer, its));
  return { credits: shown.map((row) => view(context, row, lots)), more: rows.length > MOST_CREDITS };
}

/** Null where the customer's transactions cannot be read any more. */
function lotsOf(
  context: LandingContext,
  customer: string,
  rows: readonly LedgerRow[],
): Promise<Map<string, Lot> | null> {
  const { stripe, mode, ledger, kept, now } = context;
  const name = `landing ${mode} ${stripe.account} ${customer}`;
  return context.oneAtATime(name, async () => {
    const known = kept.get(name);
    const from = known?.oldestFirst[0]?.at ?? 0;
    const isKnown = ({ credit, credited_at }: LedgerRow) =>
      credit !== null && (known?.lots.has(credit) || (credited_at ?? from) < from);
    if (known !== undefined && rows.every(isKnown) && Math.abs(now() - known.readAt) < FRESH_MS)
      return known.lots;
    const since = (await ledger.firstCreditTo(customer, stripe.account)) ?? 0;
    try {
      const readOn =
        known?.since === since ? await addNewer(stripe, customer, since, known.oldestFirst) : null;
      const oldestFirst = readOn ?? (await readAll(stripe, customer, since));
      const lots = allocate(oldestFirst);
      // Put at the end, as the one that was used last.
      kept.delete(name);
      kept.set(name, { since, readAt: now(), oldestFirst, lots });
      for (const oldest of kept.keys()) if (kept.size > MOST_CUSTOMERS) kept.delete(oldest);
      return lots;
    } catch (error) {
      const gone = error instanceof StripeFailureError && GONE.has(error.failure);
      if (!gone) throw error;
      return null;
    }
  });
}

const GONE: ReadonlySet<string> = new Set(['customer_missing', 'customer_deleted', 'customer_other_mode']);

async function readAll(stripe: StripeAccess, customer: string, since: number): Promise<Movement[]> {
  const newestFirst: Movement[] = [];
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const last = newestFirst.at(-1);
    const page = await stripe.movementsPage(customer, since, last && { starting_after: last.id });
    newestFirst.push(...page.movements);
    if (!page.more) break;
  }
  return newestFirst.reverse();
}

/**
 * The last second is read again, as Stripe may list more of it behind the newest that is known.
 * @returns null where all is to be read anew: too much is newer, or something is missing in between.
 */
async function addNewer(
  stripe: StripeAccess,
  customer: string,
  since: number,
  known: readonly Movement[],
): Promise<Movement[] | null> {
  const sure = known.findLastIndex(({ at }) => at !== known.at(-1)?.at) + 1;
  const oldestFirst = known.slice(0, sure);
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const last = oldestFirst.at(-1);
    if (last === undefined) return null;
    const page = await stripe.movementsPage(customer, since, { ending_before: last.id });
    oldestFirst.push(...page.movements.toReversed());
    if (!page.more) return addsUp(oldestFirst, sure) ? oldestFirst.slice(-MOST_MOVEMENTS) : null;
  }
  return null;
}

/** Whether from one on each balance is the one before and what moved. */
function addsUp(oldestFirst: readonly Movement[], from: number): boolean {
  const balances = new Map(oldestFirst.slice(0, from).map(({ currency, after }) => [currency, after]));
  return oldestFirst.slice(from).every(({ currency, amount, after }) => {
    const before = balances.get(currency) ?? after - amount;
    balances.set(currency, after);
    return before + amount === after;
  });
}

function view(
  { mode, stripe }: LandingContext,
  row: LedgerRow,
  lots: Map<string, Map<string, Lot> | null>,
): CreditLanding {
  const { reward, customer, amount, currency } = row;
  const common = {
    reward,
    credit: row.credit ?? '',
    customer,
    money: { amount, currency },
    creditedAt: row.credited_at ?? 0,
  };
  const unknown = (gap: CreditLanding['gap']): CreditLanding => ({ ...common, uses: [], left: null, gap });
  if (row.stripe_account !== stripe.account) return unknown('other_account');
  const its = lots.get(customer);
  if (its === null) return unknown('customer_gone');
  const lot = its?.get(common.credit);
  if (lot === undefined) return unknown('too_long_ago');
  const viewUse = ({ kind, amount: used, at, invoice, transaction }: Use): CreditLanding['uses'][number] => ({
    kind,
    money: { amount: used, currency },
    at,
    invoice,
    invoiceUrl: invoice === null ? null : dashboardUrl(mode, stripe.account, 'invoices', invoice),
    transaction,
  });
  return { ...common, uses: lot.uses.map(viewUse), left: { amount: lot.left, currency }, gap: null };
}
