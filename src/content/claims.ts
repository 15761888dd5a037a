import { canBeId, hasLetter, isHash } from './identity-text.ts';
import type { Found } from './labelled-values.ts';
import { sectionText } from './page-parts.ts';
import { plain, saysParticipantDetails } from './page-words.ts';
import type { Address } from './read-address.ts';
import type { Run } from './read-page.ts';

/**
 * Who the page could be about, and how well that is founded:
 * 5 page and address agree · 4 the page says so · 3 a column says so, or a name and an address that fit · 2 stands
 * under the first heading · 1 stands somewhere, or under words that we do not know. Up to 2 a person has to be asked.
 */
export type Claim = { value: string; rank: number; run: Run | null };
export type Choice = { value: string | null; conflict: boolean; weak: boolean; seen: Run[] };

/** The value with the best claim; two with equal claims are a conflict, and neither is taken. */
export function choose(claims: Claim[]): Choice {
  const best = claims.reduce((most, claim) => Math.max(most, claim.rank), 0);
  const top = claims.filter((claim) => claim.rank === best);
  const values = new Set(top.map((claim) => claim.value.toLowerCase()));
  const conflict = values.size > 1;
  return {
    value: conflict ? null : (top[0]?.value ?? null),
    conflict,
    weak: best < 3,
    seen: top.flatMap((claim) => claim.run ?? []),
  };
}

export function idClaims(
  values: Found[],
  kind: 'userId' | 'accountId',
  content: Run[],
  address: Address,
): Claim[] {
  const claims: Claim[] = [];
  for (const { kind: of, label, value, run } of values) {
    if (of !== kind) continue;
    // `ID: 4711` may be the application's own number, and somebody else's id.
    const bare = plain(label) === 'id' ? (/^\d+$/.test(value) ? 2 : 3.5) : 4;
    claims.push({ value, rank: value === address[kind] ? 5 : run.inColumn ? 3 : bare, run });
  }
  const fromAddress = address[kind];
  // An e-mail in the address may be e-mail or id; emailClaims() has it. A hash is only ever an id.
  if (fromAddress !== null && (isHash(fromAddress) || kind === 'accountId'))
    claims.push({ value: fromAddress, rank: 4, run: null });
  if (kind === 'userId' && claims.length === 0) {
    const taken = new Set(values.map((value) => value.run));
    const free = content.filter((run) => !taken.has(run) && !run.inColumn && run.heading === 0);
    const shown = address.about === 'participant' ? address.opaque : null;
    for (const run of free)
      if (shown !== null && isTelling(shown) && says(run.text, shown))
        claims.push({ value: shown, rank: 3, run });
      else if (isHash(run.text)) claims.push({ value: run.text, rank: 1, run });
  }
  return claims;
}

/** One row under column headers is a search that found one, unless address or heading speak of one participant. */
export const isRecord = ({ sections }: Run, address: Address) =>
  address.about === 'participant' || sections.map(sectionText).some(saysParticipantDetails);

/** The value alone, or after a word or two: `ID ann-7`. */
const says = (text: string, id: string) =>
  text === id || (text.endsWith(` ${id}`) && text.length < id.length + 20);

/** An id that somebody gave; numbers and random digits may as well be the application's own key. */
const isTelling = (token: string) => canBeId(token) && !/^[0-9a-f-]{16,}$/i.test(token) && hasLetter(token);
