import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openQueue } from '../../src/background/queue.ts';
import type { Row } from '../../src/background/queue-row.ts';
import { recount } from '../../src/background/queue-totals.ts';
import { canMove } from '../../src/contract/moves.ts';
import type { Reason } from '../../src/contract/reasons.ts';
import { emptyDisk, NOON, outcome, page, seen, unpaid } from './background-fakes.ts';

const reward = fc.constantFrom('r1', 'r2', 'r3', 'r4');
const word = fc.constantFrom<[ReturnType<typeof seen>['state'], Reason | null]>(
  ['ready', null],
  ['waiting', 'not_linked'],
  ['waiting', 'over_cap'],
  ['held', 'currency_unset'],
  ['held', 'customer_deleted'],
  ['held', 'held_by_hand'],
  ['held', 'dismissed'],
  ['cancelled', 'expired'],
  ['credited', 'redeem_pending'],
  ['redeemed', null],
);
const line = fc.constantFrom<[ReturnType<typeof outcome>['state'], Reason | null]>(
  ['waiting', 'busy'],
  ['waiting', 'not_linked'],
  ['held', 'stripe_refused'],
  ['held', 'dismissed'],
  ['held', 'cancelled_after_credit'],
  ['cancelled', 'gone'],
  ['credited', 'redeem_pending'],
  ['redeemed', null],
  ['reversed', null],
  ['ready', null],
);
const look = fc.constantFrom('news' as const, 'full' as const);
const verb = fc.oneof(
  fc.record({ verb: fc.constant('enqueue' as const), reward, word, look }),
  fc.record({ verb: fc.constant('settle' as const), reward, line }),
  fc.record({ verb: fc.constant('claim' as const), most: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ verb: fc.constant('giveBack' as const), reward }),
  fc.record({ verb: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 1_000_000 }) }),
  fc.record({
    verb: fc.constantFrom(
      'restart',
      'wake',
      'park',
      'wakeAll',
      'release',
      'confirmCurrency',
      'keepBack',
      'letGo' as const,
    ),
    reward,
  }),
);

test('whatever happens in whatever order: only legal moves, no reward disappears, every sum is right', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(verb, { minLength: 1, maxLength: 40 }), async (verbs) => {
      emptyDisk();
      let now = NOON;
      let boots = 0;
      const start = () =>
        openQueue({ mode: 'test', boot: `boot-${++boots}`, now: () => now, random: () => 0.5 });
      let queue = start();
      const known = new Map<string, Row>();

      for (const step of verbs) {
        if (step.verb === 'enqueue') {
          const [state, reason] = step.word;
          await queue.enqueue(page([seen(step.reward, { state, reason })]), step.look);
        } else if (step.verb === 'settle') {
          const [state, reason] = step.line;
          const paid = state === 'credited' || state === 'redeemed' || state === 'reversed';
          await queue.settle(outcome(step.reward, { state, reason, ...(paid ? {} : unpaid) }));
        } else if (step.verb === 'claim') {
          const rows = await queue.claim(step.most);
          for (const row of rows) {
            const before = known.get(row.reward);
            // Taken only when due, and never from a live lease.
            expect(before?.dueAt ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(now);
            expect(before?.leasedUntil ?? 0).toBeLessThanOrEqual(now);
          }
        } else if (step.verb === 'giveBack') await queue.giveBack([step.reward], 'proxy_unreachable');
        else if (step.verb === 'wait') now += step.ms;
        else if (step.verb === 'wake') await queue.wake({ accountId: 'acc-1', userId: 'user-1' });
        else if (step.verb === 'park') await queue.park('paused');
        else if (step.verb === 'wakeAll') await queue.wakeAll(['paused', 'not_linked', 'currency_unset']);
        else if (step.verb === 'release') await queue.release(step.reward);
        else if (step.verb === 'confirmCurrency') await queue.confirmCurrency(step.reward);
        else if (step.verb === 'keepBack') await queue.keepBack(step.reward, 'dismissed');
        else if (step.verb === 'letGo') await queue.letGo(step.reward);
        else {
          await queue.close();
          queue = start();
          await queue.takeBack();
        }

        const rows = await queue.rows();
        const ids = new Set(rows.map((row) => row.reward));
        for (const id of known.keys()) expect(ids).toContain(id);
        for (const row of rows) {
          for (const { from, to } of row.history) {
            expect(from === null || from === to || canMove(from, to)).toBe(true);
          }
          const last = known.get(row.reward);
          if (last?.creditId) expect(row.creditId).toBe(last.creditId);
          if (last?.state === 'reversed') expect(row.state).toBe('reversed');
          if (last?.state === 'redeemed') expect(['redeemed', 'reversed']).toContain(row.state);
          expect(row.history.at(-1)?.to).toBe(row.state);
          if (last && last.state !== row.state) expect(row.history).not.toEqual(last.history);
          // Goes on by a timer, or an event or a person has to come; nothing else is possible.
          const timed = row.state === 'ready' || row.state === 'crediting' || row.state === 'credited';
          if (timed) expect(row.dueAt).not.toBeNull();
          if (row.state === 'waiting' || row.state === 'held') expect(row.reason).not.toBeNull();
          expect(row.history.length).toBeLessThanOrEqual(30);
          known.set(row.reward, row);
        }

        const { counts, creditedToday } = await queue.summary();
        const anew = recount(rows);
        for (const [state, count] of Object.entries(counts)) {
          expect(count).toBe(anew.get(`state/${state}`)?.count ?? 0);
        }
        const today = rows.filter((row) => row.creditedOn !== null && row.state !== 'reversed');
        expect(creditedToday[0]?.amount ?? 0).toBe(
          today.filter((row) => sameDay(row.creditedOn, now)).length * 2000,
        );
      }
      await queue.close();
    }),
    { numRuns: 150 },
  );
}, 60_000);

function sameDay(day: string | null, at: number): boolean {
  const d = new Date(at);
  return (
    day ===
    `${d.getFullYear()}-${`${d.getMonth() + 1}`.padStart(2, '0')}-${`${d.getDate()}`.padStart(2, '0')}`
  );
}
