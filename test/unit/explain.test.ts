import { describe, expect, test } from 'vitest';
import type { HealthCode } from '../../src/contract/health.ts';
import { plainMoney, readMoney } from '../../src/contract/money.ts';
import { DETAIL_CODES, type Facts, plainCredit, type Reason } from '../../src/contract/reasons.ts';
import { explain, refusalSaid } from '../../src/locales/explain.ts';
import { explainHealth } from '../../src/ui/explain-health.ts';
import { healthWith } from './health-fixture.ts';

const what = (reason: Reason, facts: Facts) => explain(reason, facts).what;

describe('an amount travels in no language', () => {
  test.each([
    [{ amount: 2000, currency: 'USD' }, '20.00 USD'],
    [{ amount: 500, currency: 'JPY' }, '500 JPY'],
    [{ amount: 12340, currency: 'BHD' }, '12.340 BHD'],
    [{ amount: -5, currency: 'EUR' }, '-0.05 EUR'],
  ])('%j', (money, text) => {
    expect(plainMoney(money)).toBe(text);
    expect(readMoney(text)).toEqual(money);
  });
  test.each(['$20.00 USD', '20 USD', '5.00 JPY', '20,00 USD', 'USD', ''])('“%s” is none', (text) => {
    expect(readMoney(text)).toBeNull();
  });
});

describe('what the proxy says in codes is said in words', () => {
  test.each<[Reason, Facts, string]>([
    ['pending', { detail: 'US_TAX' }, 'not released this reward yet (US tax form missing)'],
    ['pending', { detail: 'SCHEDULED, US_TAX' }, '(scheduled for later and US tax form missing)'],
    ['pending', { detail: 'NEW_RULE' }, '(new rule)'],
    ['over_cap', { cap: '50.00 USD' }, 'The cap of $50.00 USD a day'],
    ['redeemed_by_hand', { detail: '20.00 USD' }, '($20.00 USD)'],
    ['advocate_refused', { detail: 'reward_gone' }, 'it no longer knows the reward.'],
    ['account_changed', { detail: 'restricted_key' }, 'Stripe account of the restricted key'],
    [
      'credit_differs',
      { detail: plainCredit({ id: 'cbtxn_1', amount: 2000, currency: 'USD', customer: 'cus_1' }) },
      'cbtxn_1, $20.00 USD for cus_1',
    ],
  ])('%s %j', (reason, facts, words) => {
    expect(what(reason, facts)).toContain(words);
  });
  test('where not all is known that the sentence names, a few words stand instead of a gap', () => {
    expect(what('stripe_refused', {})).toBe('Stripe refused');
    expect(what('currency_differs', { currency: 'EUR' })).toBe('Customer billed in another currency');
  });
  test('every code has its words', () => {
    for (const [of, codes] of Object.entries(DETAIL_CODES))
      for (const code of codes)
        expect(of === 'refusal' ? refusalSaid(code) : what(of as Reason, { detail: code })).not.toMatch(
          /\[detail_|“/,
        );
  });
});

describe('what others said is quoted, and what an older version wrote still shows', () => {
  test.each<[Reason, Facts, string]>([
    ['stripe_refused', { detail: 'No such thing.' }, 'Stripe refused the credit: “No such thing.”'],
    ['advocate_refused', { detail: 'This unit is locked.' }, 'reward: “This unit is locked.”'],
    ['pending', { detail: 'US tax form missing' }, '(US tax form missing)'],
    ['over_cap_reward', { cap: '$19.99 USD' }, 'above the cap of $19.99 USD'],
    ['credit_differs', { detail: 'cbtxn_1, $20.00 USD for cus_1' }, 'cbtxn_1, $20.00 USD for cus_1'],
    ['owned_elsewhere', { detail: 'PayPal' }, '(PayPal)'],
  ])('%s %j', (reason, facts, words) => {
    expect(what(reason, facts)).toContain(words);
  });
  test('of a refused try', () => {
    expect(refusalSaid('No.')).toBe('“No.”');
    expect(refusalSaid('not_found')).toBe('no such credit was found when it was looked for.');
  });
});

describe('the health page words numbers and lists itself', () => {
  const words = (code: HealthCode, detail: string | null, more = {}) =>
    explainHealth({ code, detail }, healthWith([code], more)).what;
  test.each<[HealthCode, string | null, object, string]>([
    ['stripe_ok', null, {}, 'Stripe answers, as account of the restricted key.'],
    [
      'permissions_optional',
      null,
      { permissions: { customers: true, subscriptions: false, invoices: false } },
      'may not read subscriptions and invoices',
    ],
    ['runs_quiet', null, { at: 7_200_000, lastRun: { at: 0, browserName: 'A' } }, 'run for 2 hours:'],
    ['reconcile_differs', null, { reconciled: { at: 1, differences: 1200 } }, '1,200'],
    ['advocate_unreachable', null, {}, 'it did not answer'],
    ['advocate_unreachable', 'HTTP 502', {}, 'HTTP 502'],
    ['stripe_lost', 'Revoked.', {}, '“Revoked.”'],
    ['stripe_lost', 'access_taken', {}, 'Somebody removed the access in Stripe.'],
    ['alerts_failing', 'leads_away', {}, 'it leads to another address'],
  ])('%s %s', (code, detail, more, said) => {
    expect(words(code, detail, more)).toContain(said);
  });
});
