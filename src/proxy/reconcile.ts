/**
 * The one-to-one proof: every ledger row, every transaction of ours at Stripe and every reward that Advocate has as
 * paid by us, set side by side and told line by line, in constant memory. Three walks: the customers that the ledger
 * or a link names, all other customers at Stripe that have a balance, and Advocate's rewards. Each reads its next page
 * while one is judged.
 * Things move meanwhile: what looks wrong is read again before it is told.
 */
import type { ReconcileLine, ReconcileSummary } from '../contract/reconciliation.ts';
import type { AdvocateReward } from './advocate-shapes.ts';
import { ahead } from './ahead.ts';
import { readHead } from './audit.ts';
import { databaseNow } from './database.ts';
import {
  isDifference,
  type Judged,
  judgeNoted,
  judgeRecords,
  judgeStray,
  noteOf,
  type Records,
  type Transaction,
} from './reconcile-judge.ts';
import { createReconcileReads, type ReconcileContext, type ReconcileReads } from './reconcile-reads.ts';
import { createSums } from './reconcile-sums.ts';

export type { ReconcileContext } from './reconcile-reads.ts';
/** What the walk tells on its way: a line, or that it goes on. */
export type ReconcileStep =
  | { line: ReconcileLine }
  | { read: { rewards: number; transactions: number } }
  | { summary: ReconcileSummary };

const CUSTOMERS_AT_ONCE = 50;
const REWARDS_AT_ONCE = 100;
/** A reward that moves while it is read is read again this often. */
const READ_AGAIN = 3;
/** Absent credits are kept back to the end, since one may turn up with another customer; no more than these. */
const MOST_KEPT_BACK = 10_000;

/** Throws what stopped it; then there is no summary. */
export async function* reconcile(
  context: ReconcileContext,
  startedAt: number,
): AsyncGenerator<ReconcileStep> {
  const reads = createReconcileReads(context);
  const sums = createSums();
  let transactions = 0;
  const read = (): ReconcileStep => ({ read: { rewards: sums.rewards(), transactions } });
  const tell = (line: ReconcileLine): ReconcileStep => {
    sums.add(line);
    return { line };
  };
  /** Rewards whose credit the ledger's customer does not have, and those whose credit turned up elsewhere. */
  const absent = new Map<string, ReconcileLine>();
  const elsewhere = new Set<string>();
  /** Customers that only Stripe's own list led to, as far as they hold transactions of ours. */
  const strangers = new Set<string>();

  /** Transactions before the ledger: a credit is claimed before it is made, so that none is taken for a stray. */
  async function* pagesOf(pages: AsyncGenerator<string[]>) {
    for await (const customers of pages) {
      if (customers.length === 0) continue;
      const held = await reads.transactionsOf(customers);
      yield { held, rewards: await reads.rewardsOf(customers) };
    }
  }

  async function* recordsIn({ held, rewards }: Page) {
    for (const batch of slices(rewards, REWARDS_AT_ONCE))
      yield readRecords(
        context,
        reads,
        batch.map(({ reward }) => reward),
        held,
      );
  }

  async function* tellPage(page: Page, areStrangers: boolean) {
    const { held, rewards } = page;
    transactions += held.count;
    if (areStrangers)
      for (const [customer, { size }] of held.byCustomer) if (size > 0) strangers.add(customer);

    for await (const records of ahead(recordsIn(page))) {
      for (const { line, absent: isAbsent } of await judgeRewards(context, reads, records)) {
        if (!isAbsent) yield tell(line);
        else if (elsewhere.has(line.reward)) continue;
        else if (absent.size < MOST_KEPT_BACK) absent.set(line.reward, line);
        else yield tell(line);
      }
    }
    for (const batch of slices(held.strays(rewards), REWARDS_AT_ONCE)) {
      for (const line of await judgeStrays(reads, batch)) {
        if (line.finding === 'wrong_customer' && line.reward !== null) {
          absent.delete(line.reward);
          if (elsewhere.size < MOST_KEPT_BACK) elsewhere.add(line.reward);
        }
        yield tell(line);
      }
    }
    yield read();
  }

  const unclaimed = async (rewards: readonly AdvocateReward[]) => {
    const rows = await context.ledger.findMany(rewards.map(({ id }) => id));
    return rewards.filter(({ id }) => !rows.has(id));
  };
  let isOver = false;
  async function* notedAndUnclaimed() {
    for await (const page of reads.rewardsAtAdvocate()) {
      if (isOver) return;
      const rewards = await unclaimed(page.filter((reward) => noteOf(reward) !== null));
      if (rewards.length > 0) yield rewards;
    }
  }

  // Beside the other walks, as far as the first page of which something is to be told.
  const third = notedAndUnclaimed();
  const thirdAhead = ahead(third);
  try {
    for await (const page of ahead(pagesOf(reads.knownCustomers(CUSTOMERS_AT_ONCE))))
      yield* tellPage(page, false);
    for await (const page of ahead(pagesOf(ahead(reads.otherCustomersWithBalance()))))
      yield* tellPage(page, true);
    for await (const rewards of thirdAhead) {
      for (const reward of await unclaimed(rewards)) {
        const note = noteOf(reward);
        if (note === null) continue;
        const held = await reads.transactionsOf([note.customer]);
        const found = held.of(note.customer, reward.id).find(({ id }) => id === note.credit);
        const wasAsked = strangers.has(note.customer) || (await reads.isKnown(note.customer));
        if (found !== undefined && wasAsked) continue;
        if (found !== undefined) transactions += 1;
        yield tell(judgeNoted(reward, note, found));
      }
      yield read();
    }
  } finally {
    isOver = true;
    await third.return(undefined);
  }
  for (const line of absent.values()) yield tell(line);

  const head = await readHead(context.db);
  yield {
    summary: {
      mode: context.mode,
      account: context.stripe.account,
      tenant: context.tenant,
      startedAt,
      finishedAt: context.now(),
      transactions,
      ...sums.result(),
      auditHead: head === null || head.seq === 0 ? null : { seq: head.seq, hash: head.hash },
    },
  };
}

type Held = Awaited<ReturnType<ReconcileReads['transactionsOf']>>;
/** What Stripe and the ledger have for some customers. */
type Page = { held: Held; rewards: Awaited<ReturnType<ReconcileReads['rewardsOf']>> };
type Read = { records: Records[]; at: number };

/** @returns with when that was, by the database's clock. */
async function readRecords(
  { db }: ReconcileContext,
  reads: ReconcileReads,
  rewards: readonly string[],
  held: Held,
): Promise<Read> {
  return { records: await reads.recordsOf(rewards, held), at: await databaseNow(db) };
}

/** Judges the ledger's rows of these rewards; what looks wrong is read again, until it stays as it is. */
async function judgeRewards(
  context: ReconcileContext,
  reads: ReconcileReads,
  first: Read,
): Promise<Judged[]> {
  const judged = new Map<string, Judged>();
  let { records, at } = first;
  for (let round = 0; ; round += 1) {
    const unsettled: Records[] = [];
    for (const one of records) {
      const { reward } = one.row;
      const before = judged.get(reward);
      const verdict = judgeRecords(one, context.stripe.account, at);
      judged.set(reward, verdict);
      const isSettled = !isDifference(verdict.line) || JSON.stringify(verdict) === JSON.stringify(before);
      if (!isSettled && round < READ_AGAIN) unsettled.push(one);
    }
    if (unsettled.length === 0) return [...judged.values()];
    const rows = unsettled.map(({ row }) => row);
    const held = await reads.transactionsOf([...new Set(rows.map(({ customer }) => customer))]);
    const again = rows.map(({ reward }) => reward);
    ({ records, at } = await readRecords(context, reads, again, held));
  }
}

async function judgeStrays(reads: ReconcileReads, strays: readonly Transaction[]): Promise<ReconcileLine[]> {
  const { rows, rewards } = await reads.ledgerAndAdvocate(
    strays.flatMap(({ reward }) => (reward === null ? [] : [reward])),
  );
  return strays.flatMap((stray) => {
    const row = rows.get(stray.reward ?? '');
    // Claimed for this customer since the ledger was read: the next report has it.
    if (row?.customer === stray.customer) return [];
    return [judgeStray(stray, row, rewards.get(stray.reward ?? ''))];
  });
}

function* slices<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}
