import { expect, test, vi } from 'vitest';
import { createApp } from '../../src/proxy/app.ts';
import { createVitals } from '../../src/proxy/vitals.ts';
import { openProfile } from '../faults/browsers.ts';
import { creditsOf, reward, rewardAt, type Stage, setStage } from './stage.ts';

const ID = reward().id;
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const REQUEST = '7d9f6a3e-3f0c-4c61-9d0e-5a8f2b1c4d7e';

/** The same proxy once more, with so many places. */
function withPlaces(stage: Stage, most: number) {
  const vitals = createVitals(stage.parts, most);
  const app = createApp(stage.parts, vitals);
  const headers = { authorization: `Bearer ${stage.admin}`, 'content-type': 'application/json' };
  const ask = (path: string, init?: RequestInit) => app.request(path, { headers, ...init });
  return { ...vitals, app, ask };
}

test('what is more than the places there are is sent away at once, with a code and a time to come back', async () => {
  const stage = await setStage();
  const { work, ask } = withPlaces(stage, 1);
  const end = work.admit();
  const refused = await ask('/v1/session');
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({ code: 'proxy_busy', status: 503 });
  end();
  expect((await ask('/v1/session')).status).toBe(200);
});

test('a place is free again after a refusal, an error and an answer', async () => {
  const stage = await setStage();
  const { work, ask } = withPlaces(stage, 1);
  for (const path of ['/v1/session', '/v1/test/rewards?what=1', '/v1/test/nothing', '/v1/session'])
    expect((await ask(path)).status, path).not.toBe(503);
  expect(work.count()).toBe(0);
});

test('whoever is not paired takes no place, and the probes of an operator need none', async () => {
  const stage = await setStage();
  const { work, app } = withPlaces(stage, 1);
  const end = work.admit();
  expect((await app.request('/v1/session')).status).toBe(401);
  for (const path of ['/healthz', '/readyz', '/metrics'])
    expect((await app.request(path)).status, path).toBe(200);
  end();
});

test('a worker that is sent away keeps its rewards and has them credited later, once', async () => {
  const stage = await setStage();
  const { work, app } = withPlaces(stage, 1);
  /** The request before has its answer, and gives its place back a moment later. */
  const free = () => vi.waitFor(() => expect(work.count()).toBe(0));
  const patient = {
    request: async (input: string, init?: RequestInit) => {
      await free();
      return app.request(input, init);
    },
  };
  const crowded = {
    request: async (input: string, init?: RequestInit) => {
      if (!input.endsWith('/credits')) return patient.request(input, init);
      await free();
      const end = work.admit();
      const answer = await app.request(input, init);
      end();
      return answer;
    },
  };
  const profile = await openProfile(stage);
  const turnedAway = profile.startWorker({ app: crowded });
  expect(await turnedAway.run()).toMatchObject({ credited: 0, problem: { code: 'proxy_busy' } });
  expect(await turnedAway.queue.rows()).toMatchObject([{ state: 'waiting', leasedBy: null }]);
  expect(creditsOf(stage, ID)).toEqual([]);
  const later = () => Date.now() + 60_000;
  expect(await profile.startWorker({ app: patient, now: later }).run()).toMatchObject({
    credited: 1,
    problem: null,
  });
  expect(creditsOf(stage, ID)).toHaveLength(1);
});

test('one that is being stopped is alive and not ready, and takes on nothing', async () => {
  const stage = await setStage();
  const { work, ask } = withPlaces(stage, 8);
  await work.stop();
  expect((await ask('/healthz')).status).toBe(200);
  for (const [path, init] of [
    ['/readyz', {}],
    ['/v1/session', {}],
    ['/v1/pair', { method: 'POST', body: '{}' }],
    ['/v1/test/credits', { method: 'POST', body: JSON.stringify({ rewards: [ID] }) }],
  ] as const) {
    const refused = await ask(path, init);
    expect(refused.status, path).toBe(503);
    expect(Number(refused.headers.get('retry-after')), path).toBeGreaterThan(0);
    expect(refused.headers.get('connection'), path).toBe('close');
    expect(await refused.json(), path).toMatchObject({ code: 'proxy_stopping' });
  }
  expect(creditsOf(stage, ID)).toEqual([]);
});

test('one whose database does not answer is alive and not ready', async () => {
  const stage = await setStage();
  const db = stage.parts.db.withPlugin({
    transformQuery: () => {
      throw new Error('cut');
    },
    transformResult: async ({ result }) => result,
  });
  const app = createApp({ ...stage.parts, db });
  expect((await app.request('/healthz')).status).toBe(200);
  const answer = await app.request('/readyz');
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ code: 'database_unreachable' });
  expect(await (await app.request('/metrics')).text()).toContain('advocate_credits_database_up 0');
});

test('Prometheus reads what was done, and no id and no name', async () => {
  const stage = await setStage();
  await stage.credits({ rewards: [ID] });
  await stage.ask('GET', '/test/nothing');
  await stage.ask('PUT', '/test/lease');
  const answer = await stage.app.request('/metrics');
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
  const text = await answer.text();
  expect(text).toContain('advocate_credits_outcomes_total{mode="test",state="redeemed",reason=""} 1');
  expect(text).toMatch(
    /advocate_credits_request_seconds_count\{method="POST",route="\/v1\/:mode\/credits",status="200"\} 1/,
  );
  expect(text).toContain('advocate_credits_refusals_total{code="not_found"} 1');
  expect(text).toMatch(/advocate_credits_stripe_calls_total\{mode="test"\} [1-9]/);
  expect(text).toMatch(/advocate_credits_last_run_age_seconds\{mode="test"\} \d/);
  expect(text).toContain('advocate_credits_database_up 1');
  expect(text).not.toMatch(/cus_|anna|aaaaaaaaaa|acct_/i);
});

test('what is unfinished and what is held is counted as the ledger has it', async () => {
  const stage = await setStage({ participants: undefined, customers: [] });
  await stage.credits({ rewards: [ID] });
  const text = await (await stage.app.request('/metrics')).text();
  expect(text).toContain('advocate_credits_held{mode="test"} 1');
  expect(text).not.toContain('advocate_credits_unfinished{');
  const other = await setStage();
  other.advocate.inject({ fault: 'error-500', path: /redeem/, times: 9 });
  await other.credits({ rewards: [ID] });
  expect(await (await other.app.request('/metrics')).text()).toContain(
    'advocate_credits_unfinished{mode="test",point="credited"} 1',
  );
});

test('one id leads from the browser’s request to Stripe’s own, in fields that OpenTelemetry knows', async () => {
  const stage = await setStage();
  const answer = await stage.app.request('/v1/test/credits', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${stage.admin}`,
      'content-type': 'application/json',
      'x-request-id': REQUEST,
      traceparent: TRACEPARENT,
    },
    body: JSON.stringify({ rewards: [ID] }),
  });
  expect(answer.headers.get('x-request-id')).toBe(REQUEST);
  const told = JSON.parse(await answer.text());
  const lines = stage.logLines.map((line): Record<string, unknown> => JSON.parse(line));
  const own = lines.filter(({ requestId }) => requestId === REQUEST);
  expect(own.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['request', 'outcome', 'stripe']));
  const spans = new Set(own.map(({ span_id }) => span_id));
  expect(spans.size).toBe(1);
  expect([...spans][0]).toMatch(/^(?!b7ad6b7169203331)[0-9a-f]{16}$/);
  for (const line of own)
    expect(line).toMatchObject({
      trace_id: '0af7651916cd43dd8448eb211c80319c',
      parent_span_id: 'b7ad6b7169203331',
      trace_flags: '01',
    });
  const made = own.find(({ msg, method }) => msg === 'stripe' && method === 'POST');
  expect(made).toMatchObject({ stripeRequest: told.credit.requestId, status: 200 });
  expect(own.find(({ msg }) => msg === 'outcome')).toMatchObject({ stripeRequest: told.credit.requestId });
  expect(rewardAt(stage, ID).statuses).toEqual(['REDEEMED']);
});

test.each([
  ['made up', 'x'.repeat(36)],
  ['with a line of its own', `${REQUEST}"}{"level":60`],
])('an id that is %s is not taken over', async (_, id) => {
  const stage = await setStage();
  const answer = await stage.app.request('/healthz', {
    headers: { 'x-request-id': id, traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01` },
  });
  expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  const line = JSON.parse(stage.logLines.findLast((each) => each.includes('/healthz')) ?? '{}');
  expect(line.requestId).toBe(answer.headers.get('x-request-id'));
  expect(line.trace_id).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
});

test('a failing call of Stripe is in the log under Stripe’s request id, without what was searched for', async () => {
  const stage = await setStage();
  await stage.ask('GET', '/test/customers?q=anna%40example.com');
  stage.stripe.inject({ fault: 'F5', path: /balance_transactions$/, times: 1 });
  await stage.credits({ rewards: [ID] });
  const lines = stage.logLines.map((line): Record<string, unknown> => JSON.parse(line));
  const failed = lines.filter(({ msg, status }) => msg === 'stripe' && Number(status) >= 400);
  expect(failed).not.toEqual([]);
  for (const line of failed) expect(line.stripeRequest).toMatch(/^req_/);
  expect(stage.logLines.filter((line) => line.includes('anna'))).toEqual([]);
});
