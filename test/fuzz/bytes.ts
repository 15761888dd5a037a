/** Bytes on a socket that are almost HTTP. What they are made of would change nothing if it were heard. */
import fc from 'fast-check';
import type { Tokens } from './send.ts';

/** In place of a token, which is another in each run. */
const ADMIN = 'TOKEN-OF-AN-ADMIN';

const json = (path: string, body: string, more = '') =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n${more}\r\n${body}`;
const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
const token = `Authorization: Bearer ${ADMIN}\r\n`;
const hints = (more: string) =>
  get(
    '/v1/hints',
    `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${more}`,
  );
const speaks = `Sec-WebSocket-Protocol: advocate-credits.hints, bearer.${ADMIN}\r\n`;

/** With a token only what reads; what writes comes from nobody. */
const STARTS = [
  get('/healthz'),
  get('/openapi.json'),
  get('/v1/session', token),
  get('/v1/test/settings', token),
  get('/v1/test/participants?q=a', token),
  get('/v1/connect/callback?state=a&code=b'),
  json('/v1/pair', '{"code":"AAAA-BBBB-CCCC","browserName":"x"}'),
  json('/v1/webhooks/stripe', '{"id":"evt_1"}', 'Stripe-Signature: t=1,v1=00\r\n'),
  json('/v1/webhooks/advocate', '{"id":"1"}', 'X-Hook-JWS-RFC-7797: e30..AA\r\n'),
  json('/v1/test/credits', '{"rewards":["a"]}', 'Authorization: Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n'),
  'PUT /v1/test/lease HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{ }\r\n0\r\n\r\n',
  'DELETE /v1/connect/test HTTP/1.1\r\nHost: a\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n',
  'CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n',
  'TRACE /v1/session HTTP/1.1\r\nHost: a\r\n\r\n',
  get('http://evil.example/v1/session', token),
  get('//evil.example//v1/session', token),
  get('/v1/%', token),
  get('/v1/%00/settings', token),
  get('/v1/test/participants/%ff/%fe', token),
  get('/v1/test/customers?q=%ed%a0%80', token),
  hints(''),
  hints(speaks),
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
];
/** Pieces that break a parser, or make two of them disagree. */
const PIECES = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  ' ',
  '\t',
  ':',
  '%',
  '%zz',
  '\xff',
  '\x7f',
  'Host: b\r\n',
  'Host: a b\r\n',
  'Host: \r\n',
  'Host: [::1\r\n',
  'Host: a/b@c#d\r\n',
  'Content-Length: 5\r\n',
  'Content-Length: -1\r\n',
  'Content-Length: 99999999999999999999\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: gzip, chunked\r\n',
  'Transfer-Encoding: xchunked\r\n',
  'Expect: 100-continue\r\n',
  'Expect: the-impossible\r\n',
  'Connection: close, upgrade\r\n',
  'Upgrade: h2c\r\n',
  'Authorization: Bearer \r\n',
  `X-Long: ${'x'.repeat(20_000)}\r\n`,
  'X: y\r\n'.repeat(200),
  'ffffffffffffffff\r\n',
  '-1\r\n',
  'HTTP/1.0',
  'HTTP/9.9',
  'HTTP/1.1 HTTP/1.1',
  '\x81\x85\x00\x00\x00\x00hello',
  '\x88\x80\x00\x00\x00\x00',
  '\x89\xff\xff\xff\xff\xff\xff\xff\xff\xff',
  '\x01\x80\x00\x00\x00\x00',
];

type Change = (text: string) => string;
const at = (text: string, where: number) => where % (text.length + 1);

const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(fc.nat(400), fc.constantFrom(...PIECES)).map(
      ([where, piece]) =>
        (text: string) =>
          text.slice(0, at(text, where)) + piece + text.slice(at(text, where)),
    ),
  },
  {
    // After the first line, where a header belongs.
    weight: 3,
    arbitrary: fc
      .constantFrom(...PIECES)
      .map((piece) => (text: string) => text.replace('\r\n', () => `\r\n${piece}`)),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(400), fc.nat(255)).map(
      ([where, code]) =>
        (text: string) =>
          text.slice(0, at(text, where)) + String.fromCharCode(code) + text.slice(at(text, where) + 1),
    ),
  },
  { weight: 1, arbitrary: fc.nat(400).map((where) => (text: string) => text.slice(0, at(text, where))) },
  { weight: 1, arbitrary: fc.constantFrom(...PIECES).map((piece) => (text: string) => text + piece) },
  { weight: 1, arbitrary: fc.constantFrom(...STARTS).map((next) => (text: string) => text + next) },
  { weight: 1, arbitrary: fc.constant((text: string) => text.replaceAll('\r\n', '\n')) },
  {
    weight: 1,
    arbitrary: fc.string({ unit: 'binary', maxLength: 200 }).map((noise) => (text: string) => text + noise),
  },
);

/** As text of one byte per sign, so that a finding can be read. `cut`: where it is sent in two pieces. */
export type BadBytes = { text: string; cut: number | null };

export const badBytes: fc.Arbitrary<BadBytes> = fc.record({
  text: fc
    .tuple(fc.constantFrom(...STARTS), fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([start, changes]) => changes.reduce((text, one) => one(text), start)),
  cut: fc.option(fc.nat(200)),
});

export function partsOf({ text, cut }: BadBytes, { admin }: Tokens): Buffer[] {
  const all = Buffer.from(text.replaceAll(ADMIN, admin), 'latin1');
  return cut === null ? [all] : [all.subarray(0, cut), all.subarray(cut)];
}
