/** Writes CSV and hands it to the person as a file. */
import Papa from 'papaparse';
import { LINK_FIELD } from '../contract/words.ts';
import { neutralised } from './csv-cells.ts';

/** As Advocate's bulk import names them; case matters. */
export const COLUMNS = ['accountId', 'id', `customFields.${LINK_FIELD}`] as const;
const NEWLINE = '\r\n';

export function csvLines(rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  return Papa.unparse(
    rows.map((row) => row.map(neutralised)),
    { newline: NEWLINE },
  ).concat(NEWLINE);
}

/** Excel takes a file without this mark for the machine's old encoding; Advocate's import would take it for a column. */
export const FOR_SPREADSHEETS = '\uFEFF';

/** `links-live-2026-11-23.csv` */
export function fileName(what: string, mode: string, now = new Date()): string {
  const two = (part: number) => String(part).padStart(2, '0');
  return `${what}-${mode}-${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}.csv`;
}

export function saveFile(name: string, parts: BlobPart[]): void {
  const url = URL.createObjectURL(new Blob(parts, { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the file over by the next turn of its loop; a minute is more than it needs.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
