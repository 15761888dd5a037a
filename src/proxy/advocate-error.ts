/** How a request to Advocate ends without an answer we can use, sorted by what may have happened. */
import * as v from 'valibot';
import { strikeSecrets } from './secrets.ts';

/** `unreachable`: no usable answer, so a write may have happened. The others are definite. */
export type AdvocateFailure = 'unreachable' | 'rate_limited' | 'refused_key' | 'refused';

export class AdvocateError extends Error {
  override name = 'AdvocateError';
  readonly failure: AdvocateFailure;
  /** Milliseconds to wait, where Advocate said so. */
  readonly retryAfter: number | null;
  readonly status: number | null;
  constructor(
    failure: AdvocateFailure,
    message: string,
    status: number | null = null,
    retryAfter: number | null = null,
  ) {
    super(strikeSecrets(message));
    this.failure = failure;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

const ApiError = v.object({ message: v.string(), statusCode: v.number() });

export function failureOf(response: Response, body: unknown): AdvocateError {
  const { status } = response;
  const apiError = v.safeParse(ApiError, body);
  const message = apiError.success ? apiError.output.message : `HTTP ${status}`;
  if (status === 429) {
    const seconds = Number(response.headers.get('retry-after'));
    return new AdvocateError(
      'rate_limited',
      message,
      status,
      Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null,
    );
  }
  if (status === 401) return new AdvocateError('refused_key', message, status);
  // Only Advocate's own error body is a definite no; a gateway's 4xx page says nothing about a write.
  if (status >= 400 && status < 500 && apiError.success) return new AdvocateError('refused', message, status);
  return new AdvocateError(
    'unreachable',
    `Advocate answered HTTP ${status} without a usable answer.`,
    status,
  );
}

export function graphQLFailure(message: string, extensions: unknown): AdvocateError {
  const found = v.safeParse(v.object({ apiError: ApiError }), extensions);
  const status = found.success ? found.output.apiError.statusCode : 400;
  const text = found.success ? found.output.apiError.message : message;
  if (status === 401) return new AdvocateError('refused_key', text, status);
  if (status === 429) return new AdvocateError('rate_limited', text, status);
  if (status >= 500) return new AdvocateError('unreachable', text, status);
  return new AdvocateError('refused', text, status);
}
