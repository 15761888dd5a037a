import type { JSONWebKeySet } from 'jose';
import type { Exchange } from '../../sandbox/exchange.ts';
import type { Problem } from './finding.ts';
import type { Circumstances } from './rules-for-our-requests.ts';
import type { Hook } from './webhook-schema.ts';

/** An exchange and whose request it was: the proxy's, or a hand's that puts the simulators through their paces. */
export type Gathered = { exchange: Exchange; ours: Circumstances | null };

/** What a scene brings home. */
export type Harvest = {
  gathered: Gathered[];
  /** Webhooks as they arrived, and the keys that were published for them. */
  hooks: { received: Hook[]; jwks: JSONWebKeySet };
  /** Answers that the real SDK did not take for what they are. */
  undecoded: Problem[];
  /** How many answers the real SDK was asked to make sense of. */
  decoded: number;
};

export const harvest = (gathered: Gathered[], more: Partial<Harvest> = {}): Harvest => ({
  gathered,
  hooks: { received: [], jwks: { keys: [] } },
  undecoded: [],
  decoded: 0,
  ...more,
});
