import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach } from 'vitest';
import type { AuditEntry } from '../../src/contract/audit.ts';
import type { Answers, MessageName, PopupState } from '../../src/contract/messages.ts';
import type { ReconcileSummary } from '../../src/contract/reconciliation.ts';
import type { ReversalView } from '../../src/contract/reversals.ts';
import { App } from '../../src/dashboard/App.tsx';
import { loadParts } from '../../src/dashboard/parts.ts';
import { readRoute } from '../../src/dashboard/route.ts';
import { createStore, type Store } from '../../src/dashboard/store.ts';
import { type Ask, RefusedError } from '../../src/ui/ask.ts';
import { freshRoot, handsOn } from './page-hands.ts';
import { isProblem, type Told } from './popup-scene.tsx';

export const usd = (amount: number) => ({ amount, currency: 'USD' });

/** A credit of 20 dollars, 5 of them spent, whose reward was cancelled. */
export const reversal = (more: Partial<ReversalView> = {}): ReversalView => ({
  reward: 'r1',
  accountId: 'ann@example.com',
  userId: 'ann@example.com',
  unit: 'STRIPE/USD',
  customer: 'cus_1',
  credit: 'cbtxn_1',
  money: usd(2000),
  cause: 'cancelled_in_advocate',
  linkedTo: 'cus_1',
  state: 'proposed',
  reason: null,
  unspent: usd(1500),
  reversed: null,
  transaction: null,
  debit: null,
  proposedAt: 1_790_000_000_000,
  decidedAt: null,
  decidedBy: null,
  ...more,
});

export const entry = (seq: number, more: Partial<AuditEntry> = {}): AuditEntry => ({
  seq,
  at: 1_790_000_000_000 + seq,
  actor: { id: 'b1', name: 'Ana’s Chrome' },
  mode: 'test',
  action: 'credited',
  subject: `r${seq}`,
  before: null,
  after: null,
  hash: 'f'.repeat(64),
  ...more,
});

export const summary = (more: Partial<ReconcileSummary> = {}): ReconcileSummary => ({
  mode: 'test',
  account: 'acct_1',
  tenant: 'test_tenant',
  startedAt: 1_790_000_000_000,
  finishedAt: 1_790_000_065_000,
  rewards: 4,
  transactions: 4,
  findings: {
    matched: 4,
    under_way: 0,
    reversed: 0,
    missing: 0,
    extra: 0,
    wrong_amount: 0,
    wrong_customer: 0,
    wrong_currency: 0,
  },
  credited: [usd(6000)],
  reversed: [],
  auditHead: null,
  ...more,
});

let store: Store | null = null;
/** By a clock that no test sets. */
const realFrame = requestAnimationFrame;
afterEach(async () => {
  store?.close();
  store = null;
  location.hash = '';
  // What was painted last has effects until the next frame, and the page may be gone by then.
  await new Promise<void>((go) => realFrame(() => go()));
});

/** Answers as told; a function is asked anew each time, and what it answers may be a promise or a refusal. */
type Answering = {
  [N in MessageName]?: Told[N] | ((request: never) => Told[N] | Promise<Told[N]>);
};

/** Opens the dashboard at an address, before a worker that gives the told answers, else the state or empty pages. */
export async function openDashboard(state: PopupState, hash: string, told: Answering = {}) {
  const asked: [MessageName, unknown][] = [];
  let announce: (state: PopupState) => void = () => undefined;
  const usual: Answering = {
    reversals: { reversals: [], after: null },
    audit: { entries: [], before: null },
    ledger: { rows: [], after: null },
    queuePage: { rewards: [], after: null },
    overview: {
      ...{ from: '2026-11-01', to: '2026-11-07', days: [], credited: [], reversed: [] },
      ...{ lag: null, lags: [], outcomes: [] },
    },
  };
  const ask: Ask = async <N extends MessageName>(name: N, request: unknown) => {
    asked.push([name, request]);
    const set = told[name] ?? usual[name] ?? state;
    const answer: unknown = await (typeof set === 'function' ? set(request as never) : set);
    if (typeof answer !== 'object' || answer === null) throw new Error(`Nothing was told for ${name}.`);
    if (isProblem(answer)) throw new RefusedError(answer);
    return answer as Answers[N];
  };
  location.hash = hash;
  await loadParts(readRoute(hash).view);
  const opened = createStore({
    ask,
    onStateChanged: (listener) => {
      announce = listener;
      return () => undefined;
    },
  });
  store = opened;
  const root = freshRoot();
  const hands = handsOn(root);
  await act(async () => {
    render(<App store={opened} />, root);
    await opened.open();
  });
  await hands.do(() => undefined);
  return {
    ...hands,
    told,
    /** What was asked beyond the opening `state` and `refresh`. */
    asked: () => asked.filter(([name]) => name !== 'state' && name !== 'refresh'),
    all: () => asked,
    async go(to: string) {
      await loadParts(readRoute(to).view);
      await hands.do(() => {
        location.hash = to;
        dispatchEvent(new Event('hashchange'));
      });
    },
    async announce(next: PopupState) {
      await act(async () => announce(next));
    },
  };
}
