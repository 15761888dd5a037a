/** Reads the proxy's report while it arrives, and keeps what people look at: the sums and the first differences. */
import * as v from 'valibot';
import type { Answers } from '../contract/messages.ts';
import { ProblemError } from '../contract/problems.ts';
import { GOOD_FINDINGS, type ReconcileLine, ReportLine } from '../contract/reconciliation.ts';
import { say } from '../locales/say.ts';
import { told } from '../locales/told.ts';

const MOST_DIFFERENCES = 500;

/** Only a report that came to its signature counts. Whether the signature is good is for those it is handed to. */
export async function readReconciliation(lines: AsyncIterable<unknown>): Promise<Answers['reconcile']> {
  const differences: ReconcileLine[] = [];
  let summary: Answers['reconcile']['summary'] | null = null;
  for await (const said of lines) {
    const line = v.safeParse(ReportLine, said);
    if (!line.success) throw new SyntaxError('A line is not a line of a report.');
    if (line.output.line === 'incomplete')
      throw new ProblemError(
        'proxy_unexpected',
        told({
          detail: say('ui_not_reconciled', { detail: line.output.detail }),
          action: say('ui_not_reconciled_action'),
        }),
      );
    if (line.output.line === 'summary') {
      const { line: _, ...sums } = line.output;
      summary = sums;
    } else if (line.output.line === 'reward') {
      const { line: _, ...one } = line.output;
      if (!GOOD_FINDINGS.includes(one.finding) && differences.length < MOST_DIFFERENCES)
        differences.push(one);
    } else if (line.output.line === 'signature' && summary !== null) return { summary, differences };
  }
  throw new SyntaxError('The report ends too early.');
}
