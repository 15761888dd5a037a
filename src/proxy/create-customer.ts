/** A customer made from what Advocate knows of a participant: one, however often and by however many it is asked for. */
import { randomUUID } from 'node:crypto';
import { ProblemError } from '../contract/problems.ts';
import type { CustomerView, ParticipantKey } from '../contract/routes.ts';
import type { AdvocateParticipant } from './advocate-shapes.ts';
import { record, subjectOf } from './audit.ts';
import { emailOf, nameOf, PARTICIPANT_METADATA, viewCustomer } from './candidates.ts';
import { inTurn, readParticipant } from './change-link.ts';
import { ofEmail } from './customers.ts';
import { connected, type ParticipantContext } from './participants.ts';
import type { StripeAccess } from './stripe-access.ts';
import type { StripeCustomer } from './stripe-customers.ts';
import { StripeFailureError } from './stripe-failure.ts';
import { hash } from './tokens.ts';

type Made = Parameters<StripeAccess['createCustomer']>[0];

/** An e-mail that is taken, in any spelling, is told. */
export function createCustomer(context: ParticipantContext, key: ParticipantKey): Promise<CustomerView> {
  const stripe = connected(context.stripe);
  const { db, actor, mode } = context;
  // In turn with those who link: whoever comes second finds what the first one made.
  return inTurn(context, key.accountId, async () => {
    const participant = await readParticipant(context, key);
    const parameters = parametersOf(participant);
    const there = await findMade(stripe, participant, parameters.metadata);
    if (there !== null) return viewCustomer(there, mode, stripe.account);
    const made = await createOnce(stripe, parameters, () =>
      findMade(stripe, participant, parameters.metadata),
    );
    const entry = { actor, mode, subject: subjectOf(key), after: { customer: made.id } };
    await record(db, { ...entry, action: 'customer_created' });
    return viewCustomer(made, mode, stripe.account);
  });
}

function parametersOf(participant: AdvocateParticipant): Made {
  const name = nameOf(participant);
  const email = emailOf(participant);
  const metadata = {
    [PARTICIPANT_METADATA.accountId]: participant.accountId,
    [PARTICIPANT_METADATA.userId]: participant.id,
  };
  return { ...(name !== null && { name }), ...(email !== null && { email }), metadata };
}

/** What was made for this participant before; null where nobody has the e-mail. */
async function findMade(
  stripe: StripeAccess,
  participant: AdvocateParticipant,
  metadata: Made['metadata'],
): Promise<StripeCustomer | null> {
  const email = emailOf(participant);
  const { customers } = await ofEmail(stripe, email, participant);
  const ours = customers.find((customer) =>
    Object.entries(metadata).every(([name, value]) => customer.metadata[name] === value),
  );
  if (ours !== undefined) return ours;
  const taken = customers.find((customer) => customer.email?.toLowerCase() === email?.toLowerCase());
  if (email === null || taken === undefined) return null;
  throw new ProblemError('customer_exists', {
    detail: `${taken.id} has the e-mail ${taken.email}.`,
    action: 'Find that customer and link it, or change the e-mail first. Nothing was created.',
    current: taken.id,
  });
}

/**
 * The key covers the parameters, since Stripe refuses a key that comes back with others. Where the answer is lost, the
 * same key brings back what was made. For a day it also brings back a failure that was saved, or a customer that was
 * deleted since: then once more, under another key, unless a customer was made in spite of the failure.
 */
async function createOnce(
  stripe: StripeAccess,
  parameters: Made,
  look: () => Promise<StripeCustomer | null>,
): Promise<StripeCustomer> {
  const key = `advocate-credits-customer:${hash(JSON.stringify(parameters))}`;
  const create = () => stripe.createCustomer(parameters, key);
  try {
    const made = await create().catch((error: unknown) => {
      if (error instanceof StripeFailureError && error.failure === 'unknown' && !error.replayed)
        return create();
      throw error;
    });
    return await stripe.customer(made.id);
  } catch (error) {
    const again =
      error instanceof StripeFailureError && (error.replayed || error.failure === 'customer_deleted');
    if (!again) throw error;
    return (await look()) ?? stripe.createCustomer(parameters, `${key}:${randomUUID()}`);
  }
}
