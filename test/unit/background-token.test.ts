/** The worker trades its token in, and is left with one that is good whatever becomes of the answer. */
import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { createPairing } from '../../src/background/pairing.ts';

const OLD = 'old-token-old-token-old';
const NEW = 'new-token-new-token-new';
const UNTIL = 4_000_000_000_000;

/** A paired browser, whose proxy answers each request in turn. */
async function setScene(...answers: (() => Response | Promise<Response>)[]) {
  const carried: (string | null)[] = [];
  const paired = () =>
    Response.json({ token: OLD, role: 'support', browser: { id: 'b', name: 'Chrome on Linux' } });
  const left: typeof answers = [paired, ...answers];
  const pairing = createPairing({
    local: { get: async () => ({}), set: async () => undefined, remove: async () => undefined },
    permissions: { contains: async () => true },
    browserName: async () => 'Chrome on Linux',
    fetch: async (_, init) => {
      carried.push(new Headers(init?.headers).get('authorization'));
      const next = left.shift();
      if (next === undefined) throw new TypeError('Nothing answers.');
      return next();
    },
  });
  await pairing.pair('http://localhost:4242', 'AAAA-BBBB-CCCC');
  return {
    pairing,
    async carries(): Promise<string | null> {
      await (await pairing.client()).session().catch(() => undefined);
      return carried.at(-1) ?? null;
    },
  };
}

test('after the answer it carries the new token', async () => {
  const { pairing, carries } = await setScene(() => Response.json({ token: NEW, until: UNTIL }));
  await pairing.renewToken();
  expect(await carries()).toBe(`Bearer ${NEW}`);
});

test.each([
  ['was lost', () => Promise.reject(new TypeError('gone'))],
  ['is no token', () => Response.json({ token: 'line\nbreak', until: UNTIL })],
  ['is not as agreed', () => Response.json({ fresh: NEW })],
  ['is a failure', () => new Response('busy', { status: 503 })],
])('where the answer %s it carries the old one on', async (_, answer) => {
  const { pairing, carries } = await setScene(answer);
  await expect(pairing.renewToken()).rejects.toThrow();
  expect(await carries()).toBe(`Bearer ${OLD}`);
});

test('who paired anew meanwhile keeps the newer pairing', async () => {
  const OTHER = 'other-token-other-token';
  const again = () =>
    Response.json({ token: OTHER, role: 'admin', browser: { id: 'c', name: 'Chrome on Linux' } });
  const scene = await setScene(async () => {
    await scene.pairing.pair('http://localhost:4242', 'DDDD-EEEE-FFFF');
    return Response.json({ token: NEW, until: UNTIL });
  }, again);
  await scene.pairing.renewToken();
  expect(await scene.carries()).toBe(`Bearer ${OTHER}`);
});
