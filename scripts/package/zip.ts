/** Zips whose bytes depend on nothing but names and contents: not on the clock, the time zone, the folder or its order. */
import { type Zippable, zipSync } from 'fflate';

export type File = { path: string; bytes: Uint8Array; executable?: boolean };

/** Zips keep local time without its zone, so the same digits are written everywhere. */
const ALWAYS_THEN = new Date(2000, 0, 1);
const UNIX = 3;
const modeOf = ({ executable = false }: File) => 0o100000 | (executable ? 0o755 : 0o644);

/** By code units, as no locale would. */
export const byPath = (a: { path: string }, b: { path: string }): number =>
  a.path < b.path ? -1 : Number(a.path > b.path);

export function zip(files: readonly File[]): Uint8Array {
  const entries: Zippable = {};
  for (const file of files.toSorted(byPath)) {
    const attrs = modeOf(file) << 16;
    entries[file.path] = [file.bytes, { level: 9, mtime: ALWAYS_THEN, os: UNIX, attrs: attrs >>> 0 }];
  }
  return zipSync(entries);
}
