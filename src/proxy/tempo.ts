/** How fast Stripe is asked in one mode, and how many rewards are under way at once: each learns from what the other sees. */
import { createAtOnce } from './at-once.ts';
import { createPace, type Paced } from './pace.ts';

export type Tempo = ReturnType<typeof createTempo>;

export function createTempo(now: () => number, sleep: (ms: number) => Promise<void>) {
  const pace = createPace(now, sleep);
  const atOnce = createAtOnce(now);
  return {
    /** Resolves when a call of this kind may be made. */
    turn: pace.turn,

    /** Makes the call; how long it took tells whether there is room for more. */
    async timed<T>(kind: Paced, call: () => Promise<T>): Promise<T> {
      const began = now();
      const answer = await call();
      pace.taken(kind);
      atOnce.answered(Math.max(0, now() - began));
      return answer;
    },

    /** Stripe said "too many". `reason`: its own word for which rate that was, if so. */
    refused(kind: Paced, reason: string | null): void {
      pace.refused(kind, reason);
      if (reason !== null) atOnce.refused();
    },

    /** Works on a reward as soon as there is room for it. */
    inRoom: <T>(work: () => Promise<T>): Promise<T> => atOnce.run(work, pace.backlog),
    get most(): number {
      return atOnce.most;
    },
  };
}
