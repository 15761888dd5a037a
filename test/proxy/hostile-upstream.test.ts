/** An Advocate, or a Stripe, that wants to do harm: nothing it sends fills the memory, and nothing it says gives a secret away. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { ANNAS_CUSTOMER, setStage } from './stage.ts';

/** Answers every question as told; gives its address. */
async function upstream(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('an Advocate that never stops talking is cut off, and its answer is none', async () => {
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  let gone: () => void;
  const cutOff = new Promise<void>((resolve) => {
    gone = resolve;
  });
  const base = await upstream((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const more = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response
      .on('drain', more)
      .on('close', gone)
      .on('error', () => undefined);
    more();
  });
  const stage = await setStage({ env: { ADVOCATE_API_BASE: base } });
  expect(await stage.ask('GET', '/test/units')).toMatchObject({
    status: 503,
    body: { code: 'advocate_unreachable', detail: expect.stringContaining('larger than 16 MB') },
  });
  await cutOff;
});

test('what Advocate says with our key in it reaches the browser without the key', async () => {
  let carried = '';
  let key = '';
  const base = await upstream((request, response) => {
    carried = String(request.headers.authorization);
    const message = `no such thing; you sent ${carried}, ${carried.split(' ')[1]} and ${key}`;
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ message, statusCode: 400 }));
  });
  const stage = await setStage({ env: { ADVOCATE_API_BASE: base } });
  key = stage.seed.advocate.tenants.test.apiKey;
  const { text, status, body } = await stage.ask('GET', '/test/units');
  expect([status, body.code, body.detail]).toEqual([
    502,
    'advocate_refused',
    expect.stringContaining('[secret]'),
  ]);
  for (const secret of [key, carried, carried.split(' ')[1] ?? '']) {
    expect(secret.length).toBeGreaterThan(8);
    expect(text).not.toContain(secret);
  }
});

test('what Stripe says with our key in it reaches the browser without the key', async () => {
  let carried = '';
  const base = await upstream((request, response) => {
    carried = String(request.headers.authorization).replace('Bearer ', '');
    const message = `Invalid request by ${carried} at whsec_0123456789abcdef`;
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { type: 'invalid_request_error', message } }));
  });
  const stage = await setStage({ env: { STRIPE_API_BASE: base } });
  const { text, status, body } = await stage.ask('GET', `/test/customers/${ANNAS_CUSTOMER}`);
  expect([status, body.code]).toEqual([502, 'stripe_refused']);
  expect(body.detail).toContain('[secret]');
  expect(carried.length).toBeGreaterThan(8);
  for (const secret of [carried, 'whsec_']) expect(text).not.toContain(secret);
});

test('no refusal has a secret in it, whoever put it there', async () => {
  const stage = await setStage();
  const key = stage.seed.stripe.platform.test.secretKey;
  const refused = await stage.ask('GET', `/session?${key}=1`);
  expect([refused.status, refused.body.detail]).toEqual([400, 'query: [secret] is not known here']);
  expect(refused.text).not.toContain(key);
});
