/** The tables behind the admin's desk; database.ts has all others. */
import type { AlertKind } from '../contract/health.ts';
import type { ByHand } from '../contract/reasons.ts';
import type { Mode } from '../contract/words.ts';

/** What each day came to (UTC), written with what it counts, so that nobody has to count a year's rows. */
export type DaysTable = {
  mode: Mode;
  /** Days since 1970. */
  day: number;
  /** `lag`: how long it took from earned to credited. */
  kind: 'credited' | 'reversed' | 'lag';
  /** The currency; of a lag its class, see days.ts. */
  item: string;
  count: number;
  /** Minor units; 0 of a lag. */
  amount: number;
};

/** What a team is to be told, once. A row goes or is over when its cause goes; whatever comes back later is news again. */
export type AlertTable = {
  mode: Mode;
  kind: AlertKind;
  subject: string;
  /**
   * `sending` stays when nobody knows whether it arrived: it is not sent again. `over` stays where another proxy may
   * still go by what it found before.
   */
  state: 'new' | 'sending' | 'told' | 'given_up' | 'over';
  /** Since when its cause is there, or over. */
  noticed_at: number;
  tries: number;
  next_try_at: number;
  tried_at: number | null;
  /** The last message that it was in: one tells many. */
  message: string | null;
  /** Why the last try failed: a code. */
  why: string | null;
};

/** An admin's last word on a reward that was not claimed by then. */
export type HoldTable = {
  mode: Mode;
  reward: string;
  /** Null where it was released. */
  reason: ByHand | null;
  decided_by: string;
  decided_at: number;
  /** The place of this word among all of its mode. */
  seq: number;
};
