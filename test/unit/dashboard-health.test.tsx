// @vitest-environment happy-dom
import { expect, test, vi } from 'vitest';
import { HEALTH_CHECKS } from '../../src/contract/health.ts';
import { openDashboard } from './dashboard-scene.tsx';
import { healthWith } from './health-fixture.ts';
import { popupState, problem } from './popup-scene.tsx';

const rows = (root: HTMLElement) => [...root.querySelectorAll<HTMLElement>('.health-check')];

test('one sentence says that all stands, and each check says it in words beside its mark', async () => {
  const dashboard = await openDashboard(popupState(), '#/health', { health: healthWith() });
  expect(dashboard.root.querySelector('.health-summary')?.textContent).toContain('Everything is in order.');
  expect(rows(dashboard.root)).toHaveLength(HEALTH_CHECKS.length);
  for (const row of rows(dashboard.root)) {
    expect(row.textContent).toContain('In order');
    expect(row.querySelector('svg')?.getAttribute('aria-hidden')).toBe('true');
  }
});

test('the checks stand in the order given, and what is wrong counts', async () => {
  const dashboard = await openDashboard(popupState(), '#/health', {
    health: healthWith(['stripe_lost', 'runs_quiet', 'alerts_off'], {
      lastRun: { at: Date.now() - 3 * 3_600_000 - 1000, browserName: 'Ana’s Chrome' },
    }),
  });
  expect(dashboard.root.querySelector('.health-summary')?.textContent).toContain('2 things need you.');
  expect(rows(dashboard.root).map((row) => row.querySelector('strong')?.textContent)).toEqual([
    'Advocate',
    'Custom field of the link',
    'Units',
    'Stripe',
    'Permissions at Stripe',
    'Credits',
    'Runs',
    'Stripe’s rate limit',
    'Reconcile',
    'Alerts to the team',
  ]);
  expect(rows(dashboard.root)[6]?.textContent).toMatch(
    /Runs Needs youNothing has run for 3 hours: .*Open one, and it goes on where it stopped/,
  );
});

test('what is only worth knowing needs nobody', async () => {
  const dashboard = await openDashboard(popupState(), '#/health', { health: healthWith(['alerts_off']) });
  expect(dashboard.root.querySelector('.health-summary')?.textContent).toContain(
    'Everything is in order. 1 thing is worth knowing.',
  );
});

test('levels differ in shape as well as in colour', async () => {
  const dashboard = await openDashboard(popupState(), '#/health', {
    health: healthWith(['stripe_lost', 'alerts_off']),
  });
  const shapes = new Set(rows(dashboard.root).map((row) => row.querySelector('svg')?.innerHTML));
  expect(shapes.size).toBe(3);
});

test('each check has the one button that helps, and it leads where it says', async () => {
  const tab = vi.spyOn(globalThis, 'open').mockReturnValue(null);
  const dashboard = await openDashboard(popupState(), '#/health', {
    health: healthWith(['field_differs', 'units_none', 'stripe_lost', 'reconcile_differs']),
    connect: { url: 'https://connect.example/authorize' },
  });
  expect(dashboard.link('Find customer').getAttribute('href')).toBe('#/unlinked');
  expect(dashboard.link('Edit units').getAttribute('href')).toBe('#/settings');
  expect(dashboard.link('Open Reconcile').getAttribute('href')).toBe('#/reconcile');
  await dashboard.click('Connect Stripe');
  expect(dashboard.asked().at(-1)).toEqual(['connect', {}]);
  expect(tab).toHaveBeenCalledWith('https://connect.example/authorize', '_blank', 'noopener');
  tab.mockRestore();
});

test('credits that are paused are turned on from here, and the checks are read anew', async () => {
  const dashboard = await openDashboard(popupState({ settings: { paused: true } }), '#/health', {
    health: healthWith(['credits_paused']),
  });
  await dashboard.click('Turn on');
  expect(dashboard.asked().map(([name]) => name)).toEqual(['health', 'saveSettings', 'health']);
});

test('in live mode turning on asks once more', async () => {
  const dashboard = await openDashboard(
    popupState({ mode: 'live', settings: { paused: true } }),
    '#/health',
    {
      health: healthWith(['credits_paused']),
    },
  );
  await dashboard.click('Turn on');
  expect(dashboard.root.querySelector('dialog')?.textContent).toContain('Turn on live credits?');
  expect(dashboard.asked().map(([name]) => name)).not.toContain('saveSettings');
});

test('support is told that an admin can do it, and may link', async () => {
  const dashboard = await openDashboard(popupState({ role: 'support' }), '#/health', {
    health: healthWith(['field_differs', 'stripe_lost', 'credits_paused']),
  });
  expect(dashboard.has('Connect Stripe')).toBe(false);
  expect(dashboard.has('Turn on')).toBe(false);
  expect(dashboard.text().match(/An admin has to do this\./g)).toHaveLength(2);
  expect(dashboard.link('Find customer').getAttribute('href')).toBe('#/unlinked');
});

test('headroom is a meter with the numbers in words', async () => {
  const dashboard = await openDashboard(popupState(), '#/health', {
    health: healthWith([], {
      limits: { allowed: 25, busiest: 24, lastMinute: 900, slowedLastHour: 2, lastSlowedAt: Date.now() },
    }),
  });
  const meter = dashboard.root.querySelector('meter');
  expect(['value', 'max'].map((name) => meter?.getAttribute(name))).toEqual(['24', '25']);
  expect(meter?.getAttribute('aria-valuetext')).toBe('Busiest second of the last minute: 24 calls of 25.');
  expect(dashboard.text()).toContain('900 calls of this proxy in the last minute.');
  expect(dashboard.text()).toContain('Stripe asked to slow down 2 times in the last hour, last just now.');
});

test('when Advocate and Stripe were last heard stands there, or that they never were', async () => {
  const heard = { advocate: Date.now() - 120_000, stripe: null };
  const dashboard = await openDashboard(popupState(), '#/health', { health: healthWith([], { heard }) });
  expect(dashboard.text()).toContain('Last heard from Advocate2 minutes ago');
  expect(dashboard.text()).toContain('Last heard from StripeNever');
});

test('who sends, what happened last, permissions and versions stand below', async () => {
  const dashboard = await openDashboard(popupState(), '#/health', { health: healthWith() });
  const facts = [...dashboard.root.querySelectorAll('.health-facts dl > div')].map((one) => one.textContent);
  expect(facts).toEqual([
    'Last run2 minutes ago, by “Ana’s Chrome”',
    expect.stringMatching(/^Sends nowThis browser, until /),
    'Last credit1 minute ago',
    'Last redeemjust now',
    'Last compared1 day ago',
    'CustomersAllowed',
    'SubscriptionsNot allowed',
    'InvoicesNot known',
    'Proxy0.1.0',
    'Nodev24.0.0',
    'DatabaseSQLite',
  ]);
});

test('a refresh reads anew and tells a screen reader politely what came of it', async () => {
  const dashboard = await openDashboard(popupState(), '#/health', { health: healthWith() });
  dashboard.told.health = healthWith(['stripe_lost']);
  await dashboard.click('Check again');
  expect(dashboard.root.querySelector('main [role=status]')?.textContent).toBe(
    'Checked just now. 1 thing needs you.',
  );
});

test('a proxy that cannot be reached is said, and what was known is marked as old', async () => {
  const dashboard = await openDashboard(popupState(), '#/health', { health: problem('proxy_unreachable') });
  expect(dashboard.root.querySelector('[role=alert]')?.textContent).toContain(
    'The proxy could not be reached.',
  );
  expect(rows(dashboard.root)).toHaveLength(0);
  dashboard.told.health = healthWith();
  await dashboard.click('Try again');
  expect(dashboard.root.querySelector('[role=alert]')).toBeNull();

  dashboard.told.health = problem('proxy_unreachable');
  await dashboard.click('Check again');
  expect(dashboard.root.querySelector('.aged .health-summary')).not.toBeNull();
});
