import type { AuditEntry } from '../../contract/audit.ts';
import { type Key, say } from '../../locales/say.ts';

/** The sentence that says who did what to what. */
export function sentenceOf({ action, actor, after }: Pick<AuditEntry, 'action' | 'actor' | 'after'>): Key {
  // The proxy leaves nothing by itself: its proposals end when Advocate takes back what they came from.
  if (action === 'reversal_dismissed' && actor === null) return 'audit_did_withdrawn';
  // An admin's deed leaves nothing behind; what held it otherwise ends with the state that it goes on in.
  if (action === 'released' && after === null) return 'audit_did_released_by_hand';
  return `audit_did_${action}`;
}

export function actorOf({ actor }: Pick<AuditEntry, 'actor'>): string {
  if (actor === null) return say('audit_proxy');
  return actor.name === '' ? say('audit_browser', { id: actor.id }) : actor.name;
}

export const modeOf = ({ mode }: Pick<AuditEntry, 'mode'>): string =>
  mode === null ? say('audit_mode_both') : say(`audit_mode_${mode}`);
