import { type Claim, isRecord } from './claims.ts';
import { forText } from './for-text.ts';
import { emailsIn, hasLetter, sameEmail } from './identity-text.ts';
import type { Found } from './labelled-values.ts';
import { labelKind, namesSomebody, plain, saysParticipantDetails, titleParts } from './page-words.ts';
import type { Address } from './read-address.ts';
import type { Run } from './read-page.ts';
import { textOf } from './shown.ts';

const goesOn = forText(String.raw`^\s*[\p{L}]`);
const betweenTokens = forText(String.raw`[^\p{L}\p{N}_]+`);
const betweenWords = forText(String.raw`[^\p{L}]+`);

export function emailClaims(content: Run[], values: Found[], address: Address, pageTitle: string): Claim[] {
  const runsOf = (...kinds: Found['kind'][]) =>
    new Set(values.filter(({ kind }) => kinds.includes(kind)).map(({ run }) => run));
  const labelled = runsOf('email');
  const notEmail = runsOf('foreign', 'userId', 'accountId');
  const ofLabel = new Set([...labelled, ...notEmail]);
  const records = new Set(
    values.filter(({ kind, run }) => kind === 'userId' && run.inColumn).map(({ run }) => run.row),
  );
  const lists = new Lists(content, ofLabel);
  const titles = content.filter((run) => run.heading > 0);
  const [titleEmail, ...more] = emailsIn(pageTitle);
  const repeated = () => content.find((run) => titleParts(pageTitle).includes(run.text));
  const first = titles.find((run) => run.heading === 1) ?? repeated() ?? titles[0];
  const headings = new Set(titles.map((run) => run.text));

  const claims: Claim[] = [];
  for (const [i, run] of content.entries()) {
    // What stands before a heading has another one, or none.
    const title = first && (first.heading === 1 || content.indexOf(first) <= i) ? first : undefined;
    const found = emailsIn(run.text);
    const [value] = found;
    if (value === undefined || found.length > 1 || notEmail.has(run)) continue;
    if (run.inColumn && !isRecord(run, address)) continue;
    if (lists.include(run)) continue;
    const before = run.text.slice(0, run.text.indexOf(value));
    const said = isLabel(before) ? labelKind(before) : null;
    const known = labelled.has(run) || said === 'email';
    const rank = () => {
      if (address.userId !== null && sameEmail(address.userId, value)) return 5;
      // A row of a table is a record of one person only where their id is in it, too.
      if (known) return !run.inColumn ? 4 : records.has(run.row) ? 3 : 2;
      if (labelKind(before) === 'foreign') return 0;
      if (run === title) return 4;
      if (titleEmail !== undefined && more.length === 0 && sameEmail(titleEmail, value)) return 4;
      // `sam@… logged a call` tells of somebody.
      const after = run.text.slice(run.text.indexOf(value) + value.length);
      if (after.length > 30 || goesOn(after).test(after)) return 0;
      if (hasLetter(before) || underUnknownLabel(content, i, headings))
        return title && repeats(value, title.text) ? 3 : 1;
      // Anywhere else it can be anybody's: who is signed in, who helps, who wrote last.
      const near = content.slice(Math.max(0, i - 3), i).filter((r) => r.heading > 0 || r === title);
      const [above] = near.slice(-1);
      if (above && saysParticipantDetails(above.text)) return 4;
      if (!title) return namedJustAbove(content, i) ? 1 : 0;
      // Their name is the page's title: `asta@…` further down is theirs, too; above it stands who is signed in.
      if (!near.includes(title)) return i > content.indexOf(title) && resembles(value, title.text) ? 3 : 0;
      // A title can be two headings, the second of which is the name.
      if (near.some(({ text }) => resembles(value, text))) return 4;
      if (near.length > 1) return 0;
      // `Olga Marsh`, `olga@…` below the page's title are somebody of their own.
      if (content.slice(content.indexOf(title) + 1, i).some(({ text }) => resembles(value, text))) return 0;
      return address.about === 'participant' && isSubtitle(content, i, title) ? 3 : 2;
    };
    claims.push({ value, rank: rank(), run });
  }
  const named = claims.filter(({ rank }) => rank > 0);
  // Many people's e-mails without any rows in the markup are a list all the same.
  const best = named.reduce((most, { rank }) => Math.max(most, rank), 0);
  const top = new Set(named.filter(({ rank }) => rank === best).map(({ value }) => value.toLowerCase()));
  if (best < 4 && address.userId?.includes('@')) return [{ value: address.userId, rank: 5, run: null }];
  if (best < 5 && top.size > 2) return [];
  return named;
}

/** `E-mail:` or `{ "email": "`, and not the end of a sentence. */
function isLabel(text: string): boolean {
  const words = text.replace(/^[\s{]+/, '').split(betweenTokens(text));
  return words.filter(Boolean).length <= 4 && !text.includes(',');
}

const parts = (text: string) => text.split(betweenWords(text)).map((part) => plain(part).slice(0, 4));

/** Directly below somebody's name, in the same small box. In a larger one it may be anybody's. */
function isSubtitle(content: Run[], i: number, title: Run): boolean {
  const run = content[i];
  if (!run || content[i - 1] !== title || !namesSomebody(title.text)) return false;
  const { parentElement: box } = title.el;
  return [box, box?.parentElement].some(
    (at) =>
      at?.contains(run.el) &&
      !/^(MAIN|BODY)$/.test(at.tagName) &&
      at.getAttribute('role') !== 'main' &&
      textOf(at).length < title.text.length + run.text.length + 80,
  );
}

function namedJustAbove(content: Run[], i: number): boolean {
  const value = content[i]?.text ?? '';
  return content.slice(Math.max(0, i - 2), i).some(({ text }) => text.length < 40 && resembles(value, text));
}

/** `anna.meier@…` has both of `Anna Meier`: a relative would share one of them. */
function repeats(email: string, name: string): boolean {
  const words = name
    .split(betweenWords(name))
    .map(plain)
    .filter((word) => word.length > 2);
  const local = plain(email.split('@')[0] ?? '');
  return words.length > 1 && words.every((word) => local.includes(word));
}

/** `greta@…` under `Greta Holz`. */
function resembles(email: string, name: string): boolean {
  const [local = ''] = email.split('@');
  return parts(local).some((part) => part.length > 2 && parts(name).includes(part));
}

/** `Zaproszony przez: bob@…`: a label in words that we do not know may well speak of somebody else. */
function underUnknownLabel(content: Run[], i: number, headings: ReadonlySet<string>): boolean {
  const [run, before] = [content[i], content[i - 1]];
  if (!run) return true;
  const unknown = (text: string) =>
    hasLetter(text) && labelKind(text) === null && !headings.has(text) && !text.includes('@');
  if (run.label !== null && unknown(run.label)) return true;
  if (before && /[:：]$/.test(before.text) && unknown(before.text)) return true;
  const cell = run.el.closest('dd,td,[role=definition],[role=gridcell],[role=cell]');
  return unknown(textOf(cell?.previousElementSibling).slice(0, 80));
}

/** Rows beside each other that each name an e-mail: a list of people, none of whom the page is about. */
class Lists {
  readonly #rows = new Map<Element | null, Set<Element>>();
  readonly #ofLabel: ReadonlySet<Run>;
  constructor(content: Run[], ofLabel: ReadonlySet<Run>) {
    this.#ofLabel = ofLabel;
    for (const run of content) {
      if (!run.row || !this.#counts(run) || emailsIn(run.text).length === 0) continue;
      const { parentElement } = run.row;
      const rows = this.#rows.get(parentElement) ?? new Set();
      this.#rows.set(parentElement, rows.add(run.row));
    }
  }
  #counts(run: Run): boolean {
    return run.inColumn || !this.#ofLabel.has(run);
  }
  include(run: Run): boolean {
    if (!run.row || !this.#counts(run)) return false;
    return (this.#rows.get(run.row.parentElement)?.size ?? 0) > 1;
  }
}
