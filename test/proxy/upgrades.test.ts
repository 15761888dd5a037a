/** Connections that are to become something else: hints become a WebSocket, everything else is answered and closed. */
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { HINTS_PROTOCOL, TOKEN_PROTOCOL } from '../../src/contract/hints.ts';
import { createLog } from '../../src/proxy/log.ts';
import { type RunningProxy, startProxy } from '../../src/proxy/server.ts';
import { listenFor } from './hint-scene.ts';
import { castSeed, environmentFor } from './stage.ts';

async function listening(): Promise<RunningProxy> {
  const nowhere = { stripe: 'http://127.0.0.1:9', advocate: 'http://127.0.0.1:9' };
  const proxy = await startProxy(environmentFor(castSeed({}), nowhere), createLog('silent', []));
  onTestFinished(proxy.close);
  return proxy;
}

/** Everything that came back until the connection was closed. */
function said({ url }: RunningProxy, request: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  return new Promise((resolve, reject) => {
    let text = '';
    socket.setEncoding('latin1').on('data', (more) => {
      text += more;
    });
    socket.on('error', reject).on('close', () => resolve(text));
    socket.end(request);
  });
}

const upgrade = (target: string, host: string, to: string) =>
  `GET ${target} HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: ${to}\r\n` +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

test.each([
  ['to another protocol', upgrade('/v1/hints', 'Host: a\r\n', 'h2c')],
  ['to another protocol, elsewhere', upgrade('/healthz', 'Host: a\r\n', 'webs_cket')],
  ['with an empty host', upgrade('/v1/hints', 'Host: \r\n', 'websocket')],
  ['with a host that is none', upgrade('/v1/hints', 'Host: [::1\r\n', 'websocket')],
  ['with a name and a password', upgrade('http://a:b@c/v1/hints', 'Host: a\r\n', 'websocket')],
])('an upgrade %s is answered, blames nobody here, and keeps no connection', async (_, request) => {
  expect(await said(await listening(), request)).toMatch(/^HTTP\/1\.1 [24]\d\d /);
});

async function pairWith(proxy: RunningProxy): Promise<string> {
  const pair = await fetch(`${proxy.url}/v1/pair`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: await proxy.invite('admin'), browserName: 'x' }),
  });
  const { token } = (await pair.json()) as { token: string };
  return token;
}

test('the headers of a WebSocket without its connection are refused, with a good token too', async () => {
  const proxy = await listening();
  const token = await pairWith(proxy);
  const protocols = `Sec-WebSocket-Protocol: ${HINTS_PROTOCOL}, ${TOKEN_PROTOCOL}${token}\r\n`;
  const whole = upgrade('/v1/hints', `Host: a\r\n${protocols}`, 'websocket');
  for (const wish of [
    whole.replace('Connection: Upgrade', 'Connection: close'),
    whole.replace('/v1/hints', 'http://a/v1/hints'),
  ])
    expect(await said(proxy, wish)).toMatch(/^HTTP\/1\.1 400 /);
});

test('hints become a WebSocket', async () => {
  const proxy = await listening();
  expect((await listenFor(proxy.url, await pairWith(proxy))).socket.readyState).toBe(1);
});
