/**
 * Taking a credit back: an admin's word is committed, with the amount and the key frozen in it, before one opposite
 * transaction is sent. Never sends where an earlier send may have succeeded without looking first, and never more than
 * is unspent in that moment. What does not get through stays confirmed, says why, and is tried again.
 */
import { randomUUID } from 'node:crypto';
import type { Money } from '../contract/money.ts';
import { ProblemError } from '../contract/problems.ts';
import type { Reason } from '../contract/reasons.ts';
import type { Advocate } from './advocate.ts';
import { type Ledger, type LedgerRow, LockLostError } from './ledger.ts';
import type { ConfirmedRow, ReversalRow, Reversals } from './reversals.ts';
import { CLOCK_SLACK_MS, METADATA, UNDER_WAY_MS } from './send-credit.ts';
import type { StripeAccess } from './stripe-access.ts';
import type { CreditParameters, StripeReversal } from './stripe-credits.ts';
import { type StripeFailure, StripeFailureError } from './stripe-failure.ts';
import { REVERSAL_OF } from './stripe-movements.ts';
import { tellReversal } from './tell-reversal.ts';

export type TakeBackContext = {
  reversals: Reversals;
  ledger: Ledger;
  advocate: Advocate;
  /** Null while no Stripe account is connected in this mode. */
  connection: () => Promise<StripeAccess | null>;
  oneAtATime: <T>(customer: string, work: () => Promise<T>) => Promise<T>;
  onRevoked: (account: string | null, why: string) => Promise<void>;
};

/** No `advocate_reward` among them: that one marks credits, and nothing may take a reversal for one. */
const MARKS = { of: REVERSAL_OF, reward: 'advocate_reversed_reward' } as const;

const REASONS: Record<StripeFailure, Reason> = {
  unknown: 'stripe_unreachable',
  rate_limited: 'rate_limited',
  revoked: 'not_connected',
  permission_missing: 'permission_missing',
  customer_missing: 'customer_missing',
  customer_other_mode: 'customer_other_mode',
  customer_deleted: 'customer_deleted',
  key_reused: 'stripe_refused',
  refused: 'stripe_refused',
};

export function reversalParameters(credit: LedgerRow, amount: number, tenant: string): CreditParameters {
  return {
    amount,
    currency: credit.currency,
    description: `Advocate reward taken back, ${credit.unit}`,
    metadata: {
      [MARKS.of]: credit.credit ?? '',
      [MARKS.reward]: credit.reward,
      [METADATA.tenant]: tenant,
    },
  };
}

/** The account that the credit was made in, or why it cannot be asked. */
export async function accountOf(
  { connection }: TakeBackContext,
  credit: LedgerRow,
): Promise<{ stripe: StripeAccess } | { stripe: null; reason: Reason }> {
  const stripe = await connection();
  if (stripe === null) return { stripe, reason: 'not_connected' };
  if (stripe.account !== credit.stripe_account) return { stripe: null, reason: 'account_changed' };
  return { stripe };
}

/**
 * What is left to take back. Stripe pools a customer's credits, and an invoice uses them without saying which: so it is
 * what the customer has in this currency now, and at most what this credit was.
 */
async function unspentAt(stripe: StripeAccess, { customer, amount, currency }: LedgerRow): Promise<number> {
  return Math.max(0, Math.min(amount, await stripe.creditIn(customer, currency)));
}

/** What would be taken back now, asked from Stripe; or why nobody can say. */
export async function askUnspent(
  context: TakeBackContext,
  credit: LedgerRow,
): Promise<{ unspent: Money; reason: null } | { unspent: null; reason: Reason }> {
  const account = await accountOf(context, credit);
  if (account.stripe === null) return { unspent: null, reason: account.reason };
  try {
    const amount = await unspentAt(account.stripe, credit);
    return { unspent: { amount, currency: credit.currency }, reason: null };
  } catch (error) {
    return { unspent: null, reason: await reasonOf(context, account.stripe, error) };
  }
}

export async function reasonOf(
  { onRevoked }: TakeBackContext,
  stripe: StripeAccess,
  error: unknown,
): Promise<Reason> {
  if (!(error instanceof StripeFailureError)) throw error;
  if (error.failure === 'revoked') await onRevoked(stripe.account, error.message);
  return REASONS[error.failure];
}

/** One request at a time per customer, in turn in this proxy: Stripe refuses overlapping writes to one. */
export function withReversal<T>(
  { reversals, oneAtATime }: TakeBackContext,
  credit: LedgerRow,
  work: (row: ReversalRow) => Promise<T>,
): Promise<T> {
  return oneAtATime(credit.customer, async () => {
    const by = randomUUID();
    const row = await reversals.lock(credit.reward, by, credit.customer);
    if (row === undefined) throw busy();
    try {
      return await work(row);
    } catch (error) {
      throw error instanceof LockLostError ? busy() : error;
    } finally {
      await reversals.unlock(credit.reward, by);
    }
  });
}
const busy = () =>
  new ProblemError('reversal_changed', {
    detail:
      'Another request is at this reversal or at another one of this customer right now, or has just withdrawn it.',
    action: 'Look at it again in a moment. Nothing is taken back twice.',
  });

/** Goes on with what was confirmed: finds out what became of an earlier send, or sends. Called with the row locked. */
export async function takeBack(
  context: TakeBackContext,
  row: ConfirmedRow,
  credit: LedgerRow,
): Promise<ReversalRow> {
  const { reversals } = context;
  const account = await accountOf(context, credit);
  if (account.stripe === null) return reversals.hold(row, account.reason);
  const { stripe } = account;
  try {
    // Also before the first send: a database that was put back from a backup may have forgotten it.
    const [made] = await look(stripe, credit);
    if (made !== undefined) return await settle(context, stripe, row, credit, made);
    const mayBeUnderWay =
      row.outcome_unknown === 1 && (await reversals.now()) < (row.last_sent_at ?? 0) + UNDER_WAY_MS;
    // Before every send, the first like the tenth: what an invoice used meanwhile must not become a debt.
    if ((await unspentAt(stripe, credit)) < row.amount)
      return mayBeUnderWay ? await reversals.hold(row, 'outcome_unknown') : await reversals.reopen(row);
    // A definite no may be saved under the key, and would come back for ever.
    const refused = row.first_sent_at !== null && row.outcome_unknown === 0;
    return await send(context, stripe, refused ? await reversals.renew(row) : row, credit);
  } catch (error) {
    const reason = await reasonOf(context, stripe, error);
    // Only a question failed: what was unknown before stays unknown.
    return reversals.hold(row, row.outcome_unknown === 1 ? unknownUnless(reason) : reason);
  }
}

const unknownUnless = (reason: Reason): Reason =>
  reason === 'stripe_unreachable' ? 'outcome_unknown' : reason;

/** What took this credit back, whoever sent it: since the credit was made, by Stripe's own clock. */
const look = (stripe: StripeAccess, { customer, credit, credited_at }: LedgerRow) =>
  stripe.reversalsOf(
    customer,
    (credited_at ?? 0) - CLOCK_SLACK_MS,
    (metadata) => credit !== null && metadata[MARKS.of] === credit,
  );

/** Sends once. Nothing hurries a reversal, so what does not get through is left for the next try. */
async function send(
  context: TakeBackContext,
  stripe: StripeAccess,
  row: ConfirmedRow,
  credit: LedgerRow,
): Promise<ReversalRow> {
  const { reversals } = context;
  const sent = await reversals.markSent(row);
  let made: StripeReversal;
  try {
    const parameters: CreditParameters = JSON.parse(sent.parameters);
    made = await stripe.reverse(credit.customer, parameters, sent.idempotency_key);
  } catch (error) {
    const reason = await reasonOf(context, stripe, error);
    if (!(error instanceof StripeFailureError)) throw error;
    switch (error.failure) {
      case 'unknown':
      case 'key_reused': {
        const found = await look(stripe, credit).catch(ignoreFailure);
        if (found?.[0] !== undefined) return settle(context, stripe, sent, credit, found[0]);
        // A saved answer, or a key that others used: what was sent under it has ended, and made nothing here.
        const ended = found !== undefined && (error.replayed || error.failure === 'key_reused');
        return ended
          ? reversals.hold(await reversals.renew(sent), 'stripe_unreachable')
          : reversals.hold(sent, 'outcome_unknown');
      }
      case 'rate_limited':
      case 'revoked':
      case 'permission_missing':
        // Not done this time; whether an earlier send was done is as open as it was.
        return reversals.hold(row.outcome_unknown === 1 ? sent : await reversals.markNotSent(row), reason);
      default:
        return reversals.hold(sent, reason, false);
    }
  }
  return settle(context, stripe, sent, credit, made);
}

/** A look that fails itself says nothing: the outcome stays unknown. */
function ignoreFailure(error: unknown): undefined {
  if (error instanceof StripeFailureError) return undefined;
  throw error;
}

/** Believes a transaction only when it can be this credit's reversal. */
async function settle(
  context: TakeBackContext,
  stripe: StripeAccess,
  row: ConfirmedRow,
  credit: LedgerRow,
  made: StripeReversal,
): Promise<ReversalRow> {
  const isOurs = made.customer === credit.customer && made.currency === credit.currency;
  if (!isOurs || made.amount <= 0 || made.amount > credit.amount)
    return context.reversals.hold(row, 'credit_differs');
  const reversed = await context.reversals.reversed(row, made);
  await tellReversal(context, stripe, reversed, credit);
  return reversed;
}
