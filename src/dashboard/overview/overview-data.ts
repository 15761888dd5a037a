/** What the plots and their tables show, from what the proxy counted. Days are UTC. */
import { stripeDigits } from '../../contract/money.ts';
import type { Lag, Overview } from '../../contract/overview.ts';

const DAY_MS = 86_400_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Every day from the first to the last, also those on which nothing happened. */
export function daysOf({ from, to }: Pick<Overview, 'from' | 'to'>): string[] {
  const [first, last] = [Date.parse(from), Date.parse(to)];
  const length = Math.round((last - first) / DAY_MS) + 1;
  return Array.from({ length }, (_, at) => new Date(first + at * DAY_MS).toISOString().slice(0, 10));
}

export type CreditDay = { day: string; credited: number; count: number; reversed: number };
/** One currency's days; amounts of different currencies never meet. */
export type CurrencyDays = { currency: string; days: CreditDay[] };

/** Also those in which something was only taken back. */
export function currenciesIn({ credited, reversed }: Pick<Overview, 'credited' | 'reversed'>): string[] {
  return [...new Set([...credited, ...reversed].map(({ currency }) => currency))].sort();
}

export function currenciesOf(overview: Overview): CurrencyDays[] {
  const all = daysOf(overview);
  const known = new Map(overview.days.map((one) => [one.day, one]));
  return currenciesIn(overview).map((currency) => ({
    currency,
    days: all.map((day) => {
      const its = known.get(day);
      const credited = its?.credited.find((sum) => sum.currency === currency);
      const reversed = its?.reversed.find((sum) => sum.currency === currency);
      return {
        day,
        credited: credited?.amount ?? 0,
        count: credited?.count ?? 0,
        reversed: reversed?.amount ?? 0,
      };
    }),
  }));
}

export const creditsIn = (sums: Overview['credited']): number =>
  sums.reduce((total, { count }) => total + count, 0);

/** `credits`: all of the day, also those of which nobody knows when they were earned. */
export type LagDay = { day: string; lag: Lag | null; credits: number };
export function lagDaysOf(overview: Overview): LagDay[] {
  const known = new Map(overview.days.map((one) => [one.day, one]));
  return daysOf(overview).map((day) => {
    const its = known.get(day);
    return { day, lag: its?.lag ?? null, credits: creditsIn(its?.credited ?? []) };
  });
}

/** As people tell waiting times apart; null is all beyond. */
const STEPS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR, DAY_MS, 7 * DAY_MS, null] as const;
export type Step = { upTo: number | null; longerThan: number; count: number };

export function lagStepsOf({ lags }: Pick<Overview, 'lags'>): Step[] {
  const steps = STEPS.map((upTo, at): Step => ({ upTo, longerThan: STEPS[at - 1] ?? 0, count: 0 }));
  for (const { upTo, count } of lags) {
    const step = steps.find((one) => one.upTo === null || upTo <= one.upTo);
    if (step) step.count += count;
  }
  return steps;
}

/** For the height of a bar alone, where the last digit is not seen. */
export const asUnits = (amount: number, currency: string): number =>
  amount / 10 ** (stripeDigits(currency) ?? 2);
