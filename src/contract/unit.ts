import { stripeDigits } from './money.ts';

export type Unit = { unit: string; key: string; currency: string };

/** What may be wrong with a text that is to be a unit; the sentences are in locales/en/settings.json. */
export const UNIT_PROBLEMS = [
  'unit_empty',
  'unit_key_missing',
  'unit_key_invalid',
  'unit_slash_missing',
  'unit_currency_missing',
  'unit_currency_invalid',
  'unit_currency_unsupported',
  'unit_built_in',
] as const;
export type UnitProblem = (typeof UNIT_PROBLEMS)[number];

/**
 * The kinds of unit that Advocate has, of which four cannot become Stripe credit.
 * Source: impact.com, "Integrate with Stripe for Advocate", integration limitations.
 */
export const UNIT_KINDS = [
  { kind: 'custom', usable: true },
  { kind: 'credit', usable: false },
  { kind: 'cash', usable: false },
  { kind: 'discount', usable: false },
  { kind: 'fuel_tank', usable: false },
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
