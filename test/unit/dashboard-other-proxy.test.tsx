// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest';
import type { LinkWish } from '../../src/contract/linking.ts';
import type { Answers, PopupState } from '../../src/contract/messages.ts';
import { claimed } from './dashboard-rewards-scene.ts';
import { openDashboard, summary } from './dashboard-scene.tsx';
import { deskBefore, gate, match, outcomeOf, person, settled } from './dashboard-unlinked-scene.ts';
import { notPaired, popupState } from './popup-scene.tsx';

// A page without layout has no rows in view.
beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(60);
});

const other = (): PopupState =>
  popupState({
    stripe: { account: 'acct_B', accountName: 'Other Ltd' },
    top: { paired: { proxy: 'https://b.example.com', role: 'admin', browserName: 'Ana’s Chrome' } },
  });
type Dashboard = Awaited<ReturnType<typeof openDashboard>>;
/** In the popup, while the dashboard stays open in its tab. */
async function pairWithOther(dashboard: Dashboard) {
  await dashboard.announce(notPaired());
  await dashboard.announce(other());
  await dashboard.do(() => undefined);
}

test('rewards of one proxy are never shown as another’s', async () => {
  const rows = (reward: string): Answers['ledger'] => ({ rows: [claimed(reward)], after: null });
  const dashboard = await openDashboard(popupState(), '#/rewards', { ledger: rows('of_the_first') });
  expect(dashboard.text()).toContain('of_the_first');
  dashboard.told.ledger = rows('of_the_other');
  await pairWithOther(dashboard);
  expect(dashboard.text()).toContain('Other Ltd (acct_B)');
  expect(dashboard.text()).toContain('of_the_other');
  expect(dashboard.text()).not.toContain('of_the_first');
});

test('“Everything matches” is said only of the proxy that was asked, also where it answers late', async () => {
  const late = Promise.withResolvers<Answers['reconcile']>();
  const matches = { summary: summary(), differences: [] };
  const dashboard = await openDashboard(popupState(), '#/reconcile', { reconcile: matches });
  await dashboard.click('Reconcile now');
  dashboard.told.reconcile = late.promise;
  await dashboard.click('Reconcile again');
  await pairWithOther(dashboard);
  await dashboard.do(() => late.resolve(matches));
  expect(dashboard.text()).not.toContain('Everything matches');
  expect(dashboard.has('Reconcile now')).toBe(true);
});

test('settings that were typed for one proxy are not laid over another’s', async () => {
  const dashboard = await openDashboard(popupState(), '#/settings');
  await dashboard.type('Most per day (USD)', '200');
  await pairWithOther(dashboard);
  expect(dashboard.box('Most per day (USD)').value).toBe('');
});

test('who waits is read anew from the other proxy', async () => {
  const waiting = (name: string): Answers['unlinked'] => ({ participants: [person(name)], after: null });
  const dashboard = await openDashboard(popupState(), '#/unlinked', {
    unlinked: waiting('anna'),
    matches: { matches: [] },
  });
  expect(dashboard.text()).toContain('anna');
  dashboard.told.unlinked = waiting('bert');
  await pairWithOther(dashboard);
  expect(dashboard.text()).toContain('bert');
  expect(dashboard.text()).not.toContain('anna');
});

test('a linking under way with one proxy does not go on with another', async () => {
  const first = gate<Answers['linkMany']>();
  const sent: LinkWish[][] = [];
  const people = Array.from({ length: 30 }, (_, at) => person(`p${at}`));
  const { desk } = deskBefore({
    unlinked: () => ({ participants: people, after: null }),
    matches: ({ participants }) => ({
      matches: participants.map((one) => match(one, [`cus_${one.userId}`])),
    }),
    linkMany: ({ links }) => {
      sent.push(links);
      return first.opened;
    },
  });
  desk.enter();
  await settled();
  desk.matcher.findAll();
  await settled();
  desk.link();
  await settled();
  desk.forget();
  first.open({ outcomes: (sent[0] ?? []).map((wish) => outcomeOf(wish)) });
  await settled();
  expect(sent).toHaveLength(1);
  expect([desk.run.value?.tally.value, desk.selected.value]).toEqual([undefined, []]);
});
