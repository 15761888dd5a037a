import type { ParticipantKey } from '../contract/routes.ts';
import { sayAround } from '../locales/say.ts';

/** Who, by Advocate’s ids; the account only where it says something more. */
export function Participant({ accountId, userId }: ParticipantKey) {
  const user = <code key="user">{userId}</code>;
  if (accountId === userId) return <>{sayAround('reversals_participant', { user })}</>;
  const account = <code key="account">{accountId}</code>;
  return <>{sayAround('reversals_participant_of', { user, account })}</>;
}
