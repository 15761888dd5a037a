/** The history of everything that people and the proxy did, chained by hashes. */
import * as v from 'valibot';
import { MODES } from './words.ts';

export const AUDIT_ACTIONS = [
  'invited',
  'paired',
  'unpaired',
  'connected',
  'disconnected',
  'access_lost',
  'settings_changed',
  'backfill_confirmed',
  'linked',
  'unlinked',
  'link_changed_elsewhere',
  'customer_created',
  'currency_confirmed',
  'cap_released',
  'credited',
  'redeemed',
  'held',
  'released',
  'dismissed',
  'reversal_proposed',
  'reversal_dismissed',
  'reversal_confirmed',
  'reversed',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

export const AuditEntry = v.object({
  seq: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  at: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** The browser that did it, or null where the proxy did it by itself. */
  actor: v.nullable(v.object({ id: v.string(), name: v.string() })),
  mode: v.nullable(v.picklist(MODES)),
  action: v.picklist(AUDIT_ACTIONS),
  /** What it was done to: a reward, a participant (`accountId/userId`), a browser, an account. */
  subject: v.string(),
  /** JSON of what was and what is; null where there is nothing to say. Never a name, an e-mail or a secret. */
  before: v.nullable(v.string()),
  after: v.nullable(v.string()),
  hash: v.string(),
});
export type AuditEntry = v.InferOutput<typeof AuditEntry>;

export const AuditQuery = v.strictObject({
  /** A place in the history: what happened before it. */
  before: v.optional(v.pipe(v.string(), v.regex(/^[1-9][0-9]{0,15}$/))),
  subject: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(600))),
});
/** Newest first, at most 100; `before` is where the next page begins, null at the beginning of the history. */
export const AuditPage = v.object({ entries: v.array(AuditEntry), before: v.nullable(v.string()) });
export type AuditPage = v.InferOutput<typeof AuditPage>;
