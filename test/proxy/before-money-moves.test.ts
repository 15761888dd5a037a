import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/contract/routes.ts';
import {
  ANNAS_CUSTOMER,
  type Cast,
  creditsOf,
  customer,
  participant,
  reward,
  type Stage,
  setStage,
} from './stage.ts';

const DAY_MS = 86_400_000;
const [ONE, TWO, THREE] = [1, 2, 3].map((n) => `aaaaaaaaaaaaaaaaaaaaaaa${n}`) as [string, string, string];
const three = (more: Parameters<typeof reward>[0] = {}) =>
  [ONE, TWO, THREE].map((id) => reward({ id, ...more }));
const BERTA = {
  accountId: 'anna@example.com',
  id: 'berta@example.com',
  email: 'berta@example.com',
  firstName: 'Berta',
  rewards: [],
};
const body = { paused: false, currencyRule: 'confirm', caps: {} } as const;
const USD = ['STRIPE/USD'];

/** An admin chooses units over the route, as people do, from a stage that has none. */
async function chooseUnits(stage: Stage, units: string[], version = 1) {
  const { status, body: answer } = await stage.ask('PUT', '/test/settings', { version, units, ...body });
  expect(status).toBe(200);
  return answer as { version: number; backfill: Record<string, number> };
}
const stageWithoutUnits = (cast: Cast = {}) =>
  setStage({ ...cast, settings: { units: [], ...cast.settings } });
const why = (outcomes: Outcome[]) => outcomes.map(({ state, reason }) => `${state} ${reason}`);

/** Everything that could change: the database, but for when a browser was last seen, and what both services hold. */
async function everything({ db, stripe, advocate }: Stage) {
  const tables = [
    'ledger',
    'settings',
    'links',
    'link_changes',
    'reversals',
    'told',
    'audit',
    'leases',
  ] as const;
  const rows = await Promise.all(tables.map((table) => db.selectFrom(table).selectAll().execute()));
  const connections = await db.selectFrom('connections').selectAll().execute();
  return structuredClone({ rows, connections, stripe: stripe.state, advocate: advocate.state.test });
}

describe('what was earned before its unit was added waits for an admin’s word', () => {
  test('it waits, says so wherever it is looked at, and goes through once confirmed', async () => {
    const stage = await stageWithoutUnits();
    const { version, backfill } = await chooseUnits(stage, USD);
    expect(backfill['STRIPE/USD']).toBeGreaterThan(Date.now() - 60_000);
    const [outcome] = await stage.credits({ rewards: [ONE] });
    expect(outcome).toMatchObject({
      state: 'waiting',
      reason: 'earned_before_unit',
      facts: { unit: 'STRIPE/USD' },
    });
    const { body: page } = await stage.ask('GET', '/test/rewards');
    expect(page.rewards).toMatchObject([{ id: ONE, reason: 'earned_before_unit' }]);
    expect(creditsOf(stage, ONE)).toEqual([]);

    const seen = [{ amount: 2000, currency: 'USD' }];
    const confirmed = await stage.ask('POST', '/test/backfill', { version, seen });
    expect(confirmed.body).toMatchObject({ version: version + 1, backfill: {}, units: USD, paused: false });
    expect(await stage.credits({ rewards: [ONE] })).toMatchObject([{ state: 'redeemed' }]);
  });

  test('what is earned after it goes through', async () => {
    const stage = await stageWithoutUnits({
      participants: [participant({ rewards: [reward({ earnedDaysAgo: 0 })] })],
    });
    // As if the unit had been there for a day.
    const { backfill } = await chooseUnits(stage, USD);
    const added = (backfill['STRIPE/USD'] ?? 0) - DAY_MS;
    await stage.db
      .updateTable('settings')
      .set({ backfill: JSON.stringify({ 'STRIPE/USD': added }) })
      .execute();
    expect(await stage.credits({ rewards: [ONE] })).toMatchObject([{ state: 'redeemed' }]);
  });

  test('a unit keeps its instant while it stays, and loses it with the unit', async () => {
    const stage = await stageWithoutUnits();
    const first = await chooseUnits(stage, USD);
    stage.setClock(() => Date.now() + DAY_MS);
    const both = await chooseUnits(stage, [...USD, 'STRIPE/EUR'], 2);
    expect(both.backfill['STRIPE/USD']).toBe(first.backfill['STRIPE/USD']);
    expect(both.backfill['STRIPE/EUR']).toBeGreaterThan(Date.now() + DAY_MS - 60_000);
    const less = await chooseUnits(stage, ['STRIPE/EUR'], 3);
    expect(Object.keys(less.backfill)).toEqual(['STRIPE/EUR']);
    const again = await chooseUnits(stage, [...USD, 'STRIPE/EUR'], 4);
    expect(again.backfill['STRIPE/USD']).toBeGreaterThan(first.backfill['STRIPE/USD'] ?? 0);
  });

  test('units of an earlier version of the proxy let everything through', async () => {
    const stage = await setStage();
    await stage.db.updateTable('settings').set({ backfill: null }).execute();
    const { backfill } = await chooseUnits(stage, ['STRIPE/USD', 'STRIPE/EUR', 'STRIPE/JPY', 'STRIPE/GBP']);
    expect(Object.keys(backfill)).toEqual(['STRIPE/GBP']);
    expect(await stage.credits({ rewards: [ONE] })).toMatchObject([{ state: 'redeemed' }]);
  });

  test('a yes to settings that have changed since is refused, and support may not say it', async () => {
    const stage = await stageWithoutUnits();
    const { version } = await chooseUnits(stage, USD);
    const stale = await stage.ask('POST', '/test/backfill', { version: version - 1, seen: [] });
    expect(stale).toMatchObject({ status: 409, body: { code: 'settings_changed' } });
    const support = await stage.pairAs('support');
    expect(await stage.ask('POST', '/test/backfill', { version, seen: [] }, support)).toMatchObject({
      status: 403,
    });
    expect(why(await stage.credits({ rewards: [ONE] }))).toEqual(['waiting earned_before_unit']);
  });

  test('the history holds who said it and what they were shown', async () => {
    const stage = await stageWithoutUnits();
    const { version } = await chooseUnits(stage, USD);
    const seen = [{ amount: 2000, currency: 'USD' }];
    await stage.ask('POST', '/test/backfill', { version, seen });
    const entry = await stage.db
      .selectFrom('audit')
      .selectAll()
      .where('action', '=', 'backfill_confirmed')
      .executeTakeFirstOrThrow();
    expect(entry).toMatchObject({ mode: 'test', actor_name: 'admin’s browser' });
    expect(JSON.parse(entry.after ?? '')).toMatchObject({ seen, backfill: {} });
  });

  test('whoever links is told that a link alone does not let it through', async () => {
    const stage = await stageWithoutUnits({ participants: [participant({ customFields: {} })] });
    await chooseUnits(stage, USD);
    const { body: page } = await stage.ask('GET', '/test/rewards');
    expect(page.rewards).toMatchObject([{ reason: 'not_linked', facts: { unit: 'STRIPE/USD' } }]);
  });
});

describe('caps', () => {
  const capped = (perCredit: number | null, perDay: number | null, cast: Cast = {}) =>
    setStage({
      participants: [participant({ rewards: three() })],
      ...cast,
      settings: { caps: { USD: { perCredit, perDay } } },
    });

  test('above the cap for one reward it is held, and a person lets it through', async () => {
    const stage = await capped(1999, null);
    expect(await stage.credits({ rewards: [ONE] })).toMatchObject([
      { state: 'held', reason: 'over_cap_reward', facts: { cap: '19.99 USD' }, retryAt: null },
    ]);
    expect(await stage.credits({ rewards: [ONE], releaseCap: [TWO] })).toMatchObject([{ state: 'held' }]);
    expect(await stage.credits({ rewards: [ONE], releaseCap: [ONE] })).toMatchObject([{ state: 'redeemed' }]);
  });

  test('when the day’s cap is reached it waits until the next day (UTC) and goes by itself', async () => {
    const midday = Math.floor(Date.now() / DAY_MS) * DAY_MS + DAY_MS / 2;
    const stage = await capped(null, 4000, { now: () => midday });
    const outcomes = await stage.credits({ rewards: [ONE, TWO, THREE] });
    expect(why(outcomes).sort()).toEqual(['redeemed null', 'redeemed null', 'waiting over_cap']);
    const [last] = outcomes.filter(({ state }) => state === 'waiting');
    expect(last).toMatchObject({ facts: { cap: '40.00 USD' }, retryAt: midday + DAY_MS / 2 });
    stage.setClock(() => midday + DAY_MS / 2);
    expect(await stage.credits({ rewards: [last?.reward ?? ''] })).toMatchObject([{ state: 'redeemed' }]);
  });

  test('what was claimed yesterday and is sent today counts in today’s sum', async () => {
    const midday = Math.floor(Date.now() / DAY_MS) * DAY_MS + DAY_MS / 2;
    const stage = await capped(null, 4000, { now: () => midday });
    stage.stripe.inject({ fault: 'F9', method: 'POST', path: /balance_transactions$/, times: 9 });
    expect(why(await stage.credits({ rewards: [ONE] }))).toEqual(['waiting rate_limited']);
    stage.stripe.clearFaults();
    stage.setClock(() => midday + DAY_MS);
    for (const id of [ONE, TWO])
      expect(await stage.credits({ rewards: [id] })).toMatchObject([{ state: 'redeemed' }]);
    expect(why(await stage.credits({ rewards: [THREE] }))).toEqual(['waiting over_cap']);
  });

  test('what a person lets through counts in the day’s sum', async () => {
    const stage = await capped(null, 4000);
    await stage.credits({ rewards: [ONE] });
    await stage.credits({ rewards: [TWO], releaseCap: [TWO] });
    expect(why(await stage.credits({ rewards: [THREE] }))).toEqual(['waiting over_cap']);
    expect(await stage.credits({ rewards: [THREE], releaseCap: [THREE] })).toMatchObject([
      { state: 'redeemed' },
    ]);
  });

  test('two at the same moment do not both pass a cap that has room for one', async () => {
    const stage = await capped(null, 2000, {
      customers: [customer(), customer({ id: 'cus_Berta000000001', email: 'berta@example.com' })],
      participants: [
        participant(),
        participant({
          ...BERTA,
          accountId: BERTA.id,
          customFields: { stripeCustomerId: 'cus_Berta000000001' },
          rewards: [reward({ id: TWO })],
        }),
      ],
    });
    const outcomes = await stage.credits({ rewards: [ONE, TWO] });
    expect(why(outcomes).sort()).toEqual(['redeemed null', 'waiting over_cap']);
  });
});

describe('a customer’s currency', () => {
  test('where the rule allows it, the first credit fixes it', async () => {
    const stage = await setStage({
      customers: [customer({ currency: null })],
      settings: { currencyRule: 'allow' },
    });
    expect(await stage.credits({ rewards: [ONE] })).toMatchObject([{ state: 'redeemed' }]);
  });

  test('another currency is held whatever the rule and whatever a person confirms', async () => {
    const stage = await setStage({
      customers: [customer({ currency: 'eur' })],
      settings: { currencyRule: 'allow' },
    });
    expect(why(await stage.credits({ rewards: [ONE], confirmCurrency: [ONE] }))).toEqual([
      'held currency_differs',
    ]);
  });
});

describe('a dry run', () => {
  const dry = (stage: Stage, more: object = {}) =>
    stage.credits({ rewards: [ONE, TWO, THREE], dryRun: true, ...more });
  const steps = (outcomes: Outcome[]) =>
    outcomes.map(({ credit }) => credit && [credit.before, credit.after]);

  test('adds up several rewards of one customer in order, and changes nothing anywhere', async () => {
    const stage = await setStage({
      customers: [customer({ balance: -700 })],
      participants: [
        participant({ rewards: three() }),
        participant({
          ...BERTA,
          accountId: BERTA.id,
          rewards: [reward({ id: 'bbbbbbbbbbbbbbbbbbbbbbb1' })],
          customFields: {},
        }),
      ],
    });
    const before = await everything(stage);
    const outcomes = await dry(stage, { rewards: [TWO, ONE, THREE, 'bbbbbbbbbbbbbbbbbbbbbbb1'] });
    expect(outcomes.map(({ reward: id }) => id)).toEqual([TWO, ONE, THREE, 'bbbbbbbbbbbbbbbbbbbbbbb1']);
    expect(why(outcomes)).toEqual(['ready null', 'ready null', 'ready null', 'waiting not_linked']);
    expect(steps(outcomes).slice(0, 3)).toEqual([
      [700, 2700],
      [2700, 4700],
      [4700, 6700],
    ]);
    expect(await everything(stage)).toEqual(before);
    expect(stage.exchanges.filter(({ service, method }) => service === 'stripe' && method !== 'GET')).toEqual(
      [],
    );
  });

  test('says what the caps would stop, and honours what a person lets through', async () => {
    const stage = await setStage({
      participants: [participant({ rewards: three() })],
      settings: { caps: { USD: { perCredit: null, perDay: 5000 } } },
    });
    expect(why(await dry(stage))).toEqual(['ready null', 'ready null', 'waiting over_cap']);
    expect(why(await dry(stage, { releaseCap: [THREE] }))).toEqual([
      'ready null',
      'ready null',
      'ready null',
    ]);
    await stage.credits({ rewards: [ONE] });
    expect(why(await dry(stage))).toEqual(['redeemed null', 'ready null', 'waiting over_cap']);
  });

  test('asks for the currency once, and honours the answer', async () => {
    const stage = await setStage({
      customers: [customer({ currency: null })],
      participants: [participant({ rewards: three() })],
    });
    expect(why(await dry(stage))).toEqual(Array(3).fill('held currency_unset'));
    // The first credit fixes it, so the next ones are no question any more.
    expect(why(await dry(stage, { confirmCurrency: [ONE] }))).toEqual(Array(3).fill('ready null'));
  });

  test('looks past a pause and past what was earned earlier, at what would become of them', async () => {
    const stage = await stageWithoutUnits({ participants: [participant({ rewards: three() })] });
    await chooseUnits(stage, USD);
    const earlier = await dry(stage);
    expect(why(earlier)).toEqual(Array(3).fill('waiting earned_before_unit'));
    expect(steps(earlier)).toEqual([
      [0, 2000],
      [2000, 4000],
      [4000, 6000],
    ]);
    await stage.ask('POST', '/test/backfill', { version: 2, seen: [] });
    await stage.ask('PUT', '/test/settings', { version: 3, units: USD, ...body, paused: true });
    const paused = await dry(stage);
    expect(why(paused)).toEqual(Array(3).fill('waiting paused'));
    expect(steps(paused)).toEqual(steps(earlier));
  });

  test('of a claim whose outcome is unknown it says so', async () => {
    const stage = await setStage();
    await stage.credits({ rewards: [ONE] });
    await stage.db
      .updateTable('ledger')
      .set({ point: 'claimed', credit: null, outcome_unknown: 1 })
      .execute();
    expect(why(await dry(stage, { rewards: [ONE] }))).toEqual(['waiting outcome_unknown']);
  });

  test('of access that was taken back it says so and notes nothing', async () => {
    const stage = await setStage();
    expect(stage.stripe.revoke(stage.stripe.state.accountId, 'test')).toBe(true);
    const before = await everything(stage);
    await dry(stage, { rewards: [ONE] });
    expect(await everything(stage)).toEqual(before);
  });

  test('participants of one account that point at different customers are told, also one that came later', async () => {
    const stage = await setStage({
      participants: [participant(), participant({ ...BERTA, customFields: {} })],
    });
    expect(why(await dry(stage, { rewards: [ONE] }))).toEqual(['ready null']);
    const berta = { accountId: BERTA.accountId, id: BERTA.id };
    stage.advocate.setCustomField('test', berta, 'stripeCustomerId', 'cus_Another0000001');
    const told = {
      state: 'held',
      reason: 'account_customers_differ',
      facts: { detail: `${ANNAS_CUSTOMER}, cus_Another0000001` },
    };
    expect(await dry(stage, { rewards: [ONE] })).toMatchObject([told]);
    expect(await stage.credits({ rewards: [ONE] })).toMatchObject([told]);
  });
});
