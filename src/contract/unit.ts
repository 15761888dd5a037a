import { stripeDigits } from './money.ts';

export type Unit = { unit: string; key: string; currency: string };

export type UnitProblem =
  | 'unit_empty'
  | 'unit_key_missing'
  | 'unit_key_invalid'
  | 'unit_slash_missing'
  | 'unit_currency_missing'
  | 'unit_currency_invalid'
  | 'unit_currency_unsupported'
  | 'unit_built_in';

/** What a person reads beneath the text box. */
export const UNIT_PROBLEMS: Record<UnitProblem, string> = {
  unit_empty: 'Type a unit, for example STRIPE/USD.',
  unit_key_missing: 'The part before the slash is the unit’s key in Advocate, for example STRIPE.',
  unit_key_invalid: 'A key has only letters, digits, dashes and underscores.',
  unit_slash_missing: 'Add a slash and a currency, for example STRIPE/USD.',
  unit_currency_missing: 'Add a currency after the slash, for example USD.',
  unit_currency_invalid: 'A currency is three capital letters, for example USD.',
  unit_currency_unsupported: 'Stripe does not take this currency.',
  unit_built_in:
    'Credit, Cash, Discount and Fuel Tank units cannot be paid through Stripe. Use a custom unit.',
};

/**
 * The kinds of unit that Advocate has, and why four of them cannot become Stripe credit.
 * Source: impact.com, "Integrate with Stripe for Advocate", integration limitations.
 */
export const UNIT_KINDS = [
  { kind: 'custom', name: 'Custom', usable: true, why: null },
  { kind: 'credit', name: 'Credit', usable: false, why: 'Built-in credit is spent inside Advocate.' },
  { kind: 'cash', name: 'Cash', usable: false, why: 'Cash is paid out to the participant by impact.com.' },
  { kind: 'discount', name: 'Discount', usable: false, why: 'A percentage has no amount to credit.' },
  { kind: 'fuel_tank', name: 'Fuel Tank', usable: false, why: 'Fuel Tank rewards are codes, not money.' },
] as const;

const BUILT_IN_KEYS = new Set(['CREDIT', 'CASH', 'DISCOUNT', 'FUELTANK', 'FUEL_TANK', 'CENTS']);
const KEY = /^[A-Za-z0-9_-]{1,64}$/;

/** Reads `KEY/CCC`. Whether Advocate knows the unit is asked of Advocate, not of the text. */
export function parseUnit(text: string): { ok: true; value: Unit } | { ok: false; problem: UnitProblem } {
  const refuse = (problem: UnitProblem) => ({ ok: false, problem }) as const;
  if (text.trim() === '') return refuse('unit_empty');
  const slash = text.indexOf('/');
  if (slash === -1) return refuse(KEY.test(text) ? 'unit_slash_missing' : 'unit_key_invalid');
  const key = text.slice(0, slash);
  const currency = text.slice(slash + 1);
  if (key === '') return refuse('unit_key_missing');
  if (!KEY.test(key)) return refuse('unit_key_invalid');
  if (BUILT_IN_KEYS.has(key.toUpperCase())) return refuse('unit_built_in');
  if (currency === '') return refuse('unit_currency_missing');
  if (!/^[A-Z]{3}$/.test(currency)) return refuse('unit_currency_invalid');
  if (stripeDigits(currency) === null) return refuse('unit_currency_unsupported');
  return { ok: true, value: { unit: text, key, currency } };
}
