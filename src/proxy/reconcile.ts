/**
 * The one-to-one proof: every ledger row, every transaction of ours at Stripe and every reward that Advocate has as
 * paid by us, set side by side and told line by line, in constant memory. Three walks: the customers that the ledger
 * or a link names, all other customers at Stripe that have a balance, and Advocate's rewards.
 * Things move meanwhile: what looks wrong is read again before it is told.
 */
import type { ReconcileLine, ReconcileSummary } from '../contract/reconciliation.ts';
import { readHead } from './audit.ts';
import { databaseNow } from './database.ts';
import {
  isDifference,
  type Judged,
  judgeNoted,
  judgeRecords,
  judgeStray,
  noteOf,
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

  async function* tellCustomers(customers: readonly string[], areStrangers: boolean) {
    const held = await reads.transactionsOf(customers);
    transactions += held.count;
    if (areStrangers)
      for (const [customer, { size }] of held.byCustomer) if (size > 0) strangers.add(customer);

    const rewards = await reads.rewardsOf(customers);
    for (const batch of slices(rewards, REWARDS_AT_ONCE)) {
      for (const { line, absent: isAbsent } of await judgeRewards(
        context,
        reads,
        batch.map(({ reward }) => reward),
        held,
      )) {
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

  for await (const customers of reads.knownCustomers(CUSTOMERS_AT_ONCE))
    yield* tellCustomers(customers, false);
  for await (const customers of reads.otherCustomersWithBalance())
    if (customers.length > 0) yield* tellCustomers(customers, true);
  for await (const rewards of reads.rewardsAtAdvocate()) {
    const noted = rewards.flatMap((reward) => {
      const note = noteOf(reward);
      return note === null ? [] : [{ reward, note }];
    });
    const rows = await context.ledger.findMany(noted.map(({ reward }) => reward.id));
    for (const { reward, note } of noted.filter(({ reward: { id } }) => !rows.has(id))) {
      const held = await reads.transactionsOf([note.customer]);
      const found = held.of(note.customer, reward.id).find(({ id }) => id === note.credit);
      const wasAsked = strangers.has(note.customer) || (await reads.isKnown(note.customer));
      if (found !== undefined && wasAsked) continue;
      if (found !== undefined) transactions += 1;
      yield tell(judgeNoted(reward, note, found));
    }
    yield read();
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

/** Judges the ledger's rows of these rewards; what looks wrong is read again, until it stays as it is. */
async function judgeRewards(
  { db, stripe }: ReconcileContext,
  reads: ReconcileReads,
  rewards: readonly string[],
  held: Held,
): Promise<Judged[]> {
  const judged = new Map<string, Judged>();
  let again = rewards;
  let transactions = held;
  for (let round = 0; again.length > 0; round += 1) {
    const records = await reads.recordsOf(again, transactions);
    const now = await databaseNow(db);
    const unsettled: string[] = [];
    for (const one of records) {
      const { reward } = one.row;
      const before = judged.get(reward);
      const verdict = judgeRecords(one, stripe.account, now);
      judged.set(reward, verdict);
      const isSettled = !isDifference(verdict.line) || JSON.stringify(verdict) === JSON.stringify(before);
      if (!isSettled && round < READ_AGAIN) unsettled.push(reward);
    }
    again = unsettled;
    if (again.length === 0) break;
    const customers = records
      .filter(({ row }) => unsettled.includes(row.reward))
      .map(({ row }) => row.customer);
    transactions = await reads.transactionsOf([...new Set(customers)]);
  }
  return [...judged.values()];
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
