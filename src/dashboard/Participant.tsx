import type { ParticipantKey } from '../contract/routes.ts';

/** Who, by Advocate’s ids; the account only where it says something more. */
export function Participant({ accountId, userId }: ParticipantKey) {
  return (
    <>
      Participant <code>{userId}</code>
      {accountId !== userId && (
        <>
          {' '}
          of account <code>{accountId}</code>
        </>
      )}
    </>
  );
}
