/**
 * What Stripe calls out to us. A webhook is signed, may come late, twice or not at all; the one that counts here only
 * ever stops payments, so believing it can cost nothing but a new connection.
 */
import Stripe from 'stripe';
import { ProblemError } from '../contract/problems.ts';
import type { DetailCode } from '../contract/reasons.ts';
import { MODES, type Mode } from '../contract/words.ts';
import type { Connections } from './connections.ts';
import type { Database } from './database.ts';
import type { Environment } from './environment.ts';

type Context = {
  environment: Pick<Environment, 'stripeWebhookSecret'>;
  connections: Pick<Connections, 'markBroken'>;
  db: Database;
  now: () => number;
};
type Signed = { event: Stripe.Event; by: Mode };
/** Of which connection the access was taken back, or null when the event says nothing of that. */
export type Heard = { mode: Mode; account: string } | null;

/** How old a signature may be. Stripe signs anew whenever it sends again. */
const TOLERANCE_S = 300;

/** @throws ProblemError `not_found` without a secret to check with, `webhook_invalid` when no secret fits. */
export function readStripeEvent(
  { environment, now }: Pick<Context, 'environment' | 'now'>,
  body: string,
  signature: string | undefined,
): Signed {
  const secrets = MODES.flatMap((mode) => {
    const secret = environment.stripeWebhookSecret[mode];
    return secret === null ? [] : [{ mode, secret }];
  });
  if (secrets.length === 0)
    throw new ProblemError('not_found', {
      action: 'Set STRIPE_WEBHOOK_SECRET_TEST or STRIPE_WEBHOOK_SECRET_LIVE in the proxy’s settings file.',
    });
  for (const { mode, secret } of secrets) {
    try {
      const event = Stripe.webhooks.constructEvent(
        body,
        signature ?? '',
        secret,
        TOLERANCE_S,
        undefined,
        now(),
      );
      return { event, by: mode };
    } catch (error) {
      const unsigned = error instanceof Stripe.errors.StripeSignatureVerificationError;
      if (!unsigned && !(error instanceof SyntaxError)) throw error;
    }
  }
  throw new ProblemError('webhook_invalid', {
    detail: 'No signing secret of the proxy fits its signature, or it is older than five minutes.',
    action:
      'Compare STRIPE_WEBHOOK_SECRET_TEST and _LIVE with the endpoints in Stripe, and the proxy’s clock.',
  });
}

/** Once this resolves, every proxy on this database finds the connection broken before its next call to Stripe. */
export async function hearStripeEvent({ connections, db }: Context, { event, by }: Signed): Promise<Heard> {
  if (event.type !== 'account.application.deauthorized' || event.account === undefined) return null;
  // Stripe tells live endpoints of test connections as well; the other way round nothing is believed.
  if (event.livemode && by === 'test') return null;
  const mode = event.livemode ? 'live' : 'test';
  if (await wasHeard(db, event.id)) return null;
  const { account } = event;
  await connections.markBroken(mode, account, 'access_taken' satisfies DetailCode);
  await remember(db, event.id);
  return { mode, account };
}

/** The same event once more says nothing of a connection that was made since. */
const nameOf = (eventId: string) => `stripe_event ${eventId}`;
const wasHeard = async (db: Database, eventId: string) =>
  (await db.selectFrom('facts').select('name').where('name', '=', nameOf(eventId)).executeTakeFirst()) !==
  undefined;
const remember = (db: Database, eventId: string) =>
  db
    .insertInto('facts')
    .values({ name: nameOf(eventId), value: '' })
    .onConflict((c) => c.column('name').doNothing())
    .execute();
