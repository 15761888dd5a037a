/** What goes otherwise, in every way that the sandbox can stand for: held for each reason, taken back, under way. */
import type { Reason } from '../../src/contract/reasons.ts';
import type { SeedReward } from '../seed.ts';
import type { Person } from './people.ts';
import { DAY, type Planned, type Planner } from './planned.ts';

/** A reward above this needs a person. */
export const USD_CAP = 40_000;
export const YEAR_UNITS = [
  'STRIPE/USD',
  'STRIPE/EUR',
  'STRIPE/JPY',
  'STRIPE/ISK',
  'STRIPE/KWD',
  'STRIPE/STD',
  'PROMO/USD',
];
const USD = { currency: 'usd', unit: 'STRIPE/USD', monthly: 2900 } as const;

export function planSpecial(planner: Planner, rewards: number): void {
  const times = Math.max(1, Math.round(rewards / 1200));
  for (let i = 0; i < times; i += 1) planHeld(planner);
  for (let i = 0; i < Math.max(4, Math.round(rewards / 120)); i += 1) planTakenBack(planner, i);
  planUnderWay(planner);
}

/** One of each. Left out: a credit that differs, and one in another account, since with those the books would differ. */
function planHeld(planner: Planner): void {
  const { now, random, person, earn } = planner;
  const recently = () => now - random.below(12 * DAY) - DAY;
  const hold = (
    reason: Reason,
    who: Person,
    more: Partial<SeedReward> = {},
    facts: Record<string, string> = {},
  ): Planned => {
    const planned = earn(who, { earnedAt: recently(), ...more });
    // Whatever was found out is younger than the reward.
    planned.held = { reason, facts, at: now - 60_000 };
    return planned;
  };
  const usd = () => person({ billing: USD });
  const linkedTo = (customer: string) => person({ billing: USD, fields: { stripeCustomerId: customer } });

  const unset = usd();
  unset.customer.currency = null;
  delete unset.customer.monthly;
  hold('currency_unset', unset, {}, { customer: unset.customer.id, currency: 'USD' });
  const differs = usd();
  const currencies = { customer: differs.customer.id, currency: 'EUR', customerCurrency: 'USD' };
  hold('currency_differs', differs, { unit: 'STRIPE/EUR' }, currencies);
  const missing = random.id('cus', 14);
  hold('customer_missing', linkedTo(missing), {}, { customer: missing });
  const deleted = usd();
  deleted.customer.deleted = true;
  hold('customer_deleted', deleted, {}, { customer: deleted.customer.id });
  const live = usd();
  live.customer.mode = 'live';
  hold('customer_other_mode', live, {}, { customer: live.customer.id });
  hold('link_invalid', linkedTo('see the CRM'), {}, { detail: 'see the CRM' });
  const blocked = usd();
  blocked.participant.blocked = true;
  hold('participant_blocked', blocked);
  const [one, other] = [usd(), usd()];
  other.participant.accountId = one.participant.accountId;
  hold('account_customers_differ', one, {}, { detail: `${one.customer.id}, ${other.customer.id}` });
  hold('over_cap_reward', usd(), { amount: USD_CAP + 20_000 }, { cap: '400.00 USD' });
  hold('currency_digits_differ', usd(), { unit: 'STRIPE/ISK', amount: 3000 }, { currency: 'ISK' });
  hold('amount_not_exact', usd(), { unit: 'STRIPE/KWD', amount: 1005 }, { currency: 'KWD' });
  // Stripe still lists the old dobra, which Advocate’s table of currencies no longer has.
  hold('currency_unsupported', usd(), { unit: 'STRIPE/STD', amount: 1000 });
  hold('amount_invalid', usd(), { amount: 100_000_000 }, { currency: 'USD' });
  hold('not_redeemable', usd(), { unit: 'PROMO/USD' });
  const elsewhere = { status: 'SUCCESS', message: 'Paid out.', integration: 'PayPal' } as const;
  hold('owned_elsewhere', usd(), { meta: elsewhere }, { detail: 'PayPal' });

  const refused = usd();
  const refusal = hold(
    'stripe_refused',
    refused,
    {},
    { customer: refused.customer.id, detail: 'This customer cannot be credited.', currency: 'USD' },
  );
  refusal.paid = { ...begun(planner, refused, refusal.earnedAt), point: 'claimed', creditedAt: null };
  const byHand = usd();
  const twice = earn(byHand, { earnedAt: recently(), amount: 2000 }, byHand.customer.id);
  if (twice.paid !== null) twice.paid.byHand = 500;
  twice.held = { reason: 'redeemed_by_hand', facts: { detail: '5.00 USD' }, at: now - 60_000 };
  const late = usd();
  const cancelled = hold('cancelled_after_credit', late, { status: 'cancelled', changedDaysAgo: 0.5 });
  cancelled.paid = { ...begun(planner, late, cancelled.earnedAt), point: 'credited' };
  cancelled.takenBack = takenBack(planner, 'proposed', late.customer.id, now - DAY, 'cancelled_in_advocate');
  const stuck = usd();
  const unredeemed = hold('advocate_refused', stuck, {}, { detail: 'This unit is locked.' });
  unredeemed.paid = { ...begun(planner, stuck, unredeemed.earnedAt), point: 'credited' };
}

const begun = ({ random, now }: Planner, who: Person, earnedAt: number) => {
  const creditedAt = Math.floor((earnedAt + (now - earnedAt) / 8) / 1000) * 1000;
  return {
    customer: who.customer.id,
    claimedAt: creditedAt - 300,
    creditedAt,
    transaction: random.id('cbtxn', 24),
    request: random.id('req', 14),
    byHand: 0,
    by: 0,
  } as const;
};

function takenBack(
  { random }: Planner,
  state: 'proposed' | 'dismissed' | 'reversed',
  linkedTo: string | null,
  proposedAt: number,
  cause: 'cancelled_in_advocate' | 'wrong_customer',
) {
  const decidedAt = state === 'proposed' ? null : Math.floor((proposedAt + 3 * 3_600_000) / 1000) * 1000;
  const ids = { transaction: random.id('cbtxn', 24), request: random.id('req', 14) };
  return { state, proposedAt, decidedAt, linkedTo, cause, ...ids };
}

/** Somebody was linked to the wrong customer, and an admin decided; or has to. */
function planTakenBack(planner: Planner, i: number): void {
  const { now, random, person, earn } = planner;
  const [wrong, right] = [person({ billing: USD }), person({ billing: USD })];
  const earnedAt = now - random.below(320 * DAY) - 20 * DAY;
  const planned = earn(wrong, { earnedAt }, wrong.customer.id);
  // The other one’s participant is not needed, their customer is.
  wrong.participant.customFields = { stripeCustomerId: right.customer.id };
  right.participant.customFields = {};
  const state = i % 6 === 4 ? 'proposed' : i % 6 === 5 ? 'dismissed' : 'reversed';
  const proposedAt = (planned.paid?.creditedAt ?? earnedAt) + 2 * DAY;
  planned.takenBack = takenBack(planner, state, right.customer.id, proposedAt, 'wrong_customer');
}

/** As it is at any moment: some just earned, one claimed, and one credited that Advocate has not as redeemed yet. */
function planUnderWay(planner: Planner): void {
  const { now, random, person, earn } = planner;
  for (let i = 0; i < 6; i += 1) earn(person(), { earnedAt: now - random.below(20 * 60_000) - 1000 });
  const begin = () => {
    const who = person({ billing: USD });
    const planned = earn(who, { earnedAt: now - 30 * 60_000 });
    return { planned, paid: begun(planner, who, planned.earnedAt) };
  };
  const [claimed, credited] = [begin(), begin()];
  claimed.planned.paid = { ...claimed.paid, point: 'claimed', creditedAt: null };
  credited.planned.paid = { ...credited.paid, point: 'credited' };
}
