/** Where a person finds something in Stripe's own dashboard. */
import type { Mode } from '../contract/words.ts';

export function dashboardUrl(
  mode: Mode,
  account: string | null,
  what: 'customers' | 'invoices',
  id: string,
): string {
  const path = [account, mode === 'test' ? 'test' : null, what, id].filter((part) => part !== null);
  return `https://dashboard.stripe.com/${path.join('/')}`;
}
