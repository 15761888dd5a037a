/** When no notification is shown: from one full hour to another, local time, over midnight where that is later. */
import * as v from 'valibot';

const hour = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(23));
/** The same hour twice would be a whole day, and nobody would ever be told. */
export const QuietHours = v.pipe(
  v.strictObject({ from: hour, to: hour }),
  v.check(({ from, to }) => from !== to, 'two different hours'),
);
export type QuietHours = v.InferOutput<typeof QuietHours>;
/** Null: notifications come at any hour. */
export const QuietAnswer = v.strictObject({ quiet: v.nullable(QuietHours) });
export type QuietAnswer = v.InferOutput<typeof QuietAnswer>;
export const USUAL_QUIET: QuietHours = { from: 22, to: 7 };

export function isQuiet(quiet: QuietHours | null, at: Date): boolean {
  if (quiet === null) return false;
  const { from, to } = quiet;
  const hour = at.getHours();
  return from < to ? hour >= from && hour < to : hour >= from || hour < to;
}
