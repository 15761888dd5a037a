// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest';
import type { Health } from '../../src/contract/health.ts';
import type { QueuedReward } from '../../src/contract/queue-page.ts';
import type { Outcome } from '../../src/contract/routes.ts';
import { type Looked, NOTHING_LOOKED } from '../../src/contract/setup.ts';
import { counts, notOn, openPopup, popupState, problem } from './popup-scene.tsx';

const settingUp = (looked: Partial<Looked> = {}, parts: Parameters<typeof popupState>[0] = {}) =>
  popupState({ settings: notOn, ...parts, top: { looked: { ...NOTHING_LOOKED, ...looked }, ...parts.top } });

type Field = Health['checks'][number];
const health = (
  code: Field['code'],
  detail: string | null = null,
  level: Field['level'] = 'good',
): Health => ({
  at: 1,
  checks: [
    { check: 'advocate', code: 'advocate_ok', level: 'good', detail: 'test_tenant' },
    { check: 'field', code, level, detail },
  ],
  versions: { proxy: '0.1.0', node: '24', database: 'sqlite' },
  permissions: { customers: true, subscriptions: null, invoices: null },
  lastCreditAt: null,
  lastRedeemAt: null,
  lease: { holder: null, until: null, mine: false },
  lastRun: null,
  limits: { allowed: 25, busiest: 0, lastMinute: 0, slowedLastHour: 0, lastSlowedAt: null },
  reconciled: null,
});

describe('checking the custom field', () => {
  test('says that the right one is there, and goes on', async () => {
    const popup = await openPopup(settingUp(), { health: health('field_ok', 'stripeCustomerId') });
    expect(popup.text()).toContain('Links are kept in the custom field stripeCustomerId.');
    popup.told.looked = settingUp({ field: 'field_ok' });
    popup.told.queuePage = { rewards: [], after: null };
    await popup.click('Next: try one');
    await popup.do(() => undefined);
    expect(popup.asked()).toContainEqual(['looked', { field: 'field_ok' }]);
    expect(popup.has('Next: turn on')).toBe(true);
    expect(popup.has('Step 4, done: Check the custom fieldIt is there')).toBe(true);
  });

  test('says that the first link makes it, where there is none', async () => {
    const popup = await openPopup(settingUp(), { health: health('field_missing', null, 'notice') });
    expect(popup.text()).toContain(
      'Advocate has no custom field stripeCustomerId yet.The first link makes it.',
    );
  });

  test('warns of another spelling, and what it means', async () => {
    const popup = await openPopup(settingUp(), {
      health: health('field_differs', 'StripeCustomerID', 'notice'),
    });
    expect(popup.root.querySelector('.notice-warn')?.textContent).toMatch(
      /StripeCustomerID.*capitals matter.*count as not linked/,
    );
  });

  test('a proxy that cannot say so keeps nobody from going on', async () => {
    const popup = await openPopup(settingUp(), { health: problem('proxy_unreachable') });
    expect(popup.root.querySelector('.step [role=alert]')?.textContent).toContain('could not be reached');
    await popup.click('Next: try one');
    expect(popup.asked()).toContainEqual(['looked', { field: 'field_unknown' }]);
  });
});

const queued = (reward: string, earnedAt: number, more: Partial<QueuedReward> = {}): QueuedReward => ({
  reward,
  accountId: 'a1',
  userId: 'u1',
  unit: 'STRIPE/USD',
  money: { amount: 2000, currency: 'USD' },
  state: 'waiting',
  reason: 'paused',
  facts: {},
  earnedAt,
  seenAt: 1,
  since: 1,
  customer: null,
  ...more,
});
const outcome = (more: Partial<Outcome> = {}): Outcome => ({
  reward: 'new',
  state: 'waiting',
  reason: 'paused',
  facts: {},
  retryAt: null,
  money: { amount: 2000, currency: 'USD' },
  customer: 'cus_1',
  credit: { id: null, requestId: null, before: 500, after: 2500 },
  ...more,
});
const rewards = [
  queued('old', 1),
  queued('gone', 9, { state: 'cancelled' }),
  queued('new', 5),
  queued('mid', 3),
];
const page = { rewards, after: null };

describe('trying one', () => {
  const here = settingUp({ field: 'field_ok' });

  test('judges the newest reward that still counts, and says amount, customer and balance', async () => {
    const popup = await openPopup(here, { queuePage: page, preview: { outcomes: [outcome()] } });
    expect(popup.asked()).toEqual([
      ['queuePage', { sort: 'newest' }],
      ['preview', { rewards: ['new'] }],
    ]);
    expect(popup.text()).toMatch(/\$20\.00 USD would be credited\..*u1.*cus_1.*\$5\.00 USD → \$25\.00 USD/);
    popup.told.looked = settingUp({ field: 'field_ok', tryOne: 'would_credit' });
    await popup.click('Next: turn on');
    expect(popup.asked()).toContainEqual(['looked', { tryOne: 'would_credit' }]);
    expect(popup.has('Turn on')).toBe(true);
  });

  test('says why one would not be credited, and what to do', async () => {
    const refused = outcome({
      state: 'held',
      reason: 'currency_differs',
      facts: { currency: 'USD' },
      credit: null,
    });
    const popup = await openPopup(here, { queuePage: page, preview: { outcomes: [refused] } });
    expect(popup.root.querySelector('.found')?.textContent).toMatch(
      /^\$20\.00 USD would not be credited yet\..*billed in/,
    );
    await popup.click('Next: turn on');
    expect(popup.asked()).toContainEqual(['looked', { tryOne: 'would_wait' }]);
  });

  test('one that waits for a word about earlier rewards would be credited after it', async () => {
    const earlier = outcome({ reason: 'earned_before_unit' });
    const popup = await openPopup(here, { queuePage: page, preview: { outcomes: [earlier] } });
    expect(popup.text()).toMatch(/would be credited\..*you decide about those when you turn on/);
  });

  test('without any reward it says so and lets go on', async () => {
    const popup = await openPopup(here, { queuePage: { rewards: [], after: null } });
    expect(popup.text()).toContain('There is no reward in these units yet.');
    await popup.click('Next: turn on');
    expect(popup.asked()).toContainEqual(['looked', { tryOne: 'none' }]);
  });

  test('what a search that was still under way brings is tried when it ends', async () => {
    const searching = settingUp({ field: 'field_ok' }, { top: { running: true } });
    const popup = await openPopup(searching, { queuePage: { rewards: [], after: null } });
    expect(popup.text()).toContain('Looking for rewards in these units…');
    expect(popup.has('Next: turn on')).toBe(false);
    popup.told.queuePage = page;
    popup.told.preview = { outcomes: [outcome()] };
    await popup.announce(here);
    await popup.do(() => undefined);
    expect(popup.text()).toContain('$20.00 USD would be credited.');
  });

  test('the first that a search brings is tried while it goes on', async () => {
    const searching = { top: { running: true } };
    const popup = await openPopup(settingUp({ field: 'field_ok' }, searching), {
      queuePage: { rewards: [], after: null },
    });
    popup.told.queuePage = page;
    popup.told.preview = { outcomes: [outcome()] };
    const queue = { counts: counts({ waiting: 4 }) };
    await popup.announce(settingUp({ field: 'field_ok' }, { ...searching, queue }));
    await popup.do(() => undefined);
    expect(popup.text()).toContain('$20.00 USD would be credited.');
    expect(popup.has('Next: turn on')).toBe(true);
  });

  test('a failure stands beside it, and going on says that nothing was tried', async () => {
    const popup = await openPopup(here, { queuePage: page, preview: problem('stripe_unreachable') });
    expect(popup.root.querySelector('.step [role=alert]')?.textContent).toContain(
      'Stripe could not be reached',
    );
    await popup.click('Next: turn on');
    expect(popup.asked()).toContainEqual(['looked', { tryOne: 'skipped' }]);
  });

  test('support has no try that would be refused', async () => {
    const popup = await openPopup(settingUp({ field: 'field_ok' }, { role: 'support' }), { queuePage: page });
    expect(popup.text()).toContain('Ask an admin to try a reward');
    expect(popup.asked()).toEqual([]);
  });
});

test('both steps can be visited again after set-up', async () => {
  const popup = await openPopup(popupState(), {
    health: health('field_ok', 'stripeCustomerId'),
    queuePage: page,
    preview: { outcomes: [outcome({ state: 'ready', reason: null })] },
  });
  await popup.click('See set-up');
  await popup.do(() => undefined);
  expect(popup.text()).toContain('Links are kept in the custom field');
  await popup.click('Step 5, done: Try one rewardIt would be credited');
  await popup.do(() => undefined);
  expect(popup.text()).toContain('$20.00 USD would be credited.');
});
