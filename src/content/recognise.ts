/**
 * Is this page about one participant, and which? Nothing here depends on class names or ids; what is found is a
 * hint, and Advocate's answer decides (find-participant.ts).
 */
import { detailsBlock } from './details-block.ts';
import { emailsIn, isHash, sameEmail } from './identity-text.ts';
import { type Found, labelledValues } from './labelled-values.ts';
import {
  isForeign,
  isNewForm,
  isOwnProfile,
  isTypicalSection,
  saysBackToParticipants,
  saysParticipantDetails,
  saysParticipants,
  saysPersonDetails,
} from './page-words.ts';
import { type Address, readAddress } from './read-address.ts';
import { type PageText, type Run, readPage, sectionText } from './read-page.ts';

export type Hints = { accountId?: string; userId?: string; email?: string; name?: string };
export type Recognition =
  | { kind: 'none' }
  | { kind: 'participant'; sure: boolean; hints: Hints; place: Element | null };

const NONE: Recognition = { kind: 'none' };

export function recognise(doc: Document, address: string): Recognition {
  return recognisePage(readPage(doc), readAddress(address));
}

export function recognisePage(page: PageText, address: Address): Recognition {
  const content = page.runs.filter((run) => !run.frame && !ofSomebodyElse(run));
  const headings = content.filter((run) => run.heading > 0);
  if (address.about !== 'participant' && headings.some((run) => isOwnProfile(run.text))) return NONE;
  if (headings.some((run) => run.heading === 1 && isNewForm(run.text))) return NONE;

  const values = labelledValues(content);
  const about = context(page, address, headings, values);
  if (about === 'nothing') return NONE;

  const email = choose(emails(content, values, address));
  const userId = choose(ids(values, 'userId', content, address));
  const accountId = choose(ids(values, 'accountId', content, address));
  const name = nameOf(values, headings);

  const hints: Hints = {};
  if (email.value) hints.email = email.value;
  if (userId.value) hints.userId = userId.value;
  if (accountId.value) hints.accountId = accountId.value;
  if (name) hints.name = name;
  const identified = hints.email ?? hints.userId;
  if (identified === undefined) {
    // An address that names a participant on a page without an identity: the address is all there is to ask by.
    if (email.conflict || userId.conflict)
      return { kind: 'participant', sure: false, hints: {}, place: null };
    if (address.about !== 'participant' || address.opaque === null) return NONE;
    hints.userId = address.opaque;
    return { kind: 'participant', sure: false, hints, place: detailsBlock(headings.slice(0, 1)) };
  }

  const conflict =
    email.conflict || userId.conflict || accountId.conflict || addressContradicts(address, hints, content);
  const seen = [
    ...email.seen,
    ...userId.seen,
    ...accountId.seen,
    ...values.filter((v) => v.kind === 'link').map((v) => v.run),
  ];
  return { kind: 'participant', sure: about === 'sure' && !conflict, hints, place: detailsBlock(seen) };
}

function ofSomebodyElse(run: Run): boolean {
  return run.sections.some((section) => isForeign(sectionText(section)));
}

/** What the page is about, apart from who. */
function context(
  page: PageText,
  address: Address,
  headings: Run[],
  values: Found[],
): 'sure' | 'maybe' | 'nothing' {
  if (address.elsewhere && address.about !== 'participant') return 'nothing';
  if (address.elsewhere && address.userId === null && address.opaque === null) return 'nothing';
  const texts = headings.map((run) => run.text);
  const own = (kind: Found['kind']) => values.some((value) => value.kind === kind && !value.run.inColumn);
  const strong =
    address.about === 'participant' ||
    [...texts, ...titleParts(page.title)].some(saysParticipantDetails) ||
    page.runs.some((run) => run.sections.some((section) => saysParticipantDetails(sectionText(section)))) ||
    own('link') ||
    (own('userId') && own('accountId')) ||
    breadcrumb(page, texts) ||
    page.runs.some((run) => run.heading === 0 && saysBackToParticipants(run.text));
  if (strong) return 'sure';
  const weak =
    Number(address.about === 'person') +
    Number([...texts, ...titleParts(page.title)].some(saysPersonDetails)) +
    Math.min(2, new Set(texts.filter(isTypicalSection)).size) +
    Number(own('userId'));
  return weak >= 2 ? 'sure' : weak === 1 ? 'maybe' : 'nothing';
}

const titleParts = (title: string) => title.split(/\s+[|·–—-]\s+/);

/** Participants › Jane Doe: the trail names the list, and its end is this page's heading. */
function breadcrumb(page: PageText, headings: string[]): boolean {
  return page.runs.some((run, i) => {
    const here = run.el.closest('[aria-current]')?.getAttribute('aria-current');
    if (!here || !['page', 'location', 'true'].includes(here)) return false;
    if (!headings.includes(run.text) && emailsIn(run.text).length === 0) return false;
    return page.runs.slice(Math.max(0, i - 5), i).some((before) => saysParticipants(before.text));
  });
}

type Claim = { value: string; rank: number; run: Run | null };
type Choice = { value: string | null; conflict: boolean; seen: Run[] };

/** The value with the best claim; two with equal claims are a conflict, and neither is taken. */
function choose(claims: Claim[]): Choice {
  const best = Math.max(0, ...claims.map((claim) => claim.rank));
  const top = claims.filter((claim) => claim.rank === best);
  const values = new Set(top.map((claim) => claim.value.toLowerCase()));
  const seen = top.flatMap((claim) => claim.run ?? []);
  if (values.size > 1) return { value: null, conflict: true, seen };
  return { value: top[0]?.value ?? null, conflict: false, seen };
}

function emails(content: Run[], values: Found[], address: Address): Claim[] {
  const labelled = new Map(values.filter((v) => v.kind === 'email').map((v) => [v.run, v]));
  const foreign = new Set(values.filter((v) => v.kind === 'foreign').map((v) => v.run));
  const otherLabel = new Set(
    values.filter((v) => v.kind === 'userId' || v.kind === 'accountId').map((v) => v.run),
  );
  const ofLabel = new Set([...labelled.keys(), ...foreign, ...otherLabel]);
  const mainHeading = content.findIndex((run) => run.heading === 1);
  const claims: Claim[] = [];
  for (const [i, run] of content.entries()) {
    if (foreign.has(run) || otherLabel.has(run)) continue;
    // One row under column headers is a search that found one, unless the address names somebody.
    if (run.inColumn && address.about !== 'participant') continue;
    const found = emailsIn(run.text);
    const value = found[0];
    if (value === undefined || found.length > 1 || inRepeatedRow(run, content, ofLabel)) continue;
    const inAddress = address.userId !== null && sameEmail(address.userId, value);
    const whole = run.text.length <= value.length + 30;
    const nearHeading = mainHeading !== -1 && i >= mainHeading && i <= mainHeading + 3 && whole;
    const rank = inAddress ? 4 : labelled.has(run) || run.heading > 0 || nearHeading ? 3 : whole ? 1 : 0;
    if (rank > 0) claims.push({ value, rank, run });
  }
  const distinct = new Set(claims.map((claim) => claim.value.toLowerCase()));
  // Many people's e-mails without any rows in the markup are a list all the same.
  if (distinct.size > 2 && !claims.some((claim) => claim.rank === 4)) {
    const repeated = claims.filter((claim) => claim.rank === Math.max(...claims.map((c) => c.rank)));
    if (new Set(repeated.map((claim) => claim.value.toLowerCase())).size > 2) return [];
  }
  if (claims.length === 0 && address.userId?.includes('@'))
    return [{ value: address.userId, rank: 4, run: null }];
  return claims;
}

/** Rows beside each other that each name an e-mail: a list of people, none of whom the page is about. */
function inRepeatedRow(run: Run, content: Run[], ofLabel: ReadonlySet<Run>): boolean {
  if (!run.row || (ofLabel.has(run) && !run.inColumn)) return false;
  const rows = new Set<Element>();
  for (const other of content)
    if (
      other.row?.parentElement === run.row.parentElement &&
      emailsIn(other.text).length > 0 &&
      (other.inColumn || !ofLabel.has(other))
    )
      rows.add(other.row);
  return rows.size > 1;
}

function ids(values: Found[], kind: 'userId' | 'accountId', content: Run[], address: Address): Claim[] {
  const claims: Claim[] = values
    .filter((value) => value.kind === kind && !inIdColumn(value, values))
    .map((value) => ({ value: value.value, rank: value.value === address[kind] ? 4 : 3, run: value.run }));
  const fromAddress = address[kind];
  // An e-mail in the address may be e-mail or id; emails() has it. A hash is only ever an id.
  if (fromAddress !== null && (isHash(fromAddress) || kind === 'accountId'))
    claims.push({ value: fromAddress, rank: 3, run: null });
  if (kind === 'userId' && claims.length === 0) {
    const taken = new Set(values.map((value) => value.run));
    for (const run of content)
      if (isHash(run.text) && !taken.has(run) && !run.inColumn)
        claims.push({ value: run.text, rank: 1, run });
  }
  return claims;
}

/** A column of ids with more than one row lists people. */
function inIdColumn(value: Found, values: Found[]): boolean {
  return (
    value.run.inColumn &&
    values.some((other) => other !== value && other.kind === value.kind && other.run.inColumn)
  );
}

/** An address that names somebody whom the page nowhere shows: half rendered, or about two people. */
function addressContradicts(address: Address, hints: Hints, content: Run[]): boolean {
  const named = address.userId;
  if (named === null || named === hints.userId) return false;
  if (hints.email !== undefined && sameEmail(named, hints.email)) return false;
  if (isHash(named)) return hints.userId !== undefined && hints.userId.toLowerCase() !== named.toLowerCase();
  return !content.some((run) => run.text.toLowerCase().includes(named.toLowerCase()));
}

function nameOf(values: Found[], headings: Run[]): string | null {
  const named = values
    .filter((value) => value.kind === 'name' && !value.run.inColumn)
    .map((value) => value.value);
  if (named.length > 0 && named.length <= 2) return named.join(' ');
  const title = headings.find((run) => run.heading === 1)?.text ?? null;
  if (title === null || title.includes('@') || title.length > 80) return null;
  return saysParticipants(title) || isTypicalSection(title) || saysPersonDetails(title) ? null : title;
}
