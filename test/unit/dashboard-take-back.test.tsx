// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest';
import type { ReversalsPage } from '../../src/contract/reversals.ts';
import { dashboardHash, dashboardUrl } from '../../src/ui/dashboard-url.ts';
import { openDashboard, reversal, usd } from './dashboard-scene.tsx';
import { popupState, problem } from './popup-scene.tsx';

const inState =
  (...rows: ReversalsPage['reversals']) =>
  ({ state }: { state?: string }): ReversalsPage => ({
    reversals: rows.filter((row) => row.state === state),
    after: null,
  });

describe('the list', () => {
  test('each proposal says in words why, for whom, to whom and how much', async () => {
    const dashboard = await openDashboard(popupState(), '#/take-back', {
      reversals: inState(
        reversal({ unspent: null }),
        reversal({ reward: 'r2', cause: 'wrong_customer', linkedTo: 'cus_2', accountId: 'acme' }),
        reversal({ reward: 'r3', cause: 'wrong_customer', linkedTo: null }),
      ),
    });
    const rows = [...dashboard.root.querySelectorAll('.rows > li')].map((row) => row.textContent);
    expect(rows[0]).toMatch(/\$20\.00 USD.*cus_1.*cancelled the reward after its credit.*ann@example\.com/);
    expect(rows[1]).toMatch(/linked to cus_2 now; the credit went to cus_1.*of account acme/);
    expect(rows[2]).toMatch(/not linked to cus_1 any more/);
  });

  test('what is done stands below, with its transaction and what the customer owes', async () => {
    const dashboard = await openDashboard(popupState(), '#/take-back', {
      reversals: inState(
        reversal(),
        reversal({
          reward: 'r2',
          state: 'reversed',
          reversed: usd(1500),
          transaction: 'cbtxn_back',
          debit: usd(300),
        }),
        reversal({ reward: 'r3', state: 'dismissed' }),
      ),
    });
    expect([...dashboard.root.querySelectorAll('h3')].map((one) => one.textContent)).toEqual([
      'Proposed',
      'Taken back',
      'Left as they are',
    ]);
    expect(dashboard.text()).toMatch(
      /\$15\.00 USD was taken back from cus_1 by the transaction cbtxn_back.*owes \$3\.00 USD now/,
    );
  });

  test('nothing proposed is a sentence, not an empty page', async () => {
    const dashboard = await openDashboard(popupState(), '#/take-back');
    expect(dashboard.text()).toContain('Nothing is proposed.');
  });

  test('more than a page is read on by a button', async () => {
    const dashboard = await openDashboard(popupState(), '#/take-back', {
      reversals: ({ state, after }: { state: string; after?: string }) =>
        state !== 'proposed'
          ? { reversals: [], after: null }
          : after === undefined
            ? { reversals: [reversal()], after: 'r1' }
            : { reversals: [reversal({ reward: 'r2' })], after: null },
    });
    await dashboard.click('Show more');
    expect(dashboard.root.querySelectorAll('.rows > li')).toHaveLength(2);
    expect(dashboard.has('Show more')).toBe(false);
  });

  test('a refusal says so and can be tried again', async () => {
    const dashboard = await openDashboard(popupState(), '#/take-back', {
      reversals: problem('not_connected'),
    });
    expect(dashboard.root.querySelector('[role=alert]')?.textContent).toContain('Stripe is not connected');
    dashboard.told.reversals = inState(reversal());
    await dashboard.click('Try again');
    expect(dashboard.link('Decide').getAttribute('href')).toBe(dashboardHash('take-back', 'r1'));
  });
});

describe('one proposal', () => {
  const open = (more = {}, role: 'admin' | 'support' = 'admin') =>
    openDashboard(popupState({ mode: 'live', role }), '#/take-back/r1', { reversal: reversal(), ...more });

  test('asks what is unspent now', async () => {
    const dashboard = await open();
    expect(dashboard.asked()).toEqual([['reversal', { reward: 'r1' }]]);
    expect(dashboard.root.querySelector('.sums')?.textContent).toBe(
      'Credited$20.00 USDSpent already$5.00 USDUnspent now$15.00 USD',
    );
  });

  test('is taken back only after a second yes that says what happens, where', async () => {
    const dashboard = await open({
      reverse: reversal({ state: 'reversed', reversed: usd(1500), transaction: 'cbtxn_back' }),
    });
    await dashboard.click('Take back $15.00 USD');
    expect(dashboard.asked()).toHaveLength(1);
    const dialog = dashboard.root.querySelector('dialog');
    expect(dialog?.textContent).toMatch(
      /One opposite transaction of \$15\.00 USD is made on cus_1.*\$20\.00 USD was credited; \$5\.00 USD is spent already.*cannot be undone.*Live mode, Stripe account Aviato \(acct_1\)/,
    );
    await dashboard.do(() => dialog?.querySelector<HTMLButtonElement>('.button-primary')?.click());
    expect(dashboard.asked().at(-1)).toEqual(['reverse', { reward: 'r1', seen: usd(1500) }]);
    expect(dashboard.text()).toMatch(/\$15\.00 USD was taken back from cus_1.*cbtxn_back/);
    expect(dashboard.has('Leave it')).toBe(false);
  });

  test('Cancel takes nothing back', async () => {
    const dashboard = await open();
    await dashboard.click('Take back $15.00 USD');
    await dashboard.click('Cancel');
    expect(dashboard.asked()).toHaveLength(1);
  });

  test('Leave it dismisses, after a second yes, since that is final', async () => {
    const dashboard = await open({ dismissReversal: reversal({ state: 'dismissed' }) });
    await dashboard.click('Leave it');
    expect(dashboard.asked()).toHaveLength(1);
    await dashboard.click('Leave the credit');
    expect(dashboard.asked().at(-1)).toEqual(['dismissReversal', { reward: 'r1' }]);
    expect(dashboard.text()).toContain('An admin decided to leave this credit as it is.');
    expect(dashboard.has('Leave it')).toBe(false);
  });

  test('an amount that changed meanwhile is shown, and asked for anew', async () => {
    const dashboard = await open({ reverse: problem('reversal_changed') });
    await dashboard.click('Take back $15.00 USD');
    dashboard.told.reversal = reversal({ unspent: usd(1200) });
    await dashboard.do(() =>
      dashboard.root.querySelector<HTMLButtonElement>('dialog .button-primary')?.click(),
    );
    expect(dashboard.root.querySelector('[role=alert]')?.textContent).toMatch(
      /has changed.*Nothing was taken back.*It was \$15\.00 USD; now it is \$12\.00 USD/,
    );
    expect(dashboard.has('Take back $12.00 USD')).toBe(true);
  });

  test('where something else changed the refusal says what, and the proposal is shown anew', async () => {
    const dashboard = await open({
      reverse: problem('reversal_changed', { detail: 'The cause has changed.' }),
    });
    await dashboard.click('Take back $15.00 USD');
    dashboard.told.reversal = problem('not_found');
    await dashboard.do(() =>
      dashboard.root.querySelector<HTMLButtonElement>('dialog .button-primary')?.click(),
    );
    expect(dashboard.text()).toMatch(/The cause has changed\./);
    expect(dashboard.has('Leave it')).toBe(false);
  });

  test('one that is confirmed and stuck says why, and can be tried again with the amount that was confirmed', async () => {
    const stuck = reversal({ state: 'confirmed', reason: 'stripe_refused', unspent: usd(1500) });
    const dashboard = await open({ reversal: stuck, reverse: stuck });
    expect(dashboard.text()).toMatch(/To be taken back\$15\.00 USD.*Stripe refused to take the credit back/);
    await dashboard.click('Try again now');
    await dashboard.do(() =>
      dashboard.root.querySelector<HTMLButtonElement>('dialog .button-primary')?.click(),
    );
    expect(dashboard.asked().at(-1)).toEqual(['reverse', { reward: 'r1', seen: usd(1500) }]);
  });

  test('where all is spent there is nothing to take back, and where it is not known one looks again', async () => {
    const spent = await open({ reversal: reversal({ unspent: usd(0) }) });
    expect(spent.text()).toContain('The customer has used all of it');
    expect(spent.root.querySelector('.button-primary')).toBeNull();
    expect(spent.has('Leave it')).toBe(true);
    const unknown = await open({ reversal: reversal({ unspent: null, reason: 'stripe_unreachable' }) });
    expect(unknown.text()).toContain('Stripe could not be reached.');
    expect(unknown.root.querySelector('.button-primary')).toBeNull();
    unknown.told.reversal = reversal();
    await unknown.click('Look again');
    expect(unknown.has('Take back $15.00 USD')).toBe(true);
  });

  test('support reads all of it and has no button that takes back or leaves', async () => {
    const dashboard = await open({}, 'support');
    expect(dashboard.text()).toContain('Unspent now$15.00 USD');
    expect(dashboard.has('Take back $15.00 USD')).toBe(false);
    expect(dashboard.has('Leave it')).toBe(false);
    expect(dashboard.text()).toContain('Only an admin can take it back or leave it.');
  });

  test('one that is not there says so, with a way back to the list', async () => {
    const dashboard = await open({ reversal: problem('not_found') });
    expect(dashboard.root.querySelector('[role=alert]')?.textContent).toContain('not_found');
    expect(dashboard.link('All proposals').getAttribute('href')).toBe('#/take-back');
  });
});

test('the popup’s address of a reversal leads to it, whatever its id', () => {
  expect(dashboardUrl('take-back', 'r1')).toBe('/dashboard/index.html#/take-back/r1');
  expect(dashboardHash('audit', 'a b/c%@d')).toBe('#/audit/a%20b%2Fc%25%40d');
});
