import { render } from 'preact';
import { act } from 'preact/test-utils';
import type { Answers, MessageName, PopupState } from '../../src/contract/messages.ts';
import type { Problem, ProblemCode } from '../../src/contract/problems.ts';
import { PROBLEMS, titleOf } from '../../src/contract/problems.ts';
import type { Mode } from '../../src/contract/words.ts';
import { App } from '../../src/popup/App.tsx';
import type { Doors } from '../../src/popup/doors.ts';
import { createKept } from '../../src/popup/kept.ts';
import type { ModeState } from '../../src/popup/setup-step.ts';
import { createStore } from '../../src/popup/store.ts';
// Loaded beforehand, so that a turn or two is all that the popup's own import takes.
import '../../src/popup/Setup.tsx';
import { type Ask, RefusedError } from '../../src/ui/ask.ts';
import { freshRoot, handsOn } from './page-hands.ts';

const COUNTS = {
  waiting: 0,
  ready: 0,
  crediting: 0,
  credited: 0,
  redeemed: 0,
  held: 0,
  cancelled: 0,
  reversed: 0,
};

type Parts = {
  mode?: PopupState['mode'];
  role?: 'admin' | 'support';
  stripe?: Partial<ModeState['stripe']>;
  settings?: Partial<ModeState['settings']>;
  queue?: Partial<PopupState['queue']>;
  top?: Partial<PopupState>;
};

/** A popup state in which all is set up and on, but for what a test says. */
export function popupState({
  mode = 'test',
  role = 'admin',
  stripe,
  settings,
  queue,
  top,
}: Parts = {}): PopupState {
  const modeState: ModeState = {
    advocate: { configured: true, tenant: 'test_tenant' },
    stripe: {
      via: 'connect',
      connected: true,
      account: 'acct_1',
      accountName: 'Aviato',
      connectedAt: 1,
      broken: null,
      ...stripe,
    },
    settings: {
      version: 7,
      turnedOnAt: 1,
      units: ['STRIPE/USD'],
      paused: false,
      currencyRule: 'confirm',
      caps: {},
      backfill: {},
      ...settings,
    },
    lease: { holder: null, until: null, mine: false },
    lastRun: null,
  };
  return {
    paired: { proxy: 'http://localhost:8787', role, browserName: 'Ana’s Chrome' },
    mode,
    session: {
      version: '0.1.0',
      role,
      browser: { id: 'b1', name: 'Ana’s Chrome' },
      modes: { test: modeState, live: modeState },
    },
    sessionAt: 1,
    problem: null,
    queue: { counts: COUNTS, creditedToday: [], waiting: [], held: [], oldestWaiting: null, ...queue },
    running: false,
    lastRun: null,
    nextRunAt: null,
    looked: { field: 'field_ok', tryOne: 'would_credit' },
    hintAt: null,
    ...top,
  };
}

export const notPaired = () => popupState({ top: { paired: null, session: null, sessionAt: null } });
export const notOn = { turnedOnAt: null, paused: true };
export const counts = (some: Partial<PopupState['queue']['counts']>) => ({ ...COUNTS, ...some });

export function problem(code: ProblemCode, more: Partial<Problem> = {}): Problem {
  return { type: 'about:blank', code, status: PROBLEMS[code], title: titleOf(code), ...more };
}

export type Told = { [N in MessageName]?: Answers[N] | Problem | Promise<Answers[N]> };
export const isProblem = (answer: object): answer is Problem =>
  'type' in answer && answer.type === 'about:blank';

export const VERSION = '0.1.0';

/** What the browser keeps for the extension's pages from one opening of the popup to the next. */
export function emptyShelf() {
  const values = new Map<string, string>();
  return {
    values,
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  };
}

/** Opens the popup before a worker that gives the told answers, and `state` to whatever else answers with a state. */
export async function openPopup(state: PopupState, told: Told = {}, shelf = emptyShelf(), asksHere = true) {
  const asked: [MessageName, unknown][] = [];
  const modes: (Mode | undefined)[] = [];
  const origins: string[] = [];
  const tabs: string[] = [];
  const selfTabs: (string | undefined)[] = [];
  let announce: (state: PopupState) => void = () => undefined;
  const ask: Ask = async <N extends MessageName>(name: N, request: unknown, mode?: Mode) => {
    modes.push(mode);
    asked.push([name, request]);
    const answer = told[name] ?? state;
    if (isProblem(answer)) throw new RefusedError(answer);
    return answer as Answers[N];
  };
  const doors: Doors = {
    ask,
    onStateChanged: (listener) => {
      announce = listener;
      return () => undefined;
    },
    allowOrigin: async (origin) => {
      origins.push(origin);
      return true;
    },
    openTab: async (url) => {
      tabs.push(url);
    },
    asksHere: () => asksHere,
    openSelfInTab: async (address) => {
      selfTabs.push(address);
    },
    addressBefore: () => '',
  };
  const store = createStore(
    doors,
    createKept(() => shelf, VERSION),
  );
  const root = freshRoot();
  await act(async () => {
    render(<App store={store} />, root);
    await store.open();
  });

  const hands = handsOn(root);
  // What the first view asks for by itself is answered.
  await hands.do(() => undefined);
  return {
    told,
    shelf,
    ...hands,
    tabs,
    selfTabs,
    origins,
    /** The mode that each question named. */
    modes,
    /** What was asked beyond the opening `state` and `refresh`. */
    asked: () => asked.filter(([name]) => name !== 'state' && name !== 'refresh'),
    async announce(next: PopupState) {
      await act(async () => announce(next));
    },
  };
}
