/** What a person changes about the limits, kept apart from what is saved, so that it can be laid over newer settings. */
import type { Request } from '../contract/messages.ts';
import { formatMoney } from '../contract/money.ts';
import type { Settings } from '../contract/routes.ts';
import { readAmount, writeAmount } from './typed-amount.ts';

export const CAPS = ['perCredit', 'perDay'] as const;
export type Cap = (typeof CAPS)[number];
export type CurrencyRule = Settings['currencyRule'];

export const CAP_NAMES: Record<Cap, string> = { perCredit: 'Most per reward', perDay: 'Most per day' };
export const RULE_NAMES: Record<CurrencyRule, string> = {
  confirm: 'Ask an admin first',
  allow: 'Credit without asking',
};

export type LimitsDraft = {
  /** The settings that the person looked at while changing them. */
  base: Settings;
  rule: CurrencyRule | null;
  /** As typed, by `USD perDay`. */
  typed: Record<string, string>;
};

export const keyOf = (currency: string, cap: Cap) => `${currency} ${cap}`;

/** The currencies of the units, and those that still have a cap from before. */
export function currenciesOf(settings: Settings): string[] {
  const ofUnits = settings.units.map((unit) => unit.slice(-3));
  return [...new Set([...ofUnits, ...Object.keys(settings.caps)])].sort();
}

export function savedCap(settings: Settings, currency: string, cap: Cap): number | null {
  return settings.caps[currency]?.[cap] ?? null;
}

/** What stands in the box: what was typed, else what is saved. */
export function shownCap(settings: Settings, draft: LimitsDraft | null, currency: string, cap: Cap): string {
  const saved = savedCap(settings, currency, cap);
  return draft?.typed[keyOf(currency, cap)] ?? (saved === null ? '' : writeAmount(saved, currency));
}

/** Whether saving would change anything, or is kept from it by something that is no amount. */
export function isChange(settings: Settings, draft: LimitsDraft): boolean {
  if (draft.rule !== null && draft.rule !== settings.currencyRule) return true;
  return currenciesOf(settings).some((currency) =>
    CAPS.some((cap) => {
      const typed = draft.typed[keyOf(currency, cap)];
      if (typed === undefined) return false;
      const read = readAmount(typed, currency);
      return !read.ok || read.amount !== savedCap(settings, currency, cap);
    }),
  );
}

/** The settings with the draft laid over them, or null where something typed is no amount. */
export function withDraft(settings: Settings, draft: LimitsDraft): Request<'saveSettings'> | null {
  const caps: Settings['caps'] = {};
  for (const currency of currenciesOf(settings)) {
    const perCredit = readAmount(shownCap(settings, draft, currency, 'perCredit'), currency);
    const perDay = readAmount(shownCap(settings, draft, currency, 'perDay'), currency);
    if (!perCredit.ok || !perDay.ok) return null;
    if (perCredit.amount === null && perDay.amount === null) continue;
    caps[currency] = { perCredit: perCredit.amount, perDay: perDay.amount };
  }
  const { version, units, paused } = settings;
  return { version, units, paused, currencyRule: draft.rule ?? settings.currencyRule, caps };
}

export const capWords = (amount: number | null, currency: string) =>
  amount === null ? 'no cap' : formatMoney({ amount, currency });

/** What somebody else changed, a sentence each. */
export function differences(before: Settings, after: Settings): string[] {
  const said: string[] = [];
  const list = (units: string[]) => units.join(', ') || 'none';
  if (list(before.units) !== list(after.units))
    said.push(`Units: ${list(before.units)} → ${list(after.units)}.`);
  if (before.paused !== after.paused)
    said.push(after.paused ? 'Credits were paused.' : 'Credits were turned on.');
  if (before.currencyRule !== after.currencyRule)
    said.push(`New customers: ${RULE_NAMES[before.currencyRule]} → ${RULE_NAMES[after.currencyRule]}.`);
  for (const currency of new Set([...currenciesOf(before), ...currenciesOf(after)])) {
    for (const cap of CAPS) {
      const [was, is] = [savedCap(before, currency, cap), savedCap(after, currency, cap)];
      if (was !== is)
        said.push(`${CAP_NAMES[cap]} (${currency}): ${capWords(was, currency)} → ${capWords(is, currency)}.`);
    }
  }
  return said;
}
