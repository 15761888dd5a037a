import type { Answers } from '../../contract/messages.ts';
import { FINDINGS, type Finding, GOOD_FINDINGS, type ReconcileLine } from '../../contract/reconciliation.ts';
import { amountSaid, refusalSaid } from '../../locales/explain.ts';
import { hasWords, type Key, locale, say, sayCount } from '../../locales/say.ts';
import { dateTime } from '../date-time.ts';

type Summary = Answers['reconcile']['summary'];

export const findingName = (finding: Finding): string => say(`reconcile_finding_${finding}`);
export const findingMeans = (finding: Finding): string => say(`reconcile_finding_${finding}_means`);

/** A report of an older proxy, or of a newer one that knows more, has its English sentence. */
export function differenceSaid({ finding, detail, why }: ReconcileLine): string {
  const key = `reconcile_why_${why?.code}`;
  if (why === undefined || !hasWords(key)) return detail ?? findingMeans(finding);
  const facts = Object.entries(why.facts).map(([name, fact]) => [name, factSaid(name, fact)]);
  return say(key as Key, Object.fromEntries(facts));
}

function factSaid(name: string, fact: string): string {
  if (name === 'at') return dateTime(Date.parse(fact));
  return name === 'refusal' ? refusalSaid(fact) : amountSaid(fact);
}

export const isDifference = (finding: Finding) => !GOOD_FINDINGS.includes(finding);

export function countOf(summary: Summary, finding: Finding): number {
  return summary.findings[finding] ?? 0;
}

export function differenceCount(summary: Summary): number {
  return FINDINGS.filter(isDifference).reduce((sum, finding) => sum + countOf(summary, finding), 0);
}

/** The whole result in one sentence. */
export function verdict(summary: Summary): string {
  const differences = differenceCount(summary);
  const read = {
    rewards: sayCount('reconcile_rewards', summary.rewards),
    transactions: sayCount('reconcile_transactions', summary.transactions),
  };
  if (differences > 0) return sayCount('reconcile_verdict_differs', differences, read);
  if (summary.rewards === 0 && summary.transactions === 0) return say('reconcile_verdict_nothing');
  return say('reconcile_verdict_matches', read);
}

/** `2 minutes 5 seconds`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const said = (value: number, unit: 'minute' | 'second') =>
    new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay: 'long' }).format(value);
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  if (minutes === 0) return said(rest, 'second');
  if (rest === 0) return said(minutes, 'minute');
  const list = new Intl.ListFormat(locale(), { type: 'unit', style: 'narrow' });
  return list.format([said(minutes, 'minute'), said(rest, 'second')]);
}
