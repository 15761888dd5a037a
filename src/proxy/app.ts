/** The proxy as a value: every route, no port. */
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { openAPIRouteHandler } from 'hono-openapi';
import { ProblemError } from '../contract/problems.ts';
import { english } from '../locales/english.ts';
import { speak } from '../locales/say.ts';
import { CALLBACK_CSP, callbackPage } from './callback-page.ts';
import { corsForExtensions, extensionsOnly, NOTHING_RUNS, noUserInAddress, safeHeaders } from './guarded.ts';
import { answerProblem, problemOf } from './http-problems.ts';
import type { Parts } from './parts.ts';
import { auditRoutes } from './routes/audit.ts';
import { type Env, signedIn } from './routes/common.ts';
import { deskRoutes } from './routes/desk.ts';
import { hintRoutes } from './routes/hints.ts';
import { holdRoutes } from './routes/holds.ts';
import { linkingRoutes } from './routes/linking.ts';
import { peopleRoutes } from './routes/people.ts';
import { reconciliationRoutes } from './routes/reconciliation.ts';
import { reversalRoutes } from './routes/reversals.ts';
import { rewardRoutes } from './routes/rewards.ts';
import { pairRoute, sessionRoutes } from './routes/session.ts';
import { teamRoutes } from './routes/team.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { strikeSecrets } from './secrets.ts';
import { traceOf, within } from './trace.ts';
import { createVitals, type Vitals, vitalRoutes } from './vitals.ts';
import { admitted, notStopping } from './work.ts';

const LARGEST_BODY = 64 * 1024;

/** Typed routes, for Hono's client in the extension. */
function v1(parts: Parts, vitals: Vitals) {
  return new Hono<Env>()
    .use(notStopping(vitals.work))
    .route('/', pairRoute(parts))
    .route('/', connectCallback(parts))
    .route('/', webhookRoutes(parts))
    .route('/', hintRoutes(parts))
    .use(signedIn(parts))
    .use(admitted(vitals.work))
    .route('/', sessionRoutes(parts, vitals))
    .route('/', rewardRoutes(parts, vitals))
    .route('/', holdRoutes(parts))
    .route('/', reversalRoutes(parts))
    .route('/', reconciliationRoutes(parts))
    .route('/', auditRoutes(parts))
    .route('/', peopleRoutes(parts))
    .route('/', linkingRoutes(parts, vitals))
    .route('/', deskRoutes(parts))
    .route('/', teamRoutes(parts));
}
export type AppType = ReturnType<typeof createApp>;

export function createApp(parts: Parts, vitals: Vitals = createVitals(parts)) {
  const { log, version } = parts;
  const { metrics, work } = vitals;
  speak(english);
  const app = new Hono<Env>();
  app.onError((error, c) => {
    const problem = problemOf(error);
    metrics.refusal(problem.code);
    if (problem.code === 'internal') log.error({ requestId: c.var.requestId, err: error }, 'failed');
    return answerProblem(c, problem, c.var.requestId);
  });
  app.notFound((c) => {
    metrics.refusal('not_found');
    return answerProblem(c, new ProblemError('not_found'), c.var.requestId);
  });

  return app
    .use(async (c, next) => {
      const started = performance.now();
      const trace = traceOf((name) => c.req.header(name));
      c.set('requestId', trace.requestId);
      await within(trace, async () => {
        await next();
        if (!c.res.headers.has('content-security-policy')) c.header('content-security-policy', NOTHING_RUNS);
        c.header('x-request-id', c.var.requestId);
        c.header('cache-control', 'no-store');
        // A connection that is kept would be waited for.
        if (work.isStopping()) c.header('connection', 'close');
        // The route, not the path: paths name participants, whose ids are often e-mail addresses.
        const { method, routePath: route } = c.req;
        const { status } = c.res;
        const took = performance.now() - started;
        metrics.request(method, route, status, took / 1000);
        log.info({ method, route, status, took: Math.round(took) }, 'request');
      });
    })
    .use(safeHeaders)
    .use(noUserInAddress)
    .use(corsForExtensions)
    .use(extensionsOnly)
    .use(
      bodyLimit({
        maxSize: LARGEST_BODY,
        onError: () => {
          throw new ProblemError('too_large');
        },
      }),
    )
    .route('/', vitalRoutes(parts, vitals))
    .get('/openapi.json', (c, next) =>
      openAPIRouteHandler(app, {
        documentation: { info: { title: 'Advocate Credits for Stripe', version } },
      })(c, next),
    )
    .route('/v1', v1(parts, vitals));
}

/** Stripe's redirect carries no token: the single-use state is what proves it. */
function connectCallback({ connections, log }: Parts) {
  return new Hono<Env>().get('/connect/callback', async (c) => {
    c.header('content-security-policy', CALLBACK_CSP);
    try {
      const { mode, account } = await connections.finish(c.req.query());
      log.info({ requestId: c.var.requestId, mode, account }, 'connected');
      const text = `${account} is connected in ${mode} mode. You can close this tab and go on in the extension.`;
      return c.html(callbackPage({ title: 'Stripe is connected', text, good: true }));
    } catch (error) {
      const { code, extra, message } = problemOf(error);
      log.warn({ requestId: c.var.requestId, code }, 'not connected');
      const text = strikeSecrets(`${message} ${extra.action ?? ''}`);
      return c.html(callbackPage({ title: 'Stripe was not connected', text, good: false }), 400);
    }
  });
}
