import type { Problem } from '../contract/problems.ts';
import type { ParticipantView } from '../contract/routes.ts';
import type { Ask } from './ask.ts';
import { sameEmail } from './identity-text.ts';
import { addressParts } from './read-address.ts';
import type { Hints } from './recognise.ts';

export type Finding =
  /** Advocate knows one participant who is all that the page says; `shared`: only the address told which of several. */
  | { kind: 'one'; participant: ParticipantView; shared: boolean }
  /** A person has to say which, or whether, it is. */
  | { kind: 'ask'; participants: ParticipantView[] }
  | { kind: 'none' }
  | { kind: 'failed'; problem: Problem };

/** The page's hints are claims; who it is about is decided by what Advocate answers to them. */
export async function findParticipant(
  ask: Ask,
  hints: Hints,
  sure: boolean,
  address: string,
): Promise<Finding> {
  const known: ParticipantView[] = [];
  for (const q of [hints.email, hints.userId]) {
    if (q === undefined || known.some((participant) => agreements(participant, hints) > 0)) continue;
    const reply = await ask('participants', { q });
    if (!reply.ok) return { kind: 'failed', problem: reply.problem };
    // Advocate's search is loose: it answers with participants who only resemble the question.
    known.push(...reply.value.participants.filter((participant) => agreements(participant, hints) > 0));
  }
  const whole = known.filter((participant) => !contradicts(participant, hints));
  const [only, ...rest] = whole.length > 1 ? namedBy(address, whole) : whole;
  if (only && rest.length === 0 && (sure || agreements(only, hints) > 1))
    return { kind: 'one', participant: only, shared: whole.length > 1 };
  const asked = whole.length > 0 ? whole : known;
  return asked.length > 0 ? { kind: 'ask', participants: asked } : { kind: 'none' };
}

const emailAgrees = ({ email }: ParticipantView, hints: Hints) =>
  hints.email !== undefined && email !== null && sameEmail(email, hints.email);

function agreements(participant: ParticipantView, hints: Hints): number {
  return Number(emailAgrees(participant, hints)) + Number(participant.userId === hints.userId);
}

function contradicts(participant: ParticipantView, hints: Hints): boolean {
  return (
    (hints.email !== undefined && !emailAgrees(participant, hints)) ||
    (hints.userId !== undefined && participant.userId !== hints.userId) ||
    (hints.accountId !== undefined && participant.accountId !== hints.accountId)
  );
}

/** Several participants share an e-mail; the address may name one of them in its own words. */
function namedBy(address: string, participants: ParticipantView[]): ParticipantView[] {
  const parts = addressParts(address);
  const named = participants.filter(({ userId }) => parts.has(userId));
  return named.length === 1 ? named : participants;
}
