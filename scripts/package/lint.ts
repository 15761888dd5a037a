/** Mozilla's linter, the one behind `web-ext lint`, and the warnings that we know and live with. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import * as v from 'valibot';
import { Refusal } from '../say.ts';

const Finding = v.object({
  code: v.string(),
  message: v.string(),
  file: v.optional(v.string()),
  line: v.nullish(v.number()),
});
const Report = v.object({
  errors: v.array(Finding),
  warnings: v.array(Finding),
  notices: v.array(Finding),
});
export type Finding = v.InferOutput<typeof Finding>;
export type Report = v.InferOutput<typeof Report>;

export const Known = v.array(
  v.strictObject({
    code: v.string(),
    /** As in the package, with `*` for the hash in a name. */
    file: v.string(),
    times: v.pipe(v.number(), v.integer(), v.minValue(1)),
    reason: v.pipe(v.string(), v.minLength(40)),
  }),
);
export type Known = v.InferOutput<typeof Known>;

export async function lint(root: string, zip: string): Promise<Report> {
  const linter = join(root, 'node_modules/addons-linter/bin/addons-linter');
  const stdout = await new Promise<string>((resolve, reject) => {
    const options = { maxBuffer: 16 * 1024 * 1024, timeout: 120_000 };
    execFile(process.execPath, [linter, zip, '--output', 'json'], options, (error, out, complaint) =>
      // With findings it ends with 1, and tells them all the same.
      out.startsWith('{') ? resolve(out) : reject(error ?? new Error(complaint)),
    );
  });
  const report = v.safeParse(Report, JSON.parse(stdout));
  if (!report.success) throw new Refusal('The linter answers in a way that this does not know.');
  return report.output;
}

/** Esbuild names shared parts by a hash of their content. */
const withoutHash = (file = 'manifest.json') => file.replace(/-[0-9A-Z]{8}(?=\.\w+$)/, '-*');
const keyOf = ({ code, file }: { code: string; file?: string | undefined }) => `${code} ${withoutHash(file)}`;

/** What of the report is not in the list, and what of the list is not in the report any more. Empty when they agree. */
export function unlisted({ errors, warnings, notices }: Report, known: Known): string[] {
  const counts = new Map<string, number>();
  for (const warning of [...warnings, ...notices])
    counts.set(keyOf(warning), (counts.get(keyOf(warning)) ?? 0) + 1);
  const listed = new Map(known.map((one) => [keyOf(one), one.times]));
  const complaints = errors.map(
    ({ code, file, line, message }) => `error ${code} in ${file ?? 'the package'}:${line ?? '-'}: ${message}`,
  );
  for (const key of new Set([...counts.keys(), ...listed.keys()])) {
    const [is, was] = [counts.get(key) ?? 0, listed.get(key) ?? 0];
    if (is !== was) complaints.push(`warning ${key}: found ${is}, listed ${was}`);
  }
  return complaints;
}
