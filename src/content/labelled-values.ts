import { canBeId, emailsIn } from './identity-text.ts';
import { type LabelKind, labelKind } from './page-words.ts';
import type { Run } from './read-page.ts';

export type Found = { kind: LabelKind; value: string; run: Run };

/** Label and value, however the page ties them: markup, one text with a colon, or simply beside each other. */
export function labelledValues(runs: Run[]): Found[] {
  const kinds = runs.map((run) => (run.editable ? null : labelKind(run.text)));
  const found: Found[] = [];
  const keep = (kind: LabelKind | null, value: string, run: Run) => {
    if (kind !== null && fits(kind, value)) found.push({ kind, value, run });
  };
  for (const [i, run] of runs.entries()) {
    if (run.columnHeader || run.heading > 0) continue;
    if (run.label !== null && labelKind(run.label) !== null && kinds[i] === null) {
      keep(labelKind(run.label), run.text, run);
      continue;
    }
    const [, before = '', after = ''] = /^([^:：=]{1,40})[:：=]\s*(\S.*)$/.exec(run.text) ?? [];
    if (before !== '' && labelKind(before) !== null) {
      keep(labelKind(before), after, run);
      continue;
    }
    const kind = kinds[i] ?? null;
    if (kind === null) continue;
    const value = valueBeside(runs, kinds, i);
    if (value) keep(kind, value.text, value);
    else if (kind === 'link') found.push({ kind, value: '', run });
  }
  return found;
}

function fits(kind: LabelKind, value: string): boolean {
  if (kind === 'email') return emailsIn(value).length === 1 && value.length < 300;
  if (kind === 'userId' || kind === 'accountId') return canBeId(value);
  if (kind === 'name') return value.length <= 80 && /\p{L}/u.test(value);
  return true;
}

function valueBeside(runs: Run[], kinds: (LabelKind | null)[], i: number): Run | null {
  const label = runs[i];
  const next = runs[i + 1];
  const before = runs[i - 1];
  if (!label) return null;
  const usable = next && (next.editable || kinds[i + 1] === null) && next.heading === 0 && !next.columnHeader;
  if (usable && (next.editable || belongTogether(label.el, next.el))) return next;
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
  while (parent && !parent.contains(b)) parent = parent.parentElement;
  if (!parent) return false;
  const text = (parent.textContent ?? '').replace(/\s+/g, '');
  const both = `${a.textContent ?? ''}${b.textContent ?? ''}`.replace(/\s+/g, '');
  return text.length <= both.length + 2;
}
