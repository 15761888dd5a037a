import type { ParticipantKey } from '../../contract/routes.ts';

/** A participant's key as one string, for maps and sets. */
export const whoOf = ({ accountId, userId }: ParticipantKey): string => JSON.stringify([accountId, userId]);
export const keyOf = ({ accountId, userId }: ParticipantKey): ParticipantKey => ({ accountId, userId });
