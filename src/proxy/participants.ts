/** A participant as support sees them, and the link. */
import { ProblemError } from '../contract/problems.ts';
import type { Reason } from '../contract/reasons.ts';
import type { ParticipantDetail, ParticipantKey, ParticipantView, RewardSeen } from '../contract/routes.ts';
import type { Mode } from '../contract/words.ts';
import type { AdvocateParticipant } from './advocate-shapes.ts';
import { currenciesOf, emailOf, nameOf, type Sought, viewCustomer } from './candidates.ts';
import { changeLink, inTurn, type LinkChange, type LinkContext, readParticipant } from './change-link.ts';
import { type FindContext, tell } from './find-rewards.ts';
import { linkOf } from './judge.ts';
import { rawLink } from './links.ts';
import type { Browser } from './pairing.ts';
import type { Parts } from './parts.ts';
import type { StripeAccess } from './stripe-access.ts';
import { type StripeFailure, StripeFailureError } from './stripe-failure.ts';

export type ParticipantContext = FindContext & LinkContext & { stripe: StripeAccess | null };

export async function participantContext(
  parts: Parts,
  mode: Mode,
  { id, name }: Browser,
): Promise<ParticipantContext> {
  const own = parts.ofMode(mode);
  const [settings, stripe] = await Promise.all([own.readSettings(), parts.connections.current(mode)]);
  const { db, oneAtATime, now, sleep } = parts;
  return { ...own, settings, stripe, db, oneAtATime, now, sleep, actor: { id, name } };
}

export function connected(stripe: StripeAccess | null): StripeAccess {
  if (stripe === null)
    throw new ProblemError('not_connected', { action: 'An admin has to connect Stripe first.' });
  return stripe;
}

export function viewParticipant(participant: AdvocateParticipant): ParticipantView {
  return {
    accountId: participant.accountId,
    userId: participant.id,
    name: nameOf(participant),
    email: emailOf(participant),
    link: rawLink(participant),
  };
}

/** What evidence for a customer is measured against. */
export async function soughtFor(context: ParticipantContext, key: ParticipantKey): Promise<Sought> {
  const { advocate, settings } = context;
  const [participant, rewards] = await Promise.all([
    readParticipant(context, key),
    advocate.rewardsWaiting([key.accountId], settings.units),
  ]);
  return { participant, currencies: currenciesOf(rewards.filter(({ user }) => user?.id === key.userId)) };
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

/** Links after looking the customer up in Stripe. */
export async function link(
  context: ParticipantContext,
  key: ParticipantKey,
  customer: string,
  previous: string | null,
): Promise<ParticipantDetail> {
  return change(context, key, { customer, previous, lookUp: connected(context.stripe).customer });
}

export const unlink = (
  context: ParticipantContext,
  key: ParticipantKey,
  previous: string,
): Promise<ParticipantDetail> =>
  change(context, key, { customer: null, previous, lookUp: async () => undefined });

async function change(
  context: ParticipantContext,
  key: ParticipantKey,
  wanted: LinkChange,
): Promise<ParticipantDetail> {
  const written = await inTurn(context, key.accountId, async (stillMine) =>
    changeLink(context, await readParticipant(context, key), wanted, stillMine),
  );
  return detailOf(context, written);
}
