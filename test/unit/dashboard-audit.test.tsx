// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest';
import { AUDIT_ACTIONS } from '../../src/contract/audit.ts';
import { changesOf } from '../../src/dashboard/audit/audit-changes.ts';
import { sentenceOf } from '../../src/dashboard/audit/audit-words.ts';
import { say } from '../../src/locales/say.ts';
import { entry, openDashboard } from './dashboard-scene.tsx';
import { popupState, problem } from './popup-scene.tsx';

test('each entry says who did what to what, when, in which mode', async () => {
  const dashboard = await openDashboard(popupState(), '#/audit', {
    audit: {
      entries: [
        entry(3, { mode: 'live', action: 'reversed' }),
        entry(2, { actor: null, action: 'held' }),
        entry(1, { actor: { id: 'b9', name: '' }, mode: null, action: 'paired' }),
      ],
      before: null,
    },
  });
  const rows = [...dashboard.root.querySelectorAll('.entry')].map((row) => row.textContent);
  expect(rows[0]).toMatch(/2026.*Live mode.*Ana’s Chrome took a credit back: r3/);
  expect(rows[1]).toMatch(/Test mode.*The proxy held a reward: r2/);
  expect(rows[2]).toMatch(/Both modes.*Browser b9 paired a browser: r1/);
  expect(dashboard.text()).toContain('This is where the history begins.');
});

test('every action has its own words', () => {
  const words = AUDIT_ACTIONS.map((action) =>
    say(sentenceOf({ action, actor: { id: 'b1', name: '' }, after: '{}' })),
  );
  expect(new Set(words).size).toBe(AUDIT_ACTIONS.length);
});

test('an admin who releases a reward, and a hold that ends by itself, are told apart', () => {
  const [by, ended] = [null, JSON.stringify({ state: 'waiting', reason: 'not_linked' })].map((after) =>
    say(sentenceOf({ action: 'released', actor: null, after })),
  );
  expect(by).toMatch(/released a reward/);
  expect(ended).toMatch(/nothing holds a reward any more/);
});

test('older entries come by a button, from where the last ended', async () => {
  const dashboard = await openDashboard(popupState(), '#/audit', {
    audit: ({ before }: { before?: string }) =>
      before === undefined ? { entries: [entry(9)], before: '9' } : { entries: [entry(8)], before: null },
  });
  await dashboard.click('Show older');
  expect(dashboard.asked()).toEqual([
    ['audit', {}],
    ['audit', { before: '9' }],
  ]);
  expect(dashboard.root.querySelectorAll('.entry')).toHaveLength(2);
});

test('one subject only: by its link, by typing, by an address', async () => {
  const audit = { entries: [entry(1, { subject: 'acme/ann@example.com' })], before: null };
  const dashboard = await openDashboard(popupState(), '#/audit', { audit });
  expect(dashboard.link('acme/ann@example.com').getAttribute('href')).toBe(
    '#/audit/acme%2Fann%40example.com',
  );
  await dashboard.go('#/audit/acme%2Fann%40example.com');
  expect(dashboard.asked().at(-1)).toEqual(['audit', { subject: 'acme/ann@example.com' }]);
  await dashboard.type('About one subject only', ' r7 ');
  await dashboard.do(() => dashboard.root.querySelector<HTMLFormElement>('form')?.requestSubmit());
  expect(location.hash).toBe('#/audit/r7');
});

test('an address that cannot be read does not break the page', async () => {
  const dashboard = await openDashboard(popupState(), '#/audit/%E0%A4%A');
  expect(dashboard.asked()).toEqual([['audit', {}]]);
});

test('a refusal is said and can be tried again', async () => {
  const dashboard = await openDashboard(popupState(), '#/audit', { audit: problem('proxy_unreachable') });
  delete dashboard.told.audit;
  await dashboard.click('Try again');
  expect(dashboard.text()).toContain('Nothing has happened yet.');
});

describe('what was and what is can be read', () => {
  const said = (before: unknown, after: unknown) =>
    changesOf(
      before === null ? null : JSON.stringify(before),
      after === null ? null : JSON.stringify(after),
    ).map(({ what, before: was, after: is }) => `${what}: ${was} → ${is}`);

  test('settings: only what changed, amounts with their currency', () => {
    const before = {
      units: ['STRIPE/USD'],
      paused: true,
      currencyRule: 'confirm',
      caps: { USD: { perCredit: 5000, perDay: null } },
    };
    const after = {
      units: ['STRIPE/USD', 'STRIPE/EUR'],
      paused: false,
      currencyRule: 'confirm',
      caps: { USD: { perCredit: 5000, perDay: 20_000 } },
    };
    expect(said(before, after)).toEqual([
      'Units: STRIPE/USD → STRIPE/USD, STRIPE/EUR',
      'Paused: yes → no',
      'Cap USD most per day: no cap → $200.00 USD',
    ]);
  });

  test('where a state follows another, what is told only once has not gone', () => {
    const before = { state: 'proposed', cause: 'wrong_customer', linkedTo: 'cus_2' };
    expect(said(before, { state: 'dismissed' })).toEqual(['State: proposed → dismissed']);
    expect(said({ state: 'confirmed' }, { state: 'proposed', cause: 'wrong_customer' })).toEqual([
      'State: confirmed → proposed',
      'Cause: null → wrong customer',
    ]);
    // Elsewhere what is gone is gone.
    expect(said({ customer: 'cus_1' }, null)).toEqual(['Customer: cus_1 → null']);
  });

  test('money, reasons, instants and what was not there before', () => {
    expect(said(null, { money: { amount: 2000, currency: 'USD' }, customer: 'cus_1' })).toEqual([
      'Money: null → $20.00 USD',
      'Customer: null → cus_1',
    ]);
    expect(said(null, { amount: 1500, currency: 'USD', debit: 300 })).toEqual([
      'Amount: null → $15.00 USD',
      'Debit: null → $3.00 USD',
    ]);
    expect(said(null, { redeemed: 5000, unit: 'STRIPE/USD' })).toEqual([
      'Redeemed: null → $50.00 USD',
      'Unit: null → STRIPE/USD',
    ]);
    expect(said({ state: 'held', reason: 'stripe_refused' }, null)[1]).toMatch(/Reason: Stripe refused → /);
    expect(said(null, { turnedOnAt: 1_790_000_000_000 })[0]).toMatch(/Turned on: null → .*2026/);
  });

  test('something that is no JSON stands as it is', () => {
    expect(changesOf('broken {', null)).toEqual([{ what: 'Value', before: 'broken {', after: null }]);
  });
});
