/** Which rows of a file say something that can be done, and what is wrong with the others. Pure; asks nobody. */
import * as v from 'valibot';
import { CustomerId, ParticipantKey } from '../../contract/routes.ts';
import { locale, say } from '../../locales/say.ts';
import { looksLikeFormula, restored } from '../csv-cells.ts';
import type { Header } from './find-columns.ts';
import type { CsvRow } from './read-csv.ts';
import { whoOf } from './who.ts';

export type FileLink = ParticipantKey & { line: number; customer: string };
/** Cells as the file has them. */
export type Fault = { line: number; accountId: string; userId: string; customer: string; why: string };

type Named = ParticipantKey & { rows: { line: number; customer: string }[] };

export function createRowCheck() {
  const faults: Fault[] = [];
  const named = new Map<string, Named>();

  function add({ line, cells }: CsvRow, { places, width }: Header) {
    const [accountId = '', userId = '', customer = ''] = detached(places.map((place) => cells[place] ?? ''));
    const why =
      cells.length === width
        ? (faultOfId('accountId', accountId) ?? faultOfId('id', userId))
        : say('unlinked_row_width', { cells: cells.length, width });
    if (why !== null) faults.push({ line, accountId, userId, customer, why });
    else {
      const key = { accountId: restored(accountId), userId: restored(userId) };
      const before = named.get(whoOf(key));
      if (before) before.rows.push({ line, customer });
      else named.set(whoOf(key), { ...key, rows: [{ line, customer }] });
    }
  }

  return {
    add,
    /** Only now is it known who is named twice with different customers: none of them is right beyond doubt. */
    finish(): { links: FileLink[]; faults: Fault[]; empty: number; repeated: number } {
      const links: FileLink[] = [];
      let empty = 0;
      let repeated = 0;
      for (const { rows, ...key } of named.values()) {
        const why = faultOfRows(rows);
        const [first] = rows;
        if (why !== null) faults.push(...rows.map((row) => ({ ...key, ...row, why })));
        else if (first?.customer === '') empty += rows.length;
        else if (first) {
          links.push({ ...key, ...first });
          repeated += rows.length - 1;
        }
      }
      return { links, faults: faults.toSorted((a, b) => a.line - b.line), empty, repeated };
    },
  };
}

/** More of a cell than any ID has is of no use to anybody. */
const LONGEST_KEPT = 300;

/** Copies: a piece of a string keeps the whole of it in memory, and here that is the file. */
function detached(cells: string[]): string[] {
  return cells.map((cell) => JSON.parse(JSON.stringify(cell.slice(0, LONGEST_KEPT))));
}

function faultOfRows(rows: Named['rows']): string | null {
  const [first] = rows;
  if (rows.some(({ customer }) => customer !== first?.customer)) {
    const lines = new Intl.ListFormat(locale()).format(rows.map(({ line }) => String(line)));
    return say('unlinked_row_twice', { lines });
  }
  // An empty cell is no wish: nobody is unlinked by a file.
  return first?.customer === '' || v.is(CustomerId, first?.customer) ? null : say('unlinked_row_customer');
}

const Id = ParticipantKey.entries.accountId;

function faultOfId(column: 'accountId' | 'id', cell: string): string | null {
  if (cell.trim() === '') return say('unlinked_row_empty', { column });
  if (looksLikeFormula(cell)) return say('unlinked_row_formula', { column });
  const value = restored(cell);
  if (value.includes('\n')) return say('unlinked_row_break', { column });
  if (value !== value.trim() && value === cell) return say('unlinked_row_space', { column });
  return v.is(Id, value) ? null : say('unlinked_row_long', { column });
}
