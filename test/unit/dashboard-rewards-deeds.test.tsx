// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Answers } from '../../src/contract/messages.ts';
import '../../src/dashboard/rewards/LinkHere.tsx';
import { claimed, queued, story, THEN } from './dashboard-rewards-scene.ts';
import { openDashboard, usd } from './dashboard-scene.tsx';
import { popupState } from './popup-scene.tsx';

// A page without layout has no rows in view.
beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(60);
  HTMLDialogElement.prototype.showModal ??= function show(this: HTMLDialogElement) {
    this.open = true;
  };
});
afterEach(() => {
  vi.restoreAllMocks();
});

const rowTexts = (root: HTMLElement) =>
  [...root.querySelectorAll('tr[data-index]')].map((row) => row.textContent ?? '');
const deedOf = (root: HTMLElement) => root.querySelector<HTMLElement>('[data-control=deed]');
const pageOf = (...rewards: Answers['queuePage']['rewards']): Answers['queuePage'] => ({
  rewards,
  after: null,
});
const nothing = { claimed: null, sent: null, credited: null, redeemed: null, noted: null };
const bob: Answers['participant'] = {
  ...{ accountId: 'acme', userId: 'bob', name: 'Bob Example', email: 'ann@example.com', link: null },
  ...{ customer: null, linkProblem: null, facts: {}, rewards: [], credited: [] },
};
const candidate: Answers['customers']['candidates'][number] = {
  ...{ id: 'cus_bob', name: 'Bob Example', email: 'ann@example.com', currency: 'USD', credit: null },
  ...{ createdAt: THEN, dashboardUrl: 'https://dashboard.stripe.com/customers/cus_bob', newest: null },
  ...{ evidence: ['email_exact'], warnings: [], linkedTo: [] },
};

test('trying a credited reward again leaves it credited, and says that it is tried', async () => {
  const row = claimed('l1', { state: 'credited', reason: 'redeem_pending' });
  const dashboard = await openDashboard(popupState(), '#/rewards', { ledger: { rows: [row], after: null } });
  await dashboard.click('Try again');
  expect(dashboard.asked()).toContainEqual(['retry', { reward: 'l1' }]);
  const [text] = rowTexts(dashboard.root);
  expect(text).toContain('Credited');
  expect(text).toContain('Is tried again.');
  expect(text).not.toContain('Ready');
});

test('what was done on a reward’s own page stands in the list that one comes back to', async () => {
  const waiting = story({ reward: 'q1', state: 'waiting', reason: 'not_linked', ...nothing });
  const dashboard = await openDashboard(popupState(), '#/rewards', {
    queuePage: pageOf(queued('q1')),
    story: waiting,
    participant: bob,
    holdRewards: { outcomes: [{ reward: 'q1', done: true }] },
  });
  expect(rowTexts(dashboard.root)[0]).toContain('Waiting');
  await dashboard.go('#/rewards/q1');
  await dashboard.do(() => undefined);
  await dashboard.click('Hold');
  dashboard.told.story = { ...waiting, state: 'held', reason: 'held_by_hand' };
  await dashboard.click('Hold 1 reward');
  await dashboard.go(dashboard.link('All rewards').getAttribute('href') ?? '');
  expect(rowTexts(dashboard.root)[0]).toMatch(/Held.*Release/);
  expect(rowTexts(dashboard.root)[0]).not.toContain('Waiting');
});

test('after linking on a reward’s page, what was linked, the way back and who it is now all stay', async () => {
  const waiting = story({ ...{ reward: 'q1', userId: 'bob' }, ...nothing });
  const dashboard = await openDashboard(popupState(), '#/rewards/q1?link=1', {
    story: { ...waiting, state: 'waiting', reason: 'not_linked' },
    participant: bob,
    customers: { candidates: [candidate] },
    link: { ...bob, link: 'cus_bob', customer: candidate },
  });
  for (let turns = 0; turns < 1000 && !dashboard.has('Link Bob Example'); turns++)
    await dashboard.do(() => undefined);
  dashboard.told.story = {
    ...waiting,
    state: 'held',
    reason: 'over_cap_reward',
    facts: { cap: '$5.00 USD' },
  };
  dashboard.told.participant = { ...bob, link: 'cus_bob', customer: candidate };
  await dashboard.click('Link Bob Example');
  await dashboard.do(() => undefined);
  expect(dashboard.has('Undo')).toBe(true);
  expect(dashboard.text()).toContain('Linked to Bob Example');
  // What is in the way by now has its own button beside it.
  expect(dashboard.has('Let it through')).toBe(true);
  const linked = [...dashboard.root.querySelectorAll('dt')].find(
    (one) => one.textContent === 'Linked now to',
  );
  expect(linked?.nextElementSibling?.textContent).toContain('cus_bob');
});

test('that a deed fits none of the chosen is said of those alone', async () => {
  const dashboard = await openDashboard(popupState(), '#/rewards', {
    ledger: { rows: [claimed('l1')], after: null },
    queuePage: pageOf(queued('q1', { since: THEN - 10 })),
  });
  const [first, second] = dashboard.root.querySelectorAll<HTMLInputElement>('tr[data-index] input');
  await dashboard.do(() => first?.click());
  await dashboard.click('Hold');
  expect(dashboard.text()).toContain('None of them can be held');
  await dashboard.do(() => second?.click());
  expect(dashboard.text()).toContain('2 rewards chosen.');
  expect(dashboard.text()).not.toContain('None of them can be held');
});

test('no question about money has a gap: the customer is asked about where it is known', async () => {
  const row = claimed('l1', { state: 'held', reason: 'currency_unset', credit: null });
  const held = story({ ...{ reward: 'l1', state: 'held', reason: 'currency_unset' }, credited: null });
  const facts = { customer: 'cus_now', currency: 'USD' };
  const dashboard = await openDashboard(popupState(), '#/rewards', {
    ledger: { rows: [row], after: null },
    story: { ...held, facts },
    participant: bob,
  });
  await dashboard.go(deedOf(dashboard.root)?.getAttribute('href') ?? '');
  await dashboard.do(() => undefined);
  await dashboard.do(() => deedOf(dashboard.root)?.click());
  expect(dashboard.root.querySelector('dialog')?.textContent).toContain('$20.00 USD goes to cus_now');
  const untold = await openDashboard(popupState(), '#/rewards/l1', { story: held, participant: bob });
  await untold.do(() => undefined);
  expect(untold.text()).toContain('What happened');
  expect(deedOf(untold.root)).toBeNull();
});

test('letting one through whose cap is not known says no other amount for it', async () => {
  const row = claimed('l1', { state: 'held', reason: 'over_cap_reward', credit: null });
  const dashboard = await openDashboard(popupState(), '#/rewards', { ledger: { rows: [row], after: null } });
  await dashboard.click('Let it through');
  const asked = dashboard.root.querySelector('dialog')?.textContent;
  expect(asked).toContain('Let $20.00 USD through?');
  expect(asked).toContain('The cap stays for all others');
});

test('copying the participant’s id says that it was copied', async () => {
  const writeText = vi.fn(async () => undefined);
  vi.spyOn(navigator, 'clipboard', 'get').mockReturnValue({ writeText } as Partial<Clipboard> as Clipboard);
  const dashboard = await openDashboard(popupState(), '#/rewards', {
    queuePage: pageOf(queued('q1', { state: 'held', reason: 'amount_invalid' })),
  });
  await dashboard.click('Copy participant ID');
  expect(writeText).toHaveBeenCalledWith('bob');
  const [row] = dashboard.root.querySelectorAll('tr[data-index]');
  expect(row?.querySelector('[role=status]')?.textContent).toBe('Copied');
});

test('releasing one asks as releasing many does, and only then does it', async () => {
  const dashboard = await openDashboard(popupState(), '#/rewards', {
    queuePage: pageOf(queued('q1', { state: 'held', reason: 'held_by_hand', money: usd(1500) })),
    holdRewards: { outcomes: [{ reward: 'q1', done: true }] },
  });
  await dashboard.click('Release');
  expect(dashboard.root.querySelector('dialog')?.textContent).toContain('Release 1 reward?');
  expect(dashboard.asked().some(([name]) => name === 'holdRewards')).toBe(false);
  await dashboard.click('Release 1 reward');
  expect(dashboard.asked()).toContainEqual(['holdRewards', { rewards: ['q1'], deed: 'release' }]);
  expect(rowTexts(dashboard.root)[0]).toMatch(/Ready.*Released\./);
});

test('looking for newer stands above the list, which grows beneath it', async () => {
  const dashboard = await openDashboard(popupState(), '#/rewards', { queuePage: pageOf(queued('q1')) });
  const table = dashboard.root.querySelector('table');
  const newer = dashboard.button('Look for newer');
  expect(table && newer.compareDocumentPosition(table) & Node.DOCUMENT_POSITION_FOLLOWING).toBeTruthy();
});
