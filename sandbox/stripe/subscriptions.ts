import { type Caller, permit } from './auth.ts';
import type { Customer } from './state.ts';

/** Who is billed monthly has one subscription, since they came. */
function subscriptionOf(caller: Caller, customer: Customer) {
  const { monthly, currency, created } = customer;
  if (monthly === null || currency === null) return [];
  return [
    {
      id: `sub_${customer.id.replace(/^cus_/, '')}`,
      object: 'subscription',
      billing_cycle_anchor: created,
      cancel_at_period_end: false,
      canceled_at: null,
      collection_method: 'charge_automatically',
      created,
      currency,
      customer: customer.id,
      description: 'Monthly plan',
      ended_at: null,
      latest_invoice: null,
      livemode: caller.mode === 'live',
      metadata: {},
      start_date: created,
      status: 'active',
    },
  ];
}

/** Shown in a customer where `expand` asks for it. */
export const subscriptionList = (caller: Caller, customer: Customer) => ({
  object: 'list',
  data: subscriptionOf(caller, customer),
  has_more: false,
  url: `/v1/customers/${customer.id}/subscriptions`,
});

/** What is expanded needs a permission of its own. */
export function permitExpanded(caller: Caller, expand: readonly string[] = []): void {
  if (expand.some((property) => property.endsWith('subscriptions'))) permit(caller, 'rak_subscription_read');
}
