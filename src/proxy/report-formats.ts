/** A report for people and for spreadsheets, written line by line. */
import { decimalOf, formatMoney, type Money } from '../contract/money.ts';
import { FINDINGS, type ReconcileLine, type ReconcileSummary } from '../contract/reconciliation.ts';
import { isDifference } from './reconcile-judge.ts';

const words = (code: string) => code.replaceAll('_', ' ');
const amounts = (sums: readonly Money[]) => sums.map((money) => formatMoney(money)).join(', ') || 'nothing';
const FIRST_COLUMN = 15;

/** What came from elsewhere must not steer the terminal it is shown in. */
const shown = (text: string) => text.replace(/\p{Cc}/gu, '?');

/** A difference in two lines: what it is about, and what exactly differs. Empty where there is none. */
export function tableLine(line: ReconcileLine): string {
  if (!isDifference(line)) return '';
  const { finding, reward, customer, credit, money, detail } = line;
  const about = [reward ?? 'no reward', money && formatMoney(money), customer, credit].filter(
    (part) => part !== null,
  );
  return `${words(finding).padEnd(FIRST_COLUMN)} ${shown(about.join('  '))}\n${' '.repeat(FIRST_COLUMN + 1)}${shown(detail ?? '')}\n`;
}

export function tableSummary(summary: ReconcileSummary): string {
  const { mode, tenant, account, findings, startedAt, finishedAt, auditHead } = summary;
  const at = (time: number) => new Date(time).toISOString().replace('T', ' ').slice(0, 19);
  const rows = FINDINGS.map(
    (finding) => `  ${words(finding).padEnd(FIRST_COLUMN)} ${String(findings[finding] ?? 0).padStart(9)}\n`,
  );
  const differences = differencesIn(summary);
  return [
    `\nReconciliation in ${mode} mode: Advocate’s tenant ${tenant}, Stripe’s ${account ?? 'account of the restricted key'}\n`,
    `From ${at(startedAt)} to ${at(finishedAt)} UTC: ${summary.rewards} rewards, ${summary.transactions} transactions at Stripe\n\n`,
    ...rows,
    `\nCredited and matched: ${amounts(summary.credited)}\n`,
    `Taken back: ${amounts(summary.reversed)}\n`,
    auditHead === null ? '' : `Last entry of the audit: ${auditHead.seq} ${auditHead.hash}\n`,
    differences === 0 ? '\nEverything agrees.\n' : `\n${differences} differences, listed above.\n`,
  ].join('');
}

export function differencesIn({ findings }: Pick<ReconcileSummary, 'findings'>): number {
  return FINDINGS.filter((finding) => isDifference({ finding })).reduce(
    (sum, finding) => sum + (findings[finding] ?? 0),
    0,
  );
}

export const CSV_HEAD = 'finding,reward,customer,credit,amount,currency,detail\r\n';

export function csvLine({ finding, reward, customer, credit, money, detail }: ReconcileLine): string {
  const cells = [finding, reward, customer, credit, money && decimalOf(money), money?.currency, detail];
  return `${cells.map((cell) => csvCell(cell ?? '')).join(',')}\r\n`;
}

/** A spreadsheet takes some beginnings for a formula and runs it: those are given an apostrophe. */
export function csvCell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
