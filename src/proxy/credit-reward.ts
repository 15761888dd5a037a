/** The way of one reward: judge, look at the customer, claim, credit, redeem, note. Resumes where the ledger stands. */
import { randomUUID } from 'node:crypto';
import { formatMoney } from '../contract/money.ts';
import type { Outcome, Settings } from '../contract/routes.ts';
import type { AdvocateReward } from './advocate.ts';
import { type Circumstances, judge, type Refusal, type Verdict } from './judge.ts';
import type { Claim, LedgerRow } from './ledger.ts';
import { because, fromRow } from './outcomes.ts';
import { type RedeemContext, redeemReward } from './redeem-reward.ts';
import { creditParameters, lookFor, type SendContext, sendCredit } from './send-credit.ts';
import { type StripeCustomer, StripeFailureError } from './stripe-access.ts';

export type CreditContext = Omit<SendContext, 'stripe'> &
  RedeemContext & {
    /** Null while no Stripe account is connected in this mode. */
    stripe: SendContext['stripe'] | null;
    settings: Settings;
    /** Who asked: the browser's id. */
    actor: string;
    dryRun: boolean;
    currencyConfirmed: (reward: string) => boolean;
    /** When the ledger began to remember. */
    bornAt: number;
    /** Runs one thing at a time per customer: Stripe refuses overlapping writes to one. */
    oneAtATime: <T>(customer: string, work: () => Promise<T>) => Promise<T>;
  };

/** The judge's no as an outcome. A reward that is scheduled says when to ask again. */
function refusedBy(
  id: string,
  { reason, facts, money }: Refusal,
  reward: AdvocateReward | undefined,
): Outcome {
  const scheduled = reason === 'pending' ? (reward?.dateScheduledFor ?? null) : null;
  return because(id, reason, { facts, money, retryAt: scheduled });
}

const RETRY_MS = 30_000;
const BUSY_MS = 5_000;
/** A ledger that was lost may have credited what was earned before this one was born, so that gets a look first. */
const BIRTH_SLACK_MS = 600_000;

export async function creditReward(
  context: CreditContext,
  id: string,
  reward: AdvocateReward | undefined,
  circumstances: Circumstances,
): Promise<Outcome> {
  const verdict = judge(reward, circumstances);
  const row = await context.ledger.find(id);
  if (context.dryRun) return preview(context, id, verdict, row);
  if (row === undefined && !verdict.ready) return refusedBy(id, verdict, reward);
  if (row !== undefined) return locked(context, row, reward, verdict);
  if (!verdict.ready || reward === undefined)
    throw new Error('unreachable: a ready verdict is about a reward');

  return context.oneAtATime(verdict.customer, async () => {
    const ready = await checkCustomer(context, id, verdict);
    if (!ready.ok) return ready.outcome;
    const claim = claimOf(id, reward, verdict, context.tenant, ready.stripe.account);
    const cap = context.settings.caps[verdict.money.currency];
    const overCap = () =>
      because(id, 'over_cap', {
        money: verdict.money,
        retryAt: context.now() + 3_600_000,
        facts: capFacts(context, verdict),
      });
    if (cap?.perCredit && verdict.money.amount > cap.perCredit) return overCap();
    const claimed = await context.ledger.claim(id, claim, context.actor, cap?.perDay ?? null);
    if (claimed === 'over_cap') return overCap();
    return withLock(context, id, async (fresh) => {
      // Where another request was quicker, its row stands, and with it its credit.
      const checked = claimed === 'claimed';
      return carryOn(context, ready.stripe, fresh, reward, verdict, checked);
    });
  });
}

/** A reward that has a ledger row: from its last recovery point on. */
async function locked(
  context: CreditContext,
  row: LedgerRow,
  reward: AdvocateReward | undefined,
  verdict: Verdict,
): Promise<Outcome> {
  if (row.point === 'noted') return fromRow(row, 'redeemed', null);
  if (row.point !== 'claimed')
    return withLock(context, row.reward, (fresh) => redeemReward(context, fresh, reward));
  const { stripe } = context;
  const neverSent = row.first_sent_at === null;
  if (!verdict.ready && neverSent) return refusedBy(row.reward, verdict, reward);
  if (stripe === null) return fromRow(row, 'waiting', 'not_connected');
  return context.oneAtATime(row.customer, () =>
    withLock(context, row.reward, async (fresh) => {
      if (fresh.point !== 'claimed') return redeemReward(context, fresh, reward);
      return carryOn(context, stripe, fresh, reward, verdict, false);
    }),
  );
}

/** Sends, or finds out, then redeems. Called with the row locked. `checked`: the customer was looked at just now. */
async function carryOn(
  context: CreditContext,
  stripe: SendContext['stripe'],
  row: LedgerRow,
  reward: AdvocateReward | undefined,
  verdict: Verdict,
  checked: boolean,
): Promise<Outcome> {
  if (row.point !== 'claimed') return redeemReward(context, row, reward);
  let wanted: Claim | null = null;
  let refused: Outcome | null = null;
  if (verdict.ready && reward !== undefined) {
    const ready = checked ? null : await checkCustomer(context, row.reward, verdict);
    if (ready === null || ready.ok)
      wanted = claimOf(row.reward, reward, verdict, context.tenant, stripe.account);
    else refused = ready.outcome;
  } else if (!verdict.ready) refused = refusedBy(row.reward, verdict, reward);
  if (row.first_sent_at === null && wanted === null) return refused ?? fromRow(row, 'waiting', 'busy');

  try {
    if (
      row.first_sent_at === null &&
      row.key_epoch === 0 &&
      reward !== undefined &&
      mayBeOlderThanLedger(context, reward)
    ) {
      const adopted = await adopt(context, stripe, row, reward);
      if (adopted !== null) return adopted;
    }
    const sent = await sendCredit({ ...context, stripe }, row, wanted);
    if (sent.credited) return await redeemReward(context, sent.row, reward);
    return (
      sent.outcome ??
      refused ??
      fromRow(row, 'waiting', 'outcome_unknown', { retryAt: context.now() + RETRY_MS })
    );
  } catch (error) {
    // Only a look can fail here. What was unknown stays unknown.
    return stripeFailure(context, row.reward, error, row);
  }
}

async function withLock(
  context: CreditContext,
  reward: string,
  work: (row: LedgerRow) => Promise<Outcome>,
): Promise<Outcome> {
  const by = randomUUID();
  const row = await context.ledger.lock(reward, by);
  if (row === undefined) return because(reward, 'busy', { retryAt: context.now() + BUSY_MS });
  try {
    return await work(row);
  } finally {
    await context.ledger.unlock(reward, by);
  }
}

type ReadyCustomer =
  | { ok: true; stripe: SendContext['stripe']; customer: StripeCustomer }
  | { ok: false; outcome: Outcome };

/** What Stripe itself must say before a credit: the customer exists, is of this mode, and is billed in this currency. */
async function checkCustomer(
  context: CreditContext,
  id: string,
  verdict: Verdict & { ready: true },
): Promise<ReadyCustomer> {
  const { stripe, settings } = context;
  const { money, customer: customerId } = verdict;
  const no = (outcome: Outcome): ReadyCustomer => ({ ok: false, outcome });
  if (stripe === null) return no(because(id, 'not_connected', { money, customer: customerId }));
  try {
    const customer = await stripe.customer(customerId);
    const facts = { customer: customerId, currency: money.currency };
    if (customer.currency === null && settings.currencyRule === 'confirm' && !context.currencyConfirmed(id))
      return no(because(id, 'currency_unset', { money, customer: customerId, facts }));
    if (customer.currency !== null && customer.currency !== money.currency)
      return no(
        because(id, 'currency_differs', {
          money,
          customer: customerId,
          facts: { ...facts, customerCurrency: customer.currency },
        }),
      );
    return { ok: true, stripe, customer };
  } catch (error) {
    return no({ ...(await stripeFailure(context, id, error)), money, customer: customerId });
  }
}

/** A failed question to Stripe, where nothing was sent. With a row whose outcome is open, it stays open. */
async function stripeFailure(
  context: CreditContext,
  id: string,
  error: unknown,
  row?: LedgerRow,
): Promise<Outcome> {
  if (!(error instanceof StripeFailureError)) throw error;
  const customer = row?.customer;
  const facts = { customer, detail: error.message };
  switch (error.failure) {
    case 'revoked':
      await context.onRevoked(error.message);
      return because(id, 'not_connected', { customer });
    case 'rate_limited':
      return because(id, 'rate_limited', { facts: { detail: 'Stripe' }, retryAt: context.now() + 15_000 });
    case 'permission_missing':
    case 'customer_missing':
    case 'customer_other_mode':
    case 'customer_deleted':
      return because(id, error.failure, {
        facts: { ...facts, customer: customer ?? customerIn(error.message) },
      });
    case 'unknown':
      return because(id, row?.outcome_unknown ? 'outcome_unknown' : 'stripe_unreachable', {
        retryAt: context.now() + RETRY_MS,
      });
    default:
      return because(id, 'stripe_refused', { facts });
  }
}

const customerIn = (message: string) => message.match(/cus_[A-Za-z0-9]+/)?.[0];

function claimOf(
  id: string,
  reward: AdvocateReward,
  { money, customer, accountId, userId }: Verdict & { ready: true },
  tenant: string,
  stripeAccount: string | null,
): Claim {
  return {
    account_id: accountId,
    user_id: userId,
    unit: reward.unit,
    stripe_account: stripeAccount,
    customer,
    amount: money.amount,
    currency: money.currency,
    redeem_amount: reward.availableValue,
    redeemed_before: reward.redeemedCredit ?? 0,
    parameters: JSON.stringify(creditParameters(id, tenant, reward.unit, money)),
  };
}

const mayBeOlderThanLedger = ({ bornAt }: CreditContext, { dateGiven, dateCreated }: AdvocateReward) =>
  (dateGiven ?? dateCreated ?? 0) < bornAt + BIRTH_SLACK_MS;

/** Takes over a credit that a lost ledger made. Null when there is none. */
async function adopt(
  context: CreditContext,
  stripe: SendContext['stripe'],
  row: LedgerRow,
  reward: AdvocateReward,
): Promise<Outcome | null> {
  const since = (reward.dateCreated ?? 0) - BIRTH_SLACK_MS;
  const sent = await lookFor({ ...context, stripe }, row, since);
  if (sent === null) return null;
  return sent.credited ? redeemReward(context, sent.row, reward) : sent.outcome;
}

/** What would happen, with nothing changed anywhere. */
async function preview(
  context: CreditContext,
  id: string,
  verdict: Verdict,
  row: LedgerRow | undefined,
): Promise<Outcome> {
  if (row !== undefined && row.point !== 'claimed')
    return fromRow(row, row.point === 'credited' ? 'credited' : 'redeemed', null);
  if (!verdict.ready) return refusedBy(id, verdict, undefined);
  const ready = await checkCustomer(context, id, verdict);
  if (!ready.ok) return ready.outcome;
  const before = ready.customer.credit;
  const credit = { id: null, requestId: null, before, after: before + verdict.money.amount };
  return {
    reward: id,
    state: 'ready',
    reason: null,
    facts: {},
    retryAt: null,
    money: verdict.money,
    customer: verdict.customer,
    credit,
  };
}

function capFacts({ settings }: CreditContext, { money }: Verdict & { ready: true }) {
  const cap = settings.caps[money.currency];
  const amount = cap?.perCredit && money.amount > cap.perCredit ? cap.perCredit : (cap?.perDay ?? 0);
  return { cap: formatMoney({ amount, currency: money.currency }) };
}
