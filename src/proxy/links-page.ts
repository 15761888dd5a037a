/** All participants with their links, in pages. */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { LinksPage } from '../contract/linking.ts';
import { ProblemError } from '../contract/problems.ts';
import type { Advocate } from './advocate.ts';
import type { AdvocateParticipantLink } from './advocate-shapes.ts';
import { rawLink } from './links.ts';
import { placesIn } from './place.ts';

const PAGE = 100;
const MARKS = 5;
/** How many pages around the expected place are looked through for where it was. */
const SEARCHED = [0, -1, 1, -2, 2];
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/**
 * Advocate's participants can be sorted by when they came, but not filtered by it, so pages go by place. A participant
 * who is deleted or added with an earlier date moves all behind them: a page begins with the last rows of the one
 * before, and is only believed where one of those is found again. `from`: where the first of these `marks` was; `end`:
 * the place behind the last.
 */
const Place = v.strictObject({
  from: whole,
  end: whole,
  marks: v.pipe(v.array(v.string()), v.maxLength(MARKS)),
});
type Place = v.InferOutput<typeof Place>;
type Row = AdvocateParticipantLink | null;
type Read = { rows: Row[]; offset: number; total: number };

export async function readLinks(advocate: Advocate, after: string | undefined): Promise<LinksPage> {
  const places = placesIn(['links', advocate.tenant], Place);
  const read =
    after === undefined ? await readFrom(advocate, 0) : await readAfter(advocate, places.read(after));
  const next = nextOf(read);
  return {
    links: read.rows.flatMap((row) =>
      row === null ? [] : [{ accountId: row.accountId, userId: row.id, customer: rawLink(row) }],
    ),
    after: next && places.write(next),
  };
}

function nextOf({ rows, offset, total }: Read): Place | null {
  const end = offset + rows.length;
  if (rows.length === 0 || end >= total) return null;
  const marked = rows
    .flatMap((row, at) => (row === null ? [] : [{ at: offset + at, mark: markOf(row) }]))
    .slice(-MARKS);
  return { from: marked[0]?.at ?? end, end, marks: marked.map(({ mark }) => mark) };
}

async function readFrom(advocate: Advocate, offset: number): Promise<Read> {
  const { data, totalCount } = await advocate.participantLinks(PAGE, offset);
  return { rows: data, offset, total: totalCount };
}

async function readAfter(advocate: Advocate, { from, end, marks }: Place): Promise<Read> {
  // Not one row of the page before could be read, so none can be found again.
  if (marks.length === 0) return readFrom(advocate, end);
  for (const pages of SEARCHED) {
    const start = from + pages * PAGE;
    if (start <= -PAGE) continue;
    const page = await readFrom(advocate, Math.max(0, start));
    const at = lastOf(page.rows, marks);
    if (at === null) continue;
    const rest = { ...page, rows: page.rows.slice(at + 1), offset: page.offset + at + 1 };
    // Found at the very end of the page: what follows is on the next one.
    return rest.rows.length === 0 && rest.offset < rest.total ? readFrom(advocate, rest.offset) : rest;
  }
  throw new ProblemError('cursor_invalid', {
    detail: 'So many participants were added or deleted meanwhile that the place is not found again.',
    action: 'Leave `after` out to read from the beginning.',
  });
}

/** The place of the last mark that is still there. */
function lastOf(rows: Row[], marks: string[]): number | null {
  const seen = rows.map((row) => (row === null ? null : markOf(row)));
  const places = marks.map((mark) => seen.lastIndexOf(mark));
  const last = Math.max(...places);
  return last < 0 ? null : last;
}

const markOf = ({ accountId, id }: AdvocateParticipantLink) =>
  createHash('sha256')
    .update(JSON.stringify([accountId, id]))
    .digest('base64url')
    .slice(0, 12);
