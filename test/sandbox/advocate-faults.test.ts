import { expect, test } from 'vitest';
import type { Exchange } from '../../sandbox/exchange.ts';
import { ask, call, rewardOf, start } from './advocate-setup.ts';

const reward = rewardOf('Nora Whitfield');
const redeem = [`/credit/${reward.id}/redeem`, { amount: 500, unit: 'STRIPE/USD' }] as const;

test.each([
  ['reset-before', 0, null],
  ['reset-after-commit', 500, null],
  ['error-500', 0, 500],
  ['error-500-after-commit', 500, 500],
  ['html-502', 0, 502],
  ['rate-limited', 0, 429],
  ['unauthorized', 0, 401],
] as const)('%s: %i is redeemed, and the client sees %s', async (fault, redeemed, status) => {
  const seen: Exchange[] = [];
  const simulator = await start({ onExchange: (exchange) => seen.push(exchange) });
  simulator.inject({ fault, method: 'POST', path: /\/redeem$/ });
  const answer = await call(simulator, 'POST', ...redeem).catch(() => null);
  expect(answer?.status ?? null).toBe(status);
  expect(seen.map((e) => e.status)).toEqual([status]);
  expect(simulator.state.test.rewards.find((r) => r.id === reward.id)?.redeemed).toBe(redeemed);
  expect((await call(simulator, 'POST', ...redeem)).status).toBe(200);
});

test('a bad gateway answers HTML, and a rate limit names a wait only when told to', async () => {
  const simulator = await start();
  simulator.inject({ fault: 'html-502' });
  expect((await call(simulator, 'GET', '/users')).headers.get('content-type')).toContain('text/html');
  simulator.inject({ fault: 'rate-limited' });
  expect((await call(simulator, 'GET', '/users')).headers.get('retry-after')).toBeNull();
  simulator.inject({ fault: 'rate-limited', retryAfter: 7 });
  expect((await call(simulator, 'GET', '/users')).headers.get('retry-after')).toBe('7');
});

test('a timeout never answers, and leaves the state alone', async () => {
  const simulator = await start();
  simulator.inject({ fault: 'timeout', path: /redeem/ });
  const before = simulator.state.test.rewards;
  const url = `${simulator.url}/api/v1/${simulator.state.test.alias}${redeem[0]}`;
  const signal = AbortSignal.timeout(150);
  await expect(fetch(url, { method: 'POST', body: '{}', signal })).rejects.toThrow(/timeout/i);
  expect(simulator.state.test.rewards).toEqual(before);
});

test('a fault strikes the named operation only, after some, so many times, until cleared', async () => {
  const simulator = await start();
  simulator.inject({ fault: 'error-500', operation: 'Second', after: 1, times: 2 });
  const status = async (operationName: string) => {
    const query = `query ${operationName} { tenant { tenantAlias } }`;
    return (await call(simulator, 'POST', '/graphql', { query, operationName })).status;
  };
  expect(await status('First')).toBe(200);
  const second = [];
  for (let i = 0; i < 4; i++) second.push(await status('Second'));
  expect(second).toEqual([200, 500, 500, 200]);
  simulator.inject({ fault: 'error-500', times: Number.POSITIVE_INFINITY });
  expect(await status('First')).toBe(500);
  simulator.clearFaults();
  expect(await status('First')).toBe(200);
});

test('lagging reads show the past while writes see the present', async () => {
  const clock = { now: Date.now() };
  const simulator = await start({ now: () => clock.now });
  simulator.inject({ fault: 'stale-read', operation: 'R', staleMs: 1000, times: 100 });
  const redeemed = async () =>
    (await ask(simulator, `query R { reward(id: "${reward.id}") { redeemedCredit } }`, {}, 'R')).reward
      ?.redeemedCredit;
  clock.now += 1;
  await call(simulator, 'POST', ...redeem);
  expect(await redeemed()).toBe(0);
  expect(simulator.state.test.rewards.find((r) => r.id === reward.id)?.redeemed).toBe(500);
  clock.now += 1001;
  expect(await redeemed()).toBe(500);
});

test('faults can be asked for and taken back over HTTP, and bad ones are refused', async () => {
  const simulator = await start();
  const faults = `${simulator.url}/_sandbox/faults`;
  const post = (body: object) => fetch(faults, { method: 'POST', body: JSON.stringify(body) });
  expect((await post({ fault: 'error-500', path: '/users$', times: 5 })).status).toBe(201);
  expect((await call(simulator, 'GET', '/users')).status).toBe(500);
  expect((await fetch(faults, { method: 'DELETE' })).status).toBe(204);
  expect((await call(simulator, 'GET', '/users')).status).toBe(200);
  expect((await post({ fault: 'earthquake' })).status).toBe(400);
  expect((await post({ fault: 'timeout', times: 'often' })).status).toBe(400);
  const state = await (await fetch(`${simulator.url}/_sandbox/state`)).json();
  expect(state).toMatchObject({ test: { participants: expect.any(Array) }, live: {}, faults: [] });
});
