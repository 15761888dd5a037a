import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { compactVerify, createRemoteJWKSet } from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import type { AdvocateSimulator } from '../../sandbox/advocate/simulator.ts';
import { call, participant, rewardOf, start } from './advocate-setup.ts';

type Hook = {
  headers: IncomingHttpHeaders;
  raw: string;
  event: { id: string; type: string; live: boolean; data: Record<string, unknown> };
};

/** A subscribed endpoint; answers the given statuses in turn, then 200. */
async function subscribe(simulator: AdvocateSimulator, statuses: number[] = []) {
  const hooks: Hook[] = [];
  let arrived = () => {};
  const server = createServer(async (request, response) => {
    let raw = '';
    for await (const chunk of request) raw += chunk;
    hooks.push({ headers: request.headers, raw, event: JSON.parse(raw) });
    response.writeHead(statuses.shift() ?? 200).end();
    arrived();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const endpointUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  expect((await call(simulator, 'POST', '/subscription', { endpointUrl, name: 'Test' })).status).toBe(201);
  const until = (count: number) =>
    new Promise<void>((resolve) => {
      arrived = () => hooks.length >= count && resolve();
      arrived();
    });
  return { hooks, endpointUrl, until };
}
const nora = participant('Nora Whitfield');
const earned = { unit: 'STRIPE/USD', amount: 700 };

test('a webhook verifies with the published keys over the raw bytes, and not over others', async () => {
  const simulator = await start();
  const { hooks, until } = await subscribe(simulator);
  simulator.earn('test', nora, earned);
  await until(2);
  const jwks = createRemoteJWKSet(new URL(`${simulator.url}/.well-known/jwks.json`));
  for (const { headers, raw } of hooks) {
    const detached = String(headers['x-hook-jws-rfc-7797']);
    expect(detached).toMatch(/^[^.]+\.\.[^.]+$/);
    const whole = (body: string) => detached.replace('..', `.${Buffer.from(body).toString('base64url')}.`);
    const { payload } = await compactVerify(whole(raw), jwks);
    expect(new TextDecoder().decode(payload)).toBe(raw);
    await expect(compactVerify(whole(`${raw} `), jwks)).rejects.toThrow();
  }
});

test('reward.created is sent when a reward becomes available, not while it is pending', async () => {
  const simulator = await start();
  const { hooks, until } = await subscribe(simulator);
  const id = simulator.earn('test', nora, { ...earned, pendingReason: 'US_TAX' });
  await simulator.webhooksIdle();
  expect(hooks).toHaveLength(0);
  simulator.release(id);
  await until(2);
  expect(hooks.map((h) => h.event.type).sort()).toEqual(['reward.created', 'user.reward.balance.changed']);
  const created = hooks.find((h) => h.event.type === 'reward.created')?.event;
  expect(created).toMatchObject({
    live: false,
    data: { id, userId: nora.id, unit: 'STRIPE/USD', assignedCredit: 700 },
  });
});

test('every change of a balance is told with a version that only grows', async () => {
  const simulator = await start();
  const { hooks } = await subscribe(simulator);
  const { id } = rewardOf('Nora Whitfield', { amount: 2000 });
  simulator.redeemByHand(id, 500);
  await simulator.webhooksIdle();
  simulator.redeemByHand(id, 1500);
  await simulator.webhooksIdle();
  simulator.cancel(rewardOf('Nora Whitfield', { amount: 1500 }).id);
  await simulator.webhooksIdle();
  expect(hooks.map((h) => h.event.type)).toEqual(Array(3).fill('user.reward.balance.changed'));
  expect(hooks.map((h) => h.event.data.availableValue)).toEqual([5000, 3500, 2000]);
  const versions = hooks.map((h) => Number(h.event.data.resourceVersion));
  expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
});

test('a failed delivery is tried again with the same id', async () => {
  const simulator = await start({ webhookRetryMs: 5 });
  const { hooks, until } = await subscribe(simulator, [500, 302]);
  simulator.redeemByHand(rewardOf('Nora Whitfield').id, 1);
  await until(3);
  await simulator.webhooksIdle();
  expect(new Set(hooks.map((h) => h.event.id)).size).toBe(1);
  expect(simulator.state.test.deliveries.at(-1)?.attempts.map((a) => a.status)).toEqual([500, 302, 200]);
});

test('deliveries can be doubled and reordered', async () => {
  const simulator = await start();
  const { hooks, until } = await subscribe(simulator);
  const { id } = rewardOf('Nora Whitfield');
  simulator.inject({ fault: 'webhook-duplicate' });
  simulator.redeemByHand(id, 1);
  await until(2);
  expect(new Set(hooks.map((h) => h.event.id)).size).toBe(1);
  simulator.inject({ fault: 'webhook-reorder' });
  simulator.redeemByHand(id, 1);
  await simulator.webhooksIdle();
  expect(hooks).toHaveLength(2);
  simulator.redeemByHand(id, 1);
  await until(4);
  expect(simulator.state.test.deliveries).toHaveLength(3);
});

test('a subscription stands once per URL, is tested, and is gone when deleted', async () => {
  const simulator = await start();
  const { hooks, endpointUrl, until } = await subscribe(simulator);
  await call(simulator, 'POST', '/subscription', { endpointUrl });
  expect(JSON.parse((await call(simulator, 'GET', '/subscription')).text)).toHaveLength(1);
  const path = `/subscription/${encodeURIComponent(endpointUrl)}`;
  expect((await call(simulator, 'POST', `${path}/test`)).status).toBe(204);
  await until(1);
  expect(hooks[0]?.event).toMatchObject({ type: 'test', data: { endpointUrl } });
  expect((await call(simulator, 'DELETE', path)).status).toBe(204);
  simulator.redeemByHand(rewardOf('Nora Whitfield').id, 1);
  await simulator.webhooksIdle();
  expect(hooks).toHaveLength(1);
});

test('a delivery can be signed by nobody, with a key nobody publishes, be old, or be lost', async () => {
  const simulator = await start();
  const { hooks, until } = await subscribe(simulator);
  const { id } = rewardOf('Nora Whitfield');
  const faults = ['webhook-signature', 'webhook-unknown-key', 'webhook-stale', 'webhook-lost'] as const;
  for (const [n, fault] of faults.entries()) {
    simulator.inject({ fault });
    simulator.redeemByHand(id, 1);
    await simulator.webhooksIdle();
    expect(hooks).toHaveLength(Math.min(n + 1, 3));
  }
  await until(3);
  const jwks = createRemoteJWKSet(new URL(`${simulator.url}/.well-known/jwks.json`));
  const verify = async (hook: Hook | undefined) => {
    if (hook === undefined) throw new Error('it was not sent');
    const payload = Buffer.from(hook.raw).toString('base64url');
    await compactVerify(String(hook.headers['x-hook-jws-rfc-7797']).replace('..', `.${payload}.`), jwks);
    return JSON.parse(hook.raw) as { created: number };
  };
  await expect(verify(hooks[0])).rejects.toThrow('signature verification failed');
  await expect(verify(hooks[1])).rejects.toThrow('no applicable key');
  expect((await verify(hooks[2])).created).toBeLessThan(Date.now() - 86_400_000);
});

test('whoever subscribes hears what happens from then on, and nothing of before', async () => {
  const simulator = await start();
  const { id } = rewardOf('Nora Whitfield');
  simulator.redeemByHand(id, 1);
  const { hooks, until } = await subscribe(simulator);
  simulator.earn('test', nora, earned);
  await until(2);
  await simulator.webhooksIdle();
  expect(hooks.map(({ event }) => event.type).sort()).toEqual([
    'reward.created',
    'user.reward.balance.changed',
  ]);
});
