// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { openDashboard } from './dashboard-scene.tsx';
import { notPaired, popupState, problem } from './popup-scene.tsx';

test.each(['#/take-back', '#/take-back/r1', '#/settings', '#/reconcile', '#/rewards', '#/overview'])(
  'mode and account stand in words above %s',
  async (hash) => {
    const dashboard = await openDashboard(popupState({ mode: 'live' }), hash, {
      reversal: problem('not_found'),
    });
    expect(dashboard.root.querySelector('.title')?.textContent).toContain(
      'Live mode, Stripe account Aviato (acct_1)',
    );
    expect(dashboard.root.querySelector('header')?.textContent).toMatch(
      /Aviato \(acct_1\).*test_tenant.*admin, “Ana’s Chrome”/,
    );
  },
);

test.each(['#/team', '#/audit'])('%s is of both modes, and names no one account', async (hash) => {
  const dashboard = await openDashboard(popupState(), hash, { team: { members: [], waiting: [] } });
  expect(dashboard.root.querySelector('.title p')?.textContent).toBe('Both modes');
});

test('a restricted key, which may not ask for its account, is connected all the same', async () => {
  const byKey = { via: 'restricted_key', account: null, accountName: null } as const;
  const dashboard = await openDashboard(popupState({ stripe: byKey }), '#/settings');
  expect(dashboard.text()).toContain('Test mode, the Stripe account of the proxy’s restricted key');
  const lost = await openDashboard(popupState({ stripe: { ...byKey, connected: false } }), '#/settings');
  expect(lost.text()).toContain('Test mode, no Stripe account connected');
  expect(lost.root.querySelector('header')?.textContent).toContain('Not connected');
});

test('the address says which view is open, and an unknown one opens the first', async () => {
  const dashboard = await openDashboard(popupState(), '#/nowhere');
  const current = () => dashboard.root.querySelector('[aria-current=page]')?.textContent;
  expect(current()).toBe('Overview');
  await dashboard.go('#/settings');
  expect(current()).toBe('Settings');
  expect(document.title).toBe('Settings · Advocate Credits for Stripe');
});

test('a browser that is not paired is told how to pair, and is asked nothing', async () => {
  const dashboard = await openDashboard(notPaired(), '#/take-back');
  expect(dashboard.text()).toContain('This browser is not paired');
  expect(dashboard.asked()).toEqual([]);
  await dashboard.announce(popupState());
  await dashboard.do(() => undefined);
  expect(dashboard.text()).toContain('Nothing is proposed.');
});

test('a proxy that cannot be reached is said above what is still known, with a way on', async () => {
  const offline = popupState({ top: { problem: problem('proxy_unreachable') } });
  const dashboard = await openDashboard(offline, '#/settings');
  expect(dashboard.root.querySelector('[role=alert]')?.textContent).toContain('could not be reached');
  expect(dashboard.text()).toContain('Most per reward');
  dashboard.told.refresh = popupState();
  await dashboard.click('Try again');
  expect(dashboard.root.querySelector('[role=alert]')).toBeNull();
});

test('a proxy that never answered leaves the reason and a way on', async () => {
  const gone = popupState({ top: { session: null, sessionAt: null, problem: problem('proxy_unreachable') } });
  const dashboard = await openDashboard(gone, '#/settings');
  expect(dashboard.has('Try again')).toBe(true);
});

test('a silent worker is an error with a way on, not an empty page', async () => {
  const dashboard = await openDashboard(popupState(), '#/settings', { state: problem('message_unknown') });
  expect(dashboard.root.querySelector('[role=alert]')?.textContent).toContain('message_unknown');
  delete dashboard.told.state;
  await dashboard.click('Try again');
  expect(dashboard.text()).toContain('Caps');
});

test.each(['#/constructor', '#/limits'])('%s is no view, and opens the first', async (hash) => {
  const dashboard = await openDashboard(popupState(), hash);
  expect(dashboard.root.querySelector('h2')?.textContent).toBe('Overview');
});

test('another mode begins the view anew', async () => {
  const dashboard = await openDashboard(popupState(), '#/take-back');
  const before = dashboard.asked().length;
  await dashboard.announce(popupState({ mode: 'live' }));
  await dashboard.do(() => undefined);
  expect(dashboard.asked().length).toBe(2 * before);
  expect(dashboard.text()).toContain('Live mode');
});
