/**
 * The queue of a drain that runs without a browser, in memory. What it forgets when it ends, the next one reads again:
 * the ledger knows what was begun and what was told, Advocate what can still be paid. What a reward goes through is
 * decided by the same functions as in a browser (background/queue-row.ts); here it is only kept.
 */
import type { DrainQueue } from '../background/drain.ts';
import {
  applyOutcome,
  applyWord,
  type Clock,
  firstSight,
  LEASE_MS,
  LONGEST_WAIT_MS,
  move,
  nextTry,
  type Row,
  waitsForAnEvent,
} from '../background/queue-row.ts';
import type { Reason } from '../contract/reasons.ts';

const ENDED: ReadonlySet<Row['state']> = new Set(['redeemed', 'cancelled', 'reversed']);
/** Nothing is to be done for it here before something happens that is told again anyway. */
const isIdle = (row: Row) =>
  ENDED.has(row.state) || (row.state === 'waiting' && row.attempt === 0 && waitsForAnEvent(row.reason));

export function memoryQueue({
  now = Date.now,
  random = Math.random,
}: {
  now?: () => number;
  random?: () => number;
} = {}) {
  const rows = new Map<string, Row>();
  /** Why those wait that are not kept, which may be very many. */
  const idle = new Set<Reason>();
  const meta = new Map<string, string | number>();
  const clock = (): Clock => ({ now: now(), random });
  const remember = (key: string, value: string | number | null) =>
    void (value === null ? meta.delete(key) : meta.set(key, value));

  function save(row: Row): void {
    if (!isIdle(row)) rows.set(row.reward, row);
    else {
      rows.delete(row.reward);
      if (row.state === 'waiting' && row.reason !== null) idle.add(row.reason);
    }
  }
  const isDue = ({ dueAt }: Row) => dueAt !== null && (dueAt <= now() || dueAt > now() + LONGEST_WAIT_MS);
  const wasBegun = ({ state }: Row) => state === 'crediting' || state === 'credited';

  const queue: DrainQueue = {
    async enqueue(page, look) {
      let found = 0;
      for (const seen of page.rewards) {
        const before = rows.get(seen.id);
        // What is at its end is not kept, and no news.
        if (!before && !ENDED.has(seen.state)) found += 1;
        save(before ? applyWord(before, seen, look, clock()) : firstSight(seen, clock()));
      }
      const over = !page.more;
      remember(look, look === 'full' && over ? null : page.after);
      if (over && (look === 'full' || !meta.has('fullLookAt'))) remember('fullLookAt', now());
      return { found };
    },

    async cursors() {
      const text = (key: string) => {
        const value = meta.get(key);
        return typeof value === 'string' ? value : null;
      };
      const at = meta.get('fullLookAt');
      return { news: text('news'), full: text('full'), fullLookAt: typeof at === 'number' ? at : null };
    },
    startFullLook: async () => remember('full', ''),
    forgetCursor: async (look) => remember(look, null),
    recall: async (key) => meta.get(key),
    remember: async (key, value) => remember(key, value),

    async claim(most, which = 'due') {
      const at = now();
      const claimed: Row[] = [];
      for (const row of rows.values()) {
        if (claimed.length >= most) break;
        if (!isDue(row) || (which === 'begun' && !wasBegun(row))) continue;
        const dueAt = at + LEASE_MS;
        const why = row.leasedBy === null ? 'claimed' : 'lease_ran_out';
        // A credited row keeps its state: the credit is a fact, only its redemption is still owed.
        const moved =
          row.state === 'credited'
            ? { ...row, dueAt }
            : move(row, { state: 'crediting', dueAt }, { at, why, who: 'worker' });
        claimed.push({ ...moved, leasedBy: 'here', leasedUntil: dueAt, attempt: row.attempt + 1 });
      }
      for (const row of claimed) save(row);
      return claimed;
    },

    /** There is one drain in a process, so whatever an earlier run of it left claimed is nobody's. */
    async takeBack() {
      for (const row of rows.values())
        if (wasBegun(row) && row.leasedBy !== null) save({ ...row, dueAt: now(), leasedUntil: now() });
    },

    async settle(outcome) {
      const before = rows.get(outcome.reward);
      if (!before) return false;
      const after = applyOutcome(before, outcome, '', clock());
      save(after);
      return after !== before;
    },

    async giveBack(rewards, reason, facts = {}, retryAt = null) {
      for (const reward of rewards) {
        const before = rows.get(reward);
        if (!before || before.leasedBy === null) continue;
        const credited = before.state === 'credited';
        const state = credited ? 'credited' : 'waiting';
        const why = credited ? before.reason : reason;
        const dueAt = nextTry(state, why, retryAt, before.attempt, clock());
        const to = { state, reason: why, facts: credited ? before.facts : facts, dueAt } as const;
        save(move(before, to, { at: now(), why: reason, who: 'worker' }));
      }
    },

    async wakeAll(reasons) {
      let woken = 0;
      for (const row of rows.values()) {
        const { state, reason } = row;
        if ((state !== 'waiting' && state !== 'held') || reason === null || !reasons.includes(reason))
          continue;
        const cause = { at: now(), why: `no longer ${reason}`, who: 'worker' } as const;
        save(move({ ...row, attempt: 0 }, { state: 'ready', dueAt: now() }, cause));
        woken += 1;
      }
      // What is not kept is read again.
      for (const reason of reasons) if (idle.delete(reason)) remember('news', null);
      return woken;
    },

    async park(reason) {
      let parked = 0;
      for (const row of rows.values()) {
        if (row.state !== 'ready') continue;
        save(move(row, { state: 'waiting', reason, dueAt: null }, { at: now(), why: reason, who: 'worker' }));
        parked += 1;
      }
      return parked;
    },
  };
  return {
    ...queue,
    rows: () => [...rows.values()],
    /** When the next of them is to be tried; null when none waits for its time. */
    nextDue(): number | null {
      const due = [...rows.values()].flatMap(({ dueAt }) => dueAt ?? []);
      return due.length === 0 ? null : due.reduce((a, b) => Math.min(a, b));
    },
  };
}
