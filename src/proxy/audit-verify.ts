/** Reads the history from its beginning and says of every row that does not fit what was done to it. */
import { type AuditRow, EMPTY_HEAD, type Head, hashOf, readHead, UNREADABLE_HEAD } from './audit.ts';
import type { Database } from './database.ts';

/** `rewritten`: somebody changed rows and their hashes, or the head. */
export type Tampering = 'edited' | 'removed' | 'inserted' | 'reordered' | 'shortened' | 'rewritten';
export type Finding = { seq: number; how: Tampering; what: string };
export type Verified = {
  whole: boolean;
  /** How many rows were read. */
  rows: number;
  /** The newest row as the database notes it: worth writing down elsewhere. Null where there is no note. */
  head: Head | null;
  /** The first of what was found; `more` counts the rest. */
  findings: Finding[];
  more: number;
};

const PAGE = 1000;
const MOST_FINDINGS = 20;

/** Reads in pages, so that its memory does not grow with the history. */
export async function verify(db: Database): Promise<Verified> {
  const findings: Finding[] = [];
  let more = 0;
  let rows = 0;
  let last: Head = EMPTY_HEAD;
  let head: Head | null = null;
  const find = (seq: number, how: Tampering, what: string) => {
    if (findings.length < MOST_FINDINGS) findings.push({ seq, how, what });
    else more += 1;
  };

  // Others append meanwhile. The head is read after the rows, so it is never older than the newest of them; when it
  // is newer, the rows that came since are read as well.
  let after: number | null = null;
  for (;;) {
    const page: AuditRow[] = await pageAfter(db, after);
    for (const row of page) {
      const fault = await faultOf(db, last, row);
      // What is gone is named by its own number.
      if (fault !== null) find(fault[0] === 'removed' ? last.seq + 1 : row.seq, ...fault);
      last = { seq: row.seq, hash: row.hash };
      rows += 1;
    }
    after = page.at(-1)?.seq ?? after;
    if (page.length === PAGE) continue;
    const read = await readHead(db);
    if (read === null || read.seq <= last.seq || read.seq === head?.seq) {
      head = read;
      break;
    }
    head = read;
  }

  const end = faultAtEnd(last, head);
  if (end !== null) find(Math.max(last.seq, head?.seq ?? 0), ...end);
  return { whole: findings.length === 0, rows, head, findings, more };
}

function pageAfter(db: Database, after: number | null): Promise<AuditRow[]> {
  const query = db.selectFrom('audit').selectAll().orderBy('seq').limit(PAGE);
  return (after === null ? query : query.where('seq', '>', after)).execute();
}

type Fault = [Tampering, string];

async function faultOf(db: Database, last: Head, row: AuditRow): Promise<Fault | null> {
  const { seq } = row;
  const expected = last.seq + 1;
  if (seq < 1) return ['inserted', `Row ${seq} was inserted: the history begins with row 1.`];
  // What came between is gone, and with it the hash that this row was chained to.
  if (seq > expected)
    return ['removed', `${nameOf(expected, seq - 1)} removed: row ${seq} does not follow row ${last.seq}.`];
  if (hashOf(last.hash, row) === row.hash) return null;
  return whatHappened(db, last, row);
}

/** The row that belongs here may stand nearby, or this row's hash may belong to what stands nearby. */
async function whatHappened(db: Database, last: Head, row: AuditRow): Promise<Fault> {
  const { seq } = row;
  const nearby = await pageAfter(db, seq);
  const belongs = nearby.find((other) => {
    const here = hashOf(last.hash, { ...other, seq });
    return here === other.hash || here === row.hash;
  });
  if (belongs === undefined)
    return ['edited', `Row ${seq} was edited: it, or the hash of row ${seq - 1}, is not what was written.`];
  const previous = nearby.find((other) => other.seq === belongs.seq - 1)?.hash ?? belongs.hash;
  const there = hashOf(previous, { ...row, seq: belongs.seq });
  const swapped = there === row.hash || there === belongs.hash;
  return swapped || belongs.seq > seq + 1
    ? ['reordered', `The order was changed: what stands in row ${belongs.seq} belongs in row ${seq}.`]
    : ['inserted', `Row ${seq} was inserted: what belongs there stands in row ${belongs.seq}.`];
}

function faultAtEnd(last: Head, head: Head | null): Fault | null {
  if (head === null)
    return last.seq === 0
      ? null
      : ['rewritten', `The note of the newest row is missing, so rows after row ${last.seq} may be too.`];
  if (head.hash === UNREADABLE_HEAD.hash)
    return ['rewritten', 'The note of the newest row was overwritten with something else.'];
  if (head.seq > last.seq)
    return ['shortened', `${nameOf(last.seq + 1, head.seq)} removed from the end of the history.`];
  if (head.seq < last.seq)
    return ['inserted', `${nameOf(head.seq + 1, last.seq)} inserted: the history ends with row ${head.seq}.`];
  return head.hash === last.hash
    ? null
    : ['rewritten', `Row ${last.seq} was rewritten: its hash is not the one noted as the newest.`];
}

const nameOf = (first: number, last: number) =>
  first === last ? `Row ${first} was` : `Rows ${first} to ${last} were`;
