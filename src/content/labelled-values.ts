import { canBeId, emailsIn, hasLetter } from './identity-text.ts';
import { isTheirs, type LabelKind, labelKind } from './page-words.ts';
import type { Run } from './read-page.ts';

export type Found = { kind: LabelKind; label: string; value: string; run: Run };

/** Label and value, however the page ties them: markup, one text with a colon, or simply beside each other. */
export function labelledValues(runs: Run[]): Found[] {
  const kinds = runs.map((run) =>
    run.editable || (run.heading > 0 && !isLabelHeading(run)) ? null : run.kind,
  );
  const found: Found[] = [];
  const keep = (label: string, text: string, run: Run) => {
    const kind = labelKind(label);
    const value = text.replace(/^(["'])(.*)\1,?$/, '$2');
    if (kind !== null && fits(kind, value)) found.push({ kind, label, value, run });
  };
  for (const [i, run] of runs.entries()) {
    if (run.columnHeader || (run.heading > 0 && !isLabelHeading(run))) continue;
    if (run.label !== null && labelKind(run.label) !== null && kinds[i] === null) {
      keep(run.label, run.text, run);
      continue;
    }
    const [, before = '', after = ''] = /^([^:：=]{1,40})[:：=]\s*(\S.*)$/.exec(run.text) ?? [];
    if (before !== '' && labelKind(before) !== null) {
      keep(before, after, run);
      continue;
    }
    const kind = kinds[i] ?? null;
    if (kind === null) continue;
    if (kind === 'foreign') for (const other of group(runs, kinds, i)) keep(run.text, other.text, other);
    const value = valueBeside(runs, kinds, i);
    if (value) keep(run.text, value.text, value);
    else if (kind === 'link') found.push({ kind, label: run.text, value: '', run });
  }
  const foreign = new Set(found.filter(({ kind }) => kind === 'foreign').map(({ run }) => run));
  return found.filter(({ kind, run }) => kind === 'foreign' || !foreign.has(run));
}

/** Some pages make headings of their labels. Of somebody else, a heading speaks for its whole section anyway. */
const isLabelHeading = ({ kind, heading }: Run) => heading > 1 && isTheirs(kind);

function onlyOneBelow(runs: Run[], i: number): boolean {
  const after = runs[i + 2];
  return !after || after.heading > 0 || !after.sections.includes(runs[i + 1]?.sections.at(-1) ?? '');
}

/** All that a label of somebody else stands over: `Referred by`, then a name, then an e-mail. */
function group(runs: Run[], kinds: (LabelKind | null)[], i: number): Run[] {
  const [label, next] = [runs[i], runs[i + 1]];
  const parent = label?.el.parentElement;
  if (!label || !next || !parent) return [];
  const box = parent.contains(next.el) ? parent : parent.parentElement;
  const title = kinds[i + 1] !== null || (runs[i - 1] && !box?.contains(runs[i - 1]?.el ?? null));
  const members: Run[] = [];
  for (let j = i + 1; j < runs.length; j++) {
    const run = runs[j];
    if (!run || !box?.contains(run.el) || run.heading > 0) break;
    const own = kinds[j] !== null && kinds[j] !== 'name';
    if (own && (!title || (j > i + 1 && run.el.parentElement === parent))) break;
    members.push(run);
  }
  return members;
}

function fits(kind: LabelKind, value: string): boolean {
  if (kind === 'email') return emailsIn(value).length === 1 && value.length < 300;
  if (kind === 'name') return value.length <= 80 && hasLetter(value);
  return !isTheirs(kind) || canBeId(value);
}

function valueBeside(runs: Run[], kinds: (LabelKind | null)[], i: number): Run | null {
  const label = runs[i];
  const next = runs[i + 1];
  const before = runs[i - 1];
  if (!label) return null;
  const free = next && (next.editable || kinds[i + 1] === null) && !next.columnHeader;
  if (free && (next.editable || belongTogether(label.el, next.el))) return next;
  const usable = free && next.heading === 0;
  if (label.heading > 0) return usable && onlyOneBelow(runs, i) ? next : null;
  // Cards of figures put the value above its name.
  if (before && kinds[i - 1] === null && before.heading === 0 && alone(before.el, label.el)) return before;
  // Labels in a row of their own say nothing about the first value of the next row.
  const rowOfLabels = i > 0 && kinds[i - 1] !== null;
  return usable && next.label === null && !rowOfLabels ? next : null;
}

/** `dt` and `dd`, `th` and `td`, or two boxes with nothing else in their parent. */
function belongTogether(label: Element, value: Element): boolean {
  const term = label.closest('dt,th,label,[role=term],[role=rowheader]');
  const sibling = term?.nextElementSibling;
  if (sibling?.contains(value)) return true;
  return alone(label, value);
}

function alone(a: Element, b: Element): boolean {
  let parent = a.parentElement;
  // What stands further apart is not beside each other, and reading large boxes again and again would take long.
  for (let climbed = 0; parent && !parent.contains(b); climbed++)
    parent = climbed < 3 ? parent.parentElement : null;
  if (!parent || parent.childElementCount > 6) return false;
  const text = (parent.textContent ?? '').replace(/\s+/g, '');
  const both = `${a.textContent ?? ''}${b.textContent ?? ''}`.replace(/\s+/g, '');
  return text.length <= both.length + 2;
}
