/** Money is an integer in the currency's minor unit with the currency beside it, never a fraction. */
export type Money = { amount: number; currency: string };

/** Stripe's presentment currencies by the digits of its minor unit. Source: docs.stripe.com/currencies. */
const ZERO_DECIMAL = 'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' ');
const THREE_DECIMAL = 'BHD JOD KWD OMR TND'.split(' ');
/** Logically without decimals, yet Stripe's API wants them times one hundred; its own tables disagree on UGX. */
const DISPUTED = 'ISK UGX'.split(' ');
const TWO_DECIMAL = (
  'USD AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CNY ' +
  'COP CRC CVE CZK DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR JMD KES ' +
  'KGS KHR KYD KZT LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD ' +
  'PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SEK SGD SHP SLE SOS SRD STD SZL THB TJS TOP TRY TTD TWD ' +
  'TZS UAH UYU UZS WST XCD YER ZAR ZMW'
).split(' ');

const DIGITS = new Map<string, number>([
  ...ZERO_DECIMAL.map((c) => [c, 0] as const),
  ...TWO_DECIMAL.map((c) => [c, 2] as const),
  ...DISPUTED.map((c) => [c, 2] as const),
  ...THREE_DECIMAL.map((c) => [c, 3] as const),
]);

/** Digits after the point in Stripe's minor unit, or null when Stripe does not take the currency. */
export function stripeDigits(currency: string): number | null {
  return DIGITS.get(currency) ?? null;
}

export type ConversionProblem =
  | 'currency_unsupported'
  | 'currency_digits_differ'
  | 'amount_not_exact'
  | 'amount_invalid';

/** Stripe takes at most eight digits of minor units, and more of a few small currencies. */
const LARGEST_AMOUNT = 99_999_999;
const LARGEST_AMOUNTS: Record<string, number> = { IDR: 999_999_999_999 };

/**
 * An Advocate amount as a Stripe amount. Two tables of digits meet here: where they disagree, or Stripe's own
 * tables do, nothing is converted and a person decides.
 * @param amount integer in Advocate's fractional unit
 * @param advocateDigits `rewardUnit.currency.fractionDigits`
 */
export function toStripeAmount(
  amount: number,
  currency: string,
  advocateDigits: number,
): { ok: true; value: Money } | { ok: false; problem: ConversionProblem } {
  const refuse = (problem: ConversionProblem) => ({ ok: false, problem }) as const;
  const digits = stripeDigits(currency);
  if (digits === null) return refuse('currency_unsupported');
  if (DISPUTED.includes(currency) || digits !== advocateDigits) return refuse('currency_digits_differ');
  if (!Number.isSafeInteger(amount) || amount <= 0 || amount > (LARGEST_AMOUNTS[currency] ?? LARGEST_AMOUNT))
    return refuse('amount_invalid');
  if (digits === 3 && amount % 10 !== 0) return refuse('amount_not_exact');
  return { ok: true, value: { amount, currency } };
}

/** `20.00`, `-0.50`. */
export function decimalOf({ amount, currency }: Money): string {
  const digits = stripeDigits(currency) ?? 2;
  const whole = String(Math.abs(amount)).padStart(digits + 1, '0');
  const decimal = digits === 0 ? whole : `${whole.slice(0, -digits)}.${whole.slice(-digits)}`;
  return amount < 0 ? `-${decimal}` : decimal;
}

/** `20.00 USD`: in no language, for whoever words it later. */
export const plainMoney = (money: Money): string => `${decimalOf(money)} ${money.currency}`;

/** What `plainMoney` wrote; null for any other text. */
export function readMoney(text: string): Money | null {
  const found = /^(-?)(\d{1,15})(?:\.(\d+))? ([A-Z]{3})$/.exec(text);
  if (found === null) return null;
  const [, sign, whole, decimals = '', currency = ''] = found;
  if (decimals.length !== (stripeDigits(currency) ?? 2)) return null;
  const amount = Number(`${sign}${whole}${decimals}`);
  return Number.isSafeInteger(amount) ? { amount, currency } : null;
}

/** To make one takes longer than to use it a hundred times. */
const formats = new Map<string, Intl.NumberFormat>();
function formatOf(currency: string, locale: string | undefined): Intl.NumberFormat {
  const name = `${locale} ${currency}`;
  const known = formats.get(name);
  if (known !== undefined) return known;
  const digits = stripeDigits(currency) ?? 2;
  const made = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  formats.set(name, made);
  return made;
}

/** `$20.00 USD`, `¥500 JPY`: symbol and code, so that no dollar is mistaken for another. */
export function formatMoney({ amount, currency }: Money, locale?: string): string {
  const number = decimalOf({ amount, currency }) as Intl.StringNumericLiteral;
  const text = formatOf(currency, locale).format(number);
  return text.includes(currency) ? text : `${text} ${currency}`;
}

/** Adds up amounts per currency; amounts of different currencies never meet. Sorted by currency. */
export function sumByCurrency(items: Iterable<Money>): Money[] {
  const sums = new Map<string, number>();
  for (const { amount, currency } of items) sums.set(currency, (sums.get(currency) ?? 0) + amount);
  return [...sums].sort(([a], [b]) => a.localeCompare(b)).map(([currency, amount]) => ({ amount, currency }));
}
