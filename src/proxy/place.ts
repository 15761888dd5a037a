/** Where a list is read on: opaque to whoever asks, and good only for the list it was made for. */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { ProblemError } from '../contract/problems.ts';

/** @param list what a place belongs to: the same place in another tenant's list would be another one. */
export const basisOf = (list: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(list)).digest('base64url').slice(0, 12);

export const writePlace = (place: unknown): string =>
  Buffer.from(JSON.stringify(place)).toString('base64url');

export function readPlace<S extends v.GenericSchema>(schema: S, after: string): v.InferOutput<S> {
  try {
    return v.parse(schema, JSON.parse(Buffer.from(after, 'base64url').toString()));
  } catch (cause) {
    throw new ProblemError(
      'cursor_invalid',
      { action: 'Leave `after` out to read from the beginning.' },
      { cause },
    );
  }
}

/** Places that are refused where they were made for another list. */
export function placesIn<S extends v.GenericSchema>(list: readonly unknown[], schema: S) {
  const basis = basisOf(list);
  const Place = v.strictObject({ basis: v.literal(basis), place: schema });
  return {
    write: (place: v.InferOutput<S>): string => writePlace({ basis, place }),
    read: (after: string): v.InferOutput<S> => readPlace(Place, after).place,
  };
}
