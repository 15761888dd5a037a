import { formatMoney } from '../contract/money.ts';
import type { CustomerView } from '../contract/routes.ts';
import { since } from './card-text.ts';

/** The same facts in the same order wherever a customer is shown, so that two can be compared. */
export function CustomerFacts({ customer }: { customer: CustomerView }) {
  const { id, name, email, currency, credit, createdAt } = customer;
  return (
    <div class="customer">
      <p class="customer-name">
        <strong>{name ?? 'No name'}</strong>
        <span class="muted">{email ?? 'no e-mail'}</span>
      </p>
      <p class="customer-credit">
        <span class="amount">{credit ? formatMoney(credit) : '–'}</span>
        <span class="muted small">{currency ? 'credit now' : 'no currency yet'}</span>
      </p>
      <p class="customer-meta muted small">
        <code>{id}</code>
        {currency && <span>Billed in {currency}</span>}
        <span>{since(createdAt)}</span>
      </p>
    </div>
  );
}

export function StripeLink({ customer, label }: { customer: CustomerView; label: string }) {
  return (
    <a class="link" href={customer.dashboardUrl} target="_blank" rel="noreferrer" aria-label={label}>
      Open in Stripe
    </a>
  );
}
