/**
 * `drain-growth`: rewards credited a second with 1,000, with 100,000 and with 1,000,000 rewards behind it, in this
 * browser's queue and in the ledger, all redeemed. Each has a browser, a proxy and simulators of its own, which take
 * turns: so many rewards are earned, and the time from the first credit to the last counts.
 */
import Sqlite from 'better-sqlite3';
import type { Hands } from '../sandbox/hands.ts';
import { openBenchBrowser, pairHands, waitUntil } from './browsing.ts';
import { perSecond } from './drain.ts';
import { type Paying, startPaying } from './paying.ts';
import { interleave, median, type Row } from './row.ts';

/** What a long life left behind, as one statement. */
const OLD_ROWS = `
with recursive n(i) as (select 1 union all select i + 1 from n where i < ?)
insert into ledger (mode, reward, account_id, user_id, unit, stripe_account, customer, amount, currency, redeem_amount,
  redeemed_before, point, key_epoch, idempotency_key, parameters, claimed_by, claimed_at, first_sent_at, last_sent_at,
  outcome_unknown, credit, request_id, credit_before, credit_after, credited_at, redeem_sent_at, redeemed_at,
  redeemed_by_hand, noted_at, earned_at)
select 'test', printf('old%021d', i), 'old-' || (i / 10), 'old-' || (i / 10), 'STRIPE/USD', ?, printf('cus_Old%011d', i / 10),
  1250, 'USD', 1250, 0, 'noted', 0, 'old:' || i,
  json_object('amount', 1250, 'currency', 'USD', 'description', 'Advocate reward, STRIPE/USD'), 'bench', 1000 + i, 1000 + i,
  1000 + i, 0, printf('cbtxn_old%018d', i), 'req_' || i, 0, 1250, 2000 + i, 3000 + i, 3000 + i, 0, 4000 + i, 500 + i
from n`;

async function fillLedger(file: string, account: string, old: number): Promise<void> {
  const sqlite = new Sqlite(file);
  sqlite.prepare(OLD_ROWS).run(old, account);
  sqlite.close();
}

/** In the page of the popup, which has the queue's origin; as the worker left them behind. */
async function fillQueue(hands: Hands, old: number): Promise<void> {
  await hands.state();
  await hands.popup.evaluate(async (count) => {
    const open = indexedDB.open('credits-test');
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      open.onsuccess = () => resolve(open.result);
      open.onerror = () => reject(open.error);
    });
    const row = (i: number) => ({
      ...{
        reward: `old${String(i).padStart(21, '0')}`,
        accountId: `old-${i}`,
        userId: `old-${i}`,
        unit: 'STRIPE/USD',
      },
      ...{
        money: { amount: 1250, currency: 'USD' },
        state: 'redeemed',
        stood: 'redeemed',
        reason: null,
        facts: {},
      },
      ...{
        dueAt: null,
        leasedBy: null,
        leasedUntil: null,
        attempt: 1,
        earnedAt: 500 + i,
        seenAt: 1000,
        since: 3000 + i,
      },
      ...{
        creditId: `cbtxn_${i}`,
        customer: `cus_Old${i}`,
        confirmedCurrency: false,
        creditedOn: null,
        word: 'ready',
      },
      history: ['ready', 'crediting', 'credited', 'redeemed'].map((to) => ({
        at: 1000,
        from: null,
        to,
        why: null,
        who: 'page',
      })),
      ...{ needsSince: null, untold: null },
    });
    for (let from = 0; from < count; from += 5_000) {
      const tx = db.transaction(['rewards', 'totals'], 'readwrite', { durability: 'relaxed' });
      for (let i = from; i < Math.min(count, from + 5_000); i++) tx.objectStore('rewards').put(row(i));
      if (from === 0)
        tx.objectStore('totals').put({ key: 'state/redeemed', count, sums: { USD: count * 1250 } });
      await new Promise<void>((resolve, reject) => {
        tx.oncomplete = () => resolve();
        tx.onabort = () => reject(tx.error);
      });
    }
    db.close();
  }, old);
}

type Grown = { hands: Hands; paying: Paying; drain: () => Promise<number>; close: () => Promise<void> };

async function grown(old: number, rewards: number): Promise<Grown> {
  const paying = await startPaying(
    { people: rewards, rewards: false, delays: null, limit: null },
    (file, account) => fillLedger(file, account, old),
  );
  const hands = await openBenchBrowser();
  await fillQueue(hands, old);
  await pairHands(hands, paying);
  let paid = 0;
  return {
    hands,
    paying,
    async drain() {
      const start = Date.now();
      await paying.upstream.earnAll();
      paid += rewards;
      await hands.popup.evaluate(`chrome.runtime.sendMessage({ name: 'run', request: {} })`);
      let tally = await paying.upstream.tally();
      await waitUntil('all are redeemed', 60 + rewards / 5, async () => {
        tally = await paying.upstream.tally();
        return tally.redeemed === paid;
      });
      if (tally.paidTwice > 0) throw new Error(`${tally.paidTwice} were paid twice.`);
      const mine = tally.credited.filter((at) => at >= start);
      return perSecond(mine, mine[0] ?? start);
    },
    async close() {
      await hands.close();
      await paying.close();
    },
  };
}

export const drainGrowth: Row = {
  name: 'drain-growth',
  async measure(sizes) {
    const small = sizes === 'small';
    const [few, more, most] = small ? [10, 100, 1_000] : [1_000, 100_000, 1_000_000];
    const rewards = small ? 20 : 500;
    const runs = small ? 1 : 5;
    const stages = [
      await grown(few, rewards),
      await grown(more, rewards),
      await grown(most, rewards),
    ] as const;
    try {
      // Nothing is warm yet.
      for (const stage of stages) await stage.drain();
      const rates = await interleave(runs, {
        few: () => stages[0].drain(),
        more: () => stages[1].drain(),
        most: () => stages[2].drain(),
      });
      const limit = median(rates.few);
      const shared = { unit: 'rewards/s', limit, runs };
      return [
        {
          ...shared,
          name: `drain-growth: ${more}`,
          ours: median(rates.more),
          target: { of: 'ratio', atLeast: 0.9 },
        },
        {
          ...shared,
          name: `drain-growth: ${most}`,
          ours: median(rates.most),
          target: { of: 'ratio', atLeast: 0.8 },
        },
      ];
    } finally {
      for (const stage of stages) await stage.close();
    }
  },
};
