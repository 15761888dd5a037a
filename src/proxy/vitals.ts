/** What an operator asks of a running proxy: is it alive, is it ready, what is it doing. */
import { Hono } from 'hono';
import { sql } from 'kysely';
import { ProblemError } from '../contract/problems.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import type { Parts } from './parts.ts';
import type { Env } from './routes/common.ts';
import { createWork, type Work } from './work.ts';

export type Vitals = { work: Work; metrics: Metrics };

export function createVitals(parts: Parts, most?: number): Vitals {
  const work = createWork(most);
  return { work, metrics: createMetrics(parts, work) };
}

/** No secret, no name and no id is told here; still, the way in from the internet need not show it (docs/operations.md). */
export function vitalRoutes({ db, version, log }: Parts, { work, metrics }: Vitals) {
  return new Hono<Env>()
    .get('/healthz', (c) => c.json({ status: 'ok', version } as const))
    .get('/readyz', async (c) => {
      if (work.isStopping()) throw new ProblemError('proxy_stopping');
      await sql`select 1`.execute(db).catch((error: unknown) => {
        log.warn({ err: error }, 'the database does not answer');
        throw new ProblemError('database_unreachable', {}, { cause: error });
      });
      return c.json({ status: 'ok', version } as const);
    })
    .get('/metrics', async (c) => c.body(await metrics.read(), 200, { 'content-type': metrics.contentType }));
}
