/** What Stripe itself must say before a credit: the customer exists, is of this mode, and is billed in this currency. */
import type { Outcome, Settings } from '../contract/routes.ts';
import type { Agreements } from './agreements.ts';
import type { Payment } from './judge.ts';
import type { LedgerRow } from './ledger.ts';
import { because } from './outcomes.ts';
import type { StripeAccess } from './stripe-access.ts';
import type { StripeCustomer } from './stripe-customers.ts';
import { StripeFailureError } from './stripe-failure.ts';

export type CheckContext = {
  now: () => number;
  currencyConfirmed: (reward: string) => boolean;
  agreements: Agreements;
  onRevoked: (account: string | null, why: string) => Promise<void>;
};
export type Checked = { ok: true; customer: StripeCustomer } | { ok: false; outcome: Outcome };

const RETRY_MS = 30_000;

export async function checkCustomer(
  context: CheckContext,
  stripe: StripeAccess,
  settings: Settings,
  id: string,
  { money, customer: customerId }: Payment,
): Promise<Checked> {
  const facts = { customer: customerId, currency: money.currency };
  const no = (outcome: Outcome): Checked => ({
    ok: false,
    outcome: { ...outcome, money, customer: customerId },
  });
  try {
    const customer = await stripe.customer(customerId);
    const { currency } = customer;
    if (currency === null && settings.currencyRule === 'confirm') {
      if (!context.currencyConfirmed(id)) return no(because(id, 'currency_unset', { facts }));
      context.agreements.note(id, 'currency_confirmed');
    }
    if (currency !== null && currency !== money.currency)
      return no(because(id, 'currency_differs', { facts: { ...facts, customerCurrency: currency } }));
    return { ok: true, customer };
  } catch (error) {
    return no(await stripeFailure(context, stripe, id, customerId, error, false));
  }
}

/** A question to Stripe that failed, where nothing was sent. What was unknown before stays unknown. */
export async function stripeFailure(
  context: Pick<CheckContext, 'now' | 'onRevoked'>,
  stripe: StripeAccess,
  id: string,
  customer: LedgerRow['customer'],
  error: unknown,
  outcomeUnknown: boolean,
): Promise<Outcome> {
  if (!(error instanceof StripeFailureError)) throw error;
  const facts = { customer, detail: error.message };
  switch (error.failure) {
    case 'revoked':
      await context.onRevoked(stripe.account, error.message);
      return because(id, 'not_connected', { customer });
    case 'rate_limited':
      return because(id, 'rate_limited', {
        facts: { detail: 'Stripe' },
        retryAt: context.now() + RETRY_MS / 2,
      });
    case 'permission_missing':
    case 'customer_missing':
    case 'customer_other_mode':
    case 'customer_deleted':
      return because(id, error.failure, { facts });
    case 'unknown':
      return because(id, outcomeUnknown ? 'outcome_unknown' : 'stripe_unreachable', {
        retryAt: context.now() + RETRY_MS,
      });
    default:
      return because(id, 'stripe_refused', { facts });
  }
}
