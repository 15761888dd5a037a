/** What is red says so, and what to do; and asking costs little. */
import { expect, test } from 'vitest';
import { readSeed } from '../../sandbox/seed.ts';
import {
  HEALTH,
  HEALTH_CODES,
  type Health,
  type HealthCheck,
  healthText,
} from '../../src/contract/health.ts';
import { explainHealth } from '../../src/ui/explain-health.ts';
import { healthWith } from '../unit/health-fixture.ts';
import { type Cast, customer, reward, type Stage, setStage } from './stage.ts';

const MINUTE = 60_000;
async function health(stage: Stage, path = '/test/health', token?: string): Promise<Health> {
  const answer = await stage.ask('GET', path, undefined, token);
  expect([answer.status, answer.text.slice(0, 300)]).toEqual([200, expect.any(String)]);
  return answer.body as Health;
}
/** Only what is not good. */
async function complaints(stage: Stage): Promise<Partial<Record<HealthCheck, string>>> {
  const { checks } = await health(stage);
  return Object.fromEntries(
    checks.filter(({ level }) => level !== 'good').map(({ check, code }) => [check, code]),
  );
}
const USUAL = { reconcile: 'reconcile_never', alerts: 'alerts_off', runs: 'runs_never' };
const later = (stage: Stage, ms: number) => {
  const before = stage.parts.now();
  stage.setClock(() => before + ms);
};

test('when all stands, every check is good, with who runs and which versions', async () => {
  const stage = await setStage({ env: { ALERT_WEBHOOK_URL: 'http://127.0.0.1:9/hook' } });
  await stage.credits({ rewards: [reward().id] });
  await stage.ask('PUT', '/test/lease');
  await stage.ask('GET', '/test/reconciliation');
  const told = await health(stage);
  expect(told.checks.map(({ check }) => check)).toEqual(Object.keys(HEALTH));
  expect(await complaints(stage)).toEqual({});
  expect(told).toMatchObject({
    versions: { proxy: expect.any(String), node: process.version },
    permissions: { customers: true, subscriptions: true, invoices: true },
    lastCreditAt: expect.any(Number),
    lastRedeemAt: expect.any(Number),
    lease: { mine: true },
    lastRun: { browserName: 'admin’s browser' },
    limits: { allowed: 25, slowedLastHour: 0, lastSlowedAt: null },
    reconciled: { differences: 0 },
  });
  expect(told.limits.lastMinute).toBeGreaterThan(0);
});

const field = (key: string | null): Cast => ({
  change: (seed) => {
    seed.advocate.customFields = key === null ? [] : [{ mode: 'test', key, name: key }];
  },
});
test.each<[string, Cast, Partial<Record<HealthCheck, string>>]>([
  ['the custom field is spelt otherwise', field('stripecustomerid'), { field: 'field_differs' }],
  ['there is no custom field yet', field(null), { field: 'field_missing' }],
  [
    'no account is connected',
    { unconnected: true },
    { stripe: 'stripe_not_connected', permissions: 'permissions_unknown' },
  ],
  ['no unit is set', { settings: { units: [] } }, { units: 'units_none' }],
  ['a unit cannot be paid', { settings: { units: ['GOLD/USD'] } }, { units: 'units_unusable' }],
  ['credits are paused', { settings: { paused: true } }, { credits: 'credits_never_on' }],
])('%s', async (_, cast, expected) => {
  expect(await complaints(await setStage(cast))).toEqual({ ...USUAL, ...expected });
});

function byKey(permissions: string[]): Cast {
  const { key } = readSeed().stripe.restrictedKeys.test;
  return {
    unconnected: true,
    change: (seed) => {
      seed.stripe.restrictedKeys.test.permissions = permissions;
    },
    env: {
      STRIPE_CLIENT_ID_TEST: undefined,
      STRIPE_SECRET_KEY_TEST: undefined,
      STRIPE_RESTRICTED_KEY_TEST: key,
    },
  };
}
test.each<[string[], string | undefined, Health['permissions']]>([
  [
    ['rak_customer_write', 'rak_subscription_read', 'rak_invoice_read'],
    undefined,
    { customers: true, subscriptions: true, invoices: true },
  ],
  [
    ['rak_customer_write'],
    'permissions_optional',
    { customers: true, subscriptions: false, invoices: false },
  ],
  [['rak_invoice_read'], 'permissions_customers', { customers: false, subscriptions: false, invoices: true }],
])('what a restricted key with %j may read', async (permissions, code, expected) => {
  const stage = await setStage(byKey(permissions));
  expect((await health(stage)).permissions).toEqual(expected);
  expect((await complaints(stage)).permissions).toBe(code);
});

test('a key that Advocate refuses, and Advocate that does not answer, are two things', async () => {
  const stage = await setStage();
  stage.advocate.inject({ fault: 'unauthorized', times: 99 });
  expect(await complaints(stage)).toEqual({
    ...USUAL,
    advocate: 'advocate_refused_key',
    field: 'field_unknown',
    units: 'units_unknown',
  });
  stage.advocate.clearFaults();
  stage.advocate.inject({ fault: 'html-502', times: 99 });
  later(stage, MINUTE);
  expect(await complaints(stage)).toMatchObject({ advocate: 'advocate_unreachable' });
  stage.advocate.clearFaults();
  later(stage, MINUTE);
  expect(await complaints(stage)).toEqual(USUAL);
});

test('access that Stripe took back is lost, and says what to do', async () => {
  const stage = await setStage();
  stage.stripe.revoke(stage.stripe.state.accountId, 'test');
  expect(await complaints(stage)).toMatchObject({ stripe: 'stripe_lost' });
  expect(healthText('stripe_lost')).toEqual({ level: 'bad', action: 'connect' });
});

test('a connection that was made, ended or lost is told at once, not by what was found before', async () => {
  const stage = await setStage({ unconnected: true });
  const { state } = stage.stripe;
  const row = { mode: 'test', account: state.accountId, account_name: null, connected_by: 'test' } as const;
  const connect = (at: number) =>
    stage.db
      .insertInto('connections')
      .values({ ...row, connected_at: at, broken: null })
      .execute();
  const none = { ...USUAL, stripe: 'stripe_not_connected', permissions: 'permissions_unknown' };
  expect(await complaints(stage)).toEqual(none);
  stage.stripe.connect('test');
  await connect(1);
  expect(await complaints(stage)).toEqual(USUAL);
  await stage.db.deleteFrom('connections').execute();
  expect(await complaints(stage)).toEqual(none);
  // Stripe took it back, nobody has said so yet, and it was given again.
  await connect(2);
  stage.stripe.revoke(state.accountId, 'test');
  expect(await complaints(stage)).toMatchObject({ stripe: 'stripe_lost' });
  stage.stripe.connect('test');
  await stage.db.updateTable('connections').set({ connected_at: 3 }).execute();
  expect(await complaints(stage)).toEqual(USUAL);
  await stage.parts.connections.markBroken('test', state.accountId, 'The access was revoked.');
  expect(await complaints(stage)).toMatchObject({
    stripe: 'stripe_lost',
    permissions: 'permissions_unknown',
  });
});

test('a run that is long ago is told with how long', async () => {
  const stage = await setStage();
  await stage.ask('PUT', '/test/lease');
  expect(await complaints(stage)).not.toHaveProperty('runs');
  later(stage, 5 * 60 * MINUTE);
  const told = await health(stage);
  expect(told.checks.find(({ check }) => check === 'runs')).toEqual({
    check: 'runs',
    code: 'runs_quiet',
    level: 'bad',
    detail: null,
  });
  const silent = told.at - (told.lastRun?.at ?? 0);
  expect(Math.floor(silent / MINUTE)).toBe(5 * 60);
});

test('when Stripe asks to slow down it is counted, for an hour', async () => {
  const stage = await setStage();
  stage.stripe.inject({ fault: 'F9', method: 'GET', times: 2 });
  await stage.ask('GET', `/test/customers/${customer().id}`);
  const told = await health(stage);
  expect(told.limits).toMatchObject({ slowedLastHour: 2, lastSlowedAt: expect.any(Number) });
  expect(await complaints(stage)).toMatchObject({ limits: 'limits_slowed' });
  later(stage, 61 * MINUTE);
  expect(await complaints(stage)).not.toHaveProperty('limits');
});

test('differences that the last comparison found are told', async () => {
  const stage = await setStage();
  await stage.credits({ rewards: [reward().id] });
  await stage.db.updateTable('ledger').set({ amount: 1999 }).execute();
  await stage.ask('GET', '/test/reconciliation');
  expect(await complaints(stage)).toMatchObject({ reconcile: 'reconcile_differs' });
  expect((await health(stage)).reconciled).toMatchObject({ differences: 1 });
});

test('a mode without a key has its health as well', async () => {
  const stage = await setStage({
    env: { ADVOCATE_TENANT_LIVE: undefined, ADVOCATE_API_KEY_LIVE: undefined },
  });
  const { checks } = await health(stage, '/live/health');
  expect(checks.find(({ check }) => check === 'advocate')).toMatchObject({ code: 'advocate_not_configured' });
});

test('looking again and again asks nobody again', async () => {
  const stage = await setStage();
  const support = await stage.pairAs('support');
  await health(stage);
  const asked = stage.exchanges.length;
  for (let i = 0; i < 5; i++) await health(stage, '/test/health', support);
  expect(stage.exchanges.length).toBe(asked);
});

test('every finding has its words, and what is bad says what to do', () => {
  for (const code of HEALTH_CODES) {
    const { level } = healthText(code);
    const { what, next } = explainHealth({ code, detail: 'X' }, healthWith([code]));
    expect([code, what]).toEqual([code, expect.stringMatching(/^[A-Z].*[.:]|.*X$/)]);
    if (level === 'bad') expect([code, next]).toEqual([code, expect.stringMatching(/^[A-Z].*\.$/)]);
  }
});
