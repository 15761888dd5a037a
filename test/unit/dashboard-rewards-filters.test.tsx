// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { queued } from './dashboard-rewards-scene.ts';
import { openDashboard } from './dashboard-scene.tsx';
import { popupState } from './popup-scene.tsx';

// A page without layout has no rows in view.
beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(60);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const told = { queuePage: { rewards: [queued('q1')], after: null } };
type Dashboard = Awaited<ReturnType<typeof openDashboard>>;
const control = (dashboard: Dashboard, label: string) => {
  const labels = [...dashboard.root.querySelectorAll('label')];
  const id = labels.find(({ textContent }) => textContent === label)?.htmlFor ?? '';
  const found = dashboard.root.querySelector<HTMLInputElement | HTMLSelectElement>(`#${CSS.escape(id)}`);
  if (!found) throw new Error(`Nothing is called “${label}”.`);
  return found;
};
const set = (dashboard: Dashboard, label: string, value: string) =>
  dashboard.do(() => {
    const found = control(dashboard, label);
    found.value = value;
    found.dispatchEvent(new Event('change', { bubbles: true }));
  });

test('a filter that is chosen while a search is pending stays when the search begins', async () => {
  const dashboard = await openDashboard(popupState(), '#/rewards', told);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  await dashboard.type('Search by ID', 'cus_ann');
  await set(dashboard, 'State', 'held');
  await dashboard.do(() => vi.runAllTimers());
  expect(location.hash).toBe('#/rewards?q=cus_ann&state=held');
});

test('a filter that is cleared while a search is pending stays cleared', async () => {
  const dashboard = await openDashboard(popupState(), '#/rewards?state=held', told);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  await dashboard.type('Search by ID', 'cus_ann');
  await dashboard.click('Clear filter');
  await dashboard.do(() => vi.runAllTimers());
  expect(location.hash).toBe('#/rewards');
  expect(dashboard.box('Search by ID').value).toBe('');
});

test('a year that is being typed asks nobody until it is one, and nothing of it is lost', async () => {
  const dashboard = await openDashboard(popupState(), '#/rewards', told);
  const before = dashboard.asked().length;
  for (const typed of ['0002-11-23', '0020-11-23', '0202-11-23']) {
    await set(dashboard, 'From (UTC)', typed);
    expect(control(dashboard, 'From (UTC)').value).toBe(typed);
  }
  expect(dashboard.asked()).toHaveLength(before);
  expect(location.hash).toBe('#/rewards');
  await set(dashboard, 'From (UTC)', '2026-11-23');
  expect(location.hash).toBe('#/rewards?from=2026-11-23');
  // What was left unfinished is not shown as if it narrowed the list.
  await set(dashboard, 'From (UTC)', '0002-11-23');
  await dashboard.do(() => control(dashboard, 'From (UTC)').dispatchEvent(new Event('blur')));
  expect(control(dashboard, 'From (UTC)').value).toBe('2026-11-23');
  await set(dashboard, 'From (UTC)', '');
  expect(location.hash).toBe('#/rewards');
});

test('what an address says of days that never were narrows nothing', async () => {
  const dashboard = await openDashboard(popupState(), '#/rewards?from=0002-11-23&until=2026-02-31', told);
  expect(dashboard.asked()).toEqual([
    ['ledger', { sort: 'newest' }],
    ['queuePage', { sort: 'newest' }],
  ]);
});
