// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { openDashboard } from './dashboard-scene.tsx';
import { notPaired, popupState, problem } from './popup-scene.tsx';

test.each(['#/take-back', '#/take-back/r1', '#/limits', '#/reconcile'])(
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

test('a restricted key, which may not ask for its account, is connected all the same', async () => {
  const byKey = { via: 'restricted_key', account: null, accountName: null } as const;
  const dashboard = await openDashboard(popupState({ stripe: byKey }), '#/limits');
  expect(dashboard.text()).toContain('Test mode, Stripe account behind the proxy’s restricted key');
  const lost = await openDashboard(popupState({ stripe: { ...byKey, connected: false } }), '#/limits');
  expect(lost.text()).toContain('Test mode, no Stripe account connected');
  expect(lost.root.querySelector('header')?.textContent).toContain('Not connected');
});

test('the address says which view is open, and an unknown one opens the first', async () => {
  const dashboard = await openDashboard(popupState(), '#/nowhere');
  const current = () => dashboard.root.querySelector('[aria-current=page]')?.textContent;
  expect(current()).toBe('Take back');
  await dashboard.go('#/limits');
  expect(current()).toBe('Limits');
  expect(document.title).toBe('Limits · Advocate Credits for Stripe');
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
  const dashboard = await openDashboard(offline, '#/limits');
  expect(dashboard.root.querySelector('[role=alert]')?.textContent).toContain('could not be reached');
  expect(dashboard.text()).toContain('Most per reward');
  dashboard.told.refresh = popupState();
  await dashboard.click('Try again');
  expect(dashboard.root.querySelector('[role=alert]')).toBeNull();
});

test('a proxy that never answered leaves the reason and a way on', async () => {
  const gone = popupState({ top: { session: null, sessionAt: null, problem: problem('proxy_unreachable') } });
  const dashboard = await openDashboard(gone, '#/limits');
  expect(dashboard.has('Try again')).toBe(true);
});

test('a silent worker is an error with a way on, not an empty page', async () => {
  const dashboard = await openDashboard(popupState(), '#/limits', { state: problem('message_unknown') });
  expect(dashboard.root.querySelector('[role=alert]')?.textContent).toContain('message_unknown');
  delete dashboard.told.state;
  await dashboard.click('Try again');
  expect(dashboard.text()).toContain('Caps');
});

test('another mode begins the view anew', async () => {
  const dashboard = await openDashboard(popupState(), '#/take-back');
  const before = dashboard.asked().length;
  await dashboard.announce(popupState({ mode: 'live' }));
  await dashboard.do(() => undefined);
  expect(dashboard.asked().length).toBe(2 * before);
  expect(dashboard.text()).toContain('Live mode');
});
