/** The same numbers for the same seed, on every machine: a year that is made again is the same year. */
export type Random = ReturnType<typeof createRandom>;

const SIGNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export function createRandom(seed: number) {
  let state = seed >>> 0;
  /** Mulberry32: 0 to below 1. */
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
  const below = (end: number) => Math.floor(next() * end);
  const signs = (alphabet: string, length: number) =>
    Array.from({ length }, () => alphabet[below(alphabet.length)]).join('');

  return {
    next,
    below,
    chance: (share: number) => next() < share,
    pick<T>(from: readonly [T, ...T[]]): T {
      return from[below(from.length)] ?? from[0];
    },
    /** As many things in life are: many small ones, a few large ones. */
    skewed: (median: number, spread: number) =>
      median * Math.exp(spread * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())),
    id: (prefix: string, length: number) => `${prefix}_${signs(SIGNS, length)}`,
    hex: (length: number) => signs('0123456789abcdef', length),
  };
}
