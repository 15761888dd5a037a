/**
 * What Stripe calls out to us. A webhook is signed, may come late, twice or not at all. That access was taken back stops
 * payments at once; what is said of a customer only has its rewards looked at anew, as if a link had changed.
 */
import Stripe from 'stripe';
import * as v from 'valibot';
import type { HintKind } from '../contract/hints.ts';
import { ProblemError } from '../contract/problems.ts';
import type { DetailCode } from '../contract/reasons.ts';
import { CustomerId } from '../contract/routes.ts';
import { MODES, type Mode } from '../contract/words.ts';
import type { Connections } from './connections.ts';
import type { Database } from './database.ts';
import type { Environment } from './environment.ts';
import { hearOnce, noteArrival, wasHeard } from './hints.ts';
import { concerns, recheck } from './recheck-customer.ts';

type Context = {
  environment: Pick<Environment, 'stripeWebhookSecret' | 'stripe'>;
  connections: Pick<Connections, 'markBroken'>;
  db: Database;
  now: () => number;
};
type Signed = { event: Stripe.Event; by: Mode };
/** What browsers are told, or null when the event says nothing new. */
export type Heard = { mode: Mode; account: string | null; kind: HintKind } | null;

/** How old a signature may be. Stripe signs anew whenever it sends again. */
const TOLERANCE_S = 300;

/** @throws ProblemError `not_found` without a secret to check with, `webhook_invalid` when no secret fits. */
export async function readStripeEvent(
  { environment, now }: Pick<Context, 'environment' | 'now'>,
  body: Uint8Array,
  signature: string | undefined,
): Promise<Signed> {
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
      const event = await Stripe.webhooks.constructEventAsync(
        Buffer.from(body),
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

/**
 * Once this resolves, every proxy on this database finds a lost connection broken before its next call to Stripe, and
 * the hint is on disk; only then the event counts as heard.
 */
export async function hearStripeEvent(context: Context, { event, by }: Signed): Promise<Heard> {
  const { connections, db } = context;
  // Stripe tells live endpoints of test connections as well; the other way round nothing is believed.
  if (event.livemode && by === 'test') return null;
  const mode = event.livemode ? 'live' : 'test';
  const webhook = { source: 'stripe', mode, id: event.id } as const;
  await noteArrival(db, webhook);
  const account = event.account ?? null;
  if (event.type === 'account.application.deauthorized') {
    // The same event once more says nothing of a connection that was made since.
    if (account === null || (await wasHeard(db, webhook))) return null;
    await connections.markBroken(mode, account, 'access_taken' satisfies DetailCode);
    const kind = (await isOurs(context, mode, account)) ? 'connection' : null;
    const isNews = await hearOnce(db, webhook, kind);
    return isNews && kind !== null ? { mode, account, kind } : null;
  }
  if (event.type !== 'customer.deleted' && event.type !== 'customer.updated') return null;
  if (!mayMatter(event) || !(await isOurs(context, mode, account))) return null;
  const customer = v.safeParse(CustomerId, event.data.object.id);
  if (!customer.success || (await wasHeard(db, webhook))) return null;
  if (!(await concerns(db, mode, customer.output))) return null;
  const news = await hearOnce(db, webhook, 'customers', (tx) => recheck(db, tx, mode, customer.output));
  return news ? { mode, account, kind: 'customers' } : null;
}

/** Our own credits change a customer's balance, and say so here: that is no news. */
const BALANCES = new Set(['balance', 'invoice_credit_balance', 'cash_balance', 'next_invoice_sequence']);
function mayMatter(event: Stripe.CustomerDeletedEvent | Stripe.CustomerUpdatedEvent): boolean {
  if (event.type === 'customer.deleted') return true;
  const changed = Object.keys(event.data.previous_attributes ?? {});
  return changed.length === 0 || changed.some((name) => !BALANCES.has(name));
}

/** With Connect, of the account that is connected now; with a key of the account itself, of no other account. */
async function isOurs({ environment, db }: Context, mode: Mode, account: string | null): Promise<boolean> {
  if (environment.stripe[mode]?.via === 'restricted_key') return account === null;
  const row = await db
    .selectFrom('connections')
    .select('account')
    .where('mode', '=', mode)
    .executeTakeFirst();
  return account !== null && row?.account === account;
}
