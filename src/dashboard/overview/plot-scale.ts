/** Where values stand on the scale of a plot, and which of them it names. */
export type Scale = {
  /** 0 at the bottom, 1 at the top. */
  at: (value: number) => number;
  named: readonly number[];
};

/** Room above and below what stands highest and lowest. */
const ROOM = 1.08;

/** From zero, or from below it, with at most so many round values named. */
export function linear(values: readonly number[], most: number): Scale {
  const low = Math.min(0, ...values) * ROOM;
  const high = Math.max(0, ...values) * ROOM || (low === 0 ? 1 : 0);
  const step = roundStep((high - low) / most);
  const first = Math.ceil(low / step);
  const named = Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
  return { at: (value) => (value - low) / (high - low), named };
}

function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((times) => times * power >= least) ?? 10);
}

/** From the step below the lowest to the step above the highest; steps are what is named. */
export function logarithmic(values: readonly number[], steps: readonly number[]): Scale {
  const least = Math.min(...values);
  const most = Math.max(...values);
  const low = steps.filter((step) => step <= least).at(-1) ?? steps[0] ?? 1;
  const above = steps.find((step) => step >= most) ?? steps.at(-1) ?? 10;
  const high = above > low ? above : low * 10;
  return {
    at: (value) => Math.log(value / low) / Math.log(high / low),
    named: steps.filter((step) => step >= low && step <= high),
  };
}
