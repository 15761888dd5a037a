/** What was and what is, for people: the JSON of an entry, taken apart and set side by side. */
import { formatMoney } from '../contract/money.ts';
import { REASON_CODES, REASONS } from '../contract/reasons.ts';
import { dateTime } from './date-time.ts';

/** Null on a side where it was not there. */
export type Change = { what: string; before: string | null; after: string | null };

/** Only what differs; where only one side is known, all of it. */
export function changesOf(before: string | null, after: string | null): Change[] {
  const [was, is] = [flat(before), flat(after)];
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((what) => ({ what, before: was.get(what) ?? null, after: is.get(what) ?? null }))
    .filter((change) => change.before !== change.after);
}

function flat(json: string | null): Map<string, string> {
  const found = new Map<string, string>();
  if (json === null) return found;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    value = json;
  }
  lay(value, [], found);
  return found;
}

function lay(value: unknown, path: string[], into: Map<string, string>): void {
  if (isRecord(value) && !isMoney(value)) {
    const { currency } = value;
    const isAmount = (key: string) => AMOUNTS.includes(key) && typeof value[key] === 'number';
    const isSaid = typeof currency === 'string' && Object.keys(value).some(isAmount);
    for (const [key, one] of Object.entries(value)) {
      if (HIDDEN.includes(key) || (isSaid && key === 'currency')) continue;
      lay(isSaid && isAmount(key) ? { amount: one, currency } : one, [...path, key], into);
    }
    return;
  }
  into.set(nameOf(path), wordsOf(value, path));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isMoney = (value: unknown): value is { amount: number; currency: string } =>
  isRecord(value) &&
  Number.isSafeInteger(value.amount) &&
  typeof value.currency === 'string' &&
  /^[A-Z]{3}$/.test(value.currency) &&
  Object.keys(value).length === 2;

/** Written beside their currency. */
const AMOUNTS = ['amount', 'debit', 'unspent'];
/** Says nothing to people. */
const HIDDEN = ['version'];

const NAMES: Record<string, string> = {
  perCredit: 'most per reward',
  perDay: 'most per day',
  currencyRule: 'customers never billed',
  turnedOnAt: 'turned on',
  backfill: 'earlier rewards wait since',
  caps: 'cap',
  accountName: 'account name',
  browserName: 'browser',
};

/** `caps.USD.perDay` → `Cap USD most per day`. */
function nameOf(path: string[]): string {
  const words = path.map((key) => NAMES[key] ?? (/^[a-z]/.test(key) ? spaced(key) : key)).join(' ');
  return words === '' ? 'Value' : words.charAt(0).toUpperCase() + words.slice(1);
}

const spaced = (key: string) =>
  key.replace(/_/g, ' ').replace(/[A-Z](?=[a-z])/g, (c) => ` ${c.toLowerCase()}`);

const RULES: Record<string, string> = { confirm: 'ask an admin first', allow: 'credit without asking' };
/** Instants of this product; smaller numbers count something. */
const IS_INSTANT = 1_000_000_000_000;

function wordsOf(value: unknown, path: string[]): string {
  const key = path.at(-1) ?? '';
  if (value === null) return key === 'perCredit' || key === 'perDay' ? 'no cap' : 'none';
  if (isMoney(value)) return formatMoney(value);
  if (Array.isArray(value)) return value.map((one) => wordsOf(one, path)).join(', ') || 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') {
    const currency = path.at(-2) ?? '';
    if ((key === 'perCredit' || key === 'perDay') && /^[A-Z]{3}$/.test(currency))
      return formatMoney({ amount: value, currency });
    return value >= IS_INSTANT ? dateTime(value) : new Intl.NumberFormat().format(value);
  }
  if (typeof value !== 'string') return JSON.stringify(value);
  if (key === 'currencyRule') return RULES[value] ?? value;
  if (key === 'cause' || key === 'state') return spaced(value);
  const reason = key === 'reason' && REASON_CODES.find((code) => code === value);
  return reason ? REASONS[reason].what.replace(/\{\w+\}/g, '…') : value;
}
