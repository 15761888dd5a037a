import type { AuditAction, AuditEntry } from '../contract/audit.ts';

/** What was done, as the end of a sentence that begins with who did it. */
export const ACTION_WORDS: Record<AuditAction, string> = {
  invited: 'made a pairing code',
  paired: 'paired a browser',
  unpaired: 'unpaired a browser',
  connected: 'connected Stripe',
  disconnected: 'disconnected Stripe',
  access_lost: 'found that Stripe’s access is gone',
  settings_changed: 'changed the settings',
  backfill_confirmed: 'let earlier rewards through',
  linked: 'linked a participant',
  unlinked: 'unlinked a participant',
  link_changed_elsewhere: 'saw a link that was changed elsewhere',
  customer_created: 'created a customer',
  currency_confirmed: 'confirmed a customer’s currency',
  cap_released: 'let a reward through above a cap',
  credited: 'credited a reward',
  redeemed: 'redeemed a reward in Advocate',
  held: 'held a reward',
  released: 'went on with a held reward',
  reversal_proposed: 'proposed to take a credit back',
  reversal_dismissed: 'left a credit as it is',
  reversal_confirmed: 'confirmed to take a credit back',
  reversed: 'took a credit back',
};

/** The proxy leaves nothing by itself: its proposals end when Advocate takes back what they came from. */
export function actionOf({ action, actor }: AuditEntry): string {
  if (action === 'reversal_dismissed' && actor === null) return 'withdrew the proposal to take a credit back';
  return ACTION_WORDS[action];
}

export function actorOf({ actor }: AuditEntry): string {
  if (actor === null) return 'The proxy';
  return actor.name === '' ? `Browser ${actor.id}` : actor.name;
}

export function modeOf({ mode }: AuditEntry): string {
  if (mode === null) return 'Both modes';
  return mode === 'live' ? 'Live mode' : 'Test mode';
}
