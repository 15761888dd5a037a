/** What a row of the bench answers, and how it is judged. */

/** What has to hold: of our own number, of ours against the limit's, or of what we add to it. */
export type Target = { of: 'ours' | 'ratio' | 'difference' } & ({ atLeast: number } | { atMost: number });

export type Measured = {
  name: string;
  unit: string;
  ours: number;
  /** The same work at its physical limit, measured in the same run; null where there is none beside it. */
  limit: number | null;
  target: Target;
  /** Over how many measurements the medians were taken. */
  runs: number;
};

export type Result = Omit<Measured, 'target'> & { ratio: number | null; target: string; ok: boolean };

export type Sizes = 'small' | 'full';
export type Row = {
  name: string;
  /** Throws where the work was not done, or not done right: a wrong number is worse than none. */
  measure: (sizes: Sizes) => Promise<Measured[]>;
};

/** What a row needs is not on this machine: said in the table, and never a pass. */
export class NotHere extends Error {
  override name = 'NotHere';
}

export function judge({ target, ...measured }: Measured): Result {
  const { ours, limit, name } = measured;
  for (const number of [ours, limit ?? 0])
    if (!Number.isFinite(number)) throw new Error(`${name} measured ${number}, which is no measurement.`);
  const ratio = limit === null || limit === 0 ? null : ours / limit;
  const judged = { ours, ratio, difference: limit === null ? null : ours - limit }[target.of];
  if (judged === null) throw new Error(`${name} has nothing beside it to be judged by.`);
  const ok = 'atLeast' in target ? judged >= target.atLeast : judged <= target.atMost;
  const sign = 'atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`;
  const words = { ours: '', ratio: 'ratio ', difference: 'over it ' }[target.of];
  return { ...measured, ratio, target: `${words}${sign}`, ok };
}

export const sorted = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b);

export function quantile(numbers: readonly number[], q: number): number {
  const all = sorted(numbers);
  return all[Math.min(all.length - 1, Math.floor(all.length * q))] ?? Number.NaN;
}

export const median = (numbers: readonly number[]): number => quantile(numbers, 0.5);

/** One after the other, again and again, so that what slows the machine down slows each of them. */
export async function interleave<Name extends string>(
  runs: number,
  works: Record<Name, (run: number) => Promise<number>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(works) as Name[];
  const times = {} as Record<Name, number[]>;
  for (const name of names) times[name] = [];
  for (let run = 0; run < runs; run++)
    for (const name of run % 2 === 0 ? names : names.toReversed()) times[name].push(await works[name](run));
  return times;
}

export async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
