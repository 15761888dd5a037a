/** The tables of what others told us by webhook; database.ts has all others. */
import type { Generated } from 'kysely';
import type { HintKind } from '../contract/hints.ts';
import type { Mode } from '../contract/words.ts';

export type WebhookSource = 'advocate' | 'stripe';

/** News for the browsers of every proxy on this database. Gone after minutes: whoever missed it has looked by then. */
export type HintTable = { seq: Generated<number>; at: number; mode: Mode; kind: HintKind };

/** Webhooks that had an effect, so that the same one again has none. */
export type HeardTable = { source: WebhookSource; id: string; mode: Mode; at: number };

/** When any valid webhook last arrived, to the minute. */
export type HeardLastTable = { source: WebhookSource; mode: Mode; at: number };
