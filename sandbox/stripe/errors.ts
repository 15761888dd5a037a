import type { Mode } from '../../src/contract/words.ts';

export type ErrorBody = {
  error: {
    type: 'invalid_request_error' | 'api_error' | 'idempotency_error' | 'card_error';
    message: string;
    code?: string;
    param?: string;
    doc_url?: string;
    request_log_url?: string;
  };
};

type Detail = Partial<Omit<ErrorBody['error'], 'message' | 'doc_url'>>;

/** Thrown anywhere below a route; the edge turns it into Stripe's error answer. */
export class StripeFailure extends Error {
  readonly status: number;
  readonly body: ErrorBody;
  readonly headers: Record<string, string>;
  constructor(status: number, message: string, detail: Detail = {}, headers: Record<string, string> = {}) {
    super(message);
    this.name = 'StripeFailure';
    this.status = status;
    this.headers = headers;
    const { type = 'invalid_request_error', code, ...rest } = detail;
    const docs = code && {
      code,
      doc_url: `https://docs.stripe.com/error-codes/${code.replaceAll('_', '-')}`,
    };
    this.body = { error: { type, message, ...docs, ...rest } };
  }
}

export const badRequest = (message: string, detail: Detail = {}) => new StripeFailure(400, message, detail);

export const missing = (what: string, id: string, param: string) =>
  new StripeFailure(404, `No such ${what}: '${id}'`, { code: 'resource_missing', param });

/** The id exists, but under the other mode's keys. */
export function inOtherMode(what: string, id: string, param: string, keyMode: Mode): StripeFailure {
  const other = keyMode === 'test' ? 'live' : 'test';
  return new StripeFailure(
    404,
    `No such ${what}: '${id}'; a similar object exists in ${other} mode, but a ${keyMode} mode key was used to make this request.`,
    { code: 'resource_missing', param },
  );
}

/** Keys are echoed by Stripe with their middle masked. */
export const maskKey = (key: string) =>
  key.length <= 12 ? '*'.repeat(key.length) : `${key.slice(0, 8)}${'*'.repeat(12)}${key.slice(-4)}`;

export const noAccess = (key: string, account: string) =>
  new StripeFailure(
    403,
    `The provided key '${maskKey(key)}' does not have access to account '${account}' (or that account does not exist). Application access may have been revoked.`,
    { code: 'account_invalid' },
  );

export const invalidKey = (key: string) =>
  new StripeFailure(401, `Invalid API Key provided: ${maskKey(key)}`);

export type RateReason = 'global-rate' | 'endpoint-rate' | 'global-concurrency' | 'endpoint-concurrency';

export const rateLimited = (reason: RateReason) =>
  new StripeFailure(
    429,
    'Request rate limit exceeded. Slow down and try again with exponential backoff.',
    { code: 'rate_limit' },
    { 'Stripe-Rate-Limited-Reason': reason },
  );

/** Another request works on the same object; unlike a rate limit it names no reason header. */
export const lockTimeout = () =>
  new StripeFailure(
    429,
    'This object cannot be accessed right now because another API request or Stripe process is currently accessing it.',
    { code: 'lock_timeout' },
  );

export const keyInUse = (key: string) =>
  new StripeFailure(
    409,
    `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
    { type: 'idempotency_error', code: 'idempotency_key_in_use' },
  );

export const keyReused = (key: string) =>
  new StripeFailure(
    400,
    `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
    { type: 'idempotency_error' },
  );

export const serverError = (headers: Record<string, string> = {}) =>
  new StripeFailure(500, 'An unknown error occurred', { type: 'api_error' }, headers);
