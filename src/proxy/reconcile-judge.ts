/** One reward's three records side by side, weighed: ledger row, balance transactions, Advocate's reward. Pure. */
import type { Selectable } from 'kysely';
import * as v from 'valibot';
import { formatMoney, type Money, toStripeAmount } from '../contract/money.ts';
import { type Finding, GOOD_FINDINGS, type ReconcileLine } from '../contract/reconciliation.ts';
import type { AdvocateReward } from './advocate-shapes.ts';
import type { ReversalTable } from './database.ts';
import { isOurs } from './judge.ts';
import type { LedgerRow } from './ledger.ts';
import type { StripeCredit } from './stripe-access.ts';

export type ReversalRow = Selectable<ReversalTable>;

export const METADATA = {
  reward: 'advocate_reward',
  tenant: 'advocate_tenant',
  /** On the transaction that takes a credit back: the credit, and its reward. */
  reversalOf: 'advocate_reversal_of',
  reversedReward: 'advocate_reversed_reward',
} as const;

/** A balance transaction of ours; credit is positive. */
export type Transaction = {
  id: string;
  customer: string;
  reward: string | null;
  /** The credit that this one takes back. */
  takesBack: string | null;
  amount: number;
  currency: string;
};

/** Another tenant may pay through the same Stripe account; its transactions are none of ours. */
export const isOwn = (metadata: Record<string, string>, tenant: string) =>
  metadata[METADATA.tenant] === tenant && (METADATA.reward in metadata || METADATA.reversalOf in metadata);

export function readTransaction({ id, customer, amount, currency, metadata }: StripeCredit): Transaction {
  const takesBack = metadata[METADATA.reversalOf] ?? null;
  const reward = metadata[takesBack === null ? METADATA.reward : METADATA.reversedReward] ?? null;
  return { id, customer, reward, takesBack, amount, currency };
}

export type Records = {
  row: LedgerRow;
  reversal: ReversalRow | undefined;
  /** Of this reward, at the row's customer. */
  transactions: readonly Transaction[];
  /** Why the customer's transactions cannot be read, where that is so for good. */
  unreadable: string | null;
  /** As Advocate tells of it; undefined where it does not know the reward. */
  reward: AdvocateReward | undefined;
};
export type Judged = {
  line: ReconcileLine & { reward: string };
  /** The ledger's credit is not with the ledger's customer: it may turn up with another one. */
  absent: boolean;
};
type Verdict = { finding: Finding; detail: string | null; money?: Money; absent?: boolean };

/** Younger than this is the ordinary way of things and needs no word. */
const YOUNG_MS = 10 * 60_000;
/** Advocate's lists may lag behind its writes by a moment. */
const LAG_MS = 60_000;

export const isDifference = ({ finding }: Pick<ReconcileLine, 'finding'>) => !GOOD_FINDINGS.includes(finding);

/**
 * @param account the Stripe account that was read.
 * @param now by the clock that the ledger's times are written with.
 */
export function judgeRecords(records: Records, account: string | null, now: number): Judged {
  const { row } = records;
  const verdict = row.point === 'claimed' ? judgeClaimed(records, now) : judgeCredited(records, account, now);
  const isLocked = [row, records.reversal].some((one) => (one?.locked_until ?? 0) >= now);
  const {
    finding,
    detail,
    money,
    absent = false,
  } = isLocked && isDifference(verdict) ? UNDER_WAY_NOW : verdict;
  return {
    line: {
      reward: row.reward,
      finding,
      customer: row.customer,
      credit: row.credit ?? records.transactions.find(isCredit)?.id ?? null,
      money: moneyIfAny(money ?? row),
      detail,
    },
    absent: absent && isDifference({ finding }),
  };
}

const UNDER_WAY_NOW: Verdict = { finding: 'under_way', detail: 'A request is working on it.' };
const isCredit = ({ takesBack }: Transaction) => takesBack === null;
const idsOf = (transactions: readonly Transaction[]) => transactions.map(({ id }) => id).join(', ');
/** A currency that is none, in a row that somebody edited, must not stop the report. */
const CURRENCY = /^[A-Z]{3}$/;
const say = (money: Money) =>
  CURRENCY.test(money.currency) ? formatMoney(money) : `${money.amount} “${money.currency}”`;
const moneyIfAny = ({ amount, currency }: Money): Money | null =>
  CURRENCY.test(currency) && Number.isSafeInteger(amount) ? { amount, currency } : null;
const since = (at: number) => new Date(at).toISOString();

function judgeClaimed({ row, transactions, unreadable }: Records, now: number): Verdict {
  const [credit, ...more] = transactions;
  if (more.length > 0)
    return { finding: 'extra', detail: `Stripe has more than one: ${idsOf(transactions)}.` };
  if (credit !== undefined) {
    const differs = compare(credit, row, `Stripe’s ${credit.id}`);
    if (differs !== null) return differs;
    return {
      finding: 'under_way',
      detail: `Stripe made ${credit.id}; the ledger takes it up when the reward is sent again.`,
    };
  }
  if (unreadable !== null && row.outcome_unknown)
    return { finding: 'under_way', detail: `Whether it was credited is not known: ${unreadable}` };
  if (now - row.claimed_at < YOUNG_MS) return { finding: 'under_way', detail: null };
  const why = row.outcome_unknown
    ? `sent, and not known whether Stripe made the credit`
    : row.refusal === null
      ? 'not sent'
      : `refused by Stripe (${row.refusal})`;
  return { finding: 'under_way', detail: `Claimed ${since(row.claimed_at)}, ${why}.` };
}

function judgeCredited(records: Records, account: string | null, now: number): Verdict {
  const { row, reversal, transactions, unreadable, reward } = records;
  if (row.stripe_account !== account)
    return {
      finding: 'missing',
      detail: `It was credited in ${row.stripe_account ?? 'the restricted key’s account'}, which is not the account that is connected now.`,
    };
  if (unreadable !== null) return { finding: 'missing', detail: unreadable, absent: true };
  return (
    judgeTransactions(row, transactions.filter(isCredit), reward) ??
    judgeFrozen(row) ??
    judgeTakenBack(
      row,
      reversal,
      transactions.filter((one) => !isCredit(one)),
    ) ??
    judgeReward(row, reversal, reward, now)
  );
}

/** The ledger's credit, against what Stripe holds for this reward. */
function judgeTransactions(
  row: LedgerRow,
  credits: readonly Transaction[],
  reward: AdvocateReward | undefined,
): Verdict | null {
  const named = credits.find(({ id }) => id === row.credit);
  if (credits.length === 0) {
    const noted = noteOf(reward);
    if (noted !== null && noted.customer !== row.customer)
      return {
        finding: 'wrong_customer',
        detail: `The ledger says ${row.customer}, who has no such credit; Advocate’s note says ${noted.customer}.`,
        absent: true,
      };
    return {
      finding: 'missing',
      detail: `${row.customer} has no credit at Stripe that names this reward; the ledger says ${row.credit}.`,
      absent: true,
    };
  }
  if (credits.length > 1) return { finding: 'extra', detail: `Stripe has more than one: ${idsOf(credits)}.` };
  if (named === undefined)
    return {
      finding: 'extra',
      detail: `Stripe has ${idsOf(credits)}; the ledger says ${row.credit}, which is not there.`,
    };
  return compare(named, row, `Stripe’s ${named.id}`);
}

const Frozen = v.object({
  amount: v.number(),
  currency: v.string(),
  metadata: v.record(v.string(), v.string()),
});

/** What was frozen under the key, against the columns beside it: a row that was edited shows. */
function judgeFrozen(row: LedgerRow): Verdict | null {
  const frozen = v.safeParse(Frozen, parseJson(row.parameters));
  if (!frozen.success || frozen.output.metadata[METADATA.reward] !== row.reward)
    return { finding: 'wrong_amount', detail: 'What the ledger froze to be sent was changed afterwards.' };
  return compare(frozen.output, row, 'What was frozen to be sent');
}

function compare(actual: Money, row: Money, name: string): Verdict | null {
  if (actual.currency !== row.currency)
    return {
      finding: 'wrong_currency',
      detail: `${name} is in ${actual.currency}, the ledger in ${row.currency}.`,
    };
  if (actual.amount !== row.amount)
    return {
      finding: 'wrong_amount',
      detail: `${name} is ${say(actual)}, the ledger says ${say(row)}.`,
    };
  return null;
}

/** Null: nothing was taken back, and nothing is to be. */
function judgeTakenBack(
  row: LedgerRow,
  reversal: ReversalRow | undefined,
  backs: readonly Transaction[],
): Verdict | null {
  const [back, ...more] = backs;
  if (more.length > 0)
    return { finding: 'extra', detail: `It was taken back more than once: ${idsOf(backs)}.` };
  const wanted = reversal?.state === 'confirmed' || reversal?.state === 'reversed' ? reversal : undefined;
  if (wanted === undefined || wanted.amount === null) {
    if (back !== undefined)
      return { finding: 'extra', detail: `${back.id} takes it back, and nobody confirmed that.` };
    if (reversal?.state !== 'proposed') return null;
    return { finding: 'under_way', detail: 'It is proposed to be taken back; an admin decides.' };
  }
  if (back === undefined)
    return wanted.state === 'confirmed'
      ? { finding: 'under_way', detail: 'It is being taken back.' }
      : {
          finding: 'missing',
          detail: `It was taken back by ${wanted.transaction_id}, which Stripe does not have.`,
        };
  const taken = { amount: -back.amount, currency: back.currency };
  const differs = compare(
    taken,
    { amount: wanted.amount, currency: row.currency },
    `What ${back.id} takes back`,
  );
  if (differs !== null) return differs;
  if (taken.amount > row.amount)
    return { finding: 'wrong_amount', detail: `${back.id} takes back more than the credit was.` };
  if (back.takesBack !== row.credit)
    return { finding: 'extra', detail: `${back.id} takes back ${back.takesBack}, not ${row.credit}.` };
  if (wanted.state === 'confirmed')
    return { finding: 'under_way', detail: `${back.id} takes it back; the ledger takes that up.` };
  if (back.id !== wanted.transaction_id)
    return {
      finding: 'extra',
      detail: `${back.id} takes it back; the ledger says ${wanted.transaction_id}.`,
    };
  const left = row.amount - taken.amount;
  const detail = left === 0 ? null : `${say({ amount: left, currency: row.currency })} of it was spent.`;
  return { finding: 'reversed', detail, money: taken };
}

/** The ledger, against Advocate's own word on the reward. */
function judgeReward(
  row: LedgerRow,
  reversal: ReversalRow | undefined,
  reward: AdvocateReward | undefined,
  now: number,
): Verdict {
  if (reward === undefined)
    return { finding: 'extra', detail: 'The credit stands, and Advocate no longer knows the reward.' };
  const differs = judgeWorth(row, reward) ?? judgeNote(row, reward);
  if (differs !== null) return differs;
  if (reward.statuses.includes('CANCELLED'))
    return reversal?.state === 'dismissed'
      ? { finding: 'matched', detail: 'Advocate cancelled it afterwards; an admin left the credit as it is.' }
      : { finding: 'extra', detail: 'Advocate cancelled it after the credit, which stands.' };
  if (row.point === 'credited') {
    const detail =
      now - (row.credited_at ?? 0) < YOUNG_MS
        ? null
        : `Credited ${since(row.credited_at ?? 0)}, not redeemed in Advocate yet.`;
    return { finding: 'under_way', detail };
  }
  if ((reward.redeemedCredit ?? 0) < row.redeemed_before + row.redeem_amount)
    return now - (row.redeemed_at ?? 0) < LAG_MS
      ? { finding: 'under_way', detail: null }
      : { finding: 'missing', detail: 'The credit is there; Advocate does not have the reward as redeemed.' };
  return {
    finding: 'matched',
    detail: row.redeemed_by_hand > 0 ? 'Somebody redeemed it by hand as well.' : null,
  };
}

function judgeWorth(row: LedgerRow, { unit, rewardUnit, assignedCredit }: AdvocateReward): Verdict | null {
  const { currency } = rewardUnit;
  if (unit !== row.unit || currency?.currencyCode !== row.currency)
    return {
      finding: 'wrong_currency',
      detail: `The reward is in ${unit} (${currency?.currencyCode ?? 'no currency'}); the ledger says ${row.unit}, credited in ${row.currency}.`,
    };
  const worth = toStripeAmount(row.redeem_amount, currency.currencyCode, currency.fractionDigits);
  if (!worth.ok || worth.value.amount !== row.amount)
    return {
      finding: 'wrong_amount',
      detail: `${row.redeem_amount} in Advocate’s unit is not ${say(row)}.`,
    };
  const due = (assignedCredit ?? 0) - row.redeemed_before;
  if (due !== row.redeem_amount)
    return {
      finding: 'wrong_amount',
      detail: `Advocate’s reward comes to ${say({ amount: due, currency: row.currency })}, the ledger says ${say(row)}.`,
    };
  return null;
}

const Note = v.object({ customer: v.string(), credit: v.string(), amount: v.number(), currency: v.string() });
export type Note = v.InferOutput<typeof Note>;

/** Our own note beside the reward, where it names a credit. */
export function noteOf(reward: AdvocateReward | undefined): Note | null {
  const said = reward?.meta?.customMeta;
  if (!isOurs(said)) return null;
  const note = v.safeParse(Note, said);
  return note.success ? note.output : null;
}

function judgeNote(row: LedgerRow, reward: AdvocateReward): Verdict | null {
  const note = noteOf(reward);
  if (note === null) return null;
  const differs = compare(note, row, 'Advocate’s note');
  if (differs !== null) return differs;
  if (note.customer !== row.customer)
    return {
      finding: 'wrong_customer',
      detail: `Advocate’s note says ${note.customer}, the ledger ${row.customer}.`,
    };
  if (note.credit !== row.credit)
    return { finding: 'extra', detail: `Advocate’s note says ${note.credit}, the ledger ${row.credit}.` };
  return null;
}

/** A transaction that is not with the customer whom the ledger names for its reward, or has no ledger row at all. */
export function judgeStray(
  transaction: Transaction,
  row: LedgerRow | undefined,
  reward: AdvocateReward | undefined,
): ReconcileLine {
  const { id, customer, takesBack, amount, currency } = transaction;
  const line = (finding: Finding, detail: string): ReconcileLine => ({
    reward: transaction.reward,
    finding,
    customer,
    credit: id,
    money: moneyIfAny({ amount: Math.abs(amount), currency }),
    detail,
  });
  if (takesBack !== null)
    return line('extra', `${id} takes back ${takesBack}, of which the ledger knows nothing.`);
  if (row !== undefined) {
    if (row.credit === null || row.credit === id)
      return line('wrong_customer', `Stripe has it with ${customer}, the ledger says ${row.customer}.`);
    return line('extra', `The ledger’s credit for this reward is ${row.credit}, with ${row.customer}.`);
  }
  if (noteOf(reward)?.credit === id)
    return line('missing', 'Stripe and Advocate have it, the ledger does not.');
  return line('extra', 'The ledger knows nothing of it.');
}

/** A reward that Advocate has as paid by us, which the ledger never claimed and whose credit nobody was asked about. */
export function judgeNoted(
  reward: AdvocateReward,
  note: Note,
  found: Transaction | undefined,
): ReconcileLine {
  return {
    reward: reward.id,
    finding: 'missing',
    customer: note.customer,
    credit: note.credit,
    money: found === undefined ? null : moneyIfAny(found),
    detail:
      found === undefined
        ? `Advocate’s note says ${note.credit} for ${note.customer}; neither the ledger nor Stripe has it.`
        : 'Stripe and Advocate have it, the ledger does not.',
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
