/**
 * The one-to-one proof, as the signed report. It reads everything there is at Stripe and at Advocate, so a proxy writes
 * one at a time in each mode.
 */
import { Hono } from 'hono';
import { stream } from 'hono/streaming';
import { ProblemError } from '../../contract/problems.ts';
import { ReportLine } from '../../contract/reconciliation.ts';
import type { Mode } from '../../contract/words.ts';
import type { Parts } from '../parts.ts';
import { reconcileContext } from '../reconcile-context.ts';
import { writeReport } from '../report.ts';
import { readReportKey } from '../report-key.ts';
import { about, type Env, inMode, noQuery } from './common.ts';

/** Whoever takes no line for so long is gone, whatever the line to them says; others wait. */
const LONGEST_WRITE_MS = 30_000;

export function reconciliationRoutes(parts: Parts) {
  const underWay = new Set<Mode>();
  function begin(mode: Mode): void {
    if (underWay.has(mode))
      throw new ProblemError('already_reconciling', {
        detail: 'It reads everything there is, so the proxy writes one at a time.',
        action: 'Wait until the other one is done, then start again.',
      });
    underWay.add(mode);
  }

  return new Hono<Env>().get(
    '/:mode/reconciliation',
    about('Rewards, ledger and Stripe, one to one: a signed report', ReportLine, 'application/x-ndjson'),
    inMode,
    noQuery,
    async (c) => {
      const { requestId } = c.var;
      const { mode } = c.req.valid('param');
      const context = await reconcileContext(parts, mode);
      const key = await readReportKey(parts.db);
      // Nothing is waited for from here to the stream, which frees the way whatever becomes of it.
      begin(mode);
      c.header('content-type', 'application/x-ndjson');
      return stream(c, async (lines) => {
        const onError = (error: unknown) => parts.log.error({ requestId, err: error }, 'reconcile');
        try {
          for await (const { text } of writeReport(context, key, onError)) {
            if (lines.aborted) return;
            const tooLong = setTimeout(() => lines.abort(), LONGEST_WRITE_MS);
            await lines.write(text);
            clearTimeout(tooLong);
          }
        } finally {
          underWay.delete(mode);
        }
      });
    },
  );
}
