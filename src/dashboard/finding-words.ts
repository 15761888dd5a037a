import type { Answers } from '../contract/messages.ts';
import { FINDINGS, type Finding, GOOD_FINDINGS } from '../contract/reconciliation.ts';

type Summary = Answers['reconcile']['summary'];

export const FINDING_WORDS: Record<Finding, { name: string; means: string }> = {
  matched: { name: 'Matched', means: 'Reward, ledger and credit agree.' },
  under_way: { name: 'Under way', means: 'Begun and not finished, with nothing wrong about it.' },
  reversed: { name: 'Taken back', means: 'Credited, and taken back afterwards.' },
  missing: { name: 'Missing', means: 'The ledger says credited, and Stripe has no such credit.' },
  extra: {
    name: 'Extra',
    means: 'Stripe has a credit that belongs to no reward, or a second one to the same.',
  },
  wrong_amount: { name: 'Wrong amount', means: 'The credit is not as much as the reward.' },
  wrong_customer: {
    name: 'Wrong customer',
    means: 'The credit is on another customer than the ledger says.',
  },
  wrong_currency: { name: 'Wrong currency', means: 'The credit is in another currency than the reward.' },
};

export const isDifference = (finding: Finding) => !GOOD_FINDINGS.includes(finding);

export function countOf(summary: Summary, finding: Finding): number {
  return summary.findings[finding] ?? 0;
}

export function differenceCount(summary: Summary): number {
  return FINDINGS.filter(isDifference).reduce((sum, finding) => sum + countOf(summary, finding), 0);
}

const number = (count: number) => new Intl.NumberFormat().format(count);
const counted = (count: number, one: string, many: string) => `${number(count)} ${count === 1 ? one : many}`;

/** The whole result in one sentence. */
export function verdict(summary: Summary): string {
  const differences = differenceCount(summary);
  const read =
    `${counted(summary.rewards, 'reward', 'rewards')} and ` +
    counted(summary.transactions, 'transaction', 'transactions');
  if (differences > 0)
    return `${counted(differences, 'difference', 'differences')} found among ${read}. Look at each before anything else is paid.`;
  if (summary.rewards === 0 && summary.transactions === 0)
    return 'There is nothing to compare yet: no reward was ever claimed here.';
  return `Everything matches: ${read}, set side by side one to one.`;
}

/** `2 minutes 5 seconds`. */
export function duration(ms: number, locale?: string): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const said = (value: number, unit: 'minute' | 'second') =>
    new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  if (minutes === 0) return said(rest, 'second');
  return rest === 0 ? said(minutes, 'minute') : `${said(minutes, 'minute')} ${said(rest, 'second')}`;
}
