/** What a person changes about the settings, kept apart from what is saved, so that it can be laid over newer ones. */
import type { Request } from '../../contract/messages.ts';
import type { Settings } from '../../contract/routes.ts';
import { locale, say } from '../../locales/say.ts';
import { money } from '../../ui/amounts.ts';
import { checkUnit, type UnitView } from '../../ui/settings/unit-check.ts';
import { readAmount, writeAmount } from './typed-amount.ts';

export const CAPS = ['perCredit', 'perDay'] as const;
export type Cap = (typeof CAPS)[number];
export type CurrencyRule = Settings['currencyRule'];

export const capName = (cap: Cap, currency: string): string =>
  cap === 'perCredit'
    ? say('settings_cap_per_reward', { currency })
    : say('settings_cap_per_day', { currency });
export const ruleName = (rule: CurrencyRule): string => say(`settings_rule_${rule}`);

export type SettingsDraft = {
  /** The settings that the person looked at while changing them. */
  base: Settings;
  rule: CurrencyRule | null;
  /** As typed, by `USD perDay`. */
  typed: Record<string, string>;
  added: string[];
  removed: string[];
  /** What stands in the box for a unit. */
  unit: string;
};

export const emptyDraft = (base: Settings): SettingsDraft => ({
  base,
  rule: null,
  typed: {},
  added: [],
  removed: [],
  unit: '',
});

export const keyOf = (currency: string, cap: Cap) => `${currency} ${cap}`;

/** What is saved, without those that go, and those that come. */
export function unitsOf(settings: Settings, draft: SettingsDraft | null): string[] {
  const all = new Set([...settings.units, ...(draft?.added ?? [])]);
  return [...all].filter((unit) => !draft?.removed.includes(unit));
}

export function withUnit(draft: SettingsDraft, unit: string): SettingsDraft {
  return {
    ...draft,
    added: [...draft.added.filter((one) => one !== unit), unit],
    removed: draft.removed.filter((one) => one !== unit),
  };
}

export function withoutUnit(draft: SettingsDraft, unit: string): SettingsDraft {
  return {
    ...draft,
    added: draft.added.filter((one) => one !== unit),
    removed: [...draft.removed.filter((one) => one !== unit), unit],
  };
}

/** The currencies of the units, and those that still have a cap from before. */
export function currenciesOf({ units, caps }: Pick<Settings, 'units' | 'caps'>): string[] {
  const ofUnits = units.map((unit) => unit.slice(-3));
  return [...new Set([...ofUnits, ...Object.keys(caps)])].sort();
}

export function savedCap(settings: Settings, currency: string, cap: Cap): number | null {
  return settings.caps[currency]?.[cap] ?? null;
}

/** What stands in the box: what was typed, else what is saved. */
export function shownCap(
  settings: Settings,
  draft: SettingsDraft | null,
  currency: string,
  cap: Cap,
): string {
  const saved = savedCap(settings, currency, cap);
  return draft?.typed[keyOf(currency, cap)] ?? (saved === null ? '' : writeAmount(saved, currency, locale()));
}

/** Whether saving would change anything, or is kept from it by something unfinished. */
export function isChange(settings: Settings, draft: SettingsDraft): boolean {
  if (draft.rule !== null && draft.rule !== settings.currencyRule) return true;
  const units = unitsOf(settings, draft);
  const { units: saved, caps } = settings;
  if (draft.unit !== '' || units.length !== saved.length || units.some((unit) => !saved.includes(unit)))
    return true;
  return currenciesOf({ units, caps }).some((currency) =>
    CAPS.some((cap) => {
      const typed = draft.typed[keyOf(currency, cap)];
      if (typed === undefined) return false;
      const read = readAmount(typed, currency, locale());
      return !read.ok || read.amount !== savedCap(settings, currency, cap);
    }),
  );
}

/** What was typed while `sent` was being saved, laid over what came of it; null where nothing is left to save. */
export function leftOver(
  draft: SettingsDraft | null,
  sent: SettingsDraft | null,
  saved: Settings,
): SettingsDraft | null {
  if (draft === null || draft === sent) return null;
  const rest = { ...draft, base: saved, unit: draft.unit === sent?.unit ? '' : draft.unit };
  return isChange(saved, rest) ? rest : null;
}

/**
 * The settings with the draft laid over them, or null where something typed is no amount or no unit. A unit that stands
 * in its box, checked and fine, is meant to be saved as well.
 */
export function withDraft(
  settings: Settings,
  draft: SettingsDraft,
  known: UnitView[] | null,
): Request<'saveSettings'> | null {
  const listed = unitsOf(settings, draft);
  if (draft.unit !== '' && !checkUnit(draft.unit, known, listed).ok) return null;
  const units = draft.unit === '' ? listed : [...listed, draft.unit];
  const caps: Settings['caps'] = {};
  for (const currency of currenciesOf({ units, caps: settings.caps })) {
    const perCredit = readAmount(shownCap(settings, draft, currency, 'perCredit'), currency, locale());
    const perDay = readAmount(shownCap(settings, draft, currency, 'perDay'), currency, locale());
    if (!perCredit.ok || !perDay.ok) return null;
    if (perCredit.amount === null && perDay.amount === null) continue;
    caps[currency] = { perCredit: perCredit.amount, perDay: perDay.amount };
  }
  const { version, paused } = settings;
  return { version, units, paused, currencyRule: draft.rule ?? settings.currencyRule, caps };
}

export const capWords = (amount: number | null, currency: string) =>
  amount === null ? say('settings_cap_none') : money({ amount, currency });

type Compared = Pick<Settings, 'units' | 'paused' | 'currencyRule' | 'caps'>;

/** What is different, a sentence each. */
export function differences(before: Compared, after: Compared): string[] {
  const said: string[] = [];
  const list = (units: string[]) => units.join(', ') || say('settings_none');
  const differ = (what: string, was: string, is: string) =>
    said.push(say('settings_difference', { what, before: was, after: is }));
  if (list(before.units) !== list(after.units))
    differ(say('settings_units'), list(before.units), list(after.units));
  if (before.paused !== after.paused)
    said.push(after.paused ? say('settings_difference_paused') : say('settings_difference_on'));
  if (before.currencyRule !== after.currencyRule)
    differ(say('settings_rule'), ruleName(before.currencyRule), ruleName(after.currencyRule));
  for (const currency of new Set([...currenciesOf(before), ...currenciesOf(after)])) {
    for (const cap of CAPS) {
      const was = before.caps[currency]?.[cap] ?? null;
      const is = after.caps[currency]?.[cap] ?? null;
      if (was !== is) differ(capName(cap, currency), capWords(was, currency), capWords(is, currency));
    }
  }
  return said;
}
