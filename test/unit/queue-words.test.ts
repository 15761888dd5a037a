/** What a page of rewards, an outcome line or a verb of the queue makes of one row. */
import { describe, expect, test } from 'vitest';
import {
  applyOutcome,
  applyWord,
  backoff,
  type Clock,
  firstSight,
  marked,
  move,
  nextTry,
  type Row,
} from '../../src/background/queue-row.ts';
import { canMove } from '../../src/contract/moves.ts';
import type { Reason } from '../../src/contract/reasons.ts';
import type { Outcome, RewardSeen } from '../../src/contract/routes.ts';
import { QUEUE_STATES } from '../../src/contract/words.ts';
import { NOON, outcome, seen, unpaid } from './background-fakes.ts';

const DAY_MS = 86_400_000;
const TODAY = '2026-06-15';
const random = () => 0.5;
const clock: Clock = { now: NOON, random };
const LATER: Clock = { now: NOON + 1000, random };
/** Seen in this state, and brought there by a page. */
const row = (state: RewardSeen['state'], reason: Reason | null = null, more: Partial<Row> = {}): Row => ({
  ...firstSight(seen('r1', { state, reason }), clock),
  ...more,
});
const said = (state: RewardSeen['state'], reason: Reason | null = null, more: Partial<RewardSeen> = {}) =>
  seen('r1', { state, reason, ...more });
const line = (state: Outcome['state'], reason: Reason | null = null, more: Partial<Outcome> = {}) =>
  outcome('r1', { state, reason, ...more });
const settle = (before: Row, told: Outcome) => applyOutcome(before, told, TODAY, LATER);
const hear = (before: Row, word: RewardSeen, look: 'news' | 'full' = 'news') =>
  applyWord(before, word, look, LATER);
const claimed = (before: Row): Row => ({
  ...move(before, { state: 'crediting', dueAt: 1 }, { at: NOON, why: 'claimed', who: 'worker' }),
  leasedBy: 'boot-1',
  leasedUntil: NOON + 120_000,
  attempt: before.attempt + 1,
});
/** As `toReady` of the queue does on somebody's wish. */
const wishedBy = (who: 'person' | 'worker', before: Row): Row =>
  move({ ...before, attempt: 0 }, { state: 'ready', dueAt: NOON }, { at: NOON, why: 'retry', who });

describe('a reward that is seen for the first time', () => {
  test('stands as the page says, and nobody agreed to anything', () => {
    const facts = { customer: 'cus_x' };
    expect(firstSight(said('held', 'customer_missing', { facts }), clock)).toEqual({
      reward: 'r1',
      accountId: 'acc-1',
      userId: 'user-1',
      unit: 'STRIPE/USD',
      money: { amount: 2000, currency: 'USD' },
      state: 'held',
      reason: 'customer_missing',
      facts,
      dueAt: null,
      leasedBy: null,
      leasedUntil: null,
      attempt: 0,
      earnedAt: NOON - DAY_MS,
      seenAt: NOON,
      since: NOON - DAY_MS,
      stood: 'held',
      creditId: null,
      customer: null,
      confirmedCurrency: false,
      creditedOn: null,
      word: 'held customer_missing',
      history: [{ at: NOON, from: null, to: 'held', why: 'customer_missing', who: 'page' }],
    });
    expect(row('ready')).toMatchObject({ dueAt: NOON, word: 'ready' });
  });

  test('stands so since now at the latest, whatever clock Advocate goes by', () => {
    expect(firstSight(said('ready', null, { earnedAt: NOON + 5000 }), clock).since).toBe(NOON);
  });
});

describe('a move', () => {
  test('no code can make an illegal move, even if it wants to', () => {
    for (const from of QUEUE_STATES) {
      for (const state of QUEUE_STATES) {
        const attempt = () =>
          move(
            { ...row('ready'), state: from },
            { state, dueAt: null },
            { at: NOON, why: null, who: 'page' },
          );
        if (from === state || canMove(from, state)) expect(attempt().state).toBe(state);
        else expect(attempt).toThrow(`A reward cannot move from ${from} to ${state}.`);
      }
    }
  });

  const cause = { at: NOON + 7, why: 'because', who: 'worker' } as const;

  test('is kept with who, when and why, and ends a lease', () => {
    const before = claimed(row('ready', null, { facts: { detail: 'old' } }));
    const after = move(before, { state: 'held', reason: 'stripe_refused', dueAt: null }, cause);
    expect(after).toMatchObject({ state: 'held', reason: 'stripe_refused', facts: {}, leasedBy: null });
    expect(after.leasedUntil).toBeNull();
    expect(after.history).toEqual([...before.history, { ...cause, from: 'crediting', to: 'held' }]);
  });

  test('to another reason, and a claim of what was claimed, are kept as well', () => {
    const waits = row('waiting', 'busy');
    expect(move(waits, { state: 'waiting', reason: 'over_cap', dueAt: 1 }, cause).history).toHaveLength(2);
    const leased = claimed(row('ready'));
    expect(move(leased, { state: 'crediting', dueAt: 1 }, cause).history).toHaveLength(3);
  });

  test('that changes neither is none', () => {
    const waits = row('waiting', 'busy');
    const after = move(waits, { state: 'waiting', reason: 'busy', dueAt: 1 }, cause);
    expect(after.history).toEqual(waits.history);
    expect(after).toMatchObject({ dueAt: 1, since: waits.since });
  });

  test('of very many the latest thirty are kept', () => {
    let moved = row('ready');
    for (let n = 1; n <= 20; n++) {
      const times = { at: NOON + n, why: null, who: 'worker' } as const;
      moved = move(moved, { state: 'waiting', reason: 'busy', dueAt: 1 }, times);
      moved = move(moved, { state: 'ready', dueAt: 1 }, times);
    }
    expect(moved.history).toHaveLength(30);
    expect(moved.history[0]).toMatchObject({ at: NOON + 6, to: 'waiting' });
    expect(moved.history.at(-1)).toMatchObject({ at: NOON + 20, to: 'ready' });
  });

  test('tells since when it stands there; being credited counts only once it came to something', () => {
    const crediting = claimed(row('waiting', 'busy'));
    expect(crediting).toMatchObject({ since: NOON - DAY_MS, stood: 'waiting' });
    expect(move(crediting, { state: 'waiting', reason: 'busy', dueAt: 1 }, cause)).toMatchObject({
      since: NOON - DAY_MS,
      stood: 'waiting',
    });
    expect(move(crediting, { state: 'credited', dueAt: 1 }, cause)).toMatchObject({
      since: cause.at,
      stood: 'credited',
    });
  });
});

describe('the next try', () => {
  test.each([
    'not_linked',
    'field_name_differs',
    'paused',
    'earned_before_unit',
    'unit_not_configured',
    'not_connected',
  ] as const)('%s: an event moves it on, and it is asked about once a day', (reason) => {
    expect(nextTry('waiting', reason, null, 1, clock)).toBe(NOON + DAY_MS);
  });

  test('is when the proxy says, within ten seconds and a day', () => {
    const at = (wish: number) => nextTry('waiting', 'not_linked', wish, 1, clock);
    expect(at(NOON + 60_000)).toBe(NOON + 60_000);
    expect(at(NOON)).toBe(NOON + 10_000);
    expect(at(NOON + 2 * DAY_MS)).toBe(NOON + DAY_MS);
  });

  test('is ever later, from 15 seconds to 15 minutes, a random half of it', () => {
    const wait = (attempt: number) =>
      (nextTry('credited', 'redeem_pending', null, attempt, clock) ?? 0) - NOON;
    expect([0, 1, 2, 3, 7, 50].map(wait)).toEqual([11_250, 11_250, 22_500, 45_000, 675_000, 675_000]);
    expect([() => 0, () => 1].map((lot) => backoff(1, lot))).toEqual([7500, 15_000]);
    expect(backoff(0, random)).toBe(0);
  });

  test('is at once for what is ready, and never for what somebody has to decide or is settled', () => {
    expect(nextTry('ready', null, null, 3, clock)).toBe(NOON);
    for (const state of ['held', 'cancelled', 'redeemed', 'reversed'] as const)
      expect(nextTry(state, null, NOON + 60_000, 3, clock)).toBeNull();
  });
});

describe('who is told of it', () => {
  const news = (state: RewardSeen['state'], reason: Reason | null, told?: Reason[]) =>
    marked(row(state, reason, told && { told })).untold;

  test('what is held is news, once for each reason', () => {
    expect(news('held', 'stripe_refused')).toBe(1);
    expect(news('held', 'stripe_refused', ['currency_unset'])).toBe(1);
    expect(news('held', 'stripe_refused', ['currency_unset', 'stripe_refused'])).toBeNull();
  });

  test.each([
    ['held', 'held_by_hand'],
    ['held', 'dismissed'],
    ['held', null],
    ['waiting', 'not_linked'],
    ['ready', null],
  ] as const)('%s %s is no news', (state, reason) => {
    expect(news(state, reason)).toBeNull();
  });

  test('what is held needs somebody since it is held, unless it was dismissed', () => {
    expect(marked(row('held', 'stripe_refused')).needsSince).toBe(NOON - DAY_MS);
    expect(marked(row('held', 'dismissed')).needsSince).toBeNull();
    expect(marked(row('waiting', 'not_linked')).needsSince).toBeNull();
  });
});

describe('a page', () => {
  test('says whose the reward is and what it is worth, as it is now', () => {
    const now = {
      accountId: 'acc-2',
      userId: 'user-2',
      unit: 'STRIPE/EUR',
      money: { amount: 5, currency: 'EUR' },
    };
    const word = said('waiting', 'pending', now);
    expect(hear(row('ready'), word)).toMatchObject({ ...now, state: 'waiting', word: 'waiting pending' });
  });

  test('that says something new begins the tries anew; one that repeats itself does not', () => {
    const tried = { ...row('waiting', 'over_cap'), attempt: 4 };
    expect(hear(tried, said('waiting', 'over_cap')).attempt).toBe(4);
    expect(hear(tried, said('waiting', 'pending')).attempt).toBe(0);
  });

  test.each(['news', 'full'] as const)(
    'that repeats itself changes no time of what tries itself again: %s',
    (look) => {
      const waits = settle(
        claimed(row('ready')),
        line('waiting', 'busy', { ...unpaid, retryAt: NOON + 50_000 }),
      );
      expect(hear(waits, said('ready'), look)).toEqual(waits);
      const pending = row('waiting', 'pending');
      expect(hear(pending, said('waiting', 'pending'), look)).toEqual(pending);
    },
  );

  test('that calls ready what is ready changes no time', () => {
    expect(hear(row('ready'), said('ready'))).toEqual(row('ready'));
  });

  test('that repeats where it stands tells the facts as they are now, and keeps its time', () => {
    const waits = settle(claimed(row('ready')), line('waiting', 'not_linked', unpaid));
    const facts = { unit: 'STRIPE/USD' };
    const later = { now: LATER.now + 5000, random };
    const after = applyWord(waits, said('waiting', 'not_linked', { facts }), 'news', later);
    expect(after).toEqual({ ...waits, facts, word: 'waiting not_linked', attempt: 0 });
  });

  test('of the same reason in another state moves it there', () => {
    expect(hear(row('waiting', 'permission_missing'), said('held', 'permission_missing'))).toMatchObject({
      state: 'held',
      reason: 'permission_missing',
      dueAt: null,
    });
  });

  test('holds what no person asked for', () => {
    const held = said('held', 'customer_deleted', { facts: { customer: 'cus_1' } });
    const after = { state: 'held', reason: 'customer_deleted', facts: { customer: 'cus_1' }, dueAt: null };
    expect(hear(row('ready'), held)).toMatchObject(after);
    expect(hear(wishedBy('worker', row('waiting', 'paused')), held)).toMatchObject(after);
    const byHand = move(
      row('ready'),
      { state: 'held', reason: 'held_by_hand', dueAt: null },
      { at: NOON, why: null, who: 'person' },
    );
    expect(hear(byHand, held)).toMatchObject(after);
  });

  test('holds nothing that a person wants to be tried, whatever was before', () => {
    const refused = settle(claimed(row('ready')), line('held', 'stripe_refused', unpaid));
    const wished = wishedBy('person', refused);
    expect(hear(wished, said('held', 'stripe_refused'))).toMatchObject({ state: 'ready', dueAt: NOON });
    expect(hear(wished, said('cancelled', 'expired'))).toMatchObject({ state: 'cancelled' });
    expect(hear(wished, said('waiting', 'not_linked'))).toMatchObject({ state: 'waiting' });
  });

  test('in a full look wakes what was cancelled or waits for an event, with nothing new said', () => {
    const cancelled = settle(claimed(row('ready')), line('cancelled', 'gone', unpaid));
    expect(hear(cancelled, said('ready'), 'full')).toMatchObject({ state: 'ready', word: 'ready' });
    const unlinked = settle(claimed(row('ready')), line('waiting', 'not_linked', unpaid));
    expect(hear(unlinked, said('ready'), 'full')).toMatchObject({ state: 'ready' });
  });

  test('in a full look holds on what is held, where it says nothing new', () => {
    const refused = settle(claimed(row('ready')), line('held', 'stripe_refused', unpaid));
    expect(hear(refused, said('ready'), 'full')).toEqual(refused);
    const linked = row('held', 'customer_deleted');
    expect(hear(linked, said('ready'), 'full')).toMatchObject({ state: 'ready', dueAt: LATER.now });
  });

  test('finishes what another browser credited', () => {
    expect(hear(row('waiting', 'not_linked'), said('credited', 'redeem_pending'))).toMatchObject({
      state: 'ready',
      dueAt: LATER.now,
    });
  });

  const agreed = (before: Row): Row => ({ ...before, confirmedCurrency: true, releasedCap: true });

  test('that asks for a currency which a person confirmed sends it on', () => {
    const waits = agreed(row('waiting', 'rate_limited'));
    expect(hear(waits, said('held', 'currency_unset'))).toMatchObject({
      state: 'ready',
      confirmedCurrency: true,
      dueAt: LATER.now,
    });
    expect(hear(row('waiting', 'rate_limited'), said('held', 'currency_unset'))).toMatchObject({
      state: 'held',
      reason: 'currency_unset',
    });
  });

  test('that holds it for anything else ends what a person agreed to', () => {
    expect(hear(agreed(row('waiting', 'rate_limited')), said('held', 'customer_deleted'))).toMatchObject({
      state: 'held',
      reason: 'customer_deleted',
      confirmedCurrency: false,
      releasedCap: false,
    });
  });

  test('that says it was taken back adds no step that was not', () => {
    const steps = (before: Row) =>
      hear(before, said('reversed'))
        .history.slice(before.history.length)
        .map(({ from, to, who }) => [from, to, who]);
    expect(steps(row('credited', 'redeem_pending'))).toEqual([['credited', 'reversed', 'page']]);
    expect(steps(row('held', 'cancelled_after_credit'))).toEqual([['held', 'reversed', 'page']]);
    expect(steps(row('waiting', 'not_linked'))).toEqual([
      ['waiting', 'redeemed', 'page'],
      ['redeemed', 'reversed', 'page'],
    ]);
  });
});

describe('an outcome', () => {
  test('is written with what was paid, to whom, and the day on which this browser saw it', () => {
    const before = claimed(row('ready', null, { money: null }));
    const after = settle(before, line('credited', 'redeem_pending', { facts: { detail: 'x' } }));
    expect(after).toMatchObject({
      state: 'credited',
      reason: 'redeem_pending',
      facts: { detail: 'x' },
      money: { amount: 2000, currency: 'USD' },
      customer: 'cus_1',
      creditId: 'cbtxn_r1',
      creditedOn: TODAY,
      leasedBy: null,
    });
    expect(after.history.at(-1)).toEqual({
      at: LATER.now,
      from: 'crediting',
      to: 'credited',
      why: 'redeem_pending',
      who: 'outcome',
    });
  });

  test('that names neither amount nor customer takes neither away, nor counts as paid', () => {
    const before = claimed(row('ready', null, { customer: 'cus_1', creditId: 'cbtxn_1' }));
    expect(settle(before, line('waiting', 'busy', unpaid))).toMatchObject({
      money: { amount: 2000, currency: 'USD' },
      customer: 'cus_1',
      creditId: 'cbtxn_1',
      creditedOn: null,
    });
  });

  test('that names another amount or customer is believed', () => {
    const told = { money: { amount: 7, currency: 'EUR' }, customer: 'cus_2' };
    expect(
      settle(claimed(row('ready', null, { customer: 'cus_1' })), line('redeemed', null, told)),
    ).toMatchObject(told);
  });

  test('of a reward that a page called redeemed before counts it once', () => {
    const before = row('redeemed');
    const counted = settle(before, line('redeemed'));
    expect(counted).toMatchObject({ creditedOn: TODAY, creditId: 'cbtxn_r1' });
    expect(applyOutcome(counted, line('redeemed'), '2026-06-16', LATER)).toBe(counted);
    expect(settle(before, line('redeemed', null, { credit: null }))).toBe(before);
  });

  test('gives another reason to what stands still, and ends a lease with the same', () => {
    const waits = row('waiting', 'not_linked');
    expect(settle(waits, line('waiting', 'over_cap', unpaid))).toMatchObject({ reason: 'over_cap' });
    const held = row('held', 'stripe_refused');
    expect(settle(held, line('held', 'customer_deleted', unpaid))).toMatchObject({
      reason: 'customer_deleted',
    });
    expect(settle(held, line('held', 'stripe_refused', unpaid))).toBe(held);
    const owed = settle(claimed(row('ready')), line('credited', 'redeem_pending'));
    const leased = { ...owed, leasedBy: 'boot-1', leasedUntil: NOON + 120_000 };
    expect(settle(leased, line('credited', 'redeem_pending'))).toMatchObject({
      leasedBy: null,
      leasedUntil: null,
    });
  });

  test('that it was taken back settles what is being credited by way of the credit', () => {
    const before = claimed(row('ready'));
    const after = settle(before, line('reversed'));
    expect(after.history.slice(before.history.length).map(({ to, who }) => [to, who])).toEqual([
      ['credited', 'outcome'],
      ['reversed', 'outcome'],
    ]);
  });

  test('that it waits keeps what a person agreed to; any other ends it', () => {
    const before = claimed(row('ready', null, { confirmedCurrency: true, releasedCap: true }));
    const kept = { confirmedCurrency: true, releasedCap: true };
    expect(settle(before, line('waiting', 'rate_limited', unpaid))).toMatchObject(kept);
    const over = { confirmedCurrency: false, releasedCap: false };
    expect(settle(before, line('held', 'stripe_refused', unpaid))).toMatchObject(over);
    expect(settle(before, line('redeemed'))).toMatchObject(over);
    expect(settle(claimed(row('ready')), line('waiting', 'rate_limited', unpaid))).toMatchObject(over);
  });
});
