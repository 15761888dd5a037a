/** What strangers meet: pages that ask, clients that are slow, bodies that are large, upstreams that send away. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createLog } from '../../src/proxy/log.ts';
import { PATIENCE } from '../../src/proxy/patience.ts';
import { startProxy } from '../../src/proxy/server.ts';
import { castSeed, environmentFor, setStage } from './stage.ts';

const EXTENSION = 'chrome-extension://abcdefghijklmnopabcdefghijklmnop';
const FIREFOX = 'moz-extension://6c1a6b0e-8a3a-4b1e-9d6a-0a0a0a0a0a0a';

test('every answer, refusals too, says that nothing in it is to be run, framed or kept', async () => {
  const stage = await setStage();
  for (const path of ['/healthz', '/openapi.json', '/v1/session', '/v1/connect/callback', '/nowhere']) {
    const { headers } = await stage.app.request(path);
    expect([path, Object.fromEntries(headers)]).toMatchObject([
      path,
      {
        'cache-control': 'no-store',
        'content-security-policy': expect.stringMatching(
          /^default-src 'none';.* base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
        ),
        'referrer-policy': 'no-referrer',
        'strict-transport-security': 'max-age=31536000; includeSubDomains',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'x-request-id': expect.stringMatching(/^[\w-]{36}$/),
      },
    ]);
    expect(headers.has('x-powered-by')).toBe(false);
  }
});

test.each([
  'https://evil.example',
  'http://127.0.0.1:4242',
  'null',
  'https://chrome-extension.example',
  'chrome-extension://a.b@evil.example',
])('a page of %s is refused, whatever token it has, and may not read the answer', async (origin) => {
  const stage = await setStage();
  const headers = { origin, authorization: `Bearer ${stage.admin}` };
  const answer = await stage.app.request('/v1/session', { headers });
  expect([answer.status, await answer.json()]).toMatchObject([403, { code: 'forbidden' }]);
  expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  const preflight = await stage.app.request('/v1/session', {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'DELETE' },
  });
  expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  const deed = await stage.app.request('/v1/session', { method: 'DELETE', headers });
  expect(deed.status).toBe(403);
  expect((await stage.ask('GET', '/session')).status).toBe(200);
});

test.each([EXTENSION, FIREFOX])('%s may ask and read, and is sent no cookie', async (origin) => {
  const stage = await setStage();
  const headers = { origin, authorization: `Bearer ${stage.admin}` };
  const answer = await stage.app.request('/v1/session', { headers });
  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, origin]);
  expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  expect(answer.headers.get('set-cookie')).toBeNull();
});

test('a body over 64 kB is refused, with its length told or not', async () => {
  const stage = await setStage();
  const chunk = new TextEncoder().encode('x'.repeat(16 * 1024));
  for (let many = 0; many < 2; many++) {
    let left = 5;
    const body =
      many === 0
        ? 'x'.repeat(70_000)
        : new ReadableStream({
            pull: (controller) => (left-- > 0 ? controller.enqueue(chunk) : controller.close()),
          });
    const answer = await stage.app.request('/v1/pair', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      duplex: 'half',
    } as RequestInit);
    expect(answer.status).toBe(413);
  }
});

async function listening(patience: typeof PATIENCE | Partial<typeof PATIENCE> | Record<string, number>) {
  const seed = castSeed({});
  const nowhere = { stripe: 'http://127.0.0.1:9', advocate: 'http://127.0.0.1:9' };
  const variables = { ...environmentFor(seed, nowhere), DATABASE_URL: 'file::memory:', PORT: '0' };
  const proxy = await startProxy(variables, createLog('silent', []), patience);
  onTestFinished(proxy.close);
  return new URL(proxy.url);
}

test.each([
  ['headers', 'GET /healthz HTTP/1.1\r\nHost: x\r\n'],
  [
    'body',
    'POST /v1/pair HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{',
  ],
])('a client that never finishes its %s is put off, and others are answered meanwhile', async (_, begun) => {
  const url = await listening({
    ...PATIENCE,
    headersTimeout: 300,
    requestTimeout: 400,
    connectionsCheckingInterval: 50,
  });
  const slow = connect(Number(url.port), url.hostname);
  onTestFinished(() => void slow.destroy());
  slow.on('error', () => undefined).resume();
  const over = once(slow, 'close');
  slow.write(begun);
  expect((await fetch(new URL('/healthz', url))).status).toBe(200);
  await over;
});

test('a proxy that is started has this patience', async () => {
  expect(PATIENCE.headersTimeout).toBeLessThanOrEqual(10_000);
  expect(PATIENCE.requestTimeout).toBeLessThanOrEqual(30_000);
  const url = await listening(PATIENCE);
  const answer = await fetch(new URL('/healthz', url), { headers: { 'x-long': 'x'.repeat(20_000) } });
  expect(answer.status).toBe(431);
});

test('an Advocate that sends the proxy elsewhere is not followed, and its key goes nowhere', async () => {
  const heard: string[] = [];
  const elsewhere = createServer((request, response) => {
    heard.push(String(request.headers.authorization));
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  const { port: away } = elsewhere.address() as AddressInfo;
  const hostile = createServer((_, response) => {
    response.writeHead(307, { location: `http://127.0.0.1:${away}/` }).end();
  }).listen(0, '127.0.0.1');
  await once(hostile, 'listening');
  onTestFinished(() => {
    for (const server of [elsewhere, hostile]) server.close();
  });
  const { port } = hostile.address() as AddressInfo;
  const stage = await setStage({ env: { ADVOCATE_API_BASE: `http://127.0.0.1:${port}` } });
  expect(await stage.ask('GET', '/test/units')).toMatchObject({
    status: 503,
    body: { code: 'advocate_unreachable' },
  });
  expect(heard).toEqual([]);
});
