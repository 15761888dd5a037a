import type { Tenant } from './state.ts';

/** ISO 4217 minor units, as a Java back end has them. Stripe's table differs for some: ISK, UGX and MGA among them. */
const NO_DIGITS = new Set('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'.split(' '));
const THREE_DIGITS = new Set('BHD IQD JOD KWD LYD OMR TND'.split(' '));
const CODES = new Set(Intl.supportedValuesOf('currency'));

export type UnitConfig = { id: string; config: Record<string, unknown> };
export type Currency = { code: string; digits: number };

export function currencyOf(code: string): Currency | null {
  if (!CODES.has(code)) return null;
  return { code, digits: NO_DIGITS.has(code) ? 0 : THREE_DIGITS.has(code) ? 3 : 2 };
}

/** `STRIPE/USD` has a currency, `USD` is one (Advocate's built-in credit), `POINT` has none. */
export function splitUnit(unit: string): { key: string; currency: Currency | null } {
  const slash = unit.indexOf('/');
  if (slash === -1) return { key: unit, currency: currencyOf(unit) };
  return { key: unit.slice(0, slash), currency: currencyOf(unit.slice(slash + 1)) };
}

export function settingsOf(tenant: Tenant, unit: string): UnitConfig | null {
  const { key } = splitUnit(unit);
  return tenant.units.find((s) => s.id === unit) ?? tenant.units.find((s) => s.id === key) ?? null;
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

export function mayBe(
  tenant: Tenant,
  unit: string,
  change: 'isRedeemable' | 'isCancellable' | 'isExpirable',
): boolean {
  const settings = settingsOf(tenant, unit);
  return settings ? record(settings.config.rewardModifications)[change] !== false : true;
}

export function unitName(tenant: Tenant, unit: string): string {
  const name = record(settingsOf(tenant, unit)?.config.translatableConfig).name;
  return typeof name === 'string' ? name : splitUnit(unit).key;
}

/** The settings in the form that this tenant is told to use. */
export function listedSettings(tenant: Tenant): UnitConfig[] {
  if (tenant.unitForm === 'key') return tenant.units;
  const prefix = tenant.unitForm === 'path' ? 't/CREDIT/u/' : '';
  const inUse = [...new Set([...tenant.rewards.values()].map((r) => r.unit))].sort();
  return tenant.units.flatMap(({ id, config }) => {
    const pairs = inUse.filter((unit) => unit.startsWith(`${id}/`));
    const ids = config.supportsCurrencies === true && pairs.length > 0 ? pairs : [id];
    return ids.map((unit) => ({ id: prefix + unit, config }));
  });
}

export type Format =
  | 'NUMBER_FORMATTED'
  | 'INTEGER_FORMATTED'
  | 'UNIT_FORMATTED'
  | 'NUMBER_UNFORMATTED'
  | 'INTEGER_UNFORMATTED';

const tag = (locale: string | null | undefined) => (locale ?? 'en_US').replace('_', '-');

export function pretty(
  tenant: Tenant,
  unit: string,
  value: number,
  format: Format = 'UNIT_FORMATTED',
  locale?: string | null,
): string {
  const { currency } = splitUnit(unit);
  const digits = currency?.digits ?? 0;
  const basic = value / 10 ** digits;
  switch (format) {
    case 'NUMBER_UNFORMATTED':
      return basic.toFixed(digits);
    case 'INTEGER_UNFORMATTED':
      return String(Math.round(basic));
    case 'INTEGER_FORMATTED':
      return Math.round(basic).toLocaleString(tag(locale));
    case 'NUMBER_FORMATTED':
      return basic.toLocaleString(tag(locale), { minimumFractionDigits: digits });
    case 'UNIT_FORMATTED':
      if (currency)
        return basic.toLocaleString(tag(locale), {
          style: 'currency',
          currency: currency.code,
          minimumFractionDigits: digits,
          maximumFractionDigits: digits,
        });
      if (unit === '%') return `${value}%`;
      return `${value.toLocaleString(tag(locale))} ${unitName(tenant, unit)}`;
  }
}
