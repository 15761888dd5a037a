/**
 * The rewards this browser is working through. Every verb is one transaction: it happened, or it did not.
 * A claimed row is never taken out; it is leased, so that what a dead worker held comes back by itself.
 */
import type { HeldReward, QueueSummary, WaitingGroup } from '../contract/messages.ts';
import type { QueuePageQuery } from '../contract/queue-page.ts';
import { type ByHand, type Facts, isByHand, REASONS, type Reason } from '../contract/reasons.ts';
import type { Outcome, ParticipantKey, RewardsPage } from '../contract/routes.ts';
import type { Mode } from '../contract/words.ts';
import { inGroups } from './in-groups.ts';
import { openQueueDb } from './queue-db.ts';
import { readQueuePage } from './queue-page.ts';
import {
  applyOutcome,
  applyWord,
  type Clock,
  firstSight,
  LEASE_MS,
  LONGEST_WAIT_MS,
  type Look,
  move,
  nextTry,
  type Row,
  waitsForAnEvent,
  withoutAgreements,
} from './queue-row.ts';
import { countsOf, dayKey, groupsOf, isOf, localDay, moneyOf } from './queue-totals.ts';

/** Rows changed in one transaction when very many wait for the same thing. */
const SLICE = 500;
const HELD_SHOWN = 50;

/** What people asked for in this browser since the last claim, as a list in JSON; the latest of very many. */
const ASKED = 'asked';
const MOST_ASKED = 100;
const askedFor = (stored: string | number | undefined): string[] =>
  typeof stored === 'string' ? JSON.parse(stored) : [];
const alsoAskedFor = (stored: string | number | undefined, reward: string): string =>
  JSON.stringify([...new Set([...askedFor(stored), reward])].slice(-MOST_ASKED));

/** Where an admin can still hold a reward back. */
const UNPAID: ReadonlySet<Row['state']> = new Set(['waiting', 'ready', 'crediting', 'held']);

type Options = {
  mode: Mode;
  /** Names this run of the worker. */
  boot: string;
  now?: () => number;
  random?: () => number;
};

export function openQueue({ mode, boot, now = Date.now, random = Math.random }: Options) {
  const db = openQueueDb(mode);
  const clock = (): Clock => ({ now: now(), random });

  const toReady = (row: Row, why: string, who: 'worker' | 'person'): Row => {
    const at = now();
    return move({ ...row, attempt: 0 }, { state: 'ready', dueAt: at }, { at, why, who });
  };

  /** Repeats a write on slices of rows until none is left, so that no transaction grows with the queue. */
  async function inSlices(slice: (size: number) => Promise<number>): Promise<number> {
    let total = 0;
    for (;;) {
      const changed = await slice(SLICE);
      total += changed;
      if (changed < SLICE) return total;
    }
  }

  return {
    /** The rows of a page and the place to read on from, together: a cursor never runs ahead of its rows. */
    enqueue(page: RewardsPage, look: Look): Promise<{ found: number }> {
      return db.write(async ({ rowsOf, save, meta, remember }) => {
        let found = 0;
        const rows = await rowsOf(page.rewards.map(({ id }) => id));
        for (const seen of page.rewards) {
          const before = rows.get(seen.id);
          if (!before) found += 1;
          const after = before ? applyWord(before, seen, look, clock()) : firstSight(seen, clock());
          await save(before, after);
          rows.set(seen.id, after);
        }
        const over = !page.more;
        await remember(look, look === 'full' && over ? null : page.after);
        const first = look === 'news' && (await meta('fullLookAt')) === undefined;
        if (over && (look === 'full' || first)) await remember('fullLookAt', now());
        return { found };
      });
    },

    /** Where each look reads on from; `full` is null while no full look is under way, `''` at its start. */
    async cursors(): Promise<{ news: string | null; full: string | null; fullLookAt: number | null }> {
      const [news, full, at] = await db.read(({ meta }) =>
        Promise.all([meta('news'), meta('full'), meta('fullLookAt')]),
      );
      const text = (value: unknown) => (typeof value === 'string' ? value : null);
      return { news: text(news), full: text(full), fullLookAt: typeof at === 'number' ? at : null };
    },
    startFullLook: () => db.write(({ remember }) => remember('full', '')),
    /** Reads everything again from the start. */
    forgetCursor: (look: Look) => db.write(({ remember }) => remember(look, null)),

    recall: (key: 'settings' | 'caps' | 'basis') => db.read(({ meta }) => meta(key)),
    remember: (key: 'settings' | 'caps' | 'basis', value: string | number) =>
      db.write(({ remember }) => remember(key, value)),

    /**
     * Takes what is due, and what a worker claimed that did not live to settle it. `begun`: only the latter, what is
     * credited and not yet redeemed, and what a person in this browser asked for: no other browser knows of those.
     */
    claim(most: number, which: 'due' | 'begun' = 'due'): Promise<Row[]> {
      return db.write(async ({ dueUntil, dueAfter, inState, row: find, meta, remember, save }) => {
        const at = now();
        const due: Row[] = [];
        const [stored, ready] = await Promise.all([meta(ASKED), which === 'due' ? dueUntil(at, most) : []]);
        const asked = askedFor(stored);
        due.push(...ready);
        // A clock that was set back.
        if (which === 'due' && ready.length < most)
          due.push(...(await dueAfter(at + LONGEST_WAIT_MS, most - ready.length)));
        if (which === 'begun') {
          const begun = [...(await inState('crediting', most)), ...(await inState('credited', most))];
          for (const reward of asked) {
            const row = await find(reward);
            if (row?.state === 'ready') begun.push(row);
          }
          due.push(
            ...begun.filter(({ dueAt }) => dueAt !== null && (dueAt <= at || dueAt > at + LONGEST_WAIT_MS)),
          );
          due.splice(most);
        }
        const lease = { leasedBy: boot, leasedUntil: at + LEASE_MS };
        const claimed: Row[] = [];
        for (const row of due) {
          const why = row.leasedBy === null ? 'claimed' : 'lease_ran_out';
          // A credited row keeps its state: the credit is a fact, only its redemption is still owed.
          const moved =
            row.state === 'credited'
              ? { ...row, dueAt: lease.leasedUntil }
              : move(row, { state: 'crediting', dueAt: lease.leasedUntil }, { at, why, who: 'worker' });
          const after = { ...moved, ...lease, attempt: row.attempt + 1 };
          await save(row, after);
          claimed.push(after);
        }
        // What there was no room for is asked for still, whoever sends by then.
        const left: string[] = [];
        for (const reward of asked) if ((await find(reward))?.state === 'ready') left.push(reward);
        if (left.length < asked.length)
          await remember(ASKED, left.length === 0 ? null : JSON.stringify(left));
        return claimed;
      });
    },

    /** What a dead worker of this browser held is due at once. Only for whoever knows that no other one lives. */
    takeBack(): Promise<void> {
      return db.write(async ({ inState, save }) => {
        const at = now();
        // The states in which a row can be leased. More than a slice comes back when its lease runs out.
        for (const state of ['crediting', 'credited'] as const) {
          for (const row of await inState(state, SLICE)) {
            if (row.leasedBy === null || row.leasedBy === boot) continue;
            await save(row, { ...row, dueAt: at, leasedUntil: at });
          }
        }
      });
    },

    /** True when the line changed the row. The same line again changes nothing. */
    settle: inGroups((outcomes: readonly Outcome[]) =>
      db.write(
        async ({ rowsOf, save }) => {
          const rows = await rowsOf(outcomes.map(({ reward }) => reward));
          const changed: boolean[] = [];
          for (const outcome of outcomes) {
            const before = rows.get(outcome.reward);
            const after = before && applyOutcome(before, outcome, localDay(now()), clock());
            changed.push(after !== before);
            if (!before || !after) continue;
            await save(before, after);
            rows.set(outcome.reward, after);
          }
          return changed;
        },
        dayKey(localDay(now())),
      ),
    ),

    /** Rows that this worker claimed and the proxy did not take on: they wait, and say why and until when. */
    giveBack(
      rewards: string[],
      reason: Reason,
      facts: Facts = {},
      retryAt: number | null = null,
    ): Promise<void> {
      return db.write(async ({ row, save }) => {
        for (const reward of rewards) {
          const before = await row(reward);
          if (!before || before.leasedBy !== boot) continue;
          const state = before.state === 'credited' ? 'credited' : 'waiting';
          const why = state === 'credited' ? before.reason : reason;
          const dueAt = nextTry(state, why, retryAt, before.attempt, clock());
          const to = {
            state,
            reason: why,
            facts: state === 'credited' ? before.facts : facts,
            dueAt,
          } as const;
          await save(before, move(before, to, { at: now(), why: reason, who: 'worker' }));
        }
      });
    },

    /** After a link: everything of this participant's account that a link could have kept from going through. */
    wake({ accountId }: ParticipantKey): Promise<number> {
      return db.write(async ({ ofAccount, save }) => {
        let woken = 0;
        for (const row of await ofAccount(accountId)) {
          if ((row.state !== 'waiting' && row.state !== 'held') || row.reason === null) continue;
          const { action } = REASONS[row.reason];
          if (action !== 'link' && action !== 'confirm_currency') continue;
          // An agreement was about the customer that was linked then.
          await save(row, withoutAgreements(toReady(row, 'linked', 'person')));
          woken += 1;
        }
        return woken;
      });
    },

    /** After a cause went away for all: connected, turned on, units added. */
    async wakeAll(reasons: readonly Reason[]): Promise<number> {
      let woken = 0;
      for (const reason of reasons) {
        for (const state of ['waiting', 'held'] as const) {
          woken += await inSlices((size) =>
            db.write(async ({ standing, save }) => {
              const rows = await standing(state, reason, size);
              for (const row of rows) await save(row, toReady(row, `no longer ${reason}`, 'worker'));
              return rows.length;
            }),
          );
        }
      }
      return woken;
    },

    /** Before a drain that may not credit anything: what was ready says what it waits for. */
    park(reason: Extract<Reason, 'paused' | 'not_connected'>): Promise<number> {
      return inSlices((size) =>
        db.write(async ({ inState, save }) => {
          const rows = await inState('ready', size);
          for (const row of rows) {
            const cause = { at: now(), why: reason, who: 'worker' } as const;
            await save(row, move(row, { state: 'waiting', reason, dueAt: null }, cause));
          }
          return rows.length;
        }),
      );
    },

    /** A person's "try again". False when there is nothing to try. */
    release(reward: string): Promise<boolean> {
      return db.write(async ({ row, save, meta, remember }) => {
        const before = await row(reward);
        if (!before || before.leasedBy !== null) return false;
        if (before.state === 'credited') {
          await save(before, { ...before, dueAt: now(), attempt: 0 });
          return true;
        }
        if (before.state !== 'held' && before.state !== 'waiting') return false;
        await save(before, toReady(before, 'retry', 'person'));
        await remember(ASKED, alsoAskedFor(await meta(ASKED), reward));
        return true;
      });
    },

    /** An admin holds it back or dismissed it: the proxy has it so, and all others hear it by their next page. */
    keepBack(reward: string, reason: ByHand): Promise<void> {
      return db.write(async ({ row, save }) => {
        const before = await row(reward);
        if (!before || !UNPAID.has(before.state)) return;
        const to = { state: 'held', reason, dueAt: null } as const;
        await save(before, move(withoutAgreements(before), to, { at: now(), why: reason, who: 'person' }));
      });
    },

    /** An admin released what was held back or dismissed. */
    letGo(reward: string): Promise<void> {
      return db.write(async ({ row, save }) => {
        const before = await row(reward);
        if (before?.state === 'held' && isByHand(before.reason))
          await save(before, toReady(before, 'released', 'person'));
      });
    },

    /** A person agrees that the credit may fix the customer's currency. False when that is not the question. */
    confirmCurrency(reward: string): Promise<boolean> {
      return db.write(async ({ row, save, meta, remember }) => {
        const before = await row(reward);
        if (before?.state !== 'held' || before.reason !== 'currency_unset') return false;
        await save(before, { ...toReady(before, 'currency_confirmed', 'person'), confirmedCurrency: true });
        await remember(ASKED, alsoAskedFor(await meta(ASKED), reward));
        return true;
      });
    },

    /** A person lets it through although a cap is reached. False when no cap is what stops it. */
    releaseCap(reward: string): Promise<boolean> {
      return db.write(async ({ row, save, meta, remember }) => {
        const before = await row(reward);
        if (!before || before.leasedBy !== null || before.reason === null) return false;
        if (REASONS[before.reason].action !== 'release_cap') return false;
        await save(before, { ...toReady(before, 'cap_released', 'person'), releasedCap: true });
        await remember(ASKED, alsoAskedFor(await meta(ASKED), reward));
        return true;
      });
    },

    /** What is held and nobody was told of, which is written down as told with it: how many, and one of them. */
    async takeUntold(): Promise<{ count: number; one: Row | null }> {
      let one: Row | null = null;
      // The usual case, and no write.
      if ((await db.read(({ untold }) => untold(1))).length === 0) return { count: 0, one };
      const count = await inSlices((size) =>
        db.write(async ({ untold, save }) => {
          const rows = await untold(size);
          one ??= rows[0] ?? null;
          for (const row of rows)
            await save(row, { ...row, told: [...(row.told ?? []), ...(row.reason ? [row.reason] : [])] });
          return rows.length;
        }),
      );
      return { count, one };
    },

    summary(): Promise<QueueSummary> {
      return db.read(async ({ totals, inState, needing, standing }) => {
        const tries = async (group: WaitingGroup): Promise<WaitingGroup> => {
          const { reason } = group;
          if (waitsForAnEvent(reason)) return group;
          const rows = await standing('waiting', reason, HELD_SHOWN);
          const due = rows.flatMap((row) => row.dueAt ?? []);
          const nextTry = due.length === 0 ? null : Math.min(...due);
          if (REASONS[reason].action !== 'release_cap') return { ...group, nextTry };
          return { ...group, nextTry, oldest: rows.filter((row) => isOf(group, row)).flatMap(shownReward) };
        };
        const [states, groups, days, held, [oldest]] = await Promise.all([
          totals('state/'),
          totals('waiting/'),
          totals(dayKey(localDay(now()))),
          needing(HELD_SHOWN),
          inState('waiting', 1),
        ]);
        return {
          counts: countsOf(states),
          creditedToday: moneyOf(days[0]),
          waiting: await Promise.all(groupsOf(groups).map(tries)),
          held: held.flatMap(shownReward),
          oldestWaiting: oldest?.reason ? { since: oldest.since, reason: oldest.reason } : null,
        };
      });
    },

    /** What was never claimed, as people read it. */
    page: (query: QueuePageQuery) => readQueuePage(db, query),
    row: (reward: string) => db.read(({ row }) => row(reward)),
    rows: () => db.read(({ rows }) => rows()),
    close: () => db.close(),
  };
}
export type Queue = ReturnType<typeof openQueue>;

function shownReward(row: Row): HeldReward[] {
  if (row.reason === null) return [];
  return [
    {
      reward: row.reward,
      participant: { accountId: row.accountId, userId: row.userId },
      money: row.money,
      unit: row.unit,
      reason: row.reason,
      facts: row.facts,
      action: REASONS[row.reason].action,
      since: row.since,
    },
  ];
}
