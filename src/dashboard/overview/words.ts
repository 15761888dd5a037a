/** Days, times and shares in the person's language. */
import { locale, say } from '../../locales/say.ts';

const formats = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>();
function made<F extends Intl.DateTimeFormat | Intl.NumberFormat>(
  key: string,
  make: (language: string) => F,
): F {
  const name = `${locale()} ${key}`;
  const known = formats.get(name) as F | undefined;
  const format = known ?? make(locale());
  formats.set(name, format);
  return format;
}

/** `3 May 2026`; the day is UTC's, whatever zone the person is in. */
export const dayWords = (day: string): string =>
  made('day', (of) => new Intl.DateTimeFormat(of, { dateStyle: 'medium', timeZone: 'UTC' })).format(
    Date.parse(day),
  );
/** `3 May`, beneath a plot. */
export const shortDay = (day: string): string =>
  made(
    'short',
    (of) => new Intl.DateTimeFormat(of, { day: 'numeric', month: 'short', timeZone: 'UTC' }),
  ).format(Date.parse(day));

export const number = (value: number): string =>
  made('number', (of) => new Intl.NumberFormat(of)).format(value);

/** `$1.2K`, beside a plot; the exact amounts stand in its table. */
export const roughMoney = (units: number, currency: string): string =>
  made(
    `rough ${currency}`,
    (of) =>
      new Intl.NumberFormat(of, {
        ...{ style: 'currency', currency, currencyDisplay: 'narrowSymbol' },
        ...{ notation: 'compact', minimumFractionDigits: 0, maximumFractionDigits: 1 },
      }),
  ).format(units);

/** `12%`; what is there at all is never 0%. */
export function share(count: number, of: number): string {
  const part = of === 0 ? 0 : count / of;
  const format = made(
    'share',
    (on) => new Intl.NumberFormat(on, { style: 'percent', maximumFractionDigits: 0 }),
  );
  return part > 0 && part < 0.005
    ? say('overview_share_below', { share: format.format(0.01) })
    : format.format(part);
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** `2.5 hours`; `short` is for the side of a plot: `2.5 hr`. */
export function duration(ms: number, unitDisplay: 'long' | 'short' = 'long'): string {
  const [unit, size] = UNITS.find(([, least]) => ms >= least) ?? UNITS[3];
  const value = ms / size;
  const digits = value < 10 ? 1 : 0;
  return made(
    `${unit} ${unitDisplay} ${digits}`,
    (of) => new Intl.NumberFormat(of, { style: 'unit', unit, unitDisplay, maximumFractionDigits: digits }),
  ).format(value);
}
