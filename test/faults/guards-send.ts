/** The guards where a credit is sent and looked for. */
import { type Guard, guardsIn } from './guards.ts';

const TRANSPORT = 'test/faults/transport.test.ts';
const ANSWERS = 'test/faults/stripe-answers.test.ts';
const KEYS = 'test/faults/keys.test.ts';
const ACCESS = 'test/faults/access.test.ts';
const DEAUTHORIZED = 'test/faults/deauthorized.test.ts';
const CUSTOMERS = 'test/faults/customers.test.ts';
const TIME = 'test/faults/time-and-lists.test.ts';
const MEANWHILE = 'test/proxy/meanwhile.test.ts';
const TAKE_BACK = ['test/proxy/take-back.test.ts', 'test/proxy/take-back-interrupted.test.ts'];

export const SEND = (): Guard[] => [
  ...guardsIn('src/proxy/send-credit.ts', [
    [
      'frozen key: the same for every send',
      'parameters, row.idempotency_key, context.isFresh)',
      'parameters, row.idempotency_key + Math.random(), context.isFresh)',
      [KEYS, TRANSPORT],
    ],
    [
      'mark before send',
      'row = await context.ledger.markSent(row, context.actor, context.agreements.take(row.reward));',
      '',
      KEYS,
    ],
    ['look before resend', 'if (found !== null) return found;', '', KEYS],
    [
      'the same key again only for the same credit',
      'if (wanted !== null && sameCredit(row, wanted)) return',
      'if (wanted !== null) return',
      ['test/proxy/credit-once.test.ts', KEYS],
      'relink',
    ],
    [
      'renewed only when nothing can be under way',
      'if (loudFor > 0)',
      'if (loudFor > 1e15)',
      TRANSPORT,
      'F4',
    ],
    [
      'a key used with other parameters stops for a person',
      'if (row.refusal === KEY_REUSED) return',
      "if (row.refusal === 'never') return",
      ANSWERS,
      'F11',
    ],
    [
      'a replayed failure gets a new key',
      'if (error.replayed && found === null) row =',
      'if (error.replayed && found === undefined) row =',
      ANSWERS,
      'F6',
    ],
    [
      'no new key where nobody could look',
      'if (error.replayed && found === null) row =',
      'if (error.replayed) row =',
      ANSWERS,
      'F6',
    ],
    [
      'a look that failed proves nothing',
      'if (!row.outcome_unknown && error instanceof StripeFailureError',
      'if (error instanceof StripeFailureError',
      CUSTOMERS,
      'F17',
    ],
    ['the look knows its tenant', ' && metadata[METADATA.tenant] === tenant', '', KEYS, 'another tenant'],
    ['the look allows for clocks', '_SLACK_MS = 48 * 3_600_000', '_SLACK_MS = 0', TIME, 'F21'],
    [
      'a credit that differs is not believed',
      'if (credit.amount !== row.amount || credit.currency !== row.currency || credit.customer !== row.customer)',
      'if (credit.customer !== row.customer)',
      KEYS,
      'differs',
    ],
    [
      'another account’s outcome is not guessed',
      'if (row.stripe_account !== context.stripe.account && row.outcome_unknown)',
      'if (row.refusal === "never")',
      ACCESS,
      'another account connected',
    ],
    [
      'revoked access is written down for all',
      'await context.onRevoked(row.stripe_account, error.message);',
      '',
      ACCESS,
      'F14',
    ],
    [
      'turned away is not sent',
      'if (!before.outcome_unknown) row = await context.ledger.markNotSent(before);',
      '',
      ANSWERS,
      'relinks',
    ],
  ]),
  ...guardsIn('src/proxy/stripe-access.ts', [
    [
      'an answer is of the mode that was asked',
      'if (object.livemode !== livemode)',
      'if (object.livemode === null)',
      ACCESS,
      'F16',
    ],
    ['redirects are refused', "redirect: 'error'", "redirect: 'follow'", TRANSPORT, 'F28'],
    ['revoked access asks nothing more', 'if (revoked !== null) throw revoked;', '', ACCESS, 'F14'],
    [
      'access is checked before each call',
      "if (lost !== null) throw new StripeFailureError('revoked', lost);",
      '',
      DEAUTHORIZED,
    ],
  ]),
  ...guardsIn('src/proxy/stripe-failure.ts', [
    [
      'a customer of the other mode is told apart',
      "return fail('customer_other_mode');",
      "return fail('refused');",
      ACCESS,
      'F16',
    ],
    [
      '429 is certainly not done',
      "if (status === 429) return fail('rate_limited');",
      "if (status === 429) return fail('refused');",
      ANSWERS,
      'F9',
    ],
    [
      '409 is under way, not refused',
      "if (status === 409) return fail('unknown');",
      "if (status === 409) return fail('refused');",
      ANSWERS,
      'F8',
    ],
    [
      'a 5xx may have happened',
      'if (status === undefined || status >= 500 || status < 400)',
      'if (status === undefined || status < 400)',
      TRANSPORT,
      'F5',
    ],
  ]),
  ...guardsIn('src/proxy/stripe-customers.ts', [
    [
      'a deleted customer gets nothing',
      "retrieve(id, {}, options);\n        if (customer.deleted) throw new StripeFailureError('customer_deleted'",
      "retrieve(id, {}, options);\n        if (customer.deleted) throw new StripeFailureError('refused'",
      CUSTOMERS,
      'F17',
    ],
  ]),
  ...guardsIn('src/proxy/stripe-credits.ts', [
    [
      'facts are looked at once more in the last moment',
      'if (!isFresh()) throw new GrewOldError();',
      '',
      MEANWHILE,
      'stood still',
    ],
    [
      'the look reads every page',
      'if (!page.has_more || after === undefined) return found;',
      'return found;',
      TIME,
      'F23',
    ],
    [
      'the look knows a credit by its sign',
      'one.amount < 0 && matches(one.metadata ?? {})',
      'matches(one.metadata ?? {})',
      KEYS,
      'another sign',
    ],
    [
      'the look knows what took a credit back by its sign',
      'one.amount > 0 && matches(one.metadata ?? {})',
      'matches(one.metadata ?? {})',
      TAKE_BACK,
      'sign of a credit',
    ],
  ]),
];
