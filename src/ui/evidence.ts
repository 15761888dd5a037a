import type { Candidate } from '../contract/routes.ts';

/** Why a customer is offered, as a person reads it. */
export const EVIDENCE_WORDS: Record<Candidate['evidence'][number], string> = {
  id: 'This is the ID you typed',
  email_exact: 'Same e-mail',
  email_case: 'Same e-mail, other capitals',
  email_domain: 'Same e-mail domain',
  name: 'Same name',
  metadata_id: 'Holds this participant’s ID',
};

/** What speaks against it. */
export const WARNING_WORDS: Record<Candidate['warnings'][number], string> = {
  several_with_email: 'Several customers have this e-mail. Compare before you choose.',
  already_linked: 'Another participant is linked to this customer.',
  currency_unset: 'Never billed: the first credit fixes its currency.',
  deleted: 'Deleted in Stripe. It cannot be linked.',
  other_mode: 'Belongs to the other mode. It cannot be linked.',
};

/** Whether a person may choose it at all. */
export function linkable(candidate: Candidate): boolean {
  return !candidate.warnings.includes('deleted') && !candidate.warnings.includes('other_mode');
}
