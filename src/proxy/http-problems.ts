/** Every refusal leaves as problem details with a stable code. */
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type ProblemCode, ProblemError } from '../contract/problems.ts';
import type { DetailCode } from '../contract/reasons.ts';
import { AdvocateError, type AdvocateFailure } from './advocate-error.ts';
import { strikeSecrets } from './secrets.ts';
import { type StripeFailure, StripeFailureError } from './stripe-failure.ts';

const FROM_STRIPE: Record<StripeFailure, ProblemCode> = {
  unknown: 'stripe_unreachable',
  rate_limited: 'rate_limited',
  revoked: 'not_connected',
  permission_missing: 'permission_missing',
  key_reused: 'stripe_refused',
  customer_missing: 'customer_missing',
  customer_other_mode: 'customer_other_mode',
  customer_deleted: 'customer_deleted',
  refused: 'stripe_refused',
};
const FROM_ADVOCATE: Record<AdvocateFailure, ProblemCode> = {
  unreachable: 'advocate_unreachable',
  rate_limited: 'rate_limited',
  refused_key: 'advocate_refused_key',
  refused: 'advocate_refused',
};

/** Seconds after which asking again is worth it, where the proxy itself is what stands in the way. */
const RETRY_AFTER: Partial<Record<ProblemCode, number>> = {
  proxy_stopping: 10,
  proxy_busy: 5,
  database_unreachable: 10,
  too_many_attempts: 60,
};

export function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof StripeFailureError) {
    const { failure, message } = error;
    // A code of ours is no sentence; what it means is the problem's title.
    const isCode = message === ('access_taken' satisfies DetailCode);
    return new ProblemError(FROM_STRIPE[failure], isCode ? {} : { detail: message }, { cause: error });
  }
  if (error instanceof AdvocateError)
    return new ProblemError(FROM_ADVOCATE[error.failure], { detail: error.message }, { cause: error });
  if (error instanceof HTTPException && error.status < 500)
    return new ProblemError('bad_request', { detail: error.message }, { cause: error });
  return new ProblemError(
    'internal',
    { action: 'Look for the request id in the proxy’s log.' },
    { cause: error },
  );
}

export function answerProblem(c: Context, problem: ProblemError, requestId: string): Response {
  const body = problem.toProblem(requestId);
  const wait = RETRY_AFTER[problem.code];
  // The last door: whatever a text has picked up on its way, no secret leaves by it.
  return c.body(strikeSecrets(JSON.stringify(body)), body.status as ContentfulStatusCode, {
    'content-type': 'application/problem+json',
    ...(wait !== undefined && { 'retry-after': String(wait) }),
  });
}
