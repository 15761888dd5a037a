/** What the reversals of one mode work with. */
import type { Mode } from '../contract/words.ts';
import type { DecideContext } from './decide-reversal.ts';
import type { Parts } from './parts.ts';

export function reversalContext(parts: Parts, mode: Mode): DecideContext {
  const { connections, oneAtATime, log } = parts;
  const { reversals, proposals, ledger, advocate } = parts.ofMode(mode);
  return {
    reversals,
    proposals,
    ledger,
    advocate,
    connection: () => connections.current(mode),
    oneAtATime: (customer, work) => oneAtATime(`${mode} ${customer}`, work),
    onRevoked: async (account, why) => {
      log.warn({ mode }, 'Stripe took the access back');
      await connections.markBroken(mode, account, why);
    },
  };
}
