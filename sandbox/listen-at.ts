import { MODES } from '../src/contract/words.ts';
import type { Sandbox } from './start.ts';
import { EVENT_TYPES } from './stripe/webhooks.ts';

/** What an operator sets up by hand at both: from now on they tell the proxy by themselves what happens. */
export function listenAt({ advocate, stripe }: Pick<Sandbox, 'advocate' | 'stripe'>, proxy: string): void {
  for (const mode of MODES) {
    stripe.listen(mode, { url: `${proxy}/v1/webhooks/stripe`, events: EVENT_TYPES });
    advocate.subscribe(mode, `${proxy}/v1/webhooks/advocate`);
  }
}
