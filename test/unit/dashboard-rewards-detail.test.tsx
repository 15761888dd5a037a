// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest';
import type { Answers } from '../../src/contract/messages.ts';
// Loaded beforehand, so that a turn or two is all that the view's own import takes.
import '../../src/dashboard/rewards/LinkHere.tsx';
import { queued, story, THEN } from './dashboard-rewards-scene.ts';
import { entry, openDashboard } from './dashboard-scene.tsx';
import { popupState, problem } from './popup-scene.tsx';

beforeEach(() => {
  HTMLDialogElement.prototype.showModal ??= function show(this: HTMLDialogElement) {
    this.open = true;
  };
});

const usd = (amount: number) => ({ amount, currency: 'USD' });
const participant: Answers['participant'] = {
  ...{ accountId: 'acme', userId: 'ann', name: 'Ann Example', email: 'ann@example.com', link: 'cus_ann' },
  ...{ customer: null, linkProblem: null, facts: {}, rewards: [], credited: [] },
};
const rewardLanding: Answers['rewardLanding'] = {
  credits: [
    {
      ...{ reward: 'r1', credit: 'cbtxn_r1', customer: 'cus_ann', money: usd(2000), creditedAt: THEN },
      uses: [
        {
          ...{ kind: 'invoice', money: usd(1500), at: Date.UTC(2026, 4, 3, 12), invoice: 'in_1' },
          ...{ invoiceUrl: 'https://dashboard.stripe.com/invoices/in_1', transaction: 'cbtxn_use' },
        },
      ],
      ...{ left: usd(500), gap: null },
    },
  ],
  more: false,
};
const told = { story: story(), participant, rewardLanding };
const steps = (root: HTMLElement) =>
  [...root.querySelectorAll('.rw-step')].map((step) => [
    step.querySelector('.item-title')?.textContent,
    step.className.replace('rw-step', '').trim(),
  ]);

test('a reward’s whole story stands in one column, down to the invoice that used it and what is left', async () => {
  const dashboard = await openDashboard(popupState(), '#/rewards/r1', told);
  await dashboard.do(() => undefined);
  expect(steps(dashboard.root).map(([title]) => title)).toEqual([
    ...['Earned', 'Found by a browser', 'Claimed', 'Sent to Stripe', 'Credited', 'Redeemed in Advocate'],
    ...['Noted in Advocate', 'Where it went'],
  ]);
  expect(steps(dashboard.root).every(([, kind]) => kind === 'rw-step-done')).toBe(true);
  const text = dashboard.text();
  expect(text).toContain('by Mara’s Chrome');
  expect(text).toMatch(/\$0\.00 USD.*→.*\$20\.00 USD/);
  expect(text).toContain('cbtxn_r1');
  expect(text).toContain('req_1');
  expect(text).toContain('$15.00 USD used on the invoice of May 3, 2026, $5.00 USD left');
  expect(dashboard.link('Open in Stripe').getAttribute('href')).toMatch(/customers\/cus_ann$/);
});

test('a credit that no invoice has used yet is told as such, and its step is not done', async () => {
  const unused = rewardLanding.credits.map((one) => ({ ...one, uses: [], left: one.money }));
  const dashboard = await openDashboard(popupState(), '#/rewards/r1', {
    ...told,
    rewardLanding: { credits: unused, more: false },
  });
  await dashboard.do(() => undefined);
  expect(steps(dashboard.root).at(-1)).toEqual(['Where it went', '']);
  expect(dashboard.text()).toContain('Not used yet. Stripe takes it off the next invoice.');
});

test('the name is looked up for whoever looks at this one, and its failure hides nothing', async () => {
  const dashboard = await openDashboard(popupState(), '#/rewards/r1', told);
  await dashboard.do(() => undefined);
  const who = [...dashboard.root.querySelectorAll('dt')].find((one) => one.textContent === 'Participant');
  const lines = [...(who?.nextElementSibling?.children ?? [])].map((one) => one.textContent);
  expect(lines).toEqual(['Ann Example', 'ann@example.com', expect.stringContaining('ann')]);
  const unknown = await openDashboard(popupState(), '#/rewards/r1', {
    ...told,
    participant: problem('advocate_unreachable'),
  });
  await unknown.do(() => undefined);
  expect(unknown.text()).toContain('The name could not be looked up.');
  expect(unknown.text()).toContain('cbtxn_r1');
});

test('what has not happened is shown as not yet, and what is in the way has its one button', async () => {
  const nothing = { claimed: null, sent: null, credited: null, redeemed: null, noted: null };
  const dashboard = await openDashboard(popupState(), '#/rewards/q1', {
    story: story({
      reward: 'q1',
      state: 'held',
      reason: 'stripe_refused',
      facts: { detail: 'No.' },
      ...nothing,
    }),
    queuePage: { rewards: [queued('q1')], after: null },
    participant,
  });
  await dashboard.do(() => undefined);
  expect(
    steps(dashboard.root)
      .filter(([, kind]) => kind === 'rw-step-done')
      .map(([title]) => title),
  ).toEqual(['Earned', 'Found by a browser']);
  expect(dashboard.text().match(/not yet/g)).toHaveLength(6);
  expect(dashboard.text()).toContain('Stripe refused the credit: “No.”');
  expect(dashboard.text()).toContain('Correct the cause, then try again.');
  await dashboard.click('Try again');
  expect(dashboard.asked()).toContainEqual(['retry', { reward: 'q1' }]);
  // Told anew after the deed.
  expect(dashboard.asked().filter(([name]) => name === 'story')).toHaveLength(2);
  expect(dashboard.asked().some(([name]) => name === 'rewardLanding')).toBe(false);
});

test('a credit whose outcome nobody knows, and one that was taken back, are told as such', async () => {
  const unknown = await openDashboard(popupState(), '#/rewards/r1', {
    ...told,
    story: story({
      ...{ state: 'waiting', reason: 'outcome_unknown', credited: null, redeemed: null, noted: null },
      sent: { first: THEN, last: THEN + 60_000, unknown: true, refusal: null },
    }),
  });
  await unknown.do(() => undefined);
  expect(steps(unknown.root)).toContainEqual(['Sent to Stripe', 'rw-step-bad']);
  const back = await openDashboard(popupState(), '#/rewards/r1', {
    ...told,
    story: story({
      state: 'reversed',
      reversal: {
        ...{ reward: 'r1', accountId: 'acme', userId: 'ann', unit: 'STRIPE/USD', customer: 'cus_ann' },
        ...{
          credit: 'cbtxn_r1',
          money: usd(2000),
          cause: 'wrong_customer',
          linkedTo: null,
          state: 'reversed',
        },
        ...{ reason: null, unspent: null, reversed: usd(1500), transaction: 'cbtxn_2', debit: usd(500) },
        ...{ proposedAt: THEN, decidedAt: THEN, decidedBy: 'Mara’s Chrome' },
      },
    }),
  });
  await back.do(() => undefined);
  expect(back.text()).toContain('$15.00 USD was taken back.');
  expect(back.text()).toContain('the customer owes $5.00 USD');
  expect(back.link('Show what was decided').getAttribute('href')).toBe('#/take-back/r1');
});

test('an admin holds one reward after one more question, and support is not offered it', async () => {
  const nothing = { claimed: null, sent: null, credited: null, redeemed: null, noted: null };
  const waiting = { story: story({ state: 'waiting', reason: 'not_linked', ...nothing }), participant };
  const dashboard = await openDashboard(popupState(), '#/rewards/r1', {
    ...waiting,
    holdRewards: { outcomes: [{ reward: 'r1', done: true }] },
  });
  await dashboard.click('Hold');
  expect(dashboard.root.querySelector('dialog')?.textContent).toContain('$20.00 USD');
  await dashboard.click('Hold 1 reward');
  expect(dashboard.asked()).toContainEqual(['holdRewards', { rewards: ['r1'], deed: 'hold' }]);
  const support = await openDashboard(popupState({ role: 'support' }), '#/rewards/r1', waiting);
  expect(support.has('Hold')).toBe(false);
  expect(support.link('Find customer').getAttribute('href')).toBe('#/rewards/r1?link=1');
});

const unlinked: Answers['participant'] = { ...participant, userId: 'bob', name: 'Bob Example', link: null };
const candidate: Answers['customers']['candidates'][number] = {
  ...{ id: 'cus_bob', name: 'Bob Example', email: 'ann@example.com', currency: 'USD', credit: null },
  ...{ createdAt: THEN, dashboardUrl: 'https://dashboard.stripe.com/customers/cus_bob', newest: null },
  ...{ evidence: ['email_exact'], warnings: [], linkedTo: [] },
};

test('a participant is linked in place: the customer that was seen, and the reward told anew', async () => {
  const waiting = story({
    ...{ reward: 'q1', userId: 'bob', state: 'waiting', reason: 'not_linked', sent: null },
    ...{ claimed: null, credited: null, redeemed: null, noted: null },
  });
  const dashboard = await openDashboard(popupState(), '#/rewards/q1', {
    story: waiting,
    participant: unlinked,
    customers: { candidates: [candidate] },
    link: { ...unlinked, link: 'cus_bob', customer: candidate },
  });
  expect(dashboard.asked().some(([name]) => name === 'customers')).toBe(false);
  await dashboard.go(dashboard.link('Find customer').getAttribute('href') ?? '');
  for (let turns = 0; turns < 1000 && !dashboard.has('Link Bob Example'); turns++)
    await dashboard.do(() => undefined);
  expect(dashboard.asked()).toContainEqual([
    'customers',
    { q: 'ann@example.com', participant: { accountId: 'acme', userId: 'bob' } },
  ]);
  // One button at a time: the one that opened this is gone while it stands.
  expect([...dashboard.root.querySelectorAll('a')].map((one) => one.textContent)).not.toContain(
    'Find customer',
  );
  dashboard.told.story = { ...waiting, state: 'ready', reason: null };
  await dashboard.click('Link Bob Example');
  await dashboard.do(() => undefined);
  expect(dashboard.asked()).toContainEqual([
    'link',
    { accountId: 'acme', userId: 'bob', customer: 'cus_bob', previous: null },
  ]);
  expect(dashboard.asked().filter(([name]) => name === 'story')).toHaveLength(2);
  expect(dashboard.root.querySelector('.badge')?.textContent).toBe('Ready');
  expect(dashboard.text()).not.toContain('The participant is not linked');
});

test('an id is copied by its button, and the button says that it was', async () => {
  const writeText = vi.fn(async () => undefined);
  vi.spyOn(navigator, 'clipboard', 'get').mockReturnValue({ writeText } as Partial<Clipboard> as Clipboard);
  const dashboard = await openDashboard(popupState(), '#/rewards/r1', told);
  await dashboard.click('Copy: Credit');
  expect(writeText).toHaveBeenCalledWith('cbtxn_r1');
  expect(dashboard.text()).toContain('Copied');
  vi.restoreAllMocks();
});

test('the history stands below, and older entries are one click away', async () => {
  const dashboard = await openDashboard(popupState(), '#/rewards/r1', {
    ...told,
    story: story({ history: { entries: [entry(7, { subject: 'r1' })], before: '7' } }),
  });
  expect(dashboard.text()).toContain('Ana’s Chrome credited a reward');
  expect(dashboard.link('Older entries').getAttribute('href')).toBe('#/audit/r1');
});

test('a reward that nobody knows, and an Advocate that is silent, are said with a way on', async () => {
  const gone = await openDashboard(popupState(), '#/rewards/nope', { story: problem('not_found') });
  expect(gone.root.querySelector('[role=alert]')?.textContent).toContain('There is nothing here.');
  gone.told.story = story();
  await gone.click('Try again');
  expect(gone.text()).toContain('What happened');
  const silent = await openDashboard(popupState(), '#/rewards/r1', {
    ...told,
    story: story({ problem: problem('advocate_unreachable'), advocate: null }),
  });
  expect(silent.root.querySelector('[role=alert]')?.textContent).toContain('Advocate');
  expect(silent.text()).toContain('cbtxn_r1');
});
