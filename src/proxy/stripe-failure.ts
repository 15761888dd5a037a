/** How a call to Stripe ended without an answer we can use. */
import Stripe from 'stripe';
import { strikeSecrets } from './secrets.ts';

/** `unknown` may have happened; every other failure certainly did not. */
export type StripeFailure =
  | 'unknown'
  | 'rate_limited'
  | 'revoked'
  | 'permission_missing'
  | 'key_reused'
  | 'customer_missing'
  | 'customer_other_mode'
  | 'customer_deleted'
  | 'refused';

export class StripeFailureError extends Error {
  override name = 'StripeFailureError';
  readonly failure: StripeFailure;
  /** The refusal was saved under the key and will be repeated for it. */
  readonly replayed: boolean;
  readonly requestId: string | null;
  /** Which rate was too high, in Stripe's word; null where it names none. */
  readonly limitedBy: string | null = null;
  /** Stripe says that asking again would be of no use. */
  readonly final: boolean = false;
  constructor(
    failure: StripeFailure,
    message: string,
    replayed = false,
    requestId: string | null = null,
    headers: Record<string, string> = {},
  ) {
    super(strikeSecrets(message));
    this.limitedBy = headers['stripe-rate-limited-reason'] ?? null;
    this.final = headers['stripe-should-retry'] === 'false';
    this.failure = failure;
    this.replayed = replayed;
    this.requestId = requestId;
  }
}

/** The caller’s facts were too old by the time it was to be sent, so it was not. */
export class GrewOldError extends Error {
  override name = 'GrewOldError';
}

/** Sorts Stripe's errors by the one question that matters: can it have happened? */
export function failureOf(error: unknown): StripeFailureError {
  if (!(error instanceof Stripe.errors.StripeError))
    return new StripeFailureError(
      'unknown',
      error instanceof Error ? error.message : 'Stripe did not answer.',
    );
  const { statusCode: status, code, message, requestId, headers } = error;
  const replayed = headers?.['idempotent-replayed'] === 'true';
  const fail = (failure: StripeFailure) =>
    new StripeFailureError(failure, message, replayed, requestId ?? null, headers);

  if (status === undefined || status >= 500 || status < 400) return fail('unknown');
  if (status === 429) return fail('rate_limited');
  if (status === 409) return fail('unknown'); // the same key is under way
  if (error instanceof Stripe.errors.StripeIdempotencyError) return fail('key_reused');
  if (code === 'account_invalid') return fail('revoked');
  // The key itself: no account would be reached through it, and none has taken anything back.
  if (status === 401) return fail('permission_missing');
  if (status === 403)
    return fail(
      /access .*revoked|does not have access to account/i.test(message) ? 'revoked' : 'permission_missing',
    );
  if (code === 'resource_missing' || status === 404) {
    if (/similar object exists in (live|test) mode/.test(message)) return fail('customer_other_mode');
    return fail('customer_missing');
  }
  return fail('refused');
}
