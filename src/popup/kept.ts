/**
 * The last picture, kept where a page can read it before its first frame, while the worker may still be asleep. Only ids,
 * amounts and reasons: no name, no e-mail, and nothing of a participant.
 */
import type { PopupState } from '../contract/messages.ts';
import type { Facts } from '../contract/reasons.ts';
import type { ModeState } from './setup-step.ts';

const KEY = 'shown';
/** That picture, drawn: what first-frame.ts puts on the screen while the popup's own code is still being loaded. */
const FRAME_KEY = 'frame';

type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
export type Kept = ReturnType<typeof createKept>;

/** @param version of the extension: what another one kept may have another shape. */
export function createKept(shelf: () => Shelf, version: string, now: () => number = Date.now) {
  /** Storage may be full, or forbidden: then there is no picture beforehand, and that is all. */
  const tried = <T>(work: (shelf: Shelf) => T): T | null => {
    try {
      return work(shelf());
    } catch {
      return null;
    }
  };
  return {
    read: () => tried((one) => readPicture(one.getItem(KEY), version, now())),
    /** Of a browser that is not paired nothing stays; and no frame of an older picture. */
    put: (state: PopupState) =>
      tried((one) => {
        one.removeItem(FRAME_KEY);
        if (state.paired === null) one.removeItem(KEY);
        else one.setItem(KEY, JSON.stringify({ version, at: now(), state: withoutPeople(state) }));
      }),
    /** @param html of the picture that is kept now. */
    putFrame: (html: string) =>
      tried((one) => one.setItem(FRAME_KEY, JSON.stringify({ version, day: dayOf(now()), html }))),
  };
}

/** Today's credits are another day's tomorrow. */
const dayOf = (at: number) => new Date(at).toDateString();

/** Null where none is kept, or one of another version or day; then the popup draws itself as soon as it is loaded. */
export function readFrame(shelf: () => Shelf, version: string, now = Date.now()): string | null {
  try {
    const text = shelf().getItem(FRAME_KEY);
    if (text === null) return null;
    const kept: { version: string; day: string; html: string } = JSON.parse(text);
    return kept.version === version && kept.day === dayOf(now) ? kept.html : null;
  } catch {
    return null;
  }
}

export type Picture = { at: number; state: PopupState };

function readPicture(text: string | null, version: string, now: number): Picture | null {
  if (text === null) return null;
  const kept: Picture & { version: string } = JSON.parse(text);
  if (kept.version !== version) return null;
  const { at, state } = kept;
  const isToday = dayOf(at) === dayOf(now);
  const queue = isToday ? state.queue : { ...state.queue, creditedToday: [] };
  return { at, state: { ...state, queue } };
}

/** What is shown once the worker answers, a moment later, is left out here where it names somebody. */
function withoutPeople(state: PopupState): PopupState {
  const { paired, session, problem, queue } = state;
  return {
    ...state,
    running: false,
    paired: paired && { ...paired, browserName: '' },
    session: session && {
      ...session,
      browser: { ...session.browser, name: '' },
      modes: { test: ofMode(session.modes.test), live: ofMode(session.modes.live) },
    },
    problem: problem && {
      type: problem.type,
      code: problem.code,
      status: problem.status,
      title: problem.title,
    },
    queue: {
      ...queue,
      held: [],
      waiting: queue.waiting.map(({ oldest: _, ...group }) => ({ ...group, facts: factsOf(group.facts) })),
    },
  };
}

function ofMode(mode: ModeState): ModeState {
  const { stripe } = mode;
  return {
    ...mode,
    stripe: { ...stripe, accountName: null, broken: stripe.broken === null ? null : '' },
    lease: { holder: null, until: null, mine: false },
    lastRun: null,
  };
}

/** The detail is written by Advocate or Stripe, and may hold anything. */
const factsOf = ({ detail: _, ...facts }: Facts): Facts => facts;
