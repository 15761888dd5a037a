/** What a reconciliation reads, page by page: customers, their transactions, ledger rows, Advocate's rewards. */
import pLimit from 'p-limit';
import * as v from 'valibot';
import { CustomerId } from '../contract/routes.ts';
import type { Mode } from '../contract/words.ts';
import type { Advocate } from './advocate.ts';
import { AdvocateError } from './advocate-error.ts';
import type { AdvocateReward } from './advocate-shapes.ts';
import type { Database } from './database.ts';
import type { Ledger, LedgerRow } from './ledger.ts';
import {
  isOwn,
  type Records,
  readTransaction,
  type Transaction,
  type Unreadable,
} from './reconcile-judge.ts';
import type { StripeAccess } from './stripe-access.ts';
import { type StripeFailure, StripeFailureError } from './stripe-failure.ts';

export type ReconcileContext = {
  db: Database;
  mode: Mode;
  tenant: string;
  ledger: Ledger;
  advocate: Advocate;
  stripe: StripeAccess;
  /** Units of the settings; those that the ledger knows are read as well. */
  units: readonly string[];
  now: () => number;
  sleep: (ms: number) => Promise<void>;
};
export type ReconcileReads = ReturnType<typeof createReconcileReads>;

const CALLS_AT_ONCE = 8;
const PAGE = 100;
const BY_CREATION = [{ field: 'dateCreated', order: 'ASC' }];
/** Reading is harmless, and so much would be read in vain: it is asked again for about two minutes. */
const PAUSES_MS = [1000, 2000, 5000, 10_000, 15_000, 30_000, 30_000, 30_000];
/** Where there is no answer at all, this often is enough to tell a dropped line from a dead one. */
const MOST_UNANSWERED = 3;

/** Where a customer's transactions cannot be read any more. */
const GONE = ['customer_missing', 'customer_deleted', 'customer_other_mode'] as const satisfies Unreadable[] &
  StripeFailure[];

export function createReconcileReads(context: ReconcileContext) {
  const { db, mode, tenant, ledger, advocate, stripe } = context;
  const limit = pLimit(CALLS_AT_ONCE);

  async function patiently<T>(call: () => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await call();
      } catch (error) {
        const pause = PAUSES_MS[tries];
        if (pause === undefined || !mayPass(error, tries)) throw error;
        await context.sleep(pause);
      }
    }
  }

  async function transactionsOfOne(customer: string): Promise<Transaction[] | Unreadable> {
    try {
      const credits = await patiently(() =>
        stripe.creditsAndReversalsOf(customer, (metadata) => isOwn(metadata, tenant)),
      );
      return credits.map(readTransaction);
    } catch (error) {
      const gone = error instanceof StripeFailureError && GONE.find((one) => one === error.failure);
      if (!gone) throw error;
      return gone;
    }
  }

  const rewardsById = async (ids: readonly string[]) =>
    ids.length === 0
      ? new Map<string, AdvocateReward>()
      : patiently(() => advocate.rewardsById([...new Set(ids)]));

  return {
    /** Every customer that the ledger or a link names, in the database's own order. */
    async *knownCustomers(size: number): AsyncGenerator<string[]> {
      for (let after = ''; ; ) {
        const named = (table: 'ledger' | 'links') =>
          db
            .selectFrom(
              db
                .selectFrom(table)
                .select('customer')
                .distinct()
                .where('mode', '=', mode)
                .where('customer', '>', after)
                .orderBy('customer')
                .limit(size)
                .as('named'),
            )
            .select('customer');
        const found = await db
          .selectFrom(named('ledger').union(named('links')).as('all'))
          .select('customer')
          .orderBy('customer')
          .limit(size)
          .execute();
        const names = found.flatMap(({ customer }) => customer ?? []);
        // A link holds whatever somebody typed.
        const customers = names.filter((name) => v.is(CustomerId, name));
        if (customers.length > 0) yield customers;
        const last = names.at(-1);
        if (last === undefined || names.length < size) return;
        after = last;
      }
    },

    /** Every other customer at Stripe that has a balance, newest first; a page may be empty. */
    async *otherCustomersWithBalance(): AsyncGenerator<string[]> {
      let page = await patiently(() => stripe.customersPage(null));
      for (;;) {
        const { withBalance, after } = page;
        const known = await knownAmong(withBalance);
        yield withBalance.filter((customer) => !known.has(customer));
        if (after === null) return;
        page = await patiently(() => stripe.customersPage(after));
      }
    },

    /** Does the ledger or a link name the customer? Then its transactions were all looked at. */
    isKnown: async (customer: string) => (await knownAmong([customer])).has(customer),

    /** Our transactions of these customers, by customer and reward. */
    async transactionsOf(customers: readonly string[]) {
      const byCustomer = new Map<string, Map<string, Transaction[]>>();
      const unreadable = new Map<string, Unreadable>();
      let count = 0;
      await Promise.all(
        customers.map((customer) =>
          limit(async () => {
            const found = await transactionsOfOne(customer);
            if (typeof found === 'string') return void unreadable.set(customer, found);
            count += found.length;
            byCustomer.set(
              customer,
              Map.groupBy(found, ({ reward }) => reward ?? ''),
            );
          }),
        ),
      );
      return {
        byCustomer,
        count,
        unreadable: (customer: string) => unreadable.get(customer) ?? null,
        of: (customer: string, reward: string) => byCustomer.get(customer)?.get(reward) ?? [],
        /** What belongs to none of these rewards, which are the ledger's for these customers. */
        strays(rewards: readonly { reward: string; customer: string }[]): Transaction[] {
          const claimed = new Set(rewards.map(({ reward, customer }) => `${customer} ${reward}`));
          return [...byCustomer].flatMap(([customer, byReward]) =>
            [...byReward].flatMap(([reward, found]) => (claimed.has(`${customer} ${reward}`) ? [] : found)),
          );
        },
      };
    },

    /** What the ledger has for these customers; ids only, since one customer may have very many. */
    rewardsOf: (customers: readonly string[]) =>
      db
        .selectFrom('ledger')
        .select(['reward', 'customer'])
        .where('mode', '=', mode)
        .where('customer', 'in', customers)
        .execute(),

    /** The three records of each reward that the ledger has. */
    async recordsOf(
      rewards: readonly string[],
      held: {
        of: (customer: string, reward: string) => readonly Transaction[];
        unreadable: (customer: string) => Unreadable | null;
      },
    ): Promise<Records[]> {
      const atAdvocate = await rewardsById(rewards);
      const rows = await ledger.findMany(rewards);
      const reversals = await db
        .selectFrom('reversals')
        .selectAll()
        .where('mode', '=', mode)
        .where('reward', 'in', rewards)
        .execute();
      const reversalOf = new Map(reversals.map((reversal) => [reversal.reward, reversal]));
      return [...rows.values()].map((row) => ({
        row,
        reversal: reversalOf.get(row.reward),
        transactions: held.of(row.customer, row.reward),
        unreadable: held.unreadable(row.customer),
        reward: atAdvocate.get(row.reward),
      }));
    },

    async ledgerAndAdvocate(
      rewards: readonly string[],
    ): Promise<{ rows: Map<string, LedgerRow>; rewards: Map<string, AdvocateReward> }> {
      return { rewards: await rewardsById(rewards), rows: await ledger.findMany(rewards) };
    },

    /**
     * Advocate's rewards in our units, in pages by creation, which nothing changes. A page begins with the millisecond that
     * the one before ended in, since more may have been created in it. Where one millisecond fills a page, its rewards are
     * read by their place, which is safe as long as nothing else is in the list.
     */
    async *rewardsAtAdvocate(): AsyncGenerator<AdvocateReward[]> {
      const inLedger = await db
        .selectFrom('ledger')
        .select('unit')
        .distinct()
        .where('mode', '=', mode)
        .execute();
      const units = [...new Set([...context.units, ...inLedger.map(({ unit }) => unit)])];
      if (units.length === 0) return;
      const filter = { type_eq: 'CREDIT', unit_in: units };
      const page = (more: object, offset: number) =>
        patiently(() => advocate.rewards({ ...filter, ...more }, PAGE, offset, BY_CREATION));
      /** Those of the millisecond `from` that were told already. */
      let told = new Set<string>();
      const fresh = (rewards: AdvocateReward[]) => rewards.filter(({ id }) => !told.has(id));
      for (let from = 0; ; ) {
        const { rewards, totalCount } = await page(from === 0 ? {} : { dateCreated_gte: from }, 0);
        yield fresh(rewards);
        if (totalCount <= PAGE) return;
        const last = rewards.at(-1)?.dateCreated;
        if (!last || last < from || !isAscending(rewards))
          throw new AdvocateError('unreachable', 'Advocate did not list the rewards in order of creation.');
        const ofLast = rewards.filter(({ dateCreated }) => dateCreated === last).map(({ id }) => id);
        if (last > from) {
          told = new Set(ofLast);
          from = last;
          continue;
        }
        for (const id of ofLast) told.add(id);
        for (let offset = 0; ; offset += PAGE) {
          const same = await page({ dateCreated_gte: last, dateCreated_lt: last + 1 }, offset);
          yield fresh(same.rewards);
          if (offset + PAGE >= same.totalCount) break;
        }
        told = new Set();
        from = last + 1;
      }
    },
  };

  async function knownAmong(customers: readonly string[]): Promise<Set<string>> {
    if (customers.length === 0) return new Set();
    const among = (table: 'ledger' | 'links') =>
      db.selectFrom(table).select('customer').where('mode', '=', mode).where('customer', 'in', customers);
    const found = await among('ledger').union(among('links')).execute();
    return new Set(found.flatMap(({ customer }) => customer ?? []));
  }
}

function isAscending(rewards: readonly AdvocateReward[]): boolean {
  return rewards.every(
    ({ dateCreated }, i) => dateCreated !== null && dateCreated >= (rewards[i - 1]?.dateCreated ?? 0),
  );
}

/** What may well go through when it is asked again. */
function mayPass(error: unknown, tries: number): boolean {
  if (error instanceof StripeFailureError)
    return error.failure === 'rate_limited' || (error.failure === 'unknown' && tries < MOST_UNANSWERED);
  if (error instanceof AdvocateError)
    return error.failure === 'rate_limited' || (error.failure === 'unreachable' && tries < MOST_UNANSWERED);
  return false;
}
