import { expect, test } from 'vitest';
import { proxyClient } from '../../src/background/proxy-client.ts';
import type { LinkOutcome, LinkWish } from '../../src/contract/linking.ts';
import { fakeProxy, json, lines, problem } from './background-fakes.ts';

const LINKS = 'POST /test/links';
const times = { answer: 200, slow: 200, headers: 60, stall: 60 };
const wish = (name: string): LinkWish => ({
  ...{ accountId: `${name}@example.com`, userId: `${name}/1`, customer: `cus_${name}`, previous: null },
});
const outcome = (name: string, more: Partial<LinkOutcome> = {}): LinkOutcome => {
  const { previous: _, ...key } = wish(name);
  return { ...key, state: 'linked', current: `cus_${name}`, problem: null, ...more };
};
const links = ['anna', 'bert'].map(wish);

function clientBefore(routes: Parameters<typeof fakeProxy>[0]) {
  const proxy = fakeProxy(routes);
  const client = proxyClient({
    ...{ origin: 'https://credits.example.com', token: 'token', times },
    fetch: proxy.fetch,
  });
  return { client, proxy };
}

test('every wish is sent with the link that was seen, and every outcome comes back', async () => {
  const { client, proxy } = clientBefore({
    [LINKS]: (_, signal) =>
      lines([outcome('bert'), outcome('anna', { state: 'unchanged' })], 'close', signal),
  });
  expect(await client.linkMany('test', { links })).toEqual([
    outcome('bert'),
    outcome('anna', { state: 'unchanged' }),
  ]);
  expect(proxy.to(LINKS)[0]?.body).toEqual({ links });
});

test.each(['cut', 'hang'] as const)(
  'an answer that ends too early (%s) tells those that came',
  async (end) => {
    const { client } = clientBefore({ [LINKS]: (_, signal) => lines([outcome('anna')], end, signal) });
    expect(await client.linkMany('test', { links })).toEqual([outcome('anna')]);
  },
);

test.each([
  ['no line came', [], 'cut', 'proxy_unreachable'],
  ['a line is no outcome', [{ state: 'linked' }], 'close', 'proxy_unexpected'],
  ['a line is no JSON', ['gateway\n'], 'close', 'proxy_unexpected'],
  ['it speaks of somebody else', [outcome('zoe')], 'close', 'proxy_unexpected'],
  ['it speaks of another customer', [outcome('anna', { customer: 'cus_9' })], 'close', 'proxy_unexpected'],
  ['only a dry run leaves a link ready', [outcome('anna', { state: 'ready' })], 'close', 'proxy_unexpected'],
] as const)('where %s, it is said and nothing is taken for linked', async (_, said, end, code) => {
  const { client } = clientBefore({ [LINKS]: (_asked, signal) => lines([...said], end, signal) });
  await expect(client.linkMany('test', { links })).rejects.toMatchObject({ code });
});

test('the same outcome twice counts once', async () => {
  const { client } = clientBefore({
    [LINKS]: (_, signal) => lines([outcome('anna'), outcome('anna')], 'close', signal),
  });
  expect(await client.linkMany('test', { links })).toEqual([outcome('anna')]);
});

test('a dry run is asked as one, and its ready links are taken', async () => {
  const ready = outcome('anna', { state: 'ready', current: null });
  const { client, proxy } = clientBefore({ [LINKS]: (_, signal) => lines([ready], 'close', signal) });
  expect(await client.linkMany('test', { links, dryRun: true })).toEqual([ready]);
  expect(proxy.to(LINKS)[0]?.body).toEqual({ links, dryRun: true });
});

test('a refusal of the whole request is told in the proxy’s words', async () => {
  const { client } = clientBefore({ [LINKS]: () => problem('not_connected', 409) });
  await expect(client.linkMany('test', { links })).rejects.toMatchObject({ code: 'not_connected' });
});

test('pages and matches are checked before anybody believes them', async () => {
  const { client, proxy } = clientBefore({
    'GET /test/unlinked': () => json({ participants: [], after: 'c2' }),
    'GET /live/links': () => json({ links: [{ accountId: 'a', userId: 'u', customer: null }], after: null }),
    'POST /test/matches': () => json({ matches: [{ accountId: 'a', userId: 'u', candidates: 'none' }] }),
  });
  expect(await client.unlinked('test', { after: 'c1' })).toEqual({ participants: [], after: 'c2' });
  expect(proxy.to('GET /test/unlinked')[0]?.query.get('after')).toBe('c1');
  expect((await client.links('live', {})).links).toHaveLength(1);
  const asked = client.matches('test', { participants: [{ accountId: 'a', userId: 'u' }] });
  await expect(asked).rejects.toMatchObject({ code: 'proxy_unexpected' });
});
