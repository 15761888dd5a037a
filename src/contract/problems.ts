import * as v from 'valibot';

/** Stable codes of everything that a route or a message refuses, with the HTTP status it travels under. */
export const PROBLEMS = {
  bad_request: { status: 400, title: 'The request was not understood.' },
  cursor_invalid: { status: 400, title: 'The place to read on from is not one of ours.' },
  unauthorized: { status: 401, title: 'This browser is not paired with the proxy.' },
  code_invalid: { status: 401, title: 'This pairing code is wrong, used or expired.' },
  forbidden: { status: 403, title: 'Your role does not allow this.' },
  not_found: { status: 404, title: 'There is nothing here.' },
  participant_missing: { status: 404, title: 'Advocate has no such participant in this mode.' },
  customer_missing: { status: 404, title: 'Stripe has no such customer in this account.' },
  customer_deleted: { status: 409, title: 'This customer was deleted in Stripe.' },
  customer_other_mode: { status: 409, title: 'This customer belongs to the other mode.' },
  customer_exists: { status: 409, title: 'A customer with this e-mail exists already.' },
  account_customers_differ: {
    status: 409,
    title: 'Another participant of this account has another customer.',
  },
  link_changed: { status: 409, title: 'Somebody changed this link in the meantime.' },
  settings_changed: { status: 409, title: 'Somebody changed the settings in the meantime.' },
  reversal_changed: { status: 409, title: 'What can be taken back has changed in the meantime.' },
  reversal_not_possible: { status: 409, title: 'This credit cannot be taken back.' },
  already_reconciling: { status: 409, title: 'A reconciliation of this mode is under way.' },
  webhook_invalid: { status: 400, title: 'The webhook is not signed by whom it says it is from.' },
  lease_taken: { status: 409, title: 'Another browser is sending.' },
  connect_not_possible: { status: 409, title: 'Stripe Connect is not set up on the proxy for this mode.' },
  connect_state_invalid: { status: 400, title: 'This connection attempt is unknown, used or expired.' },
  connect_refused: { status: 400, title: 'Stripe did not connect the account.' },
  not_connected: { status: 409, title: 'Stripe is not connected in this mode.' },
  mode_not_configured: { status: 409, title: 'The proxy has no Advocate key for this mode.' },
  unit_not_usable: { status: 422, title: 'This unit cannot be paid through Stripe.' },
  too_large: { status: 413, title: 'The request is too large.' },
  too_many_attempts: { status: 429, title: 'Too many attempts.' },
  rate_limited: { status: 503, title: 'Stripe or Advocate asked us to slow down.' },
  advocate_refused_key: { status: 502, title: 'Advocate refuses the proxy’s API key.' },
  advocate_refused: { status: 502, title: 'Advocate refused the request.' },
  advocate_unreachable: { status: 503, title: 'Advocate could not be reached.' },
  stripe_refused: { status: 502, title: 'Stripe refused the request.' },
  stripe_unreachable: { status: 503, title: 'Stripe could not be reached.' },
  permission_missing: { status: 502, title: 'Stripe’s key lacks a permission.' },
  internal: { status: 500, title: 'The proxy failed at something it should not fail at.' },
  /** Only inside the browser: */
  proxy_unreachable: { status: 503, title: 'The proxy could not be reached.' },
  proxy_unexpected: { status: 502, title: 'The proxy’s answer was not understood.' },
  host_permission_missing: {
    status: 403,
    title: 'The browser does not let the extension talk to this proxy.',
  },
  not_paired: { status: 401, title: 'Pair this browser with a proxy first.' },
  sender_refused: { status: 403, title: 'This page may not ask for that.' },
  page_moved_on: { status: 409, title: 'The page shows somebody else now.' },
  message_unknown: { status: 400, title: 'The message was not understood.' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;
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
export type Problem = v.InferOutput<typeof Problem>;

export type ProblemExtra = { detail?: string; action?: string; current?: string | null };

/** Thrown wherever a request cannot be answered; becomes problem details at the edge. */
export class ProblemError extends Error {
  readonly code: ProblemCode;
  readonly extra: ProblemExtra;
  constructor(code: ProblemCode, extra: ProblemExtra = {}, options?: ErrorOptions) {
    super(extra.detail ?? PROBLEMS[code].title, options);
    this.name = 'ProblemError';
    this.code = code;
    this.extra = extra;
  }
  toProblem(requestId?: string): Problem {
    const { status, title } = PROBLEMS[this.code];
    return {
      type: 'about:blank',
      code: this.code,
      title,
      status,
      ...this.extra,
      ...(requestId && { requestId }),
    };
  }
}
