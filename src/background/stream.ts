/**
 * Batches that overlap: the next one is asked for while the last rewards of the one before are still under way, so that
 * one slow reward holds nobody up. How early follows from how many were settled lately: at a slow proxy a batch that
 * waits behind another one would hear nothing for too long.
 */

/** The next batch is there about this long before the last one ends. */
const AHEAD_MS = 3_000;
/** Too few to keep a proxy busy. */
const FEWEST = 16;
const MOST = 200;

export function createStream(now: () => number) {
  const batches = new Set<Promise<void>>();
  let open = 0;
  let lately: number[] = [];
  let failure: { error: unknown } | null = null;
  let wake = () => {};

  const hasRoom = () => {
    const from = now() - AHEAD_MS;
    lately = lately.filter((at) => at >= from);
    return open <= Math.min(MOST, Math.max(FEWEST, lately.length));
  };

  return {
    isIdle: () => batches.size === 0,

    /** @param work is told what to call whenever one of its rewards came to its outcome. */
    begin(rewards: number, work: (settled: () => void) => Promise<void>): void {
      let left = rewards;
      open += rewards;
      const settled = () => {
        left -= 1;
        open -= 1;
        lately.push(now());
        wake();
      };
      const batch: Promise<void> = work(settled)
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .then(() => {
          open -= left;
          batches.delete(batch);
          wake();
        });
      batches.add(batch);
    },

    /** Until there is room for the next batch; `ended`: until one of them ends. Throws what one of them threw. */
    async room(ended: boolean): Promise<void> {
      const before = batches.size;
      while (failure === null && batches.size > 0 && (ended ? batches.size === before : !hasRoom()))
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      if (failure !== null) throw failure.error;
    },

    /** What was begun is seen to its end, whatever became of the rest. */
    async end(): Promise<void> {
      await Promise.all(batches);
      if (failure !== null) throw failure.error;
    },
  };
}
