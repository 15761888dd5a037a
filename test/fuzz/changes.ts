/** What is not as it was, between two dumps of everything. */
export type Dump = Record<string, string[]>;

export function changes(before: Dump, after: Dump): { where: string; now: string }[] {
  return Object.keys({ ...before, ...after }).flatMap((where) => {
    const [was, is] = [before[where] ?? [], after[where] ?? []];
    if (was.join('\n') === is.join('\n')) return [];
    return [{ where, now: is.filter((row) => !was.includes(row)).join('\n') }];
  });
}
