/** The first line: how cells are parted, and which of them hold what is needed. */
import Papa from 'papaparse';
import { locale, say, sayCount } from '../../locales/say.ts';
import { COLUMNS } from '../csv-file.ts';
import { FileRefused } from './file-refused.ts';

export type Header = {
  delimiter: string;
  newline: '\n' | '\r';
  /** How many cells each row has to have. */
  width: number;
  /** Where the columns stand, in the order of COLUMNS. */
  places: number[];
  /** Columns that are of no use here. */
  ignored: string[];
};

const DELIMITERS = [',', ';', '\t'];
/** A first line longer than this is no line of column names. */
const LONGEST_HEADER = 64 * 1024;

/** Null while the first line is not complete; `last` says that nothing more comes. */
export function findColumns(text: string, last: boolean): { header: Header; rest: string } | null {
  const end = text.search(/[\r\n]/);
  if (end === -1 && !last) {
    if (text.length > LONGEST_HEADER) throw wrongColumns([text.slice(0, 60)]);
    return null;
  }
  if (text === '') return null;
  // A `\r` at the very end may be the first half of `\r\n`.
  if (end === text.length - 1 && text[end] === '\r' && !last) return null;
  const first = end === -1 ? text : text.slice(0, end);
  const ends = text.slice(end, end + 2);
  const newline = end === -1 || ends.includes('\n') ? '\n' : '\r';
  const rest = end === -1 ? '' : text.slice(end + (ends === '\r\n' ? 2 : 1));

  const tries = DELIMITERS.map((delimiter) => ({ delimiter, names: namesIn(first, delimiter) }));
  const fit = tries.find(({ names }) => COLUMNS.every((column) => names.includes(column)));
  if (!fit) {
    const likely = tries.reduce((best, one) => (one.names.length > best.names.length ? one : best));
    throw wrongColumns(likely.names);
  }
  const { delimiter, names } = fit;
  const twice = COLUMNS.find((column) => names.indexOf(column) !== names.lastIndexOf(column));
  if (twice !== undefined)
    throw new FileRefused(say('unlinked_column_twice', { column: twice }), say('unlinked_column_twice_next'));
  const known: readonly string[] = COLUMNS;
  return {
    header: {
      delimiter,
      newline,
      width: names.length,
      places: COLUMNS.map((column) => names.indexOf(column)),
      ignored: names.filter((name) => !known.includes(name) && name.trim() !== ''),
    },
    rest,
  };
}

function namesIn(line: string, delimiter: string): string[] {
  const { data } = Papa.parse<string[]>(line, { delimiter });
  return data[0] ?? [];
}

function wrongColumns(names: string[]): FileRefused {
  const missing = COLUMNS.filter((column) => !names.includes(column));
  const wrongCase = missing.flatMap((column) => {
    const near = names.find((name) => name.trim().toLowerCase() === column.toLowerCase());
    return near === undefined ? [] : [say('unlinked_column_case', { wrong: near, right: column })];
  });
  const quoted = missing.map((column) => say('unlinked_column_quoted', { column }));
  const columns = new Intl.ListFormat(locale()).format(quoted);
  return new FileRefused(
    sayCount('unlinked_columns_missing', missing.length, { columns }),
    wrongCase.length > 0
      ? say('unlinked_columns_case', { columns: wrongCase.join('; ') })
      : say('unlinked_columns_next'),
  );
}
