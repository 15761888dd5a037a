import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { basic, call, keyOf, participant, seed, start, userPath } from './advocate-setup.ts';

const { test: testTenant, live: liveTenant } = seed.advocate.tenants;
const nora = participant('Nora Whitfield');
const token = (user: object, secret: string, kid?: string) =>
  new SignJWT({ user })
    .setProtectedHeader({ alg: 'HS256', ...(kid && { kid }) })
    .sign(new TextEncoder().encode(secret));

test('the API key with an empty user name, or Account SID with Auth Token, opens a tenant', async () => {
  const simulator = await start();
  for (const authorization of [keyOf('test'), basic(testTenant.accountSid, testTenant.authToken)])
    expect((await call(simulator, 'GET', userPath(nora), undefined, { authorization })).status).toBe(200);
});

test('nothing else opens it: no key, a wrong one, the other tenant’s, or the key as user name', async () => {
  const simulator = await start();
  const refused = [
    null,
    basic('', 'wrong'),
    keyOf('live'),
    basic(liveTenant.accountSid, liveTenant.authToken),
    basic(testTenant.apiKey, ''),
    'Bearer rubbish',
  ];
  for (const authorization of refused) {
    const answer = await call(simulator, 'GET', userPath(nora), undefined, { authorization });
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({
      statusCode: 401,
      apiErrorCode: 'UNAUTHORIZED',
      message: expect.any(String),
    });
  }
});

test('an unknown tenant is told from a wrong key', async () => {
  const simulator = await start();
  const answer = await fetch(`${simulator.url}/api/v1/test_nobody/reward`, {
    headers: { authorization: keyOf('test') },
  });
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ statusCode: 404, rsCode: 'RS015' });
});

test('a participant’s own token reads that participant and nobody else', async () => {
  const simulator = await start();
  const own = [
    await token({ id: nora.id, accountId: nora.accountId }, testTenant.apiKey),
    await token({ id: nora.id, accountId: nora.accountId }, testTenant.authToken, testTenant.accountSid),
  ];
  for (const jwt of own) {
    const authorization = `Bearer ${jwt}`;
    const status = async (path: string) =>
      (await call(simulator, 'GET', path, undefined, { authorization })).status;
    expect(await status(userPath(nora))).toBe(200);
    expect(await status(userPath(participant('Amelia Hart')))).toBe(403);
    expect(await status('/users')).toBe(401);
    const query = 'query { rewards { totalCount } }';
    const { body } = await call(simulator, 'POST', '/graphql', { query }, { authorization });
    expect(body.errors).toHaveLength(1);
  }
  const forged = `Bearer ${await token({ id: nora.id, accountId: nora.accountId }, 'guess')}`;
  expect((await call(simulator, 'GET', userPath(nora), undefined, { authorization: forged })).status).toBe(
    401,
  );
});

test('a write with the wrong key changes nothing', async () => {
  const simulator = await start();
  const before = simulator.state.test;
  const body = { id: nora.id, accountId: nora.accountId, customFields: { stripeCustomerId: 'cus_x' } };
  await call(simulator, 'PUT', userPath(nora), body, { authorization: keyOf('live') });
  expect(simulator.state.test).toEqual(before);
});
