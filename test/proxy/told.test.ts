import { expect, test } from 'vitest';
import { applyWord, firstSight, move } from '../../src/background/queue-row.ts';
import type { RewardSeen, RewardsPage } from '../../src/contract/routes.ts';
import { page } from '../../src/proxy/audit.ts';
import { openProfile } from '../faults/browsers.ts';
import {
  ANNA,
  ANNAS_CUSTOMER,
  type Cast,
  creditsOf,
  customer,
  participant,
  reward,
  type Stage,
  setStage,
} from './stage.ts';

const ID = reward().id ?? '';
const HOUR = 3_600_000;
const OTHER = customer({ id: 'cus_AnnaMeyer00002', email: 'anna2@example.com', currency: 'usd' });
const LINK = `/test/participants/${encodeURIComponent(ANNA.accountId)}/${encodeURIComponent(ANNA.userId)}`;

async function seenBy(stage: Stage, after?: string): Promise<RewardSeen | undefined> {
  const answer = await stage.ask('GET', `/test/rewards${after === undefined ? '' : `?after=${after}`}`);
  return (answer.body as RewardsPage).rewards[0];
}
const shownTo = async (stage: Stage): Promise<RewardSeen | undefined> =>
  ((await stage.ask('GET', LINK)).body as { rewards: RewardSeen[] }).rewards[0];
const actions = async (stage: Stage) =>
  (await page(stage.db, { subject: ID })).entries.map(({ action }) => action).reverse();
function customerAt(stage: Stage, id = ANNAS_CUSTOMER) {
  const found = stage.stripe.state.accounts[stage.stripe.state.accountId]?.books.test.customers[id];
  if (found === undefined) throw new Error(`no customer ${id}`);
  return found;
}

/** Each holds the reward at Stripe, and knows how a person mends it: at Stripe, in the settings, or by a link. */
type Case = { cast: Cast; mend: (stage: Stage) => Promise<unknown> };
const relink = (stage: Stage) =>
  stage.ask('PUT', `${LINK}/link`, { customer: OTHER.id, previous: ANNAS_CUSTOMER });
const CASES: Record<string, Case> = {
  currency_unset: {
    cast: { customers: [customer({ currency: null })] },
    mend: async (stage) => Object.assign(customerAt(stage), { currency: 'usd' }),
  },
  currency_differs: { cast: { customers: [customer({ currency: 'eur' }), OTHER] }, mend: relink },
  customer_missing: { cast: { customers: [OTHER] }, mend: relink },
  customer_deleted: { cast: { customers: [customer({ deleted: true }), OTHER] }, mend: relink },
  over_cap_reward: {
    cast: { settings: { caps: { USD: { perCredit: 100, perDay: null } } } },
    mend: async (stage) => {
      const { backfill: _, turnedOnAt: __, ...body } = await stage.parts.settings.read('test');
      return stage.ask('PUT', '/test/settings', { ...body, caps: {} });
    },
  },
};
const cases = Object.entries(CASES).map(([reason, { cast, mend }]) => ({ reason, cast, mend }));

/** A clock that the proxy, the simulators, the database and the browsers go by. */
async function scene(cast: Cast) {
  let later = 0;
  const now = () => Date.now() + later;
  const stage = await setStage({ ...cast, now });
  const browser = async () => {
    const { queue, run } = (await openProfile(stage)).startWorker({ now });
    return { queue, drain: run };
  };
  const wait = (ms: number) => {
    later += ms;
  };
  return { stage, browser, wait };
}

test.each(cases)(
  '$reason: support and a fresh profile see why, and the history says that it is held',
  async ({ reason, cast }) => {
    const stage = await setStage(cast);
    expect(await seenBy(stage)).toMatchObject({ state: 'ready' });
    await stage.credits({ rewards: [ID], dryRun: true });
    expect(await seenBy(stage)).toMatchObject({ state: 'ready' });
    await stage.credits({ rewards: [ID] });
    await stage.credits({ rewards: [ID] });
    const held = { state: 'held', reason };
    expect(await seenBy(stage)).toMatchObject(held);
    expect(await shownTo(stage)).toMatchObject(held);
    expect(await actions(stage)).toEqual(['held']);
  },
);

test.each(cases)(
  '$reason: mended, the browser that was told so still gets it paid when a person tries again',
  async ({ reason, cast, mend }) => {
    const { stage, browser } = await scene(cast);
    const first = await browser();
    await first.drain();
    const second = await browser();
    await stage.db.updateTable('leases').set({ until: 0 }).execute();
    await second.drain();
    expect(await second.queue.rows()).toMatchObject([{ state: 'held', reason }]);
    await mend(stage);
    await second.queue.release(ID);
    await second.drain();
    expect(await second.queue.rows()).toMatchObject([{ state: 'redeemed' }]);
    expect(creditsOf(stage, ID)).toHaveLength(1);
    expect(await actions(stage)).toEqual(
      expect.arrayContaining(['held', 'released', 'credited', 'redeemed']),
    );
  },
);

test.each(cases)(
  '$reason: mended, it is paid within a day without anybody pressing anything, by any browser',
  async ({ cast, mend }) => {
    const { stage, browser, wait } = await scene(cast);
    const first = await browser();
    await first.drain();
    await mend(stage);
    const second = await browser();
    for (let hours = 0; hours <= 30; hours += 3) {
      wait(3 * HOUR);
      await second.drain();
    }
    expect(await second.queue.rows()).toMatchObject([{ state: 'redeemed' }]);
    expect(creditsOf(stage, ID)).toHaveLength(1);
  },
);

test('after a day it counts as ready again, and the same answer makes no second entry in the history', async () => {
  const { stage, wait } = await scene({ customers: [OTHER] });
  await seenBy(stage);
  await stage.credits({ rewards: [ID] });
  wait(23 * HOUR);
  expect(await seenBy(stage)).toMatchObject({ state: 'held' });
  wait(2 * HOUR);
  expect(await seenBy(stage)).toMatchObject({ state: 'ready' });
  await stage.credits({ rewards: [ID] });
  expect(await seenBy(stage)).toMatchObject({ state: 'held' });
  expect(await actions(stage)).toEqual(['held']);
});

test('another link, other settings, another account and a change in Advocate each end the memory', async () => {
  const ends: Record<string, (stage: Stage) => Promise<unknown>> = {
    link: relink,
    settings: async (stage) => {
      const { backfill: _, turnedOnAt: __, ...body } = await stage.parts.settings.read('test');
      return stage.ask('PUT', '/test/settings', { ...body, caps: { EUR: { perCredit: 1, perDay: null } } });
    },
    advocate: async (stage) => {
      stage.advocate.cancel(ID);
      stage.advocate.uncancel(ID);
    },
    account: async (stage) => {
      const { body } = await stage.ask('POST', '/connect/test');
      const url = new URL(String(body.url));
      const form = new URLSearchParams({ ...Object.fromEntries(url.searchParams), decision: 'connect' });
      const granted = await fetch(url, { method: 'POST', body: form, redirect: 'manual' });
      const query = new URL(granted.headers.get('location') ?? '').searchParams;
      await stage.parts.connections.finish(Object.fromEntries(query));
    },
  };
  for (const [what, end] of Object.entries(ends)) {
    const stage = await setStage({ customers: [OTHER] });
    await seenBy(stage);
    await stage.credits({ rewards: [ID] });
    expect(await seenBy(stage)).toMatchObject({ state: 'held' });
    await end(stage);
    expect([what, (await seenBy(stage))?.state]).toEqual([what, 'ready']);
  }
});

test('news of a reward are judged anew, so a link to the same customer wakes it as before', async () => {
  const stage = await setStage({ customers: [OTHER] });
  const { after } = (await stage.ask('GET', '/test/rewards')).body as RewardsPage;
  await stage.credits({ rewards: [ID] });
  const { advocate, links } = stage.parts.ofMode('test');
  for (const link of [null, ANNAS_CUSTOMER]) {
    await advocate.setLink(ANNA.accountId, ANNA.userId, link);
    await links.changed(ANNA, link, { actor: null, previous: null });
  }
  expect(await seenBy(stage, after)).toMatchObject({ id: ID, state: 'ready' });
});

test('a try that did not get through ends the memory, so that nothing undoes a person’s wish to try', async () => {
  const stage = await setStage({ customers: [customer({ currency: null })] });
  await stage.credits({ rewards: [ID] });
  expect(await seenBy(stage)).toMatchObject({ state: 'held' });
  const { told } = stage.parts.ofMode('test');
  const passing = {
    reward: ID,
    state: 'waiting',
    reason: 'stripe_unreachable',
    facts: {},
    retryAt: null,
  } as const;
  await told.remember({ ...passing, money: null, customer: null, credit: null }, 1, 'b');
  expect(await seenBy(stage)).toMatchObject({ state: 'ready' });
  expect(await actions(stage)).toEqual(['held']);
});

test('a refused redemption is told as held while it is true', async () => {
  const stage = await setStage();
  const { told, ledger } = stage.parts.ofMode('test');
  await ledger.claim(
    ID,
    {
      account_id: ANNA.accountId,
      user_id: ANNA.userId,
      unit: 'STRIPE/USD',
      stripe_account: null,
      customer: ANNAS_CUSTOMER,
      amount: 2000,
      currency: 'USD',
      redeem_amount: 2000,
      redeemed_before: 0,
      parameters: '{}',
    },
    'b',
    null,
  );
  await ledger.credited(ID, { id: 'cbtxn_1', requestId: null, before: 0, after: 2000, at: 1 }, 'b');
  expect(await seenBy(stage)).toMatchObject({ state: 'credited' });
  const refused = { reward: ID, state: 'held', reason: 'advocate_refused', facts: { detail: 'no' } } as const;
  await told.remember(
    { ...refused, retryAt: null, money: null, customer: ANNAS_CUSTOMER, credit: null },
    1,
    'b',
  );
  expect(await seenBy(stage)).toMatchObject({ state: 'held', reason: 'advocate_refused' });
});

test('while Stripe may hold the credit, that is said and found out first, even of a reward redeemed in Advocate', async () => {
  const stage = await setStage({ participants: [participant()] });
  await stage.credits({ rewards: [ID] });
  await stage.db
    .updateTable('ledger')
    .set({
      point: 'claimed',
      credit: null,
      outcome_unknown: 1,
      credited_at: null,
      redeemed_at: null,
      noted_at: null,
    })
    .execute();
  expect(await shownTo(stage)).toMatchObject({ state: 'waiting', reason: 'outcome_unknown' });
});

test('a full look does not undo that a person wants it tried again', () => {
  const clock = { now: 1_000_000, random: () => 0.5 };
  const held: RewardSeen = {
    ...{ id: ID, ...ANNA, unit: 'STRIPE/USD', money: null, earnedAt: 1, facts: {} },
    state: 'held',
    reason: 'customer_missing',
  };
  const row = firstSight(held, clock);
  const cause = { at: clock.now, why: 'retry', who: 'person' } as const;
  const wanted = move(row, { state: 'ready', dueAt: clock.now }, cause);
  for (const reason of ['customer_missing', 'currency_unset'] as const)
    expect(applyWord(wanted, { ...held, reason }, 'full', clock)).toMatchObject({
      state: 'ready',
      dueAt: clock.now,
    });
  const found = move(row, { state: 'ready', dueAt: clock.now }, { ...cause, who: 'page' });
  expect(applyWord(found, held, 'full', clock)).toMatchObject({ state: 'held' });
  const waiting = { ...held, state: 'waiting', reason: 'not_linked' } as const;
  expect(applyWord(wanted, waiting, 'full', clock)).toMatchObject({ state: 'waiting' });
});
