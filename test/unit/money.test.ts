import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatMoney,
  plainMoney,
  readMoney,
  stripeDigits,
  sumByCurrency,
  toStripeAmount,
} from '../../src/contract/money.ts';

describe('to Stripe’s minor unit', () => {
  test.each([
    ['two digits', 2000, 'USD', 2],
    ['no digits', 500, 'JPY', 0],
    ['three digits', 12_340, 'KWD', 3],
    ['the smallest', 1, 'EUR', 2],
    ['the largest', 99_999_999, 'USD', 2],
    ['the largest of rupiahs, of which Stripe takes twelve digits', 999_999_999_999, 'IDR', 2],
  ])('%s: the amount stays the same integer', (_, amount, currency, digits) => {
    expect(toStripeAmount(amount, currency, digits)).toEqual({ ok: true, value: { amount, currency } });
  });

  test.each([
    ['a currency Stripe does not take', 100, 'XYZ', 2, 'currency_unsupported'],
    ['a code in small letters', 100, 'usd', 2, 'currency_unsupported'],
    ['a currency left behind (HRK)', 100, 'HRK', 2, 'currency_unsupported'],
    ['yen counted in hundredths', 50_000, 'JPY', 2, 'currency_digits_differ'],
    ['dollars counted whole', 20, 'USD', 0, 'currency_digits_differ'],
    ['dinars counted in hundredths', 100, 'KWD', 2, 'currency_digits_differ'],
    ['krónur, two digits for Stripe’s API, none in life', 100, 'ISK', 2, 'currency_digits_differ'],
    ['krónur counted whole', 100, 'ISK', 0, 'currency_digits_differ'],
    ['shillings, on which Stripe’s tables disagree', 100, 'UGX', 2, 'currency_digits_differ'],
    ['shillings counted whole', 100, 'UGX', 0, 'currency_digits_differ'],
    ['zero', 0, 'USD', 2, 'amount_invalid'],
    ['less than zero', -1, 'USD', 2, 'amount_invalid'],
    ['a fraction of a cent', 0.5, 'USD', 2, 'amount_invalid'],
    ['no number', Number.NaN, 'USD', 2, 'amount_invalid'],
    ['without end', Number.POSITIVE_INFINITY, 'USD', 2, 'amount_invalid'],
    ['nine digits', 100_000_000, 'USD', 2, 'amount_invalid'],
    ['thirteen digits of rupiahs', 1_000_000_000_000, 'IDR', 2, 'amount_invalid'],
    ['past exact integers', 2 ** 53, 'USD', 2, 'amount_invalid'],
    ['fils that Stripe would round', 12_345, 'KWD', 3, 'amount_not_exact'],
  ] as const)('nothing is converted: %s', (_, amount, currency, digits, problem) => {
    expect(toStripeAmount(amount, currency, digits)).toEqual({ ok: false, problem });
  });

  test('whatever comes in, what comes out is the very same amount, or nothing', () => {
    const currency = fc.constantFrom('USD', 'JPY', 'KWD', 'ISK', 'UGX', 'XYZ');
    const amount = fc.oneof(fc.integer(), fc.double(), fc.maxSafeInteger());
    fc.assert(
      fc.property(amount, currency, fc.integer({ min: 0, max: 4 }), (value, code, digits) => {
        const result = toStripeAmount(value, code, digits);
        if (!result.ok) return;
        expect(result.value).toEqual({ amount: value, currency: code });
        expect(Number.isSafeInteger(value) && value > 0 && digits === stripeDigits(code)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('digits of Stripe’s minor unit', () => {
  test.each([
    [0, 'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'],
    [2, 'USD EUR GBP CHF SEK MXN INR AUD ISK UGX HUF TWD'],
    [3, 'BHD JOD KWD OMR TND'],
  ])('%i: %s', (digits, codes) => {
    for (const code of codes.split(' ')) expect([code, stripeDigits(code)]).toEqual([code, digits]);
  });

  test('no currency is not zero digits', () => {
    for (const code of ['', 'XXX', 'usd', 'US', 'USDC', '__proto__']) expect(stripeDigits(code)).toBeNull();
  });
});

describe('shown to people', () => {
  test.each([
    [{ amount: 2000, currency: 'USD' }, '$20.00 USD'],
    [{ amount: 500, currency: 'JPY' }, '¥500 JPY'],
    [{ amount: 5, currency: 'EUR' }, '€0.05 EUR'],
    [{ amount: -2000, currency: 'USD' }, '-$20.00 USD'],
    [{ amount: 0, currency: 'GBP' }, '£0.00 GBP'],
    [{ amount: 2000, currency: 'CAD' }, '$20.00 CAD'],
    [{ amount: 99_999_999, currency: 'USD' }, '$999,999.99 USD'],
  ])('%j', (money, text) => {
    expect(formatMoney(money, 'en-US')).toBe(text);
  });

  test('a currency without a symbol says its code once', () => {
    const text = formatMoney({ amount: 2000, currency: 'CHF' }, 'en-US');
    expect(text.match(/CHF/g)).toHaveLength(1);
    expect(text).toContain('20.00');
  });

  test('three digits are all shown', () => {
    expect(formatMoney({ amount: 12_340, currency: 'KWD' }, 'en-US')).toContain('12.340');
  });

  test('no amount is rounded on its way to the screen', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom('USD', 'JPY', 'KWD'), (amount, currency) => {
        const digits = formatMoney({ amount, currency }, 'en-US').replace(/[^0-9]/g, '');
        expect(BigInt(digits)).toBe(BigInt(Math.abs(amount)));
      }),
    );
  });
});

describe('written in no language, and read again', () => {
  test.each([
    [{ amount: 2000, currency: 'USD' }, '20.00 USD'],
    [{ amount: -5, currency: 'EUR' }, '-0.05 EUR'],
    [{ amount: 500, currency: 'JPY' }, '500 JPY'],
    [{ amount: 12_340, currency: 'KWD' }, '12.340 KWD'],
    [{ amount: 100, currency: 'XYZ' }, '1.00 XYZ'],
    [{ amount: 0, currency: 'USD' }, '0.00 USD'],
    [{ amount: Number.MAX_SAFE_INTEGER, currency: 'USD' }, '90071992547409.91 USD'],
  ])('%j', (money, text) => {
    expect(plainMoney(money)).toBe(text);
    expect(readMoney(text)).toEqual(money);
  });

  test.each([
    '',
    'an hour ago',
    '20.00',
    'USD',
    '20.00 usd',
    '20.00 US',
    '20.00 USDC',
    '20.00 USD each',
    'about 20.00 USD',
    '20,00 USD',
    '+20.00 USD',
    '.50 USD',
    '20. USD',
    '20.0 USD',
    '20 USD',
    '20.000 USD',
    '500.00 JPY',
    '12.34 KWD',
    '20.x0 USD',
    'x0.00 USD',
    '90071992547409.92 USD',
    '9007199254740993 JPY',
  ])('any other text is no amount: “%s”', (text) => {
    expect(readMoney(text)).toBeNull();
  });
});

describe('sums', () => {
  test('currencies never meet', () => {
    const items = [
      { amount: 100, currency: 'USD' },
      { amount: 5, currency: 'JPY' },
      { amount: 250, currency: 'USD' },
    ];
    expect(sumByCurrency(items)).toEqual([
      { amount: 5, currency: 'JPY' },
      { amount: 350, currency: 'USD' },
    ]);
    expect(sumByCurrency([])).toEqual([]);
  });

  test('the order of the amounts does not matter', () => {
    const money = fc.record({ amount: fc.integer(), currency: fc.constantFrom('USD', 'EUR', 'JPY') });
    fc.assert(
      fc.property(fc.array(money), (items) => {
        expect(sumByCurrency(items)).toEqual(sumByCurrency(items.toReversed()));
      }),
    );
  });
});
