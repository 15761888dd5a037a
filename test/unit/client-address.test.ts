/** Which address counts, so that neither a header nor a large network is a way round the count. */
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { clientAddress, whose } from '../../src/proxy/client-address.ts';

async function seen(trusted: number, forwarded: string | null, socket?: string): Promise<string> {
  const app = new Hono().get('/', (c) => c.text(clientAddress(c, trusted)));
  const headers = new Headers(forwarded === null ? {} : { 'x-forwarded-for': forwarded });
  const env = socket === undefined ? undefined : { incoming: { socket: { remoteAddress: socket } } };
  return (await app.request('/', { headers }, env)).text();
}

test.each([
  ['no proxy: the connection, whatever a header says', 0, '192.0.2.1', '203.0.113.7', '203.0.113.7'],
  ['one proxy: the last that the header names', 1, '192.0.2.1, 203.0.113.7', '127.0.0.1', '203.0.113.7'],
  ['two proxies: the last but one', 2, '192.0.2.1, 203.0.113.7, 10.0.0.2', '127.0.0.1', '203.0.113.7'],
  ['past the outer of two: the one that there is', 2, '203.0.113.7', '127.0.0.1', '203.0.113.7'],
  ['a proxy that names nobody: the connection', 1, null, '10.0.0.2', '10.0.0.2'],
  ['nothing known: all are one', 0, null, undefined, 'unknown'],
  ['no address: all are one', 1, 'somebody', '10.0.0.2', 'unknown'],
])('%s', async (_, trusted, forwarded, socket, address) => {
  expect(await seen(trusted, forwarded, socket)).toBe(address);
});

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['203.0.113.7:51234', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:aaaa:bbbb:cccc:dddd', '2001:db8:1:2::/64'],
  ['[2001:DB8:1:2::1]:443', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
  ['2001:db8::9', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('%s is counted as %s', (text, name) => {
  expect(whose(text)).toBe(name);
});
