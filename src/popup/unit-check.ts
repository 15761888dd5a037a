import type { UnitsAnswer } from '../contract/routes.ts';
import { parseUnit, UNIT_PROBLEMS, type Unit } from '../contract/unit.ts';
import { LINK_FIELD } from '../contract/words.ts';

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
export const REFUSAL_WORDS: Record<Refusal, string> = {
  built_in: UNIT_PROBLEMS.unit_built_in,
  no_currency: 'This unit has no currency. In Advocate, turn multi-currency on for it and give it one.',
  currency_unsupported: UNIT_PROBLEMS.unit_currency_unsupported,
  multi_currency_off: 'Multi-currency is off for this unit. Turn it on in Advocate, then type it again.',
  not_redeemable: 'Advocate does not let rewards in this unit be redeemed. Make it redeemable there first.',
  paid_by_advocate: 'Advocate’s own Stripe integration already pays this unit. It would be paid twice.',
  paid_by_other_integration: 'Another integration already pays this unit. It would be paid twice.',
  unknown_to_advocate: 'Advocate has no such unit in this mode.',
};

/** What Advocate says of a unit. It lists some with their currency and some by their key alone. */
export function viewOf({ unit, key }: Unit, known: UnitView[]): UnitView | undefined {
  return known.find((one) => one.unit === unit) ?? known.find((one) => one.key === key && !one.currency);
}

/** Why a unit that is chosen would not be paid; null when it would. */
export function troubleOf(text: string, known: UnitView[]): string | null {
  const parsed = parseUnit(text);
  if (!parsed.ok) return UNIT_PROBLEMS[parsed.problem];
  const view = viewOf(parsed.value, known);
  if (!view) return REFUSAL_WORDS.unknown_to_advocate;
  return view.why && REFUSAL_WORDS[view.why];
}

/**
 * Judges the text as it is typed: first its form, then against what Advocate knows.
 * @param known null when Advocate's units are not at hand (yet)
 */
export function checkUnit(text: string, known: UnitView[] | null, configured: string[]): UnitCheck {
  const parsed = parseUnit(text);
  if (!parsed.ok) {
    const unfinished = ['unit_empty', 'unit_slash_missing', 'unit_currency_missing'].includes(parsed.problem);
    const sentence = text !== text.trim() ? 'Leave out the spaces.' : UNIT_PROBLEMS[parsed.problem];
    return { ok: false, tone: unfinished ? 'plain' : 'bad', sentence };
  }
  const { unit } = parsed.value;
  if (configured.includes(unit))
    return { ok: false, tone: 'plain', sentence: `${unit} is on the list already.` };
  if (!known) {
    return {
      ok: true,
      tone: 'plain',
      sentence: 'Not checked with Advocate yet. The proxy checks when you save.',
    };
  }
  const view = viewOf(parsed.value, known);
  if (!view) return { ok: false, tone: 'bad', sentence: unknownUnit(parsed.value, known) };
  if (view.why) return { ok: false, tone: 'bad', sentence: REFUSAL_WORDS[view.why] };
  if (!view.usable) return { ok: false, tone: 'bad', sentence: REFUSAL_WORDS.built_in };
  return {
    ok: true,
    tone: 'good',
    sentence: `Advocate knows it as “${view.name}”. It pays in ${parsed.value.currency}.`,
  };
}

function unknownUnit({ unit, key, currency }: Unit, known: UnitView[]): string {
  const twin = known.find((one) => one.unit.toLowerCase() === unit.toLowerCase());
  if (twin) return `Capitals matter: Advocate has ${twin.unit}.`;
  const keyTwin = known.find((one) => !one.currency && one.key.toLowerCase() === key.toLowerCase());
  if (keyTwin) return `Capitals matter: Advocate has ${keyTwin.key}, so type ${keyTwin.key}/${currency}.`;
  const currencies = known.flatMap((one) => (one.key === key && one.currency ? [one.currency] : []));
  if (currencies.length === 0) return REFUSAL_WORDS.unknown_to_advocate;
  return `Advocate has ${key} only in ${new Intl.ListFormat('en').format(currencies)}.`;
}

/** What the spelling of the link's field means; `warn` where links would be overlooked. */
export function checkField(field: string | null): { tone: 'plain' | 'warn'; sentence: string } {
  if (field === LINK_FIELD) {
    return { tone: 'plain', sentence: `Links are kept in the participant’s custom field ${LINK_FIELD}.` };
  }
  if (field === null) {
    return {
      tone: 'plain',
      sentence: `Advocate has no custom field ${LINK_FIELD} yet. The first link makes it.`,
    };
  }
  return {
    tone: 'warn',
    sentence: `Advocate has a field ${field}, but the link is read from ${LINK_FIELD}: spelling and capitals matter. Participants with an ID in ${field} alone count as not linked.`,
  };
}
