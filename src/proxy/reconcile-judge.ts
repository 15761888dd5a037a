/** One reward's three records side by side, weighed: ledger row, balance transactions, Advocate's reward. Pure. */
import type { Selectable } from 'kysely';
import * as v from 'valibot';
import { type Money, plainMoney, toStripeAmount } from '../contract/money.ts';
import {
  type Finding,
  GOOD_FINDINGS,
  type ReconcileLine,
  type ReconcileWhy,
} from '../contract/reconciliation.ts';
import type { AdvocateReward } from './advocate-shapes.ts';
import type { ReversalTable } from './database.ts';
import { isOurs } from './judge.ts';
import type { LedgerRow } from './ledger.ts';
import { inEnglish, type WhyCode } from './reconcile-words.ts';
import type { StripeCredit } from './stripe-credits.ts';

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

/** Stripe no longer shows the customer, and never will. */
export type Unreadable = 'customer_missing' | 'customer_deleted' | 'customer_other_mode';

export type Records = {
  row: LedgerRow;
  reversal: ReversalRow | undefined;
  /** Of this reward, at the row's customer. */
  transactions: readonly Transaction[];
  /** Why the customer's transactions cannot be read, where that is so for good. */
  unreadable: Unreadable | null;
  /** As Advocate tells of it; undefined where it does not know the reward. */
  reward: AdvocateReward | undefined;
};
export type Judged = {
  line: ReconcileLine & { reward: string };
  /** The ledger's credit is not with the ledger's customer: it may turn up with another one. */
  absent: boolean;
};
type Verdict = { finding: Finding; why: ReconcileWhy | null; money?: Money; absent?: boolean };

const told = (finding: Finding, code: WhyCode, facts: Record<string, string> = {}): Verdict => ({
  finding,
  why: { code, facts },
});
const quietly = (finding: Finding): Verdict => ({ finding, why: null });
/** As the report has it: in English for whoever reads the file, and as a code for whoever words it anew. */
const worded = (why: ReconcileWhy | null): Pick<ReconcileLine, 'detail' | 'why'> => ({
  detail: why && inEnglish(why),
  ...(why && { why }),
});

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
  const { finding, why, money, absent = false } = isLocked && isDifference(verdict) ? UNDER_WAY_NOW : verdict;
  return {
    line: {
      reward: row.reward,
      finding,
      customer: row.customer,
      credit: row.credit ?? records.transactions.find(isCredit)?.id ?? null,
      money: moneyIfAny(money ?? row),
      ...worded(why),
    },
    absent: absent && isDifference({ finding }),
  };
}

const UNDER_WAY_NOW = told('under_way', 'at_work');
const isCredit = ({ takesBack }: Transaction) => takesBack === null;
const idsOf = (transactions: readonly Transaction[]) => transactions.map(({ id }) => id).join(', ');
/** A currency that is none, in a row that somebody edited, must not stop the report. */
const CURRENCY = /^[A-Z]{3}$/;
const say = (money: Money) =>
  CURRENCY.test(money.currency) ? plainMoney(money) : `${money.amount} “${money.currency}”`;
const moneyIfAny = ({ amount, currency }: Money): Money | null =>
  CURRENCY.test(currency) && Number.isSafeInteger(amount) ? { amount, currency } : null;
const since = (at: number) => new Date(at).toISOString();

function judgeClaimed({ row, transactions, unreadable }: Records, now: number): Verdict {
  const [credit, ...more] = transactions;
  if (more.length > 0) return told('extra', 'several', { credits: idsOf(transactions) });
  if (credit !== undefined) {
    const differs = compare(credit, row, 'credit', { credit: credit.id });
    if (differs !== null) return differs;
    return told('under_way', 'made', { credit: credit.id });
  }
  if (unreadable !== null && row.outcome_unknown)
    return told('under_way', `unknown_${unreadable}`, { customer: row.customer });
  if (now - row.claimed_at < YOUNG_MS) return quietly('under_way');
  const at = since(row.claimed_at);
  if (row.outcome_unknown) return told('under_way', 'claimed_unknown', { at });
  if (row.refusal === null) return told('under_way', 'claimed_not_sent', { at });
  return told('under_way', 'claimed_refused', { at, refusal: row.refusal });
}

function judgeCredited(records: Records, account: string | null, now: number): Verdict {
  const { row, reversal, transactions, unreadable, reward } = records;
  if (row.stripe_account !== account)
    return row.stripe_account === null
      ? told('missing', 'other_account_key')
      : told('missing', 'other_account', { account: row.stripe_account });
  if (unreadable !== null)
    return { ...told('missing', unreadable, { customer: row.customer }), absent: true };
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
        ...told('wrong_customer', 'noted_elsewhere', { customer: row.customer, noted: noted.customer }),
        absent: true,
      };
    return {
      ...told('missing', 'no_credit', { customer: row.customer, credit: row.credit ?? '–' }),
      absent: true,
    };
  }
  if (credits.length > 1) return told('extra', 'several', { credits: idsOf(credits) });
  if (named === undefined)
    return told('extra', 'other_credit', { credits: idsOf(credits), credit: row.credit ?? '–' });
  return compare(named, row, 'credit', { credit: named.id });
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
    return told('wrong_amount', 'frozen_changed');
  return compare(frozen.output, row, 'frozen');
}

function compare(
  actual: Money,
  row: Money,
  what: 'credit' | 'frozen' | 'back' | 'note',
  facts: Record<string, string> = {},
): Verdict | null {
  if (actual.currency !== row.currency)
    return told('wrong_currency', `${what}_currency`, {
      ...facts,
      is: actual.currency,
      ledger: row.currency,
    });
  if (actual.amount !== row.amount)
    return told('wrong_amount', `${what}_amount`, { ...facts, is: say(actual), ledger: say(row) });
  return null;
}

/** Null: nothing was taken back, and nothing is to be. */
function judgeTakenBack(
  row: LedgerRow,
  reversal: ReversalRow | undefined,
  backs: readonly Transaction[],
): Verdict | null {
  const [back, ...more] = backs;
  if (more.length > 0) return told('extra', 'back_several', { transactions: idsOf(backs) });
  const wanted = reversal?.state === 'confirmed' || reversal?.state === 'reversed' ? reversal : undefined;
  if (wanted === undefined || wanted.amount === null) {
    if (back !== undefined) return told('extra', 'back_unconfirmed', { transaction: back.id });
    if (reversal?.state !== 'proposed') return null;
    return told('under_way', 'back_proposed');
  }
  if (back === undefined)
    return wanted.state === 'confirmed'
      ? told('under_way', 'back_under_way')
      : told('missing', 'back_missing', { transaction: wanted.transaction_id ?? '–' });
  const taken = { amount: -back.amount, currency: back.currency };
  const differs = compare(taken, { amount: wanted.amount, currency: row.currency }, 'back', {
    transaction: back.id,
  });
  if (differs !== null) return differs;
  if (taken.amount > row.amount) return told('wrong_amount', 'back_too_much', { transaction: back.id });
  if (back.takesBack !== row.credit)
    return told('extra', 'back_of_another', {
      transaction: back.id,
      of: back.takesBack ?? '–',
      credit: row.credit ?? '–',
    });
  if (wanted.state === 'confirmed') return told('under_way', 'back_made', { transaction: back.id });
  if (back.id !== wanted.transaction_id)
    return told('extra', 'back_by_another', {
      transaction: back.id,
      ledger: wanted.transaction_id ?? '–',
    });
  const spent = row.amount - taken.amount;
  if (spent === 0) return { ...quietly('reversed'), money: taken };
  const amount = say({ amount: spent, currency: row.currency });
  return { ...told('reversed', 'spent', { amount }), money: taken };
}

/** The ledger, against Advocate's own word on the reward. */
function judgeReward(
  row: LedgerRow,
  reversal: ReversalRow | undefined,
  reward: AdvocateReward | undefined,
  now: number,
): Verdict {
  if (reward === undefined) return told('extra', 'reward_gone');
  const differs = judgeWorth(row, reward) ?? judgeNote(row, reward);
  if (differs !== null) return differs;
  if (reward.statuses.includes('CANCELLED'))
    return reversal?.state === 'dismissed'
      ? told('matched', 'cancelled_left')
      : told('extra', 'cancelled_stands');
  if (row.point === 'credited') {
    return now - (row.credited_at ?? 0) < YOUNG_MS
      ? quietly('under_way')
      : told('under_way', 'not_redeemed_yet', { at: since(row.credited_at ?? 0) });
  }
  if ((reward.redeemedCredit ?? 0) < row.redeemed_before + row.redeem_amount)
    return now - (row.redeemed_at ?? 0) < LAG_MS ? quietly('under_way') : told('missing', 'not_redeemed');
  return row.redeemed_by_hand > 0 ? told('matched', 'by_hand') : quietly('matched');
}

function judgeWorth(row: LedgerRow, { unit, rewardUnit, assignedCredit }: AdvocateReward): Verdict | null {
  const { currency } = rewardUnit;
  if (unit !== row.unit || currency?.currencyCode !== row.currency)
    return told('wrong_currency', 'unit_differs', {
      is: unit,
      currency: currency?.currencyCode ?? '–',
      ledger: row.unit,
      credited: row.currency,
    });
  const worth = toStripeAmount(row.redeem_amount, currency.currencyCode, currency.fractionDigits);
  if (!worth.ok || worth.value.amount !== row.amount)
    return told('wrong_amount', 'worth_differs', { is: String(row.redeem_amount), ledger: say(row) });
  const due = (assignedCredit ?? 0) - row.redeemed_before;
  if (due !== row.redeem_amount)
    return told('wrong_amount', 'due_differs', {
      is: say({ amount: due, currency: row.currency }),
      ledger: say(row),
    });
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
  const differs = compare(note, row, 'note');
  if (differs !== null) return differs;
  if (note.customer !== row.customer)
    return told('wrong_customer', 'note_differs', { is: note.customer, ledger: row.customer });
  if (note.credit !== row.credit)
    return told('extra', 'note_differs', { is: note.credit, ledger: row.credit ?? '–' });
  return null;
}

/** A transaction that is not with the customer whom the ledger names for its reward, or has no ledger row at all. */
export function judgeStray(
  transaction: Transaction,
  row: LedgerRow | undefined,
  reward: AdvocateReward | undefined,
): ReconcileLine {
  const { id, customer, takesBack, amount, currency } = transaction;
  const line = (finding: Finding, code: WhyCode, facts: Record<string, string> = {}): ReconcileLine => ({
    reward: transaction.reward,
    finding,
    customer,
    credit: id,
    money: moneyIfAny({ amount: Math.abs(amount), currency }),
    ...worded({ code, facts }),
  });
  if (takesBack !== null) return line('extra', 'back_unknown', { transaction: id, credit: takesBack });
  if (row !== undefined) {
    if (row.credit === null || row.credit === id)
      return line('wrong_customer', 'customer_differs', { is: customer, ledger: row.customer });
    return line('extra', 'second_credit', { credit: row.credit, customer: row.customer });
  }
  if (noteOf(reward)?.credit === id) return line('missing', 'not_in_ledger');
  return line('extra', 'unknown_to_ledger');
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
    ...worded(
      found === undefined
        ? { code: 'only_noted' satisfies WhyCode, facts: { credit: note.credit, customer: note.customer } }
        : { code: 'not_in_ledger' satisfies WhyCode, facts: {} },
    ),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
