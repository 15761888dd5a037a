/**
 * How fast one account is asked. Nothing is held up until Stripe says "too many" and that a rate is why; from then on
 * calls keep to what it took, and a little more every second, so that a limit which was raised, or which somebody else
 * had used up, is found again.
 */

/** What Stripe's rate limits count apart; everything else only counts as a call. */
export type Paced = 'customer' | 'credit' | 'other';
/** What a rate is of: all calls of the account, or one kind. */
type Whole = 'all';

/** Below what Stripe allows any account: whoever else asks there may use up all the rest for a while. */
const SLOWEST = 5;
const MEASURED_MS = 2_000;
/** Several calls are under way when the first is refused; they are one sign, not many. */
const ONE_SIGN_MS = 1_000;
/** In the first second after a refusal, twice that in the second, and so on up to the last. */
const GROWTH = { first: 0.01, most: 0.03 };
/** A turn that came late, on a busy machine, is made up for, as far as this. */
const MADE_UP_MS = 250;

export function createPace(now: () => number, sleep: (ms: number) => Promise<void>) {
  const rates = new Map<Paced | Whole, ReturnType<typeof createRate>>();
  const rateOf = (name: Paced | Whole) => {
    const known = rates.get(name) ?? createRate(now);
    rates.set(name, known);
    return known;
  };
  const both = (kind: Paced) => [rateOf('all'), rateOf(kind)];

  return {
    /** Resolves when a call of this kind may be made. */
    async turn(kind: Paced): Promise<void> {
      const wait = Math.max(...both(kind).map((rate) => rate.take()));
      if (wait > 0) await sleep(wait);
    },

    /** Stripe took it, whatever it answered. */
    taken(kind: Paced): void {
      for (const rate of both(kind)) rate.taken();
    },

    /** @param reason Stripe's own word; without one no rate was why: another call was at the same object. */
    refused(kind: Paced, reason: string | null): void {
      if (reason === 'global-rate') rateOf('all').refused();
      else if (reason === 'endpoint-rate') rateOf(kind).refused();
    },

    /** How long the next call would wait. */
    backlog: (): number => Math.max(0, ...[...rates.values()].map((rate) => rate.backlog())),
  };
}

function createRate(now: () => number) {
  /** Null while none is known. */
  let perSecond: number | null = null;
  let next = 0;
  let grownAt = 0;
  let growth = 0;
  let refusedAt = Number.NEGATIVE_INFINITY;
  let taken: number[] = [];

  function grow(): void {
    if (perSecond === null) return;
    // A clock that was set back begins anew.
    if (now() < grownAt - ONE_SIGN_MS) grownAt = now();
    for (let most = 600; grownAt + 1000 <= now() && most > 0; most--) {
      grownAt += 1000;
      growth = Math.min(growth + GROWTH.first, GROWTH.most);
      perSecond *= 1 + growth;
    }
  }

  return {
    /** Milliseconds until its turn. */
    take(): number {
      grow();
      if (perSecond === null) return 0;
      const at = now();
      // A clock that was set back must not hold everything up until it has caught up.
      if (next > at + 60_000) next = at;
      const turn = Math.max(next, at - MADE_UP_MS);
      next = turn + 1000 / perSecond;
      return Math.max(0, turn - at);
    },
    taken(): void {
      const at = now();
      taken.push(at);
      if ((taken[0] ?? at) < at - 2 * MEASURED_MS) taken = taken.filter((one) => one > at - MEASURED_MS);
    },
    refused(): void {
      const at = now();
      if (Math.abs(at - refusedAt) < ONE_SIGN_MS) return;
      refusedAt = at;
      const lately = taken.filter((one) => one > at - MEASURED_MS);
      const span = Math.min(MEASURED_MS, Math.max(ONE_SIGN_MS, at - (taken[0] ?? at)));
      const measured = (lately.length * 1000) / span;
      const slower =
        perSecond === null ? measured : Math.max(perSecond * 0.7, Math.min(perSecond * 0.98, measured));
      perSecond = Math.max(SLOWEST, slower);
      next = Math.max(next, at);
      // What is under way still gets its answers; growing begins after them.
      grownAt = at + ONE_SIGN_MS;
      growth = 0;
    },
    backlog: () => (perSecond === null ? 0 : Math.max(0, next - now())),
  };
}
