import { missing } from './errors.ts';
import { pageSize, text } from './params.ts';

/** The cursor parameters that every list takes. */
export const cursorParams = {
  limit: pageSize,
  starting_after: text(5000),
  ending_before: text(5000),
} as const;

export type Cursor = { limit?: number; starting_after?: string; ending_before?: string };

/** A page of a list that is sorted newest first. Cursors are ids, so what is added meanwhile shifts nothing. */
export function listPage<T extends { id: string }>(
  newestFirst: T[],
  cursor: Cursor,
  { what, url, show }: { what: string; url: string; show: (item: T) => object },
) {
  const { limit = 10, starting_after: after, ending_before: before } = cursor;
  const placeOf = (id: string, param: string) => {
    const place = newestFirst.findIndex((item) => item.id === id);
    if (place < 0) throw missing(what, id, param);
    return place;
  };
  const from = after === undefined ? 0 : placeOf(after, 'starting_after') + 1;
  const to = before === undefined ? newestFirst.length : placeOf(before, 'ending_before');
  const range = newestFirst.slice(from, to);
  const page = before === undefined ? range.slice(0, limit) : range.slice(-limit);
  return { object: 'list', data: page.map(show), has_more: range.length > page.length, url };
}
