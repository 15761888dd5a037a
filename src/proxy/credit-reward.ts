/** The way of one reward: judge, look at the customer, claim, credit, redeem, note. Resumes where the ledger stands. */
import { randomUUID } from 'node:crypto';
import { formatMoney, type Money } from '../contract/money.ts';
import type { Outcome } from '../contract/routes.ts';
import type { AdvocateReward } from './advocate-shapes.ts';
import { type CheckContext, checkCustomer, stripeFailure } from './check-customer.ts';
import { type Circumstances, judge, type Refusal, type Verdict } from './judge.ts';
import { type Claim, type LedgerRow, LockLostError } from './ledger.ts';
import { because, fromRow } from './outcomes.ts';
import { type RedeemContext, redeemReward } from './redeem-reward.ts';
import { creditParameters, lookFor, type SendContext, sameCredit, sendCredit } from './send-credit.ts';
import type { StripeAccess } from './stripe-access.ts';

/** What Advocate, the settings and the connection say of a reward: never older than a few seconds. */
export type Known = {
  reward: AdvocateReward | undefined;
  circumstances: Circumstances;
  /** Null while no Stripe account is connected in this mode. */
  stripe: StripeAccess | null;
};

export type CreditContext = Omit<SendContext, 'stripe'> &
  RedeemContext &
  CheckContext & {
    know: (reward: string) => Promise<Known>;
    /** Who asked: the browser's id. */
    actor: string;
    dryRun: boolean;
    /** When the ledger began to remember. */
    bornAt: number;
    /** Runs one thing at a time per customer: Stripe refuses overlapping writes to one. */
    oneAtATime: <T>(customer: string, work: () => Promise<T>) => Promise<T>;
  };

type Ready = Verdict & { ready: true };

const RETRY_MS = 30_000;
const BUSY_MS = 5_000;
const CAP_RETRY_MS = 3_600_000;
/** A ledger that was lost may have credited what was earned before this one was born, so that gets a look first. */
const BIRTH_SLACK_MS = 600_000;

export async function creditReward(context: CreditContext, id: string): Promise<Outcome> {
  const { reward, verdict, known } = await weigh(context, id);
  const row = await context.ledger.find(id);
  if (context.dryRun) return preview(context, id, known, verdict, row);
  if (row?.point === 'noted') return fromRow(row, 'redeemed', null);
  if (row !== undefined && row.point !== 'claimed')
    return withLock(context, id, (fresh) => redeemReward(context, fresh, reward));

  const sentTo = row !== undefined && row.first_sent_at !== null ? row.customer : null;
  if (!verdict.ready && sentTo === null) return refusedBy(id, verdict, reward);
  const customer = sentTo ?? (verdict.ready ? verdict.customer : '');
  return context.oneAtATime(customer, () => inTurn(context, id));
}

async function weigh(context: CreditContext, id: string) {
  const known = await context.know(id);
  return { known, reward: known.reward, verdict: judge(known.reward, known.circumstances) };
}

/** The wait for the turn may have been long: a link, a pause or a cancellation in between counts. */
async function inTurn(context: CreditContext, id: string): Promise<Outcome> {
  const { known, reward, verdict } = await weigh(context, id);
  const { stripe } = known;
  const { settings } = known.circumstances;
  if ((await context.ledger.find(id)) !== undefined)
    return withLock(context, id, (row) => carryOn(context, known, row, verdict, false));

  if (!verdict.ready || reward === undefined) return refusedBy(id, verdict, reward);
  if (stripe === null) return because(id, 'not_connected', verdict);
  const checked = await checkCustomer(context, stripe, settings, id, verdict);
  if (!checked.ok) return checked.outcome;
  const cap = settings.caps[verdict.money.currency];
  if (cap?.perCredit && verdict.money.amount > cap.perCredit)
    return overCap(context, id, verdict.money, cap.perCredit);
  const claim = claimOf(id, reward, verdict, context.tenant, stripe.account);
  const claimed = await context.ledger.claim(id, claim, context.actor, cap?.perDay ?? null);
  if (claimed === 'over_cap') return overCap(context, id, verdict.money, cap?.perDay ?? 0);
  // Where another request was quicker, its row stands, and with it its credit.
  return withLock(context, id, (row) => carryOn(context, known, row, verdict, claimed === 'claimed'));
}

/** Sends, or finds out, then redeems. Called with the row locked. `checked`: customer and caps were asked just now. */
async function carryOn(
  context: CreditContext,
  known: Known,
  row: LedgerRow,
  verdict: Verdict,
  checked: boolean,
): Promise<Outcome> {
  const { reward, stripe } = known;
  if (row.point !== 'claimed') return redeemReward(context, row, reward);
  const neverSent = row.first_sent_at === null;
  if (!verdict.ready && neverSent) return refusedBy(row.reward, verdict, reward);
  if (stripe === null) return fromRow(row, 'waiting', 'not_connected');

  const refused = checked ? null : await refusalNow(context, known, stripe, row, verdict);
  const wanted =
    refused === null && verdict.ready && reward !== undefined
      ? claimOf(row.reward, reward, verdict, context.tenant, stripe.account)
      : null;
  if (neverSent && wanted === null) return refused ?? fromRow(row, 'waiting', 'busy');

  let current = row;
  try {
    if (neverSent && wanted !== null && reward !== undefined) {
      if (!sameCredit(row, wanted)) current = await context.ledger.renew(row, wanted);
      const adopted = await adopt(context, stripe, current, reward);
      if (adopted !== null) return adopted;
    }
    const sent = await sendCredit({ ...context, stripe }, current, wanted);
    if (sent.credited) return await redeemReward(context, sent.row, reward);
    return (
      sent.outcome ??
      refused ??
      fromRow(current, 'waiting', 'outcome_unknown', { retryAt: context.now() + RETRY_MS })
    );
  } catch (error) {
    // Only a look can fail here.
    return stripeFailure(context, stripe, row.reward, current.customer, error, current.outcome_unknown === 1);
  }
}

/** Why a claimed reward may not be sent now, if so. Caps count for what was never sent; what was sent was allowed. */
async function refusalNow(
  context: CreditContext,
  { reward, circumstances: { settings } }: Known,
  stripe: StripeAccess,
  row: LedgerRow,
  verdict: Verdict,
): Promise<Outcome | null> {
  if (!verdict.ready) return refusedBy(row.reward, verdict, reward);
  const checked = await checkCustomer(context, stripe, settings, row.reward, verdict);
  if (!checked.ok) return checked.outcome;
  const { amount, currency } = verdict.money;
  const cap = settings.caps[currency];
  if (row.first_sent_at !== null || cap === undefined) return null;
  if (cap.perCredit && amount > cap.perCredit)
    return overCap(context, row.reward, verdict.money, cap.perCredit);
  const beside = cap.perDay ? await context.ledger.claimedTodayBeside(row.reward, currency) : 0;
  if (cap.perDay && beside + amount > cap.perDay)
    return overCap(context, row.reward, verdict.money, cap.perDay);
  return null;
}

async function withLock(
  context: CreditContext,
  reward: string,
  work: (row: LedgerRow) => Promise<Outcome>,
): Promise<Outcome> {
  const by = randomUUID();
  const busy = () => because(reward, 'busy', { retryAt: context.now() + BUSY_MS });
  const row = await context.ledger.lock(reward, by);
  if (row === undefined) return busy();
  try {
    return await work(row);
  } catch (error) {
    if (error instanceof LockLostError) return busy();
    throw error;
  } finally {
    await context.ledger.unlock(reward, by);
  }
}

function claimOf(
  id: string,
  reward: AdvocateReward,
  { money, customer, accountId, userId }: Ready,
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

/** Takes over a credit that a lost ledger made. Null when there is none, or when this ledger would know of it. */
async function adopt(
  context: CreditContext,
  stripe: StripeAccess,
  row: LedgerRow,
  { dateGiven, dateCreated }: AdvocateReward,
): Promise<Outcome | null> {
  const earnedAt = dateGiven ?? dateCreated ?? 0;
  if (earnedAt >= context.bornAt + BIRTH_SLACK_MS) return null;
  const sent = await lookFor({ ...context, stripe }, row, (dateCreated ?? 0) - BIRTH_SLACK_MS);
  if (sent === null) return null;
  return sent.credited
    ? redeemReward(context, sent.row, (await context.know(row.reward)).reward)
    : sent.outcome;
}

/** What would happen, with nothing changed anywhere. */
async function preview(
  context: CreditContext,
  id: string,
  { stripe, circumstances }: Known,
  verdict: Verdict,
  row: LedgerRow | undefined,
): Promise<Outcome> {
  if (row !== undefined && row.point !== 'claimed')
    return fromRow(row, row.point === 'credited' ? 'credited' : 'redeemed', null);
  if (!verdict.ready) return refusedBy(id, verdict, undefined);
  const { money, customer } = verdict;
  if (stripe === null) return because(id, 'not_connected', { money, customer });
  const checked = await checkCustomer(context, stripe, circumstances.settings, id, verdict);
  if (!checked.ok) return checked.outcome;
  const before = checked.customer.credit;
  const credit = { id: null, requestId: null, before, after: before + money.amount };
  return { reward: id, state: 'ready', reason: null, facts: {}, retryAt: null, money, customer, credit };
}

/** The judge's no as an outcome. A reward that is scheduled says when to ask again. */
function refusedBy(id: string, verdict: Verdict, reward: AdvocateReward | undefined): Outcome {
  if (verdict.ready) throw new Error('a reward that is ready was not refused');
  const { reason, facts, money }: Refusal = verdict;
  const retryAt = reason === 'pending' ? (reward?.dateScheduledFor ?? null) : null;
  return because(id, reason, { facts, money, retryAt });
}

function overCap(context: CreditContext, id: string, money: Money, cap: number): Outcome {
  const facts = { cap: formatMoney({ amount: cap, currency: money.currency }) };
  return because(id, 'over_cap', { money, facts, retryAt: context.now() + CAP_RETRY_MS });
}
