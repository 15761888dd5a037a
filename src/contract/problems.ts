import * as v from 'valibot';
import titles from '../locales/en/problems.json' with { type: 'json' };

/** Stable codes of everything that a route or a message refuses, with the HTTP status it travels under. */
export const PROBLEMS = {
  bad_request: 400,
  cursor_invalid: 400,
  unauthorized: 401,
  code_invalid: 401,
  forbidden: 403,
  not_found: 404,
  participant_missing: 404,
  customer_missing: 404,
  customer_deleted: 409,
  customer_other_mode: 409,
  customer_exists: 409,
  account_customers_differ: 409,
  link_changed: 409,
  link_busy: 409,
  settings_changed: 409,
  last_admin: 409,
  reversal_changed: 409,
  reversal_not_possible: 409,
  already_reconciling: 409,
  already_claimed: 409,
  webhook_invalid: 400,
  lease_taken: 409,
  connect_not_possible: 409,
  connect_state_invalid: 400,
  connect_refused: 400,
  not_connected: 409,
  mode_not_configured: 409,
  unit_not_usable: 422,
  too_large: 413,
  too_many_attempts: 429,
  rate_limited: 503,
  advocate_refused_key: 502,
  advocate_refused: 502,
  advocate_unreachable: 503,
  stripe_refused: 502,
  stripe_unreachable: 503,
  permission_missing: 502,
  proxy_stopping: 503,
  proxy_busy: 503,
  database_unreachable: 503,
  internal: 500,
  /** Only inside the browser: */
  proxy_unreachable: 503,
  proxy_unexpected: 502,
  host_permission_missing: 403,
  not_paired: 401,
  sender_refused: 403,
  page_moved_on: 409,
  message_unknown: 400,
} as const satisfies Record<string, number>;

export type ProblemCode = keyof typeof PROBLEMS;
/** As it travels, for machines and logs; pages say it in the person's language. */
const TITLES: Partial<Record<string, string>> = titles;
/** In English, for the proxy. The extension is built without them: it says a problem by its code (`sayProblem`). */
export const titleOf = (code: ProblemCode): string => TITLES[`problem_${code}`] ?? code;
export const PROBLEM_CODES = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]];

/**
 * Problem details (RFC 9457) as every refusal carries them: `title` what happened, `detail` why, `action` what to do.
 * `current` is the value that stands now, where somebody else changed it first.
 */
// Pure, so that pages which read only the words carry no schema library.
export const Problem = /* @__PURE__ */ (() =>
  v.object({
    type: v.literal('about:blank'),
    code: v.picklist(PROBLEM_CODES),
    title: v.string(),
    status: v.number(),
    detail: v.optional(v.string()),
    action: v.optional(v.string()),
    current: v.optional(v.nullable(v.string())),
    requestId: v.optional(v.string()),
  }))();
/** The parts that the extension says itself, in the person's language. All else comes in the proxy's English. */
type Told = { told?: ('title' | 'detail' | 'action')[] | undefined };
export type Problem = v.InferOutput<typeof Problem> & Told;
/** As the extension keeps it for itself. */
export const ToldProblem = /* @__PURE__ */ (() =>
  v.object({
    ...Problem.entries,
    told: v.optional(v.array(v.picklist(['title', 'detail', 'action']))),
  }))();

export type ProblemExtra = {
  title?: string;
  detail?: string;
  action?: string;
  current?: string | null;
  /** Of the request that was refused, where it was made for another. */
  requestId?: string;
} & Told;

/** Thrown wherever a request cannot be answered; becomes problem details at the edge. */
export class ProblemError extends Error {
  readonly code: ProblemCode;
  readonly extra: ProblemExtra;
  constructor(code: ProblemCode, extra: ProblemExtra = {}, options?: ErrorOptions) {
    super(extra.detail ?? titleOf(code), options);
    this.name = 'ProblemError';
    this.code = code;
    this.extra = extra;
  }
  toProblem(requestId?: string): Problem {
    return {
      type: 'about:blank',
      code: this.code,
      title: titleOf(this.code),
      status: PROBLEMS[this.code],
      ...this.extra,
      ...(requestId && { requestId }),
    };
  }
}
