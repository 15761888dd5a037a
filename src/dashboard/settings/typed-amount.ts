/** Amounts as people write them, to and from integers in minor units. What could mean two things is refused. */
import { stripeDigits } from '../../contract/money.ts';
import { say, sayCount } from '../../locales/say.ts';

export type TypedAmount = { ok: true; amount: number | null } | { ok: false; problem: string };

/** The sign that this person's language puts before decimals. */
function decimalSign(locale?: string): string {
  const parts = new Intl.NumberFormat(locale).formatToParts(1.5);
  return parts.find(({ type }) => type === 'decimal')?.value ?? '.';
}

/** Nothing typed means null, which is no cap. */
export function readAmount(typed: string, currency: string, locale?: string): TypedAmount {
  const refuse = (problem: string): TypedAmount => ({ ok: false, problem });
  const digits = stripeDigits(currency) ?? 2;
  const example = writeAmount(50 * 10 ** digits, currency, locale);
  // NFKC makes plain digits of wide ones and plain spaces of narrow ones.
  const text = typed
    .normalize('NFKC')
    .trim()
    .replace(new RegExp(`^${currency}|${currency}$`, 'i'), '')
    .replace(/^\p{Sc}|\p{Sc}$/u, '')
    .trim();
  if (typed.trim() === '') return { ok: true, amount: null };
  if (/^[-−]/.test(text)) return refuse(say('settings_amount_below_zero'));
  if (!/^[.,]?[0-9][0-9 .,'’]*$/.test(text)) return refuse(say('settings_amount_none', { example }));

  const split = splitDecimals(text, digits, decimalSign(locale));
  if (!split) return refuse(say('settings_amount_two', { example }));
  if (split.decimals.length > digits) {
    return refuse(
      digits === 0
        ? say('settings_amount_whole', { currency })
        : sayCount('settings_amount_decimals', digits, { currency, example }),
    );
  }
  const amount = Number(`${split.whole}${split.decimals.padEnd(digits, '0')}`);
  if (!Number.isSafeInteger(amount)) return refuse(say('settings_amount_large'));
  if (amount === 0) return refuse(say('settings_amount_zero'));
  return { ok: true, amount };
}

/** The digits before and after the decimal sign, or null where it cannot be told which sign that is. */
function splitDecimals(
  text: string,
  digits: number,
  decimal: string,
): { whole: string; decimals: string } | null {
  const last = Math.max(text.lastIndexOf('.'), text.lastIndexOf(','));
  const bare = (part: string) => part.replace(/[ .,'’]/g, '');
  if (last === -1) return isGrouped(text) ? { whole: bare(text), decimals: '' } : null;

  const sign = text[last] ?? '.';
  const [before, after] = [text.slice(0, last), text.slice(last + 1)];
  const asDecimal =
    /^[0-9]*$/.test(after) && !before.includes(sign) && (before === '' || isGrouped(before))
      ? { whole: bare(before), decimals: after }
      : null;
  const asGroup = isGrouped(text, sign) ? { whole: bare(text), decimals: '' } : null;
  if (!asDecimal || !asGroup) return asDecimal ?? asGroup;
  // `1.000`: thousands in one language, three decimals in another. Only a currency that has as many can mean the latter.
  if (digits === 3) return sign === decimal ? asDecimal : asGroup;
  return sign === decimal ? null : asGroup;
}

/** Whether digits stand in groups of three, all parted by one sign, or in none. */
function isGrouped(text: string, only?: string): boolean {
  const signs = new Set(text.replace(/[0-9]/g, ''));
  const [sign] = signs;
  if (sign === undefined) return text !== '';
  if (signs.size > 1 || (only !== undefined && sign !== only)) return false;
  const [first = '', ...rest] = text.split(sign);
  return first.length >= 1 && first.length <= 3 && rest.every((group) => group.length === 3);
}

/** As it stands in a box: `50.00`, `1500`. */
export function writeAmount(amount: number, currency: string, locale?: string): string {
  const digits = stripeDigits(currency) ?? 2;
  const padded = String(amount).padStart(digits + 1, '0');
  const decimal = digits === 0 ? padded : `${padded.slice(0, -digits)}.${padded.slice(-digits)}`;
  return new Intl.NumberFormat(locale, {
    useGrouping: false,
    numberingSystem: 'latn',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(decimal as Intl.StringNumericLiteral);
}
