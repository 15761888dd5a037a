/** A participant as support sees them, and the link. */
import { randomUUID } from 'node:crypto';
import { ProblemError } from '../contract/problems.ts';
import type { Reason } from '../contract/reasons.ts';
import type {
  CustomerView,
  ParticipantDetail,
  ParticipantKey,
  ParticipantView,
  RewardSeen,
} from '../contract/routes.ts';
import { LINK_FIELD, type Mode } from '../contract/words.ts';
import type { AdvocateParticipant } from './advocate-shapes.ts';
import { type Actor, record, subjectOf } from './audit.ts';
import { nameOf, PARTICIPANT_METADATA, viewCustomer } from './customers.ts';
import type { Database } from './database.ts';
import { type FindContext, tell } from './find-rewards.ts';
import { linkOf } from './judge.ts';
import { hash } from './pairing.ts';
import { type StripeAccess, type StripeFailure, StripeFailureError } from './stripe-access.ts';

export type ParticipantContext = FindContext & {
  mode: Mode;
  stripe: StripeAccess | null;
  db: Database;
  /** Whose browser asks. */
  actor: Actor;
};

export function viewParticipant(participant: AdvocateParticipant): ParticipantView {
  return {
    accountId: participant.accountId,
    userId: participant.id,
    name: nameOf(participant),
    email: participant.email,
    link: rawLink(participant),
  };
}

const rawLink = ({ customFields }: AdvocateParticipant) => {
  const value = customFields[LINK_FIELD];
  return value === undefined || value === null || value === '' ? null : String(value);
};

export async function readParticipant(
  context: ParticipantContext,
  { accountId, userId }: ParticipantKey,
): Promise<AdvocateParticipant> {
  const participant = await context.advocate.participant(accountId, userId);
  if (participant === null) throw new ProblemError('participant_missing');
  return participant;
}

export async function detailOf(
  context: ParticipantContext,
  participant: AdvocateParticipant,
): Promise<ParticipantDetail> {
  const { advocate, ledger, settings } = context;
  const [shown, rewards, credited] = await Promise.all([
    showLink(context, participant),
    settings.units.length === 0 ? [] : advocate.rewardsOfAccount(participant.accountId, settings.units),
    ledger.creditedOf(participant.accountId, participant.id),
  ]);
  const own = rewards.filter(({ user }) => user?.id === participant.id);
  const seen = await tell(context, own, new Set(own.map(({ id }) => id)));
  const unpaid = seen.filter(({ state }) => !SETTLED.has(state));
  return { ...viewParticipant(participant), ...shown, rewards: unpaid, credited };
}

const SETTLED: ReadonlySet<RewardSeen['state']> = new Set(['redeemed', 'cancelled', 'reversed']);

type ShownLink = Pick<ParticipantDetail, 'customer' | 'linkProblem' | 'facts'>;

async function showLink(
  { stripe, mode }: ParticipantContext,
  participant: AdvocateParticipant,
): Promise<ShownLink> {
  const link = linkOf(participant);
  const problem = (linkProblem: Reason, facts: ShownLink['facts'] = {}): ShownLink => ({
    customer: null,
    linkProblem,
    facts,
  });
  if (!link.ok) return problem(link.reason, link.facts);
  const facts = { customer: link.customer };
  if (stripe === null) return problem('not_connected', facts);
  try {
    return {
      customer: viewCustomer(await stripe.customer(link.customer), mode, stripe.account),
      linkProblem: null,
      facts: {},
    };
  } catch (error) {
    if (!(error instanceof StripeFailureError)) throw error;
    return problem(LINK_REASONS[error.failure], { ...facts, detail: error.message });
  }
}

const LINK_REASONS: Record<StripeFailure, Reason> = {
  customer_missing: 'customer_missing',
  customer_deleted: 'customer_deleted',
  customer_other_mode: 'customer_other_mode',
  permission_missing: 'permission_missing',
  revoked: 'not_connected',
  rate_limited: 'rate_limited',
  unknown: 'stripe_unreachable',
  key_reused: 'stripe_refused',
  refused: 'stripe_refused',
};

/**
 * Links after looking the customer up in Stripe. The previous value is compared with what Advocate holds now, so that
 * of two people who link at once the second is told. Advocate offers no conditional write, so the moment between
 * reading and writing stays; the value is read back afterwards.
 */
export async function link(
  context: ParticipantContext,
  key: ParticipantKey,
  customer: string,
  previous: string | null,
): Promise<ParticipantDetail> {
  const { stripe } = context;
  if (stripe === null)
    throw new ProblemError('not_connected', { action: 'An admin has to connect Stripe first.' });
  const participant = await checkPrevious(context, key, previous);
  await stripe.customer(customer);
  await refuseOtherCustomer(context, participant, customer);
  return write(context, key, customer, previous);
}

export async function unlink(
  context: ParticipantContext,
  key: ParticipantKey,
  previous: string,
): Promise<ParticipantDetail> {
  await checkPrevious(context, key, previous);
  return write(context, key, null, previous);
}

async function checkPrevious(context: ParticipantContext, key: ParticipantKey, previous: string | null) {
  const participant = await readParticipant(context, key);
  const current = rawLink(participant);
  if (current !== previous)
    throw new ProblemError('link_changed', {
      detail:
        current === null
          ? 'The participant is not linked any more.'
          : `The participant is linked to ${current} now.`,
      action: 'Look at the present link, then decide again. Nothing was changed.',
      current,
    });
  return participant;
}

/** Rewards belong to the account, so its participants must not point at different customers. */
async function refuseOtherCustomer(
  { advocate }: ParticipantContext,
  { accountId, id }: AdvocateParticipant,
  customer: string,
) {
  const others = (await advocate.participantsOfAccounts([accountId])).get(accountId) ?? [];
  for (const other of others) {
    const theirs = linkOf(other);
    if (other.id === id || !theirs.ok || theirs.customer === customer) continue;
    throw new ProblemError('account_customers_differ', {
      detail: `${nameOf(other) ?? other.id} of the same account is linked to ${theirs.customer}. They share their rewards.`,
      action: `Link both to the same customer: choose ${theirs.customer}, or unlink the other one first. Nothing was changed.`,
      current: theirs.customer,
    });
  }
}

async function write(
  context: ParticipantContext,
  key: ParticipantKey,
  customer: string | null,
  previous: string | null,
): Promise<ParticipantDetail> {
  await context.advocate.setLink(key.accountId, key.userId, customer);
  const written = await readParticipant(context, key);
  if (rawLink(written) !== customer)
    throw new ProblemError('advocate_refused', {
      detail: 'Advocate took the change but does not show it.',
      action: 'Look at the participant in Advocate, then try again.',
      current: rawLink(written),
    });
  await context.links.changed(key, customer, { actor: context.actor, previous });
  return detailOf(context, written);
}

/** A customer made from what Advocate knows. Asking twice makes one; an e-mail that is taken is told. */
export async function createCustomer(
  context: ParticipantContext,
  key: ParticipantKey,
): Promise<CustomerView> {
  const { stripe, mode } = context;
  if (stripe === null)
    throw new ProblemError('not_connected', { action: 'An admin has to connect Stripe first.' });
  const participant = await readParticipant(context, key);
  const metadata = {
    [PARTICIPANT_METADATA.accountId]: participant.accountId,
    [PARTICIPANT_METADATA.userId]: participant.id,
  };
  const { email } = participant;
  if (email !== null) {
    const spellings = [...new Set([email, email.toLowerCase()])];
    const taken = (await Promise.all(spellings.map((spelling) => stripe.customersByEmail(spelling)))).flat();
    const ours = taken.find((customer) =>
      Object.entries(metadata).every(([name, value]) => customer.metadata[name] === value),
    );
    if (ours !== undefined) return viewCustomer(ours, mode, stripe.account);
    const [first] = taken;
    if (first !== undefined)
      throw new ProblemError('customer_exists', {
        detail: `${first.id} has the e-mail ${email}.`,
        action: 'Find that customer and link it, or change the e-mail first. Nothing was created.',
        current: first.id,
      });
  }
  const name = nameOf(participant);
  const parameters = { ...(name !== null && { name }), ...(email !== null && { email }), metadata };
  const made = await createOnce(stripe, parameters);
  await record(context.db, {
    actor: context.actor,
    mode,
    action: 'customer_created',
    subject: subjectOf(key),
    after: { customer: made.id },
  });
  return viewCustomer(made, mode, stripe.account);
}

/**
 * The key covers the parameters, since Stripe refuses a key that comes back with others. For a day it also brings back
 * a failure that was saved, or a customer that was deleted since: then once more, under another key.
 */
async function createOnce(stripe: StripeAccess, parameters: Parameters<StripeAccess['createCustomer']>[0]) {
  const key = `advocate-credits-customer:${hash(JSON.stringify(parameters))}`;
  try {
    const made = await stripe.createCustomer(parameters, key);
    return await stripe.customer(made.id);
  } catch (error) {
    const again =
      error instanceof StripeFailureError && (error.replayed || error.failure === 'customer_deleted');
    if (!again) throw error;
    return stripe.createCustomer(parameters, `${key}:${randomUUID()}`);
  }
}
