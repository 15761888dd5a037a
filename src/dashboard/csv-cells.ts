/**
 * Spreadsheets run a cell that begins with one of these as a formula. Such a cell gets an apostrophe in front when it is
 * written, and loses exactly one when it is read; so does one that has apostrophes there already, or it would lose its
 * own. Where a spreadsheet parts cells by semicolons, as in much of Europe, or by tabs, what stands behind one of those
 * begins a cell as well, in quotation marks or not.
 */
const FORMULA = '[=+\\-@\\t\\r＝＋－＠]';
const BEGINS = '(?<=^|[;\\t\\r\\n])';
const TO_WRITE = new RegExp(`${BEGINS}(?='*${FORMULA})`, 'g');
const TO_READ = new RegExp(`${BEGINS}'(?='*${FORMULA})`, 'g');
const LOOKS = new RegExp(`^${FORMULA}`);

export const looksLikeFormula = (cell: string): boolean => LOOKS.test(cell);
export const neutralised = (cell: string): string => cell.replace(TO_WRITE, "'");
export const restored = (cell: string): string => cell.replace(TO_READ, '');
export const needsApostrophe = (cell: string): boolean => neutralised(cell) !== cell;
