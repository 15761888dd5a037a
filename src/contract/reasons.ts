import { type Money, plainMoney } from './money.ts';
import type { QueueState } from './words.ts';

/** What the one button of a reason does. */
export type Action =
  | 'link'
  | 'retry'
  | 'confirm_currency'
  | 'connect'
  | 'resume'
  | 'units'
  | 'confirm_backfill'
  | 'release_cap'
  | 'take_back'
  | 'release'
  | 'open_advocate'
  | 'open_stripe';

/** What is filled into the sentences of a reason. */
export type Facts = Partial<
  Record<'customer' | 'currency' | 'customerCurrency' | 'unit' | 'detail' | 'cap', string>
>;

/**
 * What a detail may say in a word of ours, or of Advocate's for what a reward waits for; each has its words
 * (`detail_…` in locales/en/reasons.json). Any other detail is a name, an amount, or somebody else's sentence.
 */
export const DETAIL_CODES = {
  pending: ['PENDING', 'SCHEDULED', 'US_TAX', 'UNHANDLED_ERROR'],
  owned_elsewhere: ['unnamed'],
  credit_differs: ['key_reused'],
  account_changed: ['restricted_key'],
  advocate_refused: ['reward_gone'],
  /** Not of a reason: why the last try credited nothing, why access to Stripe ended, why the webhook fails. */
  refusal: ['key_reused', 'not_found', 'access_taken', 'leads_away', 'no_answer'],
} as const satisfies Record<string, readonly string[]>;
type Coded = typeof DETAIL_CODES;
export type DetailCode = { [K in keyof Coded]: Coded[K][number] }[keyof Coded];

/** `cbtxn_1 20.00 USD cus_1`: the detail of a credit that is not as it should be. */
export const plainCredit = ({ id, customer, ...money }: Money & { id: string; customer: string }): string =>
  `${id} ${plainMoney(money)} ${customer}`;

type ReasonText = {
  state: Extract<QueueState, 'waiting' | 'held' | 'cancelled' | 'credited'>;
  action: Action | null;
  /** The facts that its sentences name (locales/en/reasons.json). */
  shows?: readonly (keyof Facts)[];
};

/**
 * Every reason why a reward is not (yet) paid. `waiting` goes on by itself when the cause goes away;
 * `held` needs a person; `cancelled` is Advocate's word before any credit; `credited` is paid, not yet redeemed.
 */
export const REASONS = {
  not_linked: { state: 'waiting', action: 'link' },
  field_name_differs: { state: 'waiting', action: 'link', shows: ['detail'] },
  pending: { state: 'waiting', action: null, shows: ['detail'] },
  paused: { state: 'waiting', action: 'resume' },
  earned_before_unit: { state: 'waiting', action: 'confirm_backfill', shows: ['unit'] },
  over_cap: { state: 'waiting', action: 'release_cap', shows: ['cap'] },
  over_cap_reward: { state: 'held', action: 'release_cap', shows: ['cap'] },
  unit_not_configured: { state: 'waiting', action: 'units', shows: ['unit'] },
  not_connected: { state: 'waiting', action: 'connect' },
  permission_missing: { state: 'waiting', action: 'connect', shows: ['detail'] },
  advocate_refused_key: { state: 'waiting', action: null },
  rate_limited: { state: 'waiting', action: null, shows: ['detail'] },
  stripe_unreachable: { state: 'waiting', action: 'retry' },
  advocate_unreachable: { state: 'waiting', action: 'retry' },
  proxy_unreachable: { state: 'waiting', action: 'retry' },
  proxy_failed: { state: 'waiting', action: 'retry' },
  outcome_unknown: { state: 'waiting', action: 'retry' },
  grew_old: { state: 'waiting', action: null },
  busy: { state: 'waiting', action: null },
  redeem_pending: { state: 'credited', action: 'retry' },

  link_invalid: { state: 'held', action: 'link', shows: ['customer'] },
  customer_missing: { state: 'held', action: 'link', shows: ['customer'] },
  customer_deleted: { state: 'held', action: 'link', shows: ['customer'] },
  customer_other_mode: { state: 'held', action: 'link', shows: ['customer'] },
  participant_blocked: { state: 'held', action: 'retry' },
  account_customers_differ: { state: 'held', action: 'link', shows: ['detail'] },
  currency_differs: { state: 'held', action: 'link', shows: ['currency', 'customer', 'customerCurrency'] },
  currency_unset: { state: 'held', action: 'confirm_currency', shows: ['currency', 'customer'] },
  currency_unsupported: { state: 'held', action: 'open_advocate', shows: ['currency'] },
  currency_digits_differ: { state: 'held', action: 'open_advocate', shows: ['currency'] },
  amount_not_exact: { state: 'held', action: 'open_advocate', shows: ['currency'] },
  amount_invalid: { state: 'held', action: 'open_advocate' },
  not_redeemable: { state: 'held', action: 'retry' },
  owned_elsewhere: { state: 'held', action: 'open_advocate', shows: ['detail'] },
  stripe_refused: { state: 'held', action: 'retry', shows: ['detail'] },
  credit_differs: { state: 'held', action: 'open_stripe', shows: ['detail'] },
  account_changed: { state: 'held', action: 'connect', shows: ['detail'] },
  redeemed_by_hand: { state: 'held', action: 'open_advocate', shows: ['detail'] },
  cancelled_after_credit: { state: 'held', action: 'take_back' },
  advocate_refused: { state: 'held', action: 'retry', shows: ['detail'] },
  held_by_hand: { state: 'held', action: 'release' },
  dismissed: { state: 'held', action: 'release' },

  cancelled_in_advocate: { state: 'cancelled', action: null },
  expired: { state: 'cancelled', action: null },
  redeemed_elsewhere: { state: 'cancelled', action: null },
  gone: { state: 'cancelled', action: null },
  not_a_reward: { state: 'cancelled', action: null },
} as const satisfies Record<string, ReasonText>;

export type Reason = keyof typeof REASONS;
export type ByHand = Extract<Reason, 'held_by_hand' | 'dismissed'>;
export const REASON_CODES = Object.keys(REASONS) as [Reason, ...Reason[]];

export const reasonText = (reason: Reason): ReasonText => REASONS[reason];

/** An admin's word, and nothing about the reward itself. */
export const isByHand = (reason: Reason | null): reason is ByHand =>
  reason === 'held_by_hand' || reason === 'dismissed';
