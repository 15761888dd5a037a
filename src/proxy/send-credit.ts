/**
 * One credit at Stripe: the intent is in the ledger before this is called; here it is sent, and what became of it
 * is found out. Never sends where an earlier send may have succeeded without looking first.
 */
import type { Money } from '../contract/money.ts';
import { type DetailCode, plainCredit } from '../contract/reasons.ts';
import type { Outcome } from '../contract/routes.ts';
import type { Agreements } from './agreements.ts';
import type { Claim, Ledger, LedgerRow } from './ledger.ts';
import { because, fromRow } from './outcomes.ts';
import type { StripeAccess } from './stripe-access.ts';
import type { CreditParameters, StripeCredit } from './stripe-credits.ts';
import { GrewOldError, type StripeFailure, StripeFailureError } from './stripe-failure.ts';

export type SendContext = {
  ledger: Ledger;
  stripe: StripeAccess;
  tenant: string;
  now: () => number;
  /** Whether what allows this credit was read just now: a process can stand still for hours between two lines. */
  isFresh: () => boolean;
  sleep: (ms: number) => Promise<void>;
  /** Stripe took the access back: nothing more is sent for this account. */
  onRevoked: (account: string | null, why: string) => Promise<void>;
  /** Who asked: the browser's id. */
  actor: string;
  agreements: Agreements;
};

type LookContext = Omit<SendContext, 'isFresh'>;

/** What the row is to be credited with now, if it has to be sent under a new key. */
export type Wanted = Claim;
/** `outcome` null: nothing was credited and nothing is under way, so the caller's own reason stands. */
export type Sent = { credited: true; row: LedgerRow } | { credited: false; outcome: Outcome | null };

/** A request that Stripe may still be executing is not given up sooner than this. */
export const UNDER_WAY_MS = 5 * 60_000;
/** Clocks differ; a look begins this much before the first send. */
export const CLOCK_SLACK_MS = 48 * 3_600_000;
const UNKNOWN_RETRY_MS = 30_000;
const SLOW_DOWN_MS = [500, 1000, 2000];

export const METADATA = {
  reward: 'advocate_reward',
  tenant: 'advocate_tenant',
  unit: 'advocate_unit',
} as const;

export function creditParameters(
  reward: string,
  tenant: string,
  unit: string,
  money: Money,
): CreditParameters {
  return {
    amount: money.amount,
    currency: money.currency,
    description: `Advocate reward, ${unit}`,
    metadata: { [METADATA.reward]: reward, [METADATA.tenant]: tenant, [METADATA.unit]: unit },
  };
}

/** Sends a claimed row, or finds out what became of an earlier send. `wanted` null: it may not be sent now. */
export async function sendCredit(context: SendContext, row: LedgerRow, wanted: Wanted | null): Promise<Sent> {
  if (row.first_sent_at === null) {
    if (wanted === null) throw new Error('a row that was never sent has nothing to find out');
    return send(context, row);
  }
  if (row.stripe_account !== context.stripe.account && row.outcome_unknown)
    return stop(
      because(row.reward, 'account_changed', {
        facts: { detail: row.stripe_account ?? ('restricted_key' satisfies DetailCode) },
      }),
    );

  const found = await look(context, row).catch((error: unknown) => {
    // After a definite no the old customer's list proves nothing any more, so it may be gone.
    if (!row.outcome_unknown && error instanceof StripeFailureError && GONE.has(error.failure)) return null;
    throw error;
  });
  if (found !== null) return found;

  if (row.refusal === KEY_REUSED) return stop(wanted === null ? null : keyReused(row));
  if (!row.outcome_unknown)
    return wanted === null ? stop(null) : send(context, await context.ledger.renew(row, wanted));
  // The same key with the same parameters is the one thing that is safe while the first request may be under way.
  if (wanted !== null && sameCredit(row, wanted)) return send(context, row);
  // By the ledger's clock: it was another proxy that sent, perhaps, and its own clock may be days apart from ours.
  const loudFor = (row.last_sent_at ?? 0) + UNDER_WAY_MS - (await context.ledger.now());
  if (loudFor > 0)
    return stop(fromRow(row, 'waiting', 'outcome_unknown', { retryAt: context.now() + loudFor }));
  const settled = await context.ledger.markRefused(row, 'not_found' satisfies DetailCode);
  return wanted === null ? stop(null) : send(context, await context.ledger.renew(settled, wanted));
}

/** Where a customer's list of transactions cannot be read any more. */
const GONE: ReadonlySet<StripeFailure> = new Set([
  'customer_missing',
  'customer_deleted',
  'customer_other_mode',
]);
/**
 * The key was used with other parameters, so something else was sent for this reward: by a ledger that was lost, for
 * example. Where that credit went is not known here, so nothing is sent under a new key either.
 */
export const KEY_REUSED = 'key_reused' satisfies DetailCode;
export const keyReused = (row: LedgerRow): Outcome =>
  fromRow(row, 'held', 'credit_differs', {
    facts: { detail: KEY_REUSED, customer: row.customer },
  });

const stop = (outcome: Outcome | null): Sent => ({ credited: false, outcome });

export function sameCredit(row: LedgerRow, wanted: Wanted): boolean {
  return (
    row.customer === wanted.customer &&
    row.stripe_account === wanted.stripe_account &&
    row.amount === wanted.amount &&
    row.currency === wanted.currency
  );
}

/** Sends under the row's key until there is an answer, or until waiting is wiser. */
async function send(context: SendContext, start: LedgerRow): Promise<Sent> {
  let row = start;
  let slowDowns = 0;
  let unknowns = 0;
  for (;;) {
    const before = row;
    row = await context.ledger.markSent(row, context.actor, context.agreements.take(row.reward));
    try {
      const parameters = JSON.parse(row.parameters) as CreditParameters;
      return await settle(
        context,
        row,
        await context.stripe.credit(row.customer, parameters, row.idempotency_key, context.isFresh),
      );
    } catch (error) {
      const grewOld = error instanceof GrewOldError;
      if (!grewOld && !(error instanceof StripeFailureError)) throw error;
      // Definitely not done this time; whether an earlier send was done is as open as it was.
      const notDone = async () => {
        if (!before.outcome_unknown) row = await context.ledger.markNotSent(before);
      };
      if (grewOld) {
        await notDone();
        const reason = before.outcome_unknown ? 'outcome_unknown' : 'grew_old';
        return stop(fromRow(row, 'waiting', reason, { retryAt: context.now() }));
      }
      switch (error.failure) {
        case 'rate_limited': {
          await notDone();
          const pause = error.final ? undefined : SLOW_DOWN_MS[slowDowns++];
          if (pause === undefined)
            return stop(
              fromRow(row, 'waiting', 'rate_limited', {
                facts: { detail: 'Stripe' },
                retryAt: context.now() + 15_000,
              }),
            );
          await context.sleep(pause * (0.75 + Math.random() / 2));
          continue;
        }
        case 'revoked':
          await notDone();
          await context.onRevoked(row.stripe_account, error.message);
          return stop(fromRow(row, 'waiting', 'not_connected'));
        case 'permission_missing':
          await notDone();
          return stop(fromRow(row, 'waiting', 'permission_missing', { facts: { detail: error.message } }));
        case 'unknown': {
          const found = await look(context, row).catch(ignoreFailure);
          if (found) return found;
          // A saved failure comes back for this key for ever; it also proves that the first request has ended.
          if (error.replayed && found === null) row = await context.ledger.renew(row, claimOf(row));
          if (++unknowns > 2)
            return stop(
              fromRow(row, 'waiting', 'outcome_unknown', { retryAt: context.now() + UNKNOWN_RETRY_MS }),
            );
          await context.sleep(300);
          continue;
        }
        case 'key_reused': {
          const found = await look(context, row).catch(ignoreFailure);
          if (found) return found;
          row = await context.ledger.markRefused(row, KEY_REUSED);
          return stop(keyReused(row));
        }
        default:
          row = await context.ledger.markRefused(row, error.message);
          return stop(refusal(row, error));
      }
    }
  }
}

function refusal(row: LedgerRow, { failure, message }: StripeFailureError): Outcome {
  const facts = { customer: row.customer, detail: message, currency: row.currency };
  if (failure === 'customer_missing' || failure === 'customer_other_mode' || failure === 'customer_deleted')
    return fromRow(row, 'held', failure, { facts });
  return fromRow(row, 'held', 'stripe_refused', { facts });
}

/** A look that fails itself says nothing: the outcome stays unknown. */
function ignoreFailure(error: unknown): undefined {
  if (error instanceof StripeFailureError) return undefined;
  throw error;
}

const look = (context: LookContext, row: LedgerRow) =>
  lookFor(context, row, (row.first_sent_at ?? context.now()) - CLOCK_SLACK_MS);

/** Whether a transaction says of itself that it is for this reward. */
export const names = (reward: string, tenant: string) => (metadata: Record<string, string>) =>
  metadata[METADATA.reward] === reward && metadata[METADATA.tenant] === tenant;

/**
 * Lists what the customer was credited since then, and takes the reward's own credit, told by its metadata, for the
 * answer. Null: there is none.
 */
export async function lookFor(context: LookContext, row: LedgerRow, since: number): Promise<Sent | null> {
  const [found] = await context.stripe.creditsOf(row.customer, since, names(row.reward, context.tenant));
  return found === undefined ? null : settle(context, row, found);
}

/** Believes a credit only when it is the one that was asked for. */
async function settle(context: LookContext, row: LedgerRow, credit: StripeCredit): Promise<Sent> {
  if (credit.amount !== row.amount || credit.currency !== row.currency || credit.customer !== row.customer) {
    const facts = { detail: plainCredit(credit), customer: row.customer };
    return stop(fromRow(row, 'held', 'credit_differs', { facts }));
  }
  const { id, requestId, after, createdAt } = credit;
  const seen = { id, requestId, before: after - credit.amount, after, at: createdAt };
  const credited = await context.ledger.credited(row.reward, seen, context.actor);
  return { credited: true, row: credited };
}

function claimOf(row: LedgerRow): Claim {
  const {
    account_id,
    user_id,
    unit,
    stripe_account,
    customer,
    amount,
    currency,
    redeem_amount,
    redeemed_before,
    parameters,
  } = row;
  return {
    account_id,
    user_id,
    unit,
    stripe_account,
    customer,
    amount,
    currency,
    redeem_amount,
    redeemed_before,
    parameters,
  };
}
