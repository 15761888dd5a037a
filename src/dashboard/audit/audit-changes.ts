/** What was and what is, for people: the JSON of an entry, taken apart and set side by side. */
import { type DetailCode, REASON_CODES } from '../../contract/reasons.ts';
import { parseUnit } from '../../contract/unit.ts';
import { explain, refusalSaid } from '../../locales/explain.ts';
import { type Key, locale, say } from '../../locales/say.ts';
import { money } from '../../ui/amounts.ts';
import { dateTime } from '../date-time.ts';

/** Null on a side where it was not there. */
export type Change = { what: string; before: string | null; after: string | null };

/**
 * Only what differs; where only one side is known, all of it. Where something goes from one state to the next, its other
 * facts are told once: what the later side does not repeat has not changed.
 */
export function changesOf(before: string | null, after: string | null): Change[] {
  const [was, is] = [flat(before), flat(after)];
  const state = nameOf(['state']);
  const goesOn = was.has(state) && is.has(state);
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((what) => ({ what, before: was.get(what) ?? null, after: is.get(what) ?? null }))
    .filter((change) => change.before !== change.after && !(goesOn && change.after === null));
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
    const currency = value.currency ?? currencyOf(value.unit);
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
const AMOUNTS = ['amount', 'byHand', 'debit', 'redeemed', 'unspent'];
/** What is credited counts alike in Advocate and Stripe, so a unit says as much as a currency. */
function currencyOf(unit: unknown): string | undefined {
  const read = typeof unit === 'string' ? parseUnit(unit) : null;
  return read?.ok ? read.value.currency : undefined;
}
/** Says nothing to people. */
const HIDDEN = ['version'];

/** What the history names, in the product’s words; a newer proxy may name more. */
const FIELDS: Record<string, Key> = {
  account: 'audit_field_account',
  accountName: 'audit_field_account_name',
  amount: 'audit_field_amount',
  backfill: 'audit_field_backfill',
  balance: 'audit_field_balance',
  browserName: 'audit_field_browser_name',
  by: 'audit_field_by',
  byHand: 'audit_field_by_hand',
  caps: 'audit_field_caps',
  cause: 'audit_field_cause',
  code: 'audit_field_code',
  confirmedBy: 'audit_field_confirmed_by',
  credit: 'audit_field_credit',
  currency: 'audit_field_currency',
  currencyRule: 'audit_field_currency_rule',
  customer: 'audit_field_customer',
  debit: 'audit_field_debit',
  linkedTo: 'audit_field_linked_to',
  money: 'audit_field_money',
  paused: 'audit_field_paused',
  perCredit: 'audit_field_per_credit',
  perDay: 'audit_field_per_day',
  reason: 'audit_field_reason',
  redeemed: 'audit_field_redeemed',
  role: 'audit_field_role',
  seen: 'audit_field_seen',
  state: 'audit_field_state',
  transaction: 'audit_field_transaction',
  turnedOnAt: 'audit_field_turned_on_at',
  unit: 'audit_field_unit',
  units: 'audit_field_units',
  unspent: 'audit_field_unspent',
  why: 'audit_field_why',
};
/** Under these names stand codes. */
const CODED = ['cause', 'state', 'role'];
const VALUES: Record<string, Key> = {
  admin: 'audit_value_admin',
  support: 'audit_value_support',
  waiting: 'audit_value_waiting',
  ready: 'audit_value_ready',
  crediting: 'audit_value_crediting',
  credited: 'audit_value_credited',
  redeemed: 'audit_value_redeemed',
  held: 'audit_value_held',
  cancelled: 'audit_value_cancelled',
  reversed: 'audit_value_reversed',
  proposed: 'audit_value_proposed',
  confirmed: 'audit_value_confirmed',
  dismissed: 'audit_value_dismissed',
  withdrawn: 'audit_value_withdrawn',
  cancelled_in_advocate: 'audit_value_cancelled_in_advocate',
  wrong_customer: 'audit_value_wrong_customer',
};

/** `caps.USD.perDay` → `Cap USD most per day`. */
function nameOf(path: string[]): string {
  // Currencies and units stand as they are.
  const words = path.map((key) => (/^[a-z]/.test(key) ? wordOf(FIELDS, key) : key)).join(' ');
  const name = words === '' ? say('audit_field_value') : words;
  return name.charAt(0).toLocaleUpperCase(locale()) + name.slice(1);
}

function wordOf(words: Record<string, Key>, code: string): string {
  const key = Object.hasOwn(words, code) ? words[code] : undefined;
  return key === undefined ? spaced(code) : say(key);
}

const spaced = (key: string) =>
  key.replace(/_/g, ' ').replace(/[A-Z](?=[a-z])/g, (c) => ` ${c.toLowerCase()}`);

/** Instants of this product; smaller numbers count something. */
const IS_INSTANT = 1_000_000_000_000;

function wordsOf(value: unknown, path: string[]): string {
  const key = path.at(-1) ?? '';
  if (value === null)
    return key === 'perCredit' || key === 'perDay' ? say('audit_value_no_cap') : say('audit_value_none');
  if (isMoney(value)) return money(value);
  if (Array.isArray(value))
    return value.map((one) => wordsOf(one, path)).join(', ') || say('audit_value_none');
  if (typeof value === 'boolean') return value ? say('audit_value_yes') : say('audit_value_no');
  if (typeof value === 'number') {
    const currency = path.at(-2) ?? '';
    if ((key === 'perCredit' || key === 'perDay') && /^[A-Z]{3}$/.test(currency))
      return money({ amount: value, currency });
    return value >= IS_INSTANT ? dateTime(value) : new Intl.NumberFormat(locale()).format(value);
  }
  if (typeof value !== 'string') return JSON.stringify(value);
  if (key === 'currencyRule')
    return value === 'confirm' || value === 'allow' ? say(`audit_rule_${value}`) : value;
  if (key === 'why' && value === ('access_taken' satisfies DetailCode)) return refusalSaid(value);
  if (CODED.includes(key)) return wordOf(VALUES, value);
  const reason = key === 'reason' && REASON_CODES.find((code) => code === value);
  return reason ? explain(reason).what : value;
}
