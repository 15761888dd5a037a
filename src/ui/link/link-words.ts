import type { Problem } from '../../contract/problems.ts';
import type { Candidate, ParticipantDetail, ParticipantKey, ParticipantView } from '../../contract/routes.ts';
import { say, sayCount } from '../../locales/say.ts';
import { retold } from '../../locales/told.ts';
import { counted } from '../by-linking.ts';

export const nameOf = ({ name, email, userId }: ParticipantView): string => name ?? email ?? userId;

/** `ID ann in account house`: participants of different accounts may have the same id. */
export const idsOf = ({ userId: id, accountId: account }: ParticipantKey): string =>
  id === account ? say('link_id', { id }) : say('link_id_of_account', { id, account });

/** What tells a participant from others, beside their name. */
export function beside(participant: ParticipantView): string {
  const { email, userId, accountId } = participant;
  const isOnlyEmail = userId === email && userId === accountId;
  const parts = [email === nameOf(participant) ? null : email, isOnlyEmail ? null : idsOf(participant)];
  return parts.filter(Boolean).join(' · ');
}

/** Whose link this is, in Advocate's words. */
export const who = (participant: ParticipantView): string =>
  [nameOf(participant), beside(participant)].filter(Boolean).join(' · ');

const UNPAID = ['ready', 'waiting', 'held'];

/** `Not linked to a Stripe customer. 3 rewards are waiting ($60.00 USD).` */
export function notLinked({ rewards }: ParticipantDetail): string {
  const unpaid = rewards.filter((reward) => UNPAID.includes(reward.state));
  return unpaid.length === 0
    ? say('link_state_none')
    : counted('link_state_waiting', 'link_state_waiting_worth', unpaid);
}

/** Null while the answer speaks for itself. */
export function severalWithEmail(q: string, candidates: Candidate[]): string | null {
  const same = candidates.filter(({ email }) => email?.toLowerCase() === q.trim().toLowerCase());
  return same.length < 2 ? null : sayCount('link_finder_same_email', same.length);
}

/** Names that two candidates share would make two buttons alike. */
export function calledOf({ id, name }: Candidate, candidates: Candidate[]): string {
  if (name === null) return id;
  const shared = candidates.some((other) => other.id !== id && other.name === name);
  return shared ? `${name}, ${id}` : name;
}

/** Evidence that only the rewards can give: another currency is warned of by the proxy. */
export const billedAlike = ({ currency }: Candidate, { rewards }: ParticipantDetail): boolean =>
  currency !== null && rewards.some(({ money }) => money?.currency === currency);

/** Stripe's own sentence about a customer that cannot be linked is for programmers. */
export function plainly(problem: Problem): Problem {
  const { code, detail: _, ...rest } = problem;
  if (code !== 'customer_other_mode' && code !== 'customer_deleted' && code !== 'customer_missing')
    return problem;
  return retold({ ...rest, code }, { action: say(`link_plainly_${code}`) });
}

/** The link as it stands, for whoever wanted another one. */
export function standsNow(current: string | null, { customer }: ParticipantDetail): string {
  if (current === null) return say('link_now_none');
  const name = customer?.id === current ? customer.name : null;
  return say('link_now', { customer: name ? `${name}, ${current}` : current });
}

/** What a customer that is made from this participant will lack. */
export function lacks({ name, email }: ParticipantDetail): string | null {
  if (email === null) return say(name === null ? 'link_create_no_email_no_name' : 'link_create_no_email');
  return name === null ? say('link_create_no_name') : null;
}
