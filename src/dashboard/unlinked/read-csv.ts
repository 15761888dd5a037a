/** Reads a CSV file row by row, each with the line it begins on. A file whose rows cannot be told apart is refused. */
import Papa from 'papaparse';
import { locale, say } from '../../locales/say.ts';
import { decodeFile } from './decode-file.ts';
import { FileRefused } from './file-refused.ts';
import { findColumns, type Header } from './find-columns.ts';

export const MOST_ROWS = 100_000;
/** It is read piece by piece, so this saves time, not memory: a hundred thousand rows with every column have less. */
export const MOST_MEGABYTES = 250;
/** An open quote swallows everything behind it; this ends the search for its end. */
const LONGEST_ROW = 64 * 1024;

export type CsvRow = { line: number; cells: string[] };
export type CsvPart = { header: Header; rows: CsvRow[] };

export async function* readCsv(file: Blob): AsyncGenerator<CsvPart> {
  const number = new Intl.NumberFormat(locale());
  if (file.size > MOST_MEGABYTES * 1024 * 1024)
    throw new FileRefused(
      say('unlinked_file_big', {
        size: number.format(Math.ceil(file.size / 1024 / 1024)),
        most: MOST_MEGABYTES,
      }),
      say('unlinked_file_big_next'),
    );
  let rest = '';
  let line = 1;
  let count = 0;
  let header: Header | null = null;
  let found: CsvRow[] = [];

  const take = (cells: string[]) => {
    if (cells.every((cell) => cell.trim() === '')) return;
    count += 1;
    if (count > MOST_ROWS)
      throw new FileRefused(
        say('unlinked_file_long', { most: number.format(MOST_ROWS) }),
        say('unlinked_file_long_next'),
      );
    found.push({ line, cells });
  };

  /** Takes every row that is complete, and with `last` what is left as well. */
  const parse = (of: Header, last: boolean) => {
    let taken = 0;
    const step = ({ data, errors, meta }: Papa.ParseStepResult<string>) => {
      if (errors.length > 0) throw brokenQuotes(line);
      // Without a header row, the parser gives each row as an array in an array.
      for (const row of [data].flat(1)) take(endsOf(row, of.newline));
      line += breaksIn(rest.slice(taken, meta.cursor), of.newline);
      taken = meta.cursor;
    };
    const parser = new Papa.Parser({ delimiter: of.delimiter, newline: of.newline, step });
    parser.parse(rest, 0, !last);
    rest = rest.slice(taken);
    if (rest.length > LONGEST_ROW) throw brokenQuotes(line);
  };

  for await (const text of decodeFile(file)) {
    rest += text;
    if (header === null) {
      const first = findColumns(rest, false);
      if (first === null) continue;
      ({ header, rest } = first);
      line = 2;
    }
    parse(header, false);
    yield { header, rows: found };
    found = [];
  }
  if (header === null) {
    const first = findColumns(rest, true);
    if (first === null) throw new FileRefused(say('unlinked_file_empty'), say('unlinked_file_empty_next'));
    ({ header, rest } = first);
    line = 2;
  }
  parse(header, true);
  yield { header, rows: found };
}

/** Where lines end in `\r\n`, its first half is left at the end of the last cell. */
function endsOf(row: string | string[], newline: Header['newline']): string[] {
  const cells = typeof row === 'string' ? [row] : row;
  return newline === '\n' ? cells.with(-1, (cells.at(-1) ?? '').replace(/\r$/, '')) : cells;
}

function breaksIn(text: string, newline: string): number {
  let count = 0;
  for (let at = text.indexOf(newline); at !== -1; at = text.indexOf(newline, at + 1)) count += 1;
  return count;
}

function brokenQuotes(line: number): FileRefused {
  return new FileRefused(
    say('unlinked_file_quotes', { line: new Intl.NumberFormat(locale()).format(line) }),
    say('unlinked_file_quotes_next'),
  );
}
