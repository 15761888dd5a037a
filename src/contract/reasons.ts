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
  | 'open_advocate'
  | 'open_stripe';

export const ACTION_LABELS: Record<Action, string> = {
  link: 'Find customer',
  retry: 'Try again',
  confirm_currency: 'Confirm currency',
  connect: 'Connect Stripe',
  resume: 'Turn on',
  units: 'Edit units',
  confirm_backfill: 'Credit them',
  release_cap: 'Let it through',
  take_back: 'Take it back',
  open_advocate: 'Open in Advocate',
  open_stripe: 'Open in Stripe',
};

/** Blanks of a sentence. A blank that is not given is written as an ellipsis. */
export type Facts = Partial<
  Record<'customer' | 'currency' | 'customerCurrency' | 'unit' | 'detail' | 'cap', string>
>;

type ReasonText = {
  state: Extract<QueueState, 'waiting' | 'held' | 'cancelled' | 'credited'>;
  /** What happened and why. */
  what: string;
  /** What to do, or what happens by itself. */
  next: string;
  action: Action | null;
};

/**
 * Every reason why a reward is not (yet) paid. `waiting` goes on by itself when the cause goes away;
 * `held` needs a person; `cancelled` is Advocate's word before any credit; `credited` is paid, not yet redeemed.
 */
export const REASONS = {
  not_linked: {
    state: 'waiting',
    what: 'The participant is not linked to a Stripe customer.',
    next: 'Link them, and the reward goes through.',
    action: 'link',
  },
  field_name_differs: {
    state: 'waiting',
    what: 'A customer ID was found in the field {detail}, but the link is read from stripeCustomerId.',
    next: 'Link the participant again to put the ID in the right field.',
    action: 'link',
  },
  pending: {
    state: 'waiting',
    what: 'Advocate has not released this reward yet ({detail}).',
    next: 'It goes through when Advocate releases it.',
    action: null,
  },
  paused: {
    state: 'waiting',
    what: 'Credits are paused.',
    next: 'Turn credits on, and the reward goes through.',
    action: 'resume',
  },
  earned_before_unit: {
    state: 'waiting',
    what: 'The reward was earned before the unit {unit} was added here.',
    next: 'Confirm that earlier rewards are to be credited, and it goes through.',
    action: 'confirm_backfill',
  },
  over_cap: {
    state: 'waiting',
    what: 'The cap of {cap} a day is reached.',
    next: 'It goes through tomorrow (UTC), or when an admin lets it through.',
    action: 'release_cap',
  },
  over_cap_reward: {
    state: 'held',
    what: 'The reward is above the cap of {cap} for one reward. Nothing was sent.',
    next: 'Let it through, raise the cap, or cancel the reward in Advocate.',
    action: 'release_cap',
  },
  unit_not_configured: {
    state: 'waiting',
    what: 'The unit {unit} is not set to pay through Stripe.',
    next: 'Add the unit, and the reward goes through.',
    action: 'units',
  },
  not_connected: {
    state: 'waiting',
    what: 'Stripe is not connected in this mode, or its access was taken back.',
    next: 'Rewards are kept and go through after you connect.',
    action: 'connect',
  },
  permission_missing: {
    state: 'waiting',
    what: 'Stripe refuses the proxy’s key: {detail}',
    next: 'Give the key the permission it asks for. Rewards are kept.',
    action: 'connect',
  },
  advocate_refused_key: {
    state: 'waiting',
    what: 'Advocate refuses the proxy’s API key.',
    next: 'Correct the key in the proxy’s settings file. Rewards are kept.',
    action: null,
  },
  rate_limited: {
    state: 'waiting',
    what: '{detail} asked us to slow down.',
    next: 'It is tried again by itself.',
    action: null,
  },
  stripe_unreachable: {
    state: 'waiting',
    what: 'Stripe could not be reached. Nothing was sent.',
    next: 'It is tried again by itself.',
    action: 'retry',
  },
  advocate_unreachable: {
    state: 'waiting',
    what: 'Advocate could not be reached.',
    next: 'It is tried again by itself.',
    action: 'retry',
  },
  proxy_unreachable: {
    state: 'waiting',
    what: 'The proxy could not be reached.',
    next: 'It is tried again by itself.',
    action: 'retry',
  },
  proxy_failed: {
    state: 'waiting',
    what: 'The proxy failed at this reward. Whoever runs it finds the cause in its log.',
    next: 'It is tried again by itself. Nothing is paid twice.',
    action: 'retry',
  },
  outcome_unknown: {
    state: 'waiting',
    what: 'Stripe did not answer. It is checked before anything is sent again, so nothing is paid twice.',
    next: 'It is checked again by itself.',
    action: 'retry',
  },
  grew_old: {
    state: 'waiting',
    what: 'It took so long that what was known of the reward grew old. Nothing was sent.',
    next: 'It is looked at again by itself.',
    action: null,
  },
  busy: {
    state: 'waiting',
    what: 'Another browser is working on this reward.',
    next: 'It is looked at again by itself.',
    action: null,
  },
  redeem_pending: {
    state: 'credited',
    what: 'The credit is in Stripe; Advocate has not recorded it as redeemed yet.',
    next: 'It is tried again by itself. Nothing is paid twice.',
    action: 'retry',
  },

  link_invalid: {
    state: 'held',
    what: '“{customer}” is not a Stripe customer ID.',
    next: 'Link the participant to the right customer.',
    action: 'link',
  },
  customer_missing: {
    state: 'held',
    what: 'Stripe has no customer {customer} in this account.',
    next: 'Link the participant to the right customer.',
    action: 'link',
  },
  customer_deleted: {
    state: 'held',
    what: 'The customer {customer} was deleted in Stripe.',
    next: 'Link the participant to another customer.',
    action: 'link',
  },
  customer_other_mode: {
    state: 'held',
    what: 'The customer {customer} belongs to Stripe’s other mode.',
    next: 'Link the participant to a customer of this mode.',
    action: 'link',
  },
  participant_blocked: {
    state: 'held',
    what: 'Advocate has blocked this participant. Nothing was sent.',
    next: 'Unblock them in Advocate, then try again, or cancel the reward there.',
    action: 'retry',
  },
  account_customers_differ: {
    state: 'held',
    what: 'Participants of this account share their rewards, but are linked to different customers ({detail}).',
    next: 'Link them all to the same customer.',
    action: 'link',
  },
  currency_differs: {
    state: 'held',
    what: 'The customer {customer} is billed in {customerCurrency}; the reward is in {currency}. Nothing was sent.',
    next: 'The credit would never be used. Link another customer, or cancel the reward in Advocate.',
    action: 'link',
  },
  currency_unset: {
    state: 'held',
    what: 'The customer {customer} has no currency yet. This credit would fix it as {currency}.',
    next: 'Confirm the currency, and the reward goes through.',
    action: 'confirm_currency',
  },
  currency_unsupported: {
    state: 'held',
    what: 'Stripe does not take {currency}.',
    next: 'Pay this reward another way and redeem it in Advocate.',
    action: 'open_advocate',
  },
  currency_digits_differ: {
    state: 'held',
    what: 'Advocate and Stripe count {currency} in different minor units. Nothing was sent.',
    next: 'Pay this reward by hand and redeem it in Advocate.',
    action: 'open_advocate',
  },
  amount_not_exact: {
    state: 'held',
    what: 'Stripe cannot hold this amount of {currency} exactly. Nothing was sent.',
    next: 'Pay this reward by hand and redeem it in Advocate.',
    action: 'open_advocate',
  },
  amount_invalid: {
    state: 'held',
    what: 'Stripe does not take an amount of this size.',
    next: 'Pay this reward by hand and redeem it in Advocate.',
    action: 'open_advocate',
  },
  not_redeemable: {
    state: 'held',
    what: 'Advocate does not let this reward be redeemed. Nothing was sent.',
    next: 'Make the unit redeemable in Advocate, then try again.',
    action: 'retry',
  },
  owned_elsewhere: {
    state: 'held',
    what: 'Another integration already handles this reward ({detail}). Nothing was sent.',
    next: 'Check there first, so that it is not paid twice.',
    action: 'open_advocate',
  },
  stripe_refused: {
    state: 'held',
    what: 'Stripe refused the credit: {detail}',
    next: 'Mend the cause, then try again.',
    action: 'retry',
  },
  credit_differs: {
    state: 'held',
    what: 'Stripe already holds a credit for this reward, but it differs: {detail}',
    next: 'Look at it in Stripe before anything else.',
    action: 'open_stripe',
  },
  account_changed: {
    state: 'held',
    what: 'The credit was begun in the Stripe account {detail}, which is no longer connected, and its outcome is unknown.',
    next: 'Connect that account again, then try again.',
    action: 'connect',
  },
  redeemed_by_hand: {
    state: 'held',
    what: 'The credit is in Stripe, and somebody redeemed the reward in Advocate by hand ({detail}).',
    next: 'Check that it was not paid another way as well.',
    action: 'open_advocate',
  },
  cancelled_after_credit: {
    state: 'held',
    what: 'Advocate cancelled the reward after its credit was made.',
    next: 'Decide whether to take back what is unspent of it.',
    action: 'take_back',
  },
  advocate_refused: {
    state: 'held',
    what: 'The credit is in Stripe, but Advocate refused to redeem the reward: {detail}',
    next: 'Mend the cause, then try again. Nothing is paid twice.',
    action: 'retry',
  },

  cancelled_in_advocate: {
    state: 'cancelled',
    what: 'The reward was cancelled in Advocate before any credit.',
    next: 'There is nothing to pay.',
    action: null,
  },
  expired: {
    state: 'cancelled',
    what: 'The reward expired in Advocate before any credit.',
    next: 'There is nothing to pay.',
    action: null,
  },
  redeemed_elsewhere: {
    state: 'cancelled',
    what: 'The reward was already redeemed in Advocate, without a credit from here.',
    next: 'There is nothing to pay.',
    action: null,
  },
  gone: {
    state: 'cancelled',
    what: 'Advocate no longer knows this reward.',
    next: 'There is nothing to pay.',
    action: null,
  },
  not_a_reward: {
    state: 'cancelled',
    what: 'This is not a credit reward in a unit that can be paid through Stripe.',
    next: 'It is left alone.',
    action: null,
  },
} as const satisfies Record<string, ReasonText>;

export type Reason = keyof typeof REASONS;
export const REASON_CODES = Object.keys(REASONS) as [Reason, ...Reason[]];

const fill = (text: string, facts: Facts) =>
  text.replace(/\{(\w+)\}/g, (_, blank: string) => facts[blank as keyof Facts] ?? '…');

/** The sentences a person reads beside an unpaid reward. */
export function explain(
  reason: Reason,
  facts: Facts = {},
): { what: string; next: string; action: Action | null } {
  const { what, next, action } = REASONS[reason];
  return { what: fill(what, facts), next: fill(next, facts), action };
}
