import type { CustomerView } from '../../contract/routes.ts';
import { say } from '../../locales/say.ts';
import { money } from '../amounts.ts';
import { date } from '../evidence.ts';

/** The same facts in the same order wherever a customer is shown, so that two can be compared. */
export function CustomerFacts({ customer }: { customer: CustomerView }) {
  const { id, name, email, currency, credit, createdAt } = customer;
  return (
    <div class="customer">
      <p class="customer-name">
        <strong>{name ?? say('link_customer_no_name')}</strong>
        <span class="muted">{email ?? say('link_customer_no_email')}</span>
      </p>
      <p class="customer-credit">
        <span class="amount">{credit ? money(credit) : '–'}</span>
        <span class="muted small">
          {say(currency ? 'link_customer_credit' : 'link_customer_no_currency')}
        </span>
      </p>
      <p class="customer-meta muted small">
        <code>{id}</code>
        {currency && <span>{say('link_customer_billed_in', { currency })}</span>}
        <span>{say('link_customer_created', { date: date(createdAt) })}</span>
      </p>
    </div>
  );
}

export function StripeLink({ customer, label }: { customer: CustomerView; label: string }) {
  return (
    <a class="link" href={customer.dashboardUrl} target="_blank" rel="noreferrer" aria-label={label}>
      {say('link_open_in_stripe')}
    </a>
  );
}
