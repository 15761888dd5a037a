import { describe, expect, test } from 'vitest';
import { readAmount, writeAmount } from '../../src/dashboard/settings/typed-amount.ts';

const amount = (typed: string, currency: string, locale: string) => {
  const read = readAmount(typed, currency, locale);
  return read.ok ? read.amount : read.problem;
};

describe('amounts are read as people write them', () => {
  test.each([
    ['50', 'USD', 'en', 5000],
    ['50.00', 'USD', 'en', 5000],
    ['50.5', 'USD', 'en', 5050],
    ['.5', 'USD', 'en', 50],
    ['$1,234.50', 'USD', 'en', 123450],
    ['1,234', 'USD', 'en', 123400],
    ['1.234,50 €', 'EUR', 'de', 123450],
    ['1.234', 'EUR', 'de', 123400],
    ['1 234,50', 'EUR', 'fr', 123450],
    ['1\u202f234,50', 'EUR', 'fr', 123450],
    ['1’234.50', 'CHF', 'de-CH', 123450],
    ['20,00', 'USD', 'en', 2000],
    ['USD 20', 'USD', 'en', 2000],
    ['500', 'JPY', 'ja', 500],
    ['５００', 'JPY', 'ja', 500],
    ['1.500', 'KWD', 'en', 1500],
    ['1,500', 'KWD', 'en', 1500000],
    ['1,234,567.89', 'USD', 'en', 123456789],
  ])('%s %s (%s) is %d', (typed, currency, locale, minor) => {
    expect(amount(typed, currency, locale)).toBe(minor);
  });

  test('nothing typed is no cap', () => {
    expect(readAmount('  ', 'USD')).toEqual({ ok: true, amount: null });
  });
});

describe('what is no amount, or could be two, is refused with a sentence', () => {
  test.each([
    ['abc', 'USD', 'en', /Type an amount, for example 50\.00/],
    ['5e3', 'USD', 'en', /Type an amount/],
    ['-5', 'USD', 'en', /below zero/],
    ['0', 'USD', 'en', /zero would let nothing through/],
    ['0.00', 'USD', 'en', /zero/],
    ['1.000', 'USD', 'en', /could mean two amounts/],
    ['1.2345', 'USD', 'en', /has 2 decimals/],
    ['500.00', 'JPY', 'en', /JPY has no decimals/],
    ['1,23,4', 'USD', 'en', /could mean two amounts/],
    ['99999999999999999', 'USD', 'en', /too large/],
    ['USD', 'USD', 'en', /Type an amount/],
    ['20 EUR', 'USD', 'en', /Type an amount/],
  ])('%s %s (%s)', (typed, currency, locale, sentence) => {
    expect(amount(typed, currency, locale)).toMatch(sentence);
  });
});

test('what is written into a box is read as the same amount again', () => {
  for (const currency of ['USD', 'JPY', 'KWD'])
    for (const locale of ['en', 'de', 'fr', 'ar', 'ja', 'de-CH'])
      for (const minor of [1, 99, 100, 12345, 1_000_000, 99_999_999])
        expect(amount(writeAmount(minor, currency, locale), currency, locale)).toBe(minor);
});
