/** The one-to-one proof, as the signed report. */
import { Hono } from 'hono';
import { stream } from 'hono/streaming';
import { ReportLine } from '../../contract/reconciliation.ts';
import type { Parts } from '../parts.ts';
import { reconcileContext } from '../reconcile-context.ts';
import { writeReport } from '../report.ts';
import { readReportKey } from '../report-key.ts';
import { about, type Env, inMode, noQuery } from './common.ts';

export function reconciliationRoutes(parts: Parts) {
  return new Hono<Env>().get(
    '/:mode/reconciliation',
    about('Rewards, ledger and Stripe, one to one: a signed report', ReportLine, 'application/x-ndjson'),
    inMode,
    noQuery,
    async (c) => {
      const { requestId } = c.var;
      const context = await reconcileContext(parts, c.req.valid('param').mode);
      const key = await readReportKey(parts.db);
      c.header('content-type', 'application/x-ndjson');
      return stream(c, async (lines) => {
        const onError = (error: unknown) => parts.log.error({ requestId, err: error }, 'reconcile');
        for await (const { text } of writeReport(context, key, onError)) {
          if (lines.aborted) return;
          await lines.write(text);
        }
      });
    },
  );
}
