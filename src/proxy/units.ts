/** Advocate's units, each usable or not and why; and who else pays them. */
import * as v from 'valibot';
import { stripeDigits } from '../contract/money.ts';
import type { UnitsAnswer } from '../contract/routes.ts';
import { LINK_FIELD } from '../contract/words.ts';
import type { Advocate } from './advocate.ts';
import type { AdvocateIntegration, AdvocateUnitSettings } from './advocate-shapes.ts';
import type { Circumstances } from './judge.ts';

type UnitView = UnitsAnswer['units'][number];

const Config = v.object({
  rewardModifications: v.optional(v.object({ isRedeemable: v.optional(v.boolean(), true) }), {}),
  supportsCurrencies: v.optional(v.boolean(), false),
  fulfilledByCashPayout: v.optional(v.boolean(), false),
  translatableConfig: v.optional(v.object({ name: v.optional(v.string()) }), {}),
});

/**
 * Advocate names its settings either by key (`STRIPE`, with every currency) or by key and currency (`STRIPE/USD`);
 * older ones carry a prefix (`t/CREDIT/u/…`). Which is not documented for custom units, so all are read.
 */
const plain = (id: string) => id.replace(/^t\/CREDIT\/u\//, '');
function readId(id: string): { key: string; currency: string | null } {
  const name = plain(id);
  const slash = name.indexOf('/');
  return slash === -1
    ? { key: name, currency: null }
    : { key: name.slice(0, slash), currency: name.slice(slash + 1) };
}

const kindOf = (key: string, cashPayout: boolean): UnitView['kind'] => {
  if (cashPayout || key === 'CASH') return 'cash';
  if (key === 'CREDIT' || key === 'CENTS' || stripeDigits(key) !== null) return 'credit';
  if (key === 'DISCOUNT') return 'discount';
  if (key === 'FUELTANK' || key === 'FUEL_TANK') return 'fuel_tank';
  return 'custom';
};

function readUnit({ id, config }: AdvocateUnitSettings, payer: Circumstances['paidElsewhere']): UnitView {
  const parsed = v.safeParse(Config, config);
  const settings = parsed.success ? parsed.output : v.parse(Config, {});
  const { key, currency } = readId(id);
  const kind = kindOf(key, settings.fulfilledByCashPayout);
  const view = {
    unit: plain(id),
    key,
    currency,
    kind,
    name: settings.translatableConfig.name ?? key,
  };
  const refuse = (why: UnitView['why']): UnitView => ({ ...view, usable: false, why });
  if (kind !== 'custom') return refuse('built_in');
  if (!settings.supportsCurrencies) return refuse('multi_currency_off');
  if (currency !== null && stripeDigits(currency) === null) return refuse('currency_unsupported');
  if (!settings.rewardModifications.isRedeemable) return refuse('not_redeemable');
  if (payer(view.unit) !== null) return refuse('paid_by_advocate');
  return { ...view, usable: true, why: null };
}

export async function readUnits(advocate: Advocate): Promise<UnitsAnswer> {
  const [settings, fields, integrations] = await Promise.all([
    advocate.unitSettings(),
    advocate.customFields(),
    advocate.integrations(),
  ]);
  const payer = payerOf(integrations);
  const fold = (key: string) => key.toLowerCase().replace(/[_-]/g, '');
  const field =
    fields.find(({ key }) => key === LINK_FIELD) ?? fields.find(({ key }) => fold(key) === fold(LINK_FIELD));
  return { units: settings.map((unit) => readUnit(unit, payer)), field: field?.key ?? null };
}

/** Why a unit such as `STRIPE/USD` cannot be paid, by what Advocate says of its units; null when it can. */
export function refusalOf(unit: string, { units }: UnitsAnswer): UnitView['why'] {
  const { key } = readId(unit);
  const exact = units.find((known) => known.unit === unit);
  const found = exact ?? units.find((known) => known.key === key && known.currency === null);
  return found === undefined ? 'unknown_to_advocate' : found.why;
}

/**
 * Advocate's own Stripe integration pays the units it is set to. The shape of its settings is not documented: where
 * they name units those are believed, otherwise it is taken to pay every unit, so that nothing is paid twice.
 */
export function payerOf(integrations: readonly AdvocateIntegration[]): Circumstances['paidElsewhere'] {
  const payers = integrations.filter(
    ({ enabled, service, name }) => enabled && /stripe/i.test(`${service} ${name}`),
  );
  return (unit) => {
    for (const { name: payer, config } of payers) {
      const named = unitsIn(config);
      if (named === null || named.map(plain).some((name) => name === unit || name === readId(unit).key))
        return payer;
    }
    return null;
  };
}

function unitsIn(config: unknown): string[] | null {
  const parsed = v.safeParse(v.object({ fulfilledRewardUnits: v.array(v.string()) }), config);
  return parsed.success ? parsed.output.fulfilledRewardUnits : null;
}
