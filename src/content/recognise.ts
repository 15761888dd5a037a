/**
 * Is this page about one participant, and which? Nothing here depends on class names or ids; what is found is a
 * hint, and Advocate's answer decides (find-participant.ts).
 */
import { choose, idClaims } from './claims.ts';
import { emailClaims } from './email-claims.ts';
import { emailsIn, isHash, sameEmail } from './identity-text.ts';
import { type Found, labelledValues } from './labelled-values.ts';
import { levelOf, sectionText } from './page-parts.ts';
import {
  isForeign,
  isListTitle,
  isNewForm,
  isOneParticipant,
  isOwnProfile,
  isTypicalSection,
  saysBackToParticipants,
  saysParticipantDetails,
  saysParticipants,
  saysPerson,
  saysPersonDetails,
  titleParts,
} from './page-words.ts';
import { type Address, canBeAboutSomebody, readAddress, SAYS_NOTHING } from './read-address.ts';
import { type PageText, type Run, readPage } from './read-page.ts';

export type Hints = { accountId?: string; userId?: string; email?: string };
export type Recognition =
  | { kind: 'none' }
  /** `place`: where the page says who it is. */
  | { kind: 'participant'; sure: boolean; hints: Hints; place: readonly Element[] };

const NONE: Recognition = { kind: 'none' };

export function recognise(doc: Document, address: string): Recognition {
  return recognisePage(readPage(doc), readAddress(address));
}

export function recognisePage(page: PageText, address: Address): Recognition {
  if (!canBeAboutSomebody(address)) return NONE;
  const about = (runs: Run[]) => recogniseRuns({ ...page, runs }, address);
  const shown = page.runs.filter((run) => !run.behind);
  const dialog = shown.filter((run) => run.dialog);
  if (dialog.length === 0) return about(shown);
  // Whom the page is about does not change with a dialog over it, whoever that names.
  const open = about(shown.filter((run) => !run.dialog));
  if (open.kind === 'participant' && open.sure) return open;

  const below = about(page.runs.filter((run) => !run.dialog));
  const over = about(dialog);
  const seen = over.kind === 'participant' && over.sure ? over : about(shown);
  if (below.kind === 'none' || saysOnlyAddress(below, address)) return seen;
  const silent = over.kind === 'none' || saysOnlyAddress(over, address);
  const same = !silent && agree(below.hints, over.hints);
  const covered = shown.every((run) => run.dialog || run.frame || run.el.closest('a,button') !== null);
  if (same || !covered) {
    // A page that its dialog hides may be about somebody else, or be left over from somebody else.
    const differ = seen.kind === 'participant' && !agree(below.hints, seen.hints);
    return differ ? NONE : seen;
  }
  // A question or a form hides the page for a moment. Only one that is somebody's page by its own words differs.
  const alone = recogniseRuns({ ...page, runs: dialog, title: '' }, SAYS_NOTHING);
  if (alone.kind === 'participant' && alone.sure) return NONE;
  // Without an address to hold it against, a hidden page may be left over as soon as the dialog names anybody.
  const named = dialog.some((run) => !run.editable && emailsIn(run.text).length > 0);
  if (named && address.about !== 'participant') return seen;
  return { ...below, sure: below.sure && silent && address.about === 'participant' };
}

const saysOnlyAddress = ({ hints }: { hints: Hints }, { opaque }: Address) =>
  hints.email === undefined && hints.userId === opaque;

/** Pages fill in one by one: more is known later, but nothing that was known may change. */
export function agree(a: Hints, b: Hints): boolean {
  const keys = ['email', 'userId', 'accountId'] as const;
  const both = keys.filter((key) => a[key] !== undefined && b[key] !== undefined);
  return (
    both.some((key) => key !== 'accountId') &&
    both.every((key) => a[key]?.toLowerCase() === b[key]?.toLowerCase())
  );
}

function recogniseRuns(page: PageText, address: Address): Recognition {
  const content = page.runs.filter((run) => !run.frame && !ofSomebodyElse(run) && !typedIntoForm(run));
  const headings = content.filter((run) => run.heading > 0);
  if (address.about !== 'participant' && headings.some((run) => isOwnProfile(run.text))) return NONE;
  if (headings.some((run) => run.heading === 1 && isNewForm(run.text))) return NONE;

  const values = labelledValues(content);
  const email = choose(emailClaims(content, values, address, page.title));
  // An id in a table is theirs only where the e-mail that was taken stands in the same row.
  const rows = new Set(email.seen.map((run) => run.row));
  const ids = (kind: 'userId' | 'accountId') =>
    choose(idClaims(values, kind, content, address).filter(({ run }) => !run?.inColumn || rows.has(run.row)));
  const userId = ids('userId');
  const accountId = ids('accountId');
  // `/people/ann` on a page that calls `ann` the id of a person: each says what the other means.
  const named = userId.value !== null && !userId.weak && address.parts.has(userId.value);
  const about = context(page, address, headings, values, named);
  if (about === 'nothing' || (about === 'hardly' && email.value === null)) return NONE;

  const hints: Hints = {};
  // Beside an id that the page names, an e-mail that it does not may well be somebody else's.
  if (email.value && !(email.weak && userId.value && !userId.weak)) hints.email = email.value;
  if (userId.value && !(userId.weak && email.value && !email.weak)) hints.userId = userId.value;
  if (accountId.value) hints.accountId = accountId.value;
  const identified = hints.email ?? hints.userId;
  if (identified === undefined) {
    // The address is all there is to ask by. Bare digits would be somebody else's id as easily.
    if (email.conflict || userId.conflict || address.about !== 'participant') return NONE;
    if (address.opaque === null || /^\d+$/.test(address.opaque)) return NONE;
    hints.userId = address.opaque;
    return { kind: 'participant', sure: false, hints, place: headings.slice(0, 1).map((run) => run.el) };
  }

  const conflict =
    email.conflict || userId.conflict || accountId.conflict || addressContradicts(address, hints, content);
  const seen = [
    ...email.seen,
    ...userId.seen,
    ...accountId.seen,
    ...values.filter((v) => v.kind === 'link').map((v) => v.run),
  ];
  const weak = hints.userId === undefined ? email.weak : userId.weak && (email.weak || !hints.email);
  return {
    kind: 'participant',
    sure: about === 'sure' && !conflict && !weak,
    hints,
    place: seen.map((run) => run.el),
  };
}

function ofSomebodyElse(run: Run): boolean {
  // The page's own title is often somebody's name, and names are made of any words.
  return run.sections.some((section) => levelOf(section) !== 1 && isForeign(sectionText(section)));
}

/** A form over the page is somebody's typing (a message, an invitation), unless its title speaks of a person. */
function typedIntoForm({ dialog, editable, sections }: Run): boolean {
  return (
    dialog && editable && !sections.map(sectionText).some((text) => saysPerson(text) && !isNewForm(text))
  );
}

/** What the page is about, apart from who. */
function context(
  page: PageText,
  address: Address,
  headings: Run[],
  values: Found[],
  named: boolean,
): 'sure' | 'maybe' | 'hardly' | 'nothing' {
  const texts = headings.map((run) => run.text);
  const titles = headings.filter((run) => run.heading === 1).map((run) => run.text);
  const sections = new Set(page.runs.flatMap((run) => run.sections).map(sectionText));
  // What somebody types into a form, or what a listing of code says, may be about anybody.
  const stands = ({ inColumn, editable, el }: Run) =>
    !inColumn && (address.about !== null || !(editable || el.closest('pre')));
  const own = (kind: Found['kind']) => values.some((value) => value.kind === kind && stands(value.run));
  const over = page.runs.every((run) => run.dialog || run.frame);
  const ofMany = !over && address.list && (headings.find((run) => run.heading === 1) ?? headings[0]);
  const inList = ofMany ? isListTitle(ofMany.text) : false;
  const strong =
    named ||
    address.about === 'participant' ||
    [...texts, ...titleParts(page.title)].some(saysParticipantDetails) ||
    [...sections].some(saysParticipantDetails) ||
    own('link') ||
    (own('userId') && own('accountId') && !inList) ||
    breadcrumb(page, texts) ||
    page.runs.some((run) => run.heading === 0 && saysBackToParticipants(run.text, run.frame));
  if (strong) return 'sure';
  if (inList) return 'nothing';
  // As the title of the page it would be a list of them.
  const typical = new Set(
    headings.filter((run) => run.heading > 1 && isTypicalSection(run.text)).map((run) => run.text),
  );
  // Not every product makes a heading of what looks like one.
  const titled = page.runs.some(
    (run) =>
      !run.frame &&
      run.text.length < 40 &&
      !run.text.includes('@') &&
      saysParticipantDetails(run.text) &&
      !run.el.closest('a,button,li,label'),
  );
  const weak =
    Number(titled) +
    Number(address.about === 'person') +
    Number(address.accountId !== null) +
    Number([...texts, ...titleParts(page.title)].some(saysPersonDetails)) +
    Number([...titles, ...titleParts(page.title)].some(isOneParticipant)) +
    Number(over && address.list) +
    Math.min(1, typical.size) +
    Number(own('userId'));
  if (weak === 1 && own('userId')) return 'hardly';
  return weak >= 2 ? 'sure' : weak === 1 ? 'maybe' : 'nothing';
}

/** Participants › Jane Doe: the trail names the list, and its end is this page's heading. */
function breadcrumb(page: PageText, headings: string[]): boolean {
  return page.runs.some((run, i) => {
    const here = run.el.closest('[aria-current]')?.getAttribute('aria-current');
    if (!here || !['page', 'location', 'true'].includes(here)) return false;
    if (!headings.includes(run.text) && emailsIn(run.text).length === 0) return false;
    return page.runs.slice(Math.max(0, i - 5), i).some((before) => saysParticipants(before.text));
  });
}

/** An address that names somebody whom the page nowhere shows: half rendered, or about two people. */
function addressContradicts(address: Address, hints: Hints, content: Run[]): boolean {
  const named = address.userId;
  if (named === null || named === hints.userId) return false;
  if (hints.email !== undefined && sameEmail(named, hints.email)) return false;
  if (isHash(named)) return hints.userId !== undefined && hints.userId.toLowerCase() !== named.toLowerCase();
  return !content.some((run) => run.text.toLowerCase().includes(named.toLowerCase()));
}
