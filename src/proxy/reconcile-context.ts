/** What a reconciliation of one mode works with. */
import { ProblemError } from '../contract/problems.ts';
import type { Mode } from '../contract/words.ts';
import type { Parts } from './parts.ts';
import type { ReconcileContext } from './reconcile.ts';

export async function reconcileContext(parts: Parts, mode: Mode): Promise<ReconcileContext> {
  const { advocate, ledger, readSettings } = parts.ofMode(mode);
  const stripe = await parts.connections.current(mode);
  if (stripe === null)
    throw new ProblemError('not_connected', { action: 'Connect Stripe in the popup, then try again.' });
  return {
    db: parts.db,
    mode,
    tenant: advocate.tenant,
    ledger,
    advocate,
    stripe,
    units: (await readSettings()).units,
    now: parts.now,
    sleep: parts.sleep,
  };
}
