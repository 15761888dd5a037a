/** Which labels stand over the columns of a table, or of boxes that are laid out like one. */
import { isTheirs, labelKind } from './page-words.ts';
import { textOf } from './shown.ts';

export const isHeader = (cell: Element) =>
  cell.tagName === 'TH' || cell.getAttribute('role') === 'columnheader';

const isLabel = (el: Element) => labelKind(textOf(el)) !== null;

/** `texts` is null where the headers say no more than `Field` and `Value`: then each row has its own label. */
type HeaderRow = { row: Element; texts: string[] | null };

/** The row of column headers of a table that has one; a table of label and value per row has none. */
export function headerRow(table: Element): HeaderRow | null {
  const row = table.querySelector('tr,[role=row]');
  if (!row || row.childElementCount < 2) return null;
  const cells = [...row.children];
  const texts = cells.map(textOf);
  if (cells.every(isHeader)) return { row, texts: labelsInRows(table, row) ? null : texts };
  // Some tables have no header cells at all; a first row of labels is one.
  const labels = cells.filter(isLabel);
  if (cells.length > 2 && labels.length === cells.length && !cells.some(isHeader)) return { row, texts };
  return null;
}

const MOST_ROWS = 40;

function labelsInRows(table: Element, header: Element): boolean {
  const rows = [...table.querySelectorAll('tr,[role=row]')].slice(0, MOST_ROWS);
  return rows.some((row) => {
    const [first] = row.children;
    const kind = row === header || !first ? null : labelKind(textOf(first));
    return isTheirs(kind);
  });
}

/** A box of labels over one box of as many values. More boxes below would be a list. */
export function labelsOver(values: Element): string[] | null {
  const labels = values.previousElementSibling;
  const count = values.childElementCount;
  if (!labels || count < 2 || count > 20 || labels.childElementCount !== count) return null;
  if (values.nextElementSibling?.childElementCount === count || labels.tagName === 'TR') return null;
  const cells = [...labels.children];
  if (cells.some((cell) => cell.childElementCount > 1) || cells.filter(isLabel).length < 2) return null;
  return [...values.children].some(isLabel) ? null : cells.map(textOf);
}
