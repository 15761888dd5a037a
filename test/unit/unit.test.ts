import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stripeDigits } from '../../src/contract/money.ts';
import { parseUnit, UNIT_KINDS } from '../../src/contract/unit.ts';
import { say } from '../../src/locales/say.ts';

test.each([
  ['STRIPE/USD', 'STRIPE', 'USD'],
  ['stripe_credit-2/EUR', 'stripe_credit-2', 'EUR'],
  ['A/JPY', 'A', 'JPY'],
  [`${'K'.repeat(64)}/GBP`, 'K'.repeat(64), 'GBP'],
  ['CREDITS/USD', 'CREDITS', 'USD'],
])('%s is a unit', (text, key, currency) => {
  expect(parseUnit(text)).toEqual({ ok: true, value: { unit: text, key, currency } });
});

describe('refused, with what is wrong', () => {
  test.each([
    ['', 'unit_empty'],
    ['   ', 'unit_empty'],
    ['STRIPE', 'unit_slash_missing'],
    ['STRIPE USD', 'unit_key_invalid'],
    ['/USD', 'unit_key_missing'],
    ['/', 'unit_key_missing'],
    ['STRIPE/', 'unit_currency_missing'],
    ['STRIPE/usd', 'unit_currency_invalid'],
    ['STRIPE/US', 'unit_currency_invalid'],
    ['STRIPE/USDT', 'unit_currency_invalid'],
    ['STRIPE/USD/EUR', 'unit_currency_invalid'],
    ['STRIPE/USD ', 'unit_currency_invalid'],
    [' STRIPE/USD', 'unit_key_invalid'],
    ['STRIPE$/USD', 'unit_key_invalid'],
    [`${'K'.repeat(65)}/USD`, 'unit_key_invalid'],
    ['STRIPE/XYZ', 'unit_currency_unsupported'],
    ['STRIPE/HRK', 'unit_currency_unsupported'],
    ['ЅTRIPE/USD', 'unit_key_invalid'],
  ])('%j: %s', (text, problem) => {
    expect(parseUnit(text)).toEqual({ ok: false, problem });
  });

  test.each(['CREDIT', 'CASH', 'DISCOUNT', 'FUELTANK', 'FUEL_TANK', 'CENTS', 'Cash', 'credit'])(
    'the built-in unit %s, however it is spelt',
    (key) => {
      expect(parseUnit(`${key}/USD`)).toEqual({ ok: false, problem: 'unit_built_in' });
    },
  );
});

test('whatever is typed, it is a unit that Stripe can pay or a sentence that helps', () => {
  const key = fc.stringMatching(/^[A-Za-z0-9_-]{1,8}$/);
  const code = fc.constantFrom('USD', 'JPY', 'KWD', 'XYZ', 'usd', '');
  const typed = fc.oneof(
    fc.string(),
    fc.tuple(fc.string(), fc.string()).map((parts) => parts.join('/')),
    fc.tuple(key, code).map((parts) => parts.join('/')),
  );
  fc.assert(
    fc.property(typed, (text) => {
      const parsed = parseUnit(text);
      if (!parsed.ok) {
        expect(say(`settings_${parsed.problem}`)).toMatch(/\.$/);
        return;
      }
      expect(parsed.value.unit).toBe(`${parsed.value.key}/${parsed.value.currency}`);
      expect(stripeDigits(parsed.value.currency)).not.toBeNull();
    }),
    { numRuns: 2000 },
  );
});

test('of the five kinds only custom can be chosen, and the others say why', () => {
  expect(UNIT_KINDS.filter((kind) => kind.usable).map((kind) => kind.kind)).toEqual(['custom']);
  for (const { kind, usable } of UNIT_KINDS)
    expect(/: .*\.$/.test(say(`settings_unit_kind_${kind}`))).toBe(!usable);
});
