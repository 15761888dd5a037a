// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import type { Answers } from '../../src/contract/messages.ts';
import { openDashboard, summary, usd } from './dashboard-scene.tsx';
import { popupState, problem } from './popup-scene.tsx';

test('one sentence says that everything matches, in which mode and account', async () => {
  const dashboard = await openDashboard(popupState(), '#/reconcile', {
    reconcile: { summary: summary(), differences: [] },
  });
  await dashboard.click('Reconcile now');
  expect(dashboard.root.querySelector('.verdict')?.textContent).toMatch(
    /Everything matches: 4 rewards and 4 transactions.*Test mode.*test_tenant.*acct_1.*1 minute 5 seconds/,
  );
  expect(dashboard.root.querySelector('table')).toBeNull();
});

test('differences are counted, explained and listed, the first of many', async () => {
  const findings = { ...summary().findings, matched: 3, wrong_amount: 600 };
  const dashboard = await openDashboard(popupState(), '#/reconcile', {
    reconcile: {
      summary: summary({ findings, rewards: 603, transactions: 603, reversed: [usd(500)] }),
      differences: [
        {
          reward: 'r1',
          finding: 'wrong_amount',
          customer: 'cus_1',
          credit: 'cbtxn_1',
          money: usd(1900),
          detail: 'The reward is $20.00 USD.',
        },
        {
          reward: 'r2',
          finding: 'wrong_amount',
          customer: 'cus_1',
          credit: 'cbtxn_3',
          money: usd(1900),
          detail: 'In English.',
          why: { code: 'credit_amount', facts: { credit: 'cbtxn_3', is: '19.00 USD', ledger: '20.00 USD' } },
        },
        {
          reward: 'r3',
          finding: 'missing',
          customer: 'cus_1',
          credit: null,
          money: null,
          detail: 'Of a newer proxy.',
          why: { code: 'something_new', facts: {} },
        },
        { reward: null, finding: 'extra', customer: 'cus_2', credit: 'cbtxn_2', money: usd(1), detail: null },
      ],
    },
  });
  await dashboard.click('Reconcile now');
  expect(dashboard.root.querySelector('.verdict')?.textContent).toMatch(/^600 differences found among 603/);
  expect(dashboard.text()).toContain('The first 4 of 600.');
  const rows = [...dashboard.root.querySelectorAll('tbody tr')].map((row) => row.textContent);
  expect(rows[0]).toMatch(/Wrong amount.*The reward is \$20\.00 USD\..*\$19\.00 USD.*cus_1.*r1.*cbtxn_1/);
  expect(rows[1]).toContain('Stripe’s cbtxn_3 is $19.00 USD, the ledger says $20.00 USD.');
  expect(rows[2]).toContain('Of a newer proxy.');
  expect(rows[3]).toMatch(/Extra.*belongs to no reward.*None/);
  expect(dashboard.text()).toMatch(/Credited\$60\.00 USDTaken back\$5\.00 USD/);
});

test('while it reads it says so, and goes on while the person looks at another view', async () => {
  let finish: (answer: Answers['reconcile']) => void = () => undefined;
  const dashboard = await openDashboard(popupState(), '#/reconcile', {
    reconcile: () =>
      new Promise<Answers['reconcile']>((resolve) => {
        finish = resolve;
      }),
  });
  await dashboard.click('Reconcile now');
  expect(dashboard.root.querySelector('progress')).not.toBeNull();
  expect(dashboard.text()).toContain('leave this tab open');
  await dashboard.click('Reconciling…');
  await dashboard.go('#/audit');
  await dashboard.go('#/reconcile');
  expect(dashboard.button('Reconciling…').getAttribute('aria-disabled')).toBe('true');
  await dashboard.do(() => finish({ summary: summary(), differences: [] }));
  expect(dashboard.text()).toContain('Everything matches');
  expect(dashboard.asked().filter(([name]) => name === 'reconcile')).toHaveLength(1);
});

test('a failure is said, and the report for finance is explained for the mode that is shown', async () => {
  const dashboard = await openDashboard(popupState({ mode: 'live' }), '#/reconcile', {
    reconcile: problem('stripe_unreachable'),
  });
  await dashboard.click('Reconcile now');
  expect(dashboard.root.querySelector('[role=alert]')?.textContent).toContain('Stripe could not be reached.');
  expect(dashboard.has('Reconcile now')).toBe(true);
  expect(dashboard.text()).toContain('npm run proxy -- reconcile --mode live --report');
  expect(dashboard.text()).toContain('npm run proxy -- reconcile --verify');
});
