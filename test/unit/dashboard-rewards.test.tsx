// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Answers, Request } from '../../src/contract/messages.ts';
import { dashboardHash } from '../../src/ui/dashboard-url.ts';
import { claimed, queued, THEN } from './dashboard-rewards-scene.ts';
import { openDashboard } from './dashboard-scene.tsx';
import { counts, popupState, problem } from './popup-scene.tsx';

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
  vi.useRealTimers();
});

const held = { state: 'held', reason: 'over_cap_reward', facts: { cap: '$5.00 USD' } } as const;
const ledger: Answers['ledger'] = {
  rows: [claimed('l1'), claimed('l2', { claimedAt: THEN - 20 })],
  after: null,
};
const queuePage: Answers['queuePage'] = {
  rewards: [queued('q1', { since: THEN - 10 }), queued('q2', { ...held, since: THEN - 30 })],
  after: null,
};
const both = { ledger, queuePage };
const rowTexts = (root: HTMLElement) =>
  [...root.querySelectorAll('tr[data-index]')].map((row) => row.textContent ?? '');
type Held = Request<'holdRewards'>;
const allDone = ({ rewards }: Held): Answers['holdRewards'] => ({
  outcomes: rewards.map((reward) => ({ reward, done: true })),
});
type Dashboard = Awaited<ReturnType<typeof openDashboard>>;
const choose = (dashboard: Dashboard, label: string) => dashboard.do(() => dashboard.box(label).click());
async function scroll(dashboard: Dashboard, top: number) {
  const scroller = dashboard.root.querySelector('.rw-list');
  await dashboard.do(() => {
    if (scroller) scroller.scrollTop = top;
    scroller?.dispatchEvent(new Event('scroll'));
  });
  await dashboard.do(() => undefined);
}
const pick = (dashboard: Dashboard, label: string, value: string) =>
  dashboard.do(() => {
    const labels = [...dashboard.root.querySelectorAll('label')];
    const id = labels.find(({ textContent }) => textContent === label)?.htmlFor;
    const select = dashboard.root.querySelector<HTMLSelectElement>(`#${CSS.escape(id ?? '')}`);
    if (!select) throw new Error(`Nothing is called “${label}”.`);
    select.value = value;
    select.dispatchEvent(new Event('change', { bubbles: true }));
  });

test('every reward stands in one table by time: state and reason in words, amount, who, customer, when', async () => {
  const dashboard = await openDashboard(popupState(), '#/rewards', both);
  const rows = rowTexts(dashboard.root);
  expect(rows.map((row) => /l1|l2|q1|q2/.exec(row)?.[0])).toEqual(['l1', 'q1', 'l2', 'q2']);
  expect(rows[0]).toMatch(/^\$20\.00 USDl1Redeemedannacmecus_ann.*ago$/);
  expect(rows[1]).toMatch(/Waiting.*Find customer.*The participant is not linked.*bob.*No customer yet/);
  expect(rows[3]).toMatch(/Held.*Let it through.*The reward is above the cap of \$5\.00 USD/);
  expect(dashboard.root.querySelector('tr[data-index] a')?.getAttribute('href')).toBe('#/rewards/l1');
  expect(dashboard.text()).toContain('those that this browser has found; another browser may know more');
  expect(dashboard.text()).toContain('4 rewards, all there are');
});

test('a hold of which only the ledger knows says why without a gap', async () => {
  const row = claimed('l1', { state: 'held', reason: 'stripe_refused', credit: null });
  const dashboard = await openDashboard(popupState(), '#/rewards', { ledger: { rows: [row], after: null } });
  expect(rowTexts(dashboard.root)[0]).toContain('HeldTry againStripe refused');
  expect(rowTexts(dashboard.root)[0]).not.toContain('…');
});

test('a deep link opens just these rewards, and a filter goes into the address', async () => {
  const hash = dashboardHash('rewards', undefined, { state: 'held', q: 'acme' });
  const dashboard = await openDashboard(popupState(), hash, both);
  expect(dashboard.asked()).toEqual([
    ['ledger', { q: 'acme', sort: 'newest', state: 'held' }],
    ['queuePage', { q: 'acme', sort: 'newest', state: 'held' }],
  ]);
  expect(dashboard.box('Search by ID').value).toBe('acme');
  await pick(dashboard, 'State', 'waiting');
  expect(location.hash).toBe('#/rewards?q=acme&state=waiting');
  expect(dashboard.asked().at(-1)).toEqual(['queuePage', { q: 'acme', sort: 'newest', state: 'waiting' }]);
  await dashboard.click('Clear filter');
  expect(location.hash).toBe('#/rewards');
});

test('what is typed is asked once, when somebody has stopped typing', async () => {
  const dashboard = await openDashboard(popupState(), '#/rewards', both);
  const before = dashboard.asked().length;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  await dashboard.type('Search by ID', 'cus_');
  await dashboard.type('Search by ID', 'cus_ann');
  await dashboard.do(() => vi.runAllTimers());
  expect(location.hash).toBe('#/rewards?q=cus_ann');
  const asked = dashboard.asked().slice(before);
  expect(asked).toEqual([
    ['ledger', { q: 'cus_ann', sort: 'newest' }],
    ['queuePage', { q: 'cus_ann', sort: 'newest' }],
  ]);
});

test('holding all that were read says how many and how much, leaves out what cannot be, and tells of each', async () => {
  const dashboard = await openDashboard(popupState(), '#/rewards', {
    ...both,
    holdRewards: ({ rewards }: Held) => ({
      outcomes: rewards.map((reward) =>
        reward === 'q1'
          ? { reward, done: true }
          : { reward, done: false, problem: problem('already_claimed') },
      ),
    }),
  });
  await choose(dashboard, 'Choose all rewards that were read so far');
  expect(dashboard.text()).toContain('4 rewards chosen.');
  await dashboard.click('Hold');
  const dialog = dashboard.root.querySelector('dialog')?.textContent;
  expect(dialog).toContain('Hold 2 rewards?');
  expect(dialog).toContain('2 rewards ($30.00 USD)');
  expect(dialog).toContain('2 of the 4 chosen are left out');
  expect(dialog).toContain('Test mode, Stripe account Aviato');
  expect(dashboard.asked().some(([name]) => name === 'holdRewards')).toBe(false);
  await dashboard.click('Hold 2 rewards');
  expect(dashboard.asked().at(-1)).toEqual(['holdRewards', { rewards: ['q1', 'q2'], deed: 'hold' }]);
  expect(dashboard.text()).toContain('1 reward is held. 1 was refused.');
  const rows = rowTexts(dashboard.root);
  expect(rows[1]).toMatch(/Held.*Release.*An admin holds this reward back.*Held by you\./);
  expect(rows[3]).toContain(problem('already_claimed').title);
});

test('a deed that means nothing for what is chosen says so, and asks nobody', async () => {
  const dashboard = await openDashboard(popupState(), '#/rewards', both);
  const [box] = dashboard.root.querySelectorAll<HTMLInputElement>('tr[data-index] input');
  await dashboard.do(() => box?.click());
  await dashboard.click('Release');
  expect(dashboard.text()).toContain('None of them is held or dismissed by an admin.');
  expect(dashboard.root.querySelector('dialog')).toBeNull();
});

test('an outage in the middle keeps what was done, and resuming does the rest', async () => {
  const rewards = Array.from({ length: 100 }, (_, at) => queued(`q${at}`, { since: THEN - at }));
  const more = queued('last', { since: THEN - 500 });
  let outage = false;
  const dashboard = await openDashboard(popupState(), '#/rewards?state=waiting', {
    queuePage: { rewards: [...rewards, more], after: null },
    retryRewards: (request: Request<'retryRewards'>) => {
      if (outage) return problem('proxy_unreachable');
      outage = true;
      return allDone({ ...request, deed: 'hold' });
    },
  });
  await scroll(dashboard, 10_000);
  await choose(dashboard, 'Choose all rewards that were read so far');
  await dashboard.click('Try again');
  await dashboard.click('Try 101 rewards again');
  expect(dashboard.text()).toContain('100 rewards are tried again. 1 is left.');
  expect(dashboard.root.querySelector('progress')?.value).toBe(100);
  outage = false;
  await dashboard.click('Resume');
  expect(dashboard.text()).toContain('101 rewards are tried again.');
  await dashboard.click('Close');
  expect(dashboard.text()).not.toContain('101 rewards are tried again.');
});

test('support reads everything and is offered no deed that is an admin’s', async () => {
  const dashboard = await openDashboard(popupState({ role: 'support' }), '#/rewards', both);
  expect(dashboard.root.querySelector('input[type=checkbox]')).toBeNull();
  expect(rowTexts(dashboard.root)[3]).toContain('An admin has to do this.');
  expect(dashboard.link('Find customer').getAttribute('href')).toBe('#/rewards/q1?link=1');
});

test('letting one through above the cap asks once more and then does it', async () => {
  const dashboard = await openDashboard(popupState(), '#/rewards', both);
  await dashboard.click('Let it through');
  expect(dashboard.root.querySelector('dialog')?.textContent).toContain('Let $15.00 USD through?');
  expect(dashboard.asked().some(([name]) => name === 'releaseCap')).toBe(false);
  await dashboard.click('Let it through once');
  expect(dashboard.asked()).toContainEqual(['releaseCap', { reward: 'q2' }]);
  expect(rowTexts(dashboard.root)[3]).toContain('Ready');
});

test('the next page is read as the end comes near, and no row is asked for twice', async () => {
  const pageFrom = (from: number): Answers['queuePage'] => ({
    rewards: Array.from({ length: 100 }, (_, at) => queued(`q${from + at}`, { since: THEN - from - at })),
    after: from < 200 ? `${THEN}:q${from + 100}` : null,
  });
  const dashboard = await openDashboard(popupState(), '#/rewards?state=waiting', {
    queuePage: ({ after }: Request<'queuePage'>) => pageFrom(Number(after?.split(':q')[1] ?? 0)),
  });
  expect(dashboard.text()).toContain('100 rewards read so far');
  expect(dashboard.root.querySelectorAll('tr[data-index]').length).toBeLessThan(30);
  await scroll(dashboard, 10_000);
  expect(dashboard.text()).toContain('200 rewards read so far');
  await scroll(dashboard, 20_000);
  expect(dashboard.text()).toContain('300 rewards, all there are');
  expect(dashboard.asked().filter(([name]) => name === 'queuePage')).toHaveLength(3);
});

test('arrow keys lead from row to row and along a row', async () => {
  const dashboard = await openDashboard(popupState(), '#/rewards', both);
  const [box] = dashboard.root.querySelectorAll<HTMLElement>('tr[data-index] [data-control]');
  box?.focus();
  const press = (key: string) =>
    dashboard.do(() =>
      document.activeElement?.dispatchEvent(
        new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }),
      ),
    );
  await press('ArrowDown');
  await press('ArrowRight');
  expect(document.activeElement?.getAttribute('href')).toBe('#/rewards/q1');
  await press('ArrowRight');
  expect(document.activeElement?.textContent).toBe('Find customer');
  // A row without a button keeps the focus on what it has.
  await press('ArrowUp');
  expect(document.activeElement?.closest('tr')?.textContent).toContain('l1');
});

test('nothing there, nothing that fits, and a failure are each said, with a way on', async () => {
  const empty = await openDashboard(popupState(), '#/rewards');
  expect(empty.text()).toContain('No reward yet.');
  const narrowed = await openDashboard(popupState(), '#/rewards?state=held');
  expect(narrowed.text()).toContain('No reward fits this filter.');
  const failed = await openDashboard(popupState(), '#/rewards', { ledger: problem('proxy_unreachable') });
  expect(failed.root.querySelector('[role=alert]')?.textContent).toContain('could not be reached');
  failed.told.ledger = ledger;
  await failed.click('Read on');
  expect(rowTexts(failed.root)).toHaveLength(2);
});

test('closing the tab in the middle of a deed asks first', async () => {
  let answer: (value: Answers['holdRewards']) => void = () => undefined;
  const dashboard = await openDashboard(popupState({ queue: { counts: counts({ held: 1 }) } }), '#/rewards', {
    ...both,
    holdRewards: () =>
      new Promise<Answers['holdRewards']>((resolve) => {
        answer = resolve;
      }),
  });
  await choose(dashboard, 'Choose all rewards that were read so far');
  await dashboard.click('Dismiss');
  await dashboard.click('Dismiss 2 rewards');
  const leaving = new Event('beforeunload', { cancelable: true });
  dispatchEvent(leaving);
  expect(leaving.defaultPrevented).toBe(true);
  await dashboard.do(() => answer(allDone({ rewards: ['q1', 'q2'], deed: 'dismiss' })));
  expect(rowTexts(dashboard.root)[1]).toContain('Dismissed');
  const later = new Event('beforeunload', { cancelable: true });
  dispatchEvent(later);
  expect(later.defaultPrevented).toBe(false);
});

test('leaving the mode pauses a deed after the batch under way, and coming back resumes it', async () => {
  const here = popupState({ queue: { counts: counts({ held: 101 }) } });
  let answer: () => void = () => undefined;
  const dashboard = await openDashboard(here, '#/rewards', {
    queuePage: ({ after }: Request<'queuePage'>) =>
      after === undefined
        ? { rewards: Array.from({ length: 100 }, (_, at) => queued(`q${at}`, held)), after: '1:q99' }
        : { rewards: [queued('q100', held)], after: null },
    holdRewards: (request: Held) =>
      new Promise<Answers['holdRewards']>((resolve) => {
        answer = () => resolve(allDone(request));
      }),
  });
  const sent = () => dashboard.asked().filter(([name]) => name === 'holdRewards').length;
  await scroll(dashboard, 10_000);
  await choose(dashboard, 'Choose all rewards that were read so far');
  await dashboard.click('Dismiss');
  await dashboard.click('Dismiss 101 rewards');
  await dashboard.announce({ ...here, mode: 'live' });
  await dashboard.do(() => answer());
  expect(sent()).toBe(1);
  await dashboard.announce(here);
  expect(dashboard.text()).toContain('100 rewards are dismissed. 1 is left.');
  await dashboard.click('Resume');
  await dashboard.do(() => answer());
  expect(sent()).toBe(2);
  expect(dashboard.text()).toContain('101 rewards are dismissed.');
});
