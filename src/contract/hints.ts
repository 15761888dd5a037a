/**
 * Hints: what the proxy tells a browser through the WebSocket at `/v1/hints`. A hint says in which mode something may be
 * new, and of what kind; it names nobody and no money. Whoever hears one looks for itself, as it would have at its next
 * alarm: a hint that is lost, doubled or late changes when something is found, never what.
 */
import * as v from 'valibot';
import { MODES } from './words.ts';

/**
 * `rewards`: Advocate says that a reward is there or a balance has changed. `customers`: Stripe says that a customer
 * with rewards was deleted or changed. `connection`: the access to Stripe was taken back.
 */
export const HINT_KINDS = ['rewards', 'customers', 'connection'] as const;
export type HintKind = (typeof HINT_KINDS)[number];

export const Hint = v.object({ mode: v.picklist(MODES), kind: v.picklist(HINT_KINDS) });
export type Hint = v.InferOutput<typeof Hint>;

/** The WebSocket's subprotocol, and beside it the token: an address would be written into logs on the way. */
export const HINTS_PROTOCOL = 'advocate-credits.hints';
export const TOKEN_PROTOCOL = 'bearer.';
export const hintsAddress = (proxy: string): string => `${proxy.replace(/^http/, 'ws')}/v1/hints`;
