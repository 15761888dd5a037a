/** The words both sides use; one word per idea. Meanings: ARCHITECTURE.md, "Words". */

/** Advocate's test tenant with Stripe's test mode, live with live. Nothing crosses. */
export const MODES = ['test', 'live'] as const;
export type Mode = (typeof MODES)[number];

/** `admin` sets up and moves money; `support` looks up, links and reads. */
export const ROLES = ['admin', 'support'] as const;
export type Role = (typeof ROLES)[number];

/** How the id of a machine begins that drains without a browser; random ids do not begin so. */
export const SERVER = '00000000-0000-4000-8000-';
export const isServer = (browserId: string): boolean => browserId.startsWith(SERVER);

/** Where a reward stands in a browser's queue. The legal moves are in moves.ts. */
export const QUEUE_STATES = [
  'waiting',
  'ready',
  'crediting',
  'credited',
  'redeemed',
  'held',
  'cancelled',
  'reversed',
] as const;
export type QueueState = (typeof QUEUE_STATES)[number];

/** The ledger's recovery points, in order. Asking again resumes from the last one. */
export const LEDGER_POINTS = ['claimed', 'credited', 'redeemed', 'noted'] as const;
export type LedgerPoint = (typeof LEDGER_POINTS)[number];

/** The custom field of a participant that holds the link. Case matters to Advocate. */
export const LINK_FIELD = 'stripeCustomerId';
