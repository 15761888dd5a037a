/** The way of one reward: judge, look at the customer, claim, credit, redeem, note. Resumes where the ledger stands. */
import { randomUUID } from 'node:crypto';
import type { Outcome, Settings } from '../contract/routes.ts';
import type { AdvocateReward } from './advocate-shapes.ts';
import { capRefusal, overCap, tooLarge } from './caps.ts';
import { type CheckContext, checkCustomer, stripeFailure } from './check-customer.ts';
import { type Circumstances, earnedAt, judge, type Payment, type Verdict } from './judge.ts';
import { type Claim, type LedgerRow, LockLostError } from './ledger.ts';
import { because, fromRow } from './outcomes.ts';
import { type RedeemContext, redeemReward } from './redeem-reward.ts';
import { type ReversedContext, reversedOutcome } from './reversed-outcome.ts';
import { creditParameters, lookFor, type SendContext, sameCredit, sendCredit } from './send-credit.ts';
import type { StripeAccess } from './stripe-access.ts';

/** What Advocate, the settings and the connection say of a reward: never older than a few seconds. */
export type Known = {
  reward: AdvocateReward | undefined;
  circumstances: Circumstances;
  /** Null while no Stripe account is connected in this mode. */
  stripe: StripeAccess | null;
  /** When the oldest of it was read. */
  readAt: number;
};

export type CreditContext = Omit<SendContext, 'stripe' | 'isFresh'> &
  RedeemContext &
  ReversedContext &
  CheckContext & {
    know: (reward: string) => Promise<Known>;
    /** A person lets this one through although a cap is reached. It still counts in the day's sum. */
    capReleased: (reward: string) => boolean;
    /** When the ledger began to remember. */
    bornAt: number;
    /** Runs one thing at a time per customer: Stripe refuses overlapping writes to one. */
    oneAtATime: <T>(customer: string, work: () => Promise<T>) => Promise<T>;
  };

/** Facts older than this move no money, whatever took so long since they were weighed. */
const STALE_MS = 10_000;
const RETRY_MS = 30_000;
const BUSY_MS = 5_000;
/** A ledger that was lost may have credited what was earned before this one was born, so that gets a look first. */
export const BIRTH_SLACK_MS = 600_000;

export async function creditReward(context: CreditContext, id: string): Promise<Outcome> {
  const reversed = await reversedOutcome(context, id);
  if (reversed !== null) return reversed;
  const { reward, verdict } = await weigh(context, id);
  const row = await context.ledger.find(id);
  if (row?.point === 'noted') return fromRow(row, 'redeemed', null);
  if (row !== undefined && row.point !== 'claimed')
    return withLock(context, id, (fresh) => redeemReward(context, fresh, reward));

  const sentTo = row !== undefined && row.first_sent_at !== null ? row.customer : null;
  if (!verdict.ready && sentTo === null) return refusedBy(id, verdict, reward);
  const customer = sentTo ?? (verdict.ready ? verdict.customer : '');
  return context.oneAtATime(customer, () => inTurn(context, id));
}

export async function weigh(context: Pick<CreditContext, 'know'>, id: string) {
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
  const released = context.capReleased(id);
  if (released) await noteRelease(context, settings, id, verdict);
  const large = released ? null : tooLarge(settings, id, verdict.money);
  if (large !== null) return large;
  const claim = claimOf(id, reward, verdict, context.tenant, stripe.account);
  const dayCap = released ? null : (settings.caps[verdict.money.currency]?.perDay ?? null);
  const claimed = await context.ledger.claim(id, claim, context.actor, dayCap);
  if (claimed === 'over_cap') return overCap('over_cap', id, verdict.money, dayCap ?? 0, context.now());
  if (claimed !== 'claimed' && claimed !== 'exists') return because(id, claimed, { money: verdict.money });
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
      if (!checked || !sameCredit(row, wanted)) {
        const cap = known.circumstances.settings.caps[wanted.currency]?.perDay ?? null;
        const dayCap = context.capReleased(row.reward) ? null : cap;
        const claimed = await context.ledger.reclaim(row, wanted, dayCap);
        if (claimed === undefined) {
          const { amount, currency } = wanted;
          return overCap('over_cap', row.reward, { amount, currency }, cap ?? 0, context.now());
        }
        current = claimed;
      }
      const adopted = await adopt(context, stripe, current, reward);
      if (adopted !== null) return adopted;
    }
    const isFresh = () => Math.abs(context.now() - known.readAt) <= STALE_MS;
    const sent = await sendCredit({ ...context, stripe, isFresh }, current, wanted);
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
  if (row.first_sent_at !== null) return null;
  if (context.capReleased(row.reward)) {
    await noteRelease(context, settings, row.reward, verdict);
    return null;
  }
  const { money } = verdict;
  const beside = () => context.ledger.claimedTodayBeside(row.reward, money.currency);
  return capRefusal(settings, row.reward, money, beside, context.now());
}

/** Only where a cap would have stopped it is a person's word the reason why it goes through. */
async function noteRelease(
  { ledger, now, agreements }: CreditContext,
  settings: Settings,
  id: string,
  { money }: Payment,
): Promise<void> {
  const beside = () => ledger.claimedTodayBeside(id, money.currency);
  if ((await capRefusal(settings, id, money, beside, now())) !== null) agreements.note(id, 'cap_released');
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
  { money, customer, accountId, userId }: Payment,
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
    earned_at: earnedAt(reward) || null,
    parameters: JSON.stringify(creditParameters(id, tenant, reward.unit, money)),
  };
}

/** Takes over a credit that a lost ledger made. Null when there is none, or when this ledger would know of it. */
async function adopt(
  context: CreditContext,
  stripe: StripeAccess,
  row: LedgerRow,
  reward: AdvocateReward,
): Promise<Outcome | null> {
  if (earnedAt(reward) >= context.bornAt + BIRTH_SLACK_MS) return null;
  const sent = await lookFor({ ...context, stripe }, row, (reward.dateCreated ?? 0) - BIRTH_SLACK_MS);
  if (sent === null) return null;
  return sent.credited
    ? redeemReward(context, sent.row, (await context.know(row.reward)).reward)
    : sent.outcome;
}

/** The judge's no as an outcome. A reward that is scheduled says when to ask again. */
export function refusedBy(id: string, verdict: Verdict, reward: AdvocateReward | undefined): Outcome {
  if (verdict.ready) throw new Error('a reward that is ready was not refused');
  const { reason, facts, money } = verdict;
  const retryAt = reason === 'pending' ? (reward?.dateScheduledFor ?? null) : null;
  return because(id, reason, { facts, money, retryAt });
}
