import { describe, expect, test } from 'vitest';
import { UNIT_REFUSALS } from '../../src/contract/routes.ts';
import { checkField, checkUnit, refusalWords, type UnitView } from '../../src/ui/settings/unit-check.ts';

const unit = (text: string, more: Partial<UnitView> = {}): UnitView => {
  const [key = '', currency = null] = text.split('/');
  return {
    unit: text,
    key,
    currency,
    name: 'Stripe credit',
    kind: 'custom',
    usable: true,
    why: null,
    ...more,
  };
};
const refused = (text: string, why: NonNullable<UnitView['why']>) => unit(text, { usable: false, why });
const known = [
  unit('STRIPE/USD'),
  unit('STRIPE/EUR'),
  refused('SWAG/USD', 'not_redeemable'),
  refused('OLD/USD', 'paid_by_advocate'),
  refused('POINTS', 'multi_currency_off'),
  unit('GEMS'),
];

describe('the unit box says what is wrong while one types', () => {
  test.each([
    ['', 'plain', /Type a unit/],
    ['STRIPE', 'plain', /slash/],
    ['STRIPE/', 'plain', /currency after the slash/],
    ['STRIPE/usd', 'bad', /three capital letters/],
    ['STRIPE/XXX', 'bad', /Stripe does not take/],
    ['CASH/USD', 'bad', /custom unit/],
    ['STR IPE/USD', 'bad', /letters, digits/],
    [' STRIPE/USD', 'bad', /spaces/],
    ['GOLD/USD', 'bad', /no such unit/],
    ['STRIPE/GBP', 'bad', /STRIPE only in USD and EUR/],
    ['stripe/USD', 'bad', /Capitals matter: Advocate has STRIPE\/USD/],
    ['Gems/USD', 'bad', /Capitals matter: Advocate has GEMS, so type GEMS\/USD/],
    ['SWAG/USD', 'bad', /redeemed/],
    ['OLD/USD', 'bad', /paid twice/],
    ['POINTS/USD', 'bad', /Multi-currency is off/],
    ['STRIPE/EUR', 'plain', /on the list already/],
  ])('%s', (text, tone, sentence) => {
    const check = checkUnit(text, known, ['STRIPE/EUR']);
    expect(check).toMatchObject({ ok: false, tone, sentence: expect.stringMatching(sentence) });
  });

  test('a usable unit may be added', () => {
    expect(checkUnit('STRIPE/USD', known, [])).toMatchObject({ ok: true, tone: 'good' });
  });

  test('without Advocate’s answer the form is checked and the rest is said to be open', () => {
    expect(checkUnit('GOLD/USD', null, [])).toMatchObject({ ok: true, tone: 'plain' });
    expect(checkUnit('GOLD/US', null, [])).toMatchObject({ ok: false });
  });

  test('every refusal has words of its own', () => {
    const words = UNIT_REFUSALS.map(refusalWords);
    expect(new Set(words).size).toBe(words.length);
  });
});

test('another spelling of the link field is a warning that names both', () => {
  expect(checkField('stripeCustomerId').tone).toBe('plain');
  expect(checkField(null).tone).toBe('plain');
  const { tone, sentence } = checkField('stripeCustomerID');
  expect(tone).toBe('warn');
  expect(sentence).toMatch(/stripeCustomerID.*stripeCustomerId/);
});
