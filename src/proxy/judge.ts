/** What Advocate says of a reward, weighed: may it be credited, and if not, why. Pure; Stripe is asked elsewhere. */
import * as v from 'valibot';
import { type ConversionProblem, type Money, toStripeAmount } from '../contract/money.ts';
import type { ByHand, DetailCode, Facts, Reason } from '../contract/reasons.ts';
import { REASONS } from '../contract/reasons.ts';
import { CustomerId, type Settings } from '../contract/routes.ts';
import { parseUnit } from '../contract/unit.ts';
import { LINK_FIELD } from '../contract/words.ts';
import type { AdvocateParticipant, AdvocateReward } from './advocate-shapes.ts';

export type Payment = { money: Money; customer: string; accountId: string; userId: string };
export type Refusal = {
  reason: Reason;
  facts: Facts;
  money: Money | null;
  /** What it comes to as soon as somebody says so: nothing but a person's word is missing. */
  onceAllowed: Payment | null;
};
export type Verdict = ({ ready: true } & Payment) | ({ ready: false } & Refusal);

export type Circumstances = {
  settings: Settings;
  /** Every participant of the reward's account: they share its rewards. */
  accountParticipants: readonly AdvocateParticipant[];
  /** Units that another integration pays, by its name; null where none does. */
  paidElsewhere: (unit: string) => string | null;
  /** An admin's word on it, if it is kept back. */
  hold: ByHand | null;
};

/** Marks our own notes, so that they are told from another integration's. */
export const NOTE_MARK = 'advocate-credits-for-stripe';

export function judge(reward: AdvocateReward | undefined, circumstances: Circumstances): Verdict {
  if (reward === undefined)
    return { ready: false, reason: 'gone', facts: {}, money: null, onceAllowed: null };
  const { settings, accountParticipants, paidElsewhere, hold } = circumstances;
  const money = moneyOf(reward);
  const refuse = (reason: Reason, facts: Facts = {}, onceAllowed: Payment | null = null): Verdict => ({
    ready: false,
    reason,
    facts,
    money: money.ok ? money.value : null,
    onceAllowed,
  });

  if (reward.type !== 'CREDIT' || !parseUnit(reward.unit).ok) return refuse('not_a_reward');
  if (reward.statuses.includes('CANCELLED')) return refuse('cancelled_in_advocate');
  if (reward.statuses.includes('EXPIRED')) return refuse('expired');
  if (reward.statuses.includes('REDEEMED')) return refuse('redeemed_elsewhere');
  if (hold !== null) return refuse(hold);
  if (!settings.units.includes(reward.unit)) return refuse('unit_not_configured', { unit: reward.unit });
  // A pending reward's available value may well be zero, so this comes before that is asked.
  if (reward.statuses.includes('PENDING') || !reward.statuses.includes('AVAILABLE'))
    return refuse('pending', {
      detail: reward.pendingReasons.join(', ') || ('PENDING' satisfies DetailCode),
    });
  if (reward.availableValue === 0) return refuse('redeemed_elsewhere');
  if (!reward.redeemable) return refuse('not_redeemable');
  const owner = ownerOf(reward) ?? paidElsewhere(reward.unit);
  if (owner !== null) return refuse('owned_elsewhere', { detail: owner });
  if (!money.ok) return refuse(money.problem, { currency: reward.rewardUnit.currency?.currencyCode });

  const addedAt = settings.backfill[reward.unit];
  const earlier = addedAt !== undefined && earnedAt(reward) < addedAt;
  const participant = reward.user;
  // Whoever links is told by the unit that a link alone does not let this one through.
  const afterLink: Facts = earlier ? { unit: reward.unit } : {};
  if (participant === null) return refuse('not_linked', afterLink);
  if (participant.dateBlocked !== null) return refuse('participant_blocked');
  const link = linkOf(participant);
  if (!link.ok) return refuse(link.reason, { ...link.facts, ...afterLink });
  const others = otherCustomers(link.customer, accountParticipants);
  if (others.length > 0)
    return refuse('account_customers_differ', {
      detail: [link.customer, ...others].join(', '),
      ...afterLink,
    });
  const payment: Payment = {
    money: money.value,
    customer: link.customer,
    accountId: participant.accountId,
    userId: participant.id,
  };
  if (earlier) return refuse('earned_before_unit', { unit: reward.unit }, payment);
  if (settings.paused) return refuse('paused', {}, payment);
  return { ready: true, ...payment };
}

/** A reward without any date counts as earned before everything. */
export const earnedAt = ({ dateGiven, dateCreated }: AdvocateReward): number => dateGiven ?? dateCreated ?? 0;

/** The queue state a reason belongs to. */
export const stateOf = (reason: Reason) => REASONS[reason].state;

/** What is left of a reward, as Stripe counts it. Checks that Advocate's currency is the one in the unit's name. */
function moneyOf(
  reward: AdvocateReward,
): { ok: true; value: Money } | { ok: false; problem: ConversionProblem } {
  const unit = parseUnit(reward.unit);
  const currency = reward.rewardUnit.currency;
  if (!unit.ok || currency === null) return { ok: false, problem: 'currency_unsupported' };
  if (currency.currencyCode !== unit.value.currency) return { ok: false, problem: 'currency_digits_differ' };
  return toStripeAmount(outstanding(reward), currency.currencyCode, currency.fractionDigits);
}

/** Of a pending reward nothing is available yet, but people want to see how much waits. */
function outstanding({ statuses, availableValue, assignedCredit, redeemedCredit }: AdvocateReward): number {
  return statuses.includes('AVAILABLE') ? availableValue : (assignedCredit ?? 0) - (redeemedCredit ?? 0);
}

export type LinkRead =
  | { ok: true; customer: string }
  | { ok: false; reason: 'not_linked' | 'field_name_differs' | 'link_invalid'; facts: Facts };

const isCustomerId = (text: string): boolean => v.is(CustomerId, text);

/** Reads the link of a participant: custom fields are case-sensitive, and people misspell them. */
export function linkOf(participant: AdvocateParticipant): LinkRead {
  const { customFields } = participant;
  const isSet = (key: string) => (customFields[key] ?? '') !== '';
  if (!isSet(LINK_FIELD)) {
    const fold = (key: string) => key.toLowerCase().replace(/[_-]/g, '');
    const near = Object.keys(customFields).filter((key) => isSet(key) && fold(key) === fold(LINK_FIELD));
    if (near.length === 0) return { ok: false, reason: 'not_linked', facts: {} };
    const values = new Set(near.map((key) => String(customFields[key])));
    const [customer = ''] = values;
    // Named only where it can be one, and no other field says otherwise, so that it can be offered for use.
    const named = values.size === 1 && isCustomerId(customer);
    const facts = { detail: near.join(', '), ...(named && { customer }) };
    return { ok: false, reason: 'field_name_differs', facts };
  }
  const text = String(customFields[LINK_FIELD]);
  if (!isCustomerId(text))
    return { ok: false, reason: 'link_invalid', facts: { customer: text.slice(0, 80) } };
  return { ok: true, customer: text };
}

/** Customers that other participants of the same account point at. Unlinked ones say nothing. */
function otherCustomers(customer: string, participants: readonly AdvocateParticipant[]): string[] {
  const links = participants.map(linkOf).flatMap((link) => (link.ok ? [link.customer] : []));
  return [...new Set(links)].filter((other) => other !== customer);
}

function ownerOf({ meta }: AdvocateReward): string | null {
  if (meta === null || isOurs(meta.customMeta)) return null;
  if (meta.integration?.enabled || meta.status === 'SUCCESS')
    return meta.integration?.name ?? ('unnamed' satisfies DetailCode);
  return null;
}

export function isOurs(customMeta: unknown): boolean {
  return (
    typeof customMeta === 'object' && customMeta !== null && 'by' in customMeta && customMeta.by === NOTE_MARK
  );
}
