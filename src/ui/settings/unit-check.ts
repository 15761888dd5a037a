import type { UnitsAnswer } from '../../contract/routes.ts';
import { parseUnit, type Unit } from '../../contract/unit.ts';
import { LINK_FIELD } from '../../contract/words.ts';
import { locale, say } from '../../locales/say.ts';

export type UnitView = UnitsAnswer['units'][number];
type Refusal = NonNullable<UnitView['why']>;

export type UnitCheck = {
  /** Whether it may be added. */
  ok: boolean;
  tone: 'plain' | 'good' | 'warn' | 'bad';
  /** What a person reads beneath the text box. */
  sentence: string;
};

/** Why Advocate's own settings keep a unit from being paid through Stripe, and what to do. */
export const refusalWords = (why: Refusal): string => say(`settings_unit_refused_${why}`);

/** What Advocate says of a unit. It lists some with their currency and some by their key alone. */
export function viewOf({ unit, key }: Unit, known: UnitView[]): UnitView | undefined {
  return known.find((one) => one.unit === unit) ?? known.find((one) => one.key === key && !one.currency);
}

/** Why a unit that is chosen would not be paid; null when it would. */
export function troubleOf(text: string, known: UnitView[]): string | null {
  const parsed = parseUnit(text);
  if (!parsed.ok) return say(`settings_${parsed.problem}`);
  const view = viewOf(parsed.value, known);
  if (!view) return refusalWords('unknown_to_advocate');
  return view.why && refusalWords(view.why);
}

/**
 * Judges the text as it is typed: first its form, then against what Advocate knows.
 * @param known null when Advocate's units are not at hand (yet)
 */
export function checkUnit(text: string, known: UnitView[] | null, configured: string[]): UnitCheck {
  const parsed = parseUnit(text);
  if (!parsed.ok) {
    const unfinished = ['unit_empty', 'unit_slash_missing', 'unit_currency_missing'].includes(parsed.problem);
    const sentence = text !== text.trim() ? say('settings_unit_spaces') : say(`settings_${parsed.problem}`);
    return { ok: false, tone: unfinished ? 'plain' : 'bad', sentence };
  }
  const { unit } = parsed.value;
  if (configured.includes(unit))
    return { ok: false, tone: 'plain', sentence: say('settings_unit_listed', { unit }) };
  if (!known) return { ok: true, tone: 'plain', sentence: say('settings_unit_unchecked') };
  const view = viewOf(parsed.value, known);
  if (!view) return { ok: false, tone: 'bad', sentence: unknownUnit(parsed.value, known) };
  if (view.why) return { ok: false, tone: 'bad', sentence: refusalWords(view.why) };
  if (!view.usable) return { ok: false, tone: 'bad', sentence: refusalWords('built_in') };
  const { currency } = parsed.value;
  return { ok: true, tone: 'good', sentence: say('settings_unit_good', { name: view.name, currency }) };
}

function unknownUnit({ unit, key, currency }: Unit, known: UnitView[]): string {
  const twin = known.find((one) => one.unit.toLowerCase() === unit.toLowerCase());
  if (twin) return say('settings_unit_capitals', { unit: twin.unit });
  const keyTwin = known.find((one) => !one.currency && one.key.toLowerCase() === key.toLowerCase());
  if (keyTwin) return say('settings_unit_capitals_of_key', { key: keyTwin.key, currency });
  const currencies = known.flatMap((one) => (one.key === key && one.currency ? [one.currency] : []));
  if (currencies.length === 0) return refusalWords('unknown_to_advocate');
  return say('settings_unit_other_currencies', {
    key,
    currencies: new Intl.ListFormat(locale()).format(currencies),
  });
}

/** What the spelling of the link's field means; `warn` where links would be overlooked. */
export function checkField(field: string | null): { tone: 'plain' | 'warn'; sentence: string } {
  if (field === LINK_FIELD)
    return { tone: 'plain', sentence: say('settings_field_found', { right: LINK_FIELD }) };
  if (field === null)
    return { tone: 'plain', sentence: say('settings_field_missing', { right: LINK_FIELD }) };
  return { tone: 'warn', sentence: say('settings_field_differs', { field, right: LINK_FIELD }) };
}
