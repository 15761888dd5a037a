import type { Candidate } from '../contract/routes.ts';
import { locale, say } from '../locales/say.ts';

/** Why a customer is offered, as a person reads it. */
export const evidenceWords = (kind: Candidate['evidence'][number]): string => say(`link_evidence_${kind}`);

/** What speaks against it. */
export const warningWords = (kind: Candidate['warnings'][number]): string => say(`link_warning_${kind}`);

/** What speaks against this candidate, in sentences; whom it is linked to is named where that is known. */
export function warningsOf({ warnings, linkedTo }: Candidate): string[] {
  const names = linkedTo.map(({ userId: id, accountId: account }) =>
    id === account ? id : say('link_one_of_account', { id, account }),
  );
  return warnings.map((each) =>
    each === 'already_linked' && names.length > 0
      ? say('link_already_linked_to', { participants: new Intl.ListFormat(locale()).format(names) })
      : warningWords(each),
  );
}

/** `Newest invoice: May 3, 2024`: a customer that is still billed is likelier the right one. */
export function newestWords({ newest }: Candidate): string | null {
  return newest && say(`link_newest_${newest.kind}`, { date: date(newest.at) });
}

export function date(at: number): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium' }).format(at);
}
