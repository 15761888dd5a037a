/** Tokens end, are traded for new ones, and a copy of one is found out; nobody is locked out by an answer that was lost. */
import { expect, test } from 'vitest';
import { HONEST_MS, OVERLAP_MS, RENEW_AFTER_MS, TOKEN_MS } from '../../src/proxy/tokens.ts';
import { type Stage, setStage } from './stage.ts';

const MINUTE = 60_000;

async function setScene() {
  let at = Date.now();
  const stage = await setStage({ now: () => at });
  const { ask } = stage;
  const support = await stage.pairAs('support');
  return {
    stage,
    support,
    later: (ms: number) => {
      at += ms;
    },
    knows: async (token: string) => (await ask('GET', '/session', undefined, token)).status === 200,
    due: async (token: string) => (await ask('GET', '/session', undefined, token)).body.tokenDue === true,
    async renew(token: string): Promise<string> {
      const { status, body } = await ask('POST', '/session/token', undefined, token);
      expect(status).toBe(200);
      return String(body.token);
    },
  };
}

const idOf = async (stage: Stage, token: string) =>
  ((await stage.ask('GET', '/session', undefined, token)).body.browser as { id: string }).id;

test('a token ends after thirty days, used or not, unless it was traded', async () => {
  const { later, knows, support } = await setScene();
  for (let day = 0; day < 3; day++) {
    later(TOKEN_MS / 3 - 1);
    expect(await knows(support)).toBe(true);
  }
  later(3);
  expect(await knows(support)).toBe(false);
});

test('a browser is asked to trade its token once a day, and not before', async () => {
  const { later, due, renew, support } = await setScene();
  expect(await due(support)).toBe(false);
  later(RENEW_AFTER_MS - MINUTE);
  expect(await due(support)).toBe(false);
  later(MINUTE);
  expect(await due(support)).toBe(true);
  const fresh = await renew(support);
  expect(await due(fresh)).toBe(false);
  // Replaced: it would trade what ends in a moment.
  expect(await due(support)).toBe(false);
});

test('the new token is another one, of the same browser and role, and good for thirty days more', async () => {
  const { stage, later, renew, knows, support } = await setScene();
  later(TOKEN_MS - MINUTE);
  const fresh = await renew(support);
  expect(fresh).toMatch(/^[\w-]{43}$/);
  expect(fresh).not.toBe(support);
  expect(await idOf(stage, fresh)).toBe(await idOf(stage, support));
  expect(await stage.ask('PUT', '/test/lease', undefined, fresh)).toMatchObject({ status: 403 });
  later(TOKEN_MS - 2 * MINUTE);
  expect(await knows(fresh)).toBe(true);
});

test('the old token stays good until the new one is used, and five minutes more', async () => {
  const { later, renew, knows, support } = await setScene();
  const fresh = await renew(support);
  later(3 * RENEW_AFTER_MS);
  expect(await knows(support)).toBe(true);
  expect(await knows(fresh)).toBe(true);
  later(OVERLAP_MS - 1);
  expect(await knows(support)).toBe(true);
  later(1);
  expect(await knows(support)).toBe(false);
});

test('a browser whose answers were all lost goes on with the token it has', async () => {
  const { stage, later, renew, knows, support } = await setScene();
  for (let lost = 0; lost < 20; lost++) {
    await renew(support);
    later(MINUTE);
  }
  expect(await knows(support)).toBe(true);
  const fresh = await renew(support);
  expect(await knows(fresh)).toBe(true);
  const browser = await idOf(stage, fresh);
  const kept = await stage.db.selectFrom('tokens').selectAll().where('browser', '=', browser).execute();
  // Those that nobody ever used do not pile up.
  expect(kept.length).toBeLessThan(8);
});

test('of two answers to the same wish, the earlier one is good as well', async () => {
  const { renew, knows, support } = await setScene();
  const [first] = [await renew(support), await renew(support)];
  expect(await knows(first)).toBe(true);
});

test('a replaced token that still comes within the hour is refused, and its browser goes on with the new one', async () => {
  const { later, renew, knows, support } = await setScene();
  const fresh = await renew(support);
  expect(await knows(fresh)).toBe(true);
  later(HONEST_MS - 1);
  expect(await knows(support)).toBe(false);
  expect(await knows(fresh)).toBe(true);
});

test('a replaced token that comes again after that is a copy: its browser loses them all, and the history says so', async () => {
  const { stage, later, renew, knows, support } = await setScene();
  const browser = await idOf(stage, support);
  const fresh = await renew(support);
  expect(await knows(fresh)).toBe(true);
  later(HONEST_MS);
  expect(await knows(support)).toBe(false);
  expect(await knows(fresh)).toBe(false);
  const history = await stage.ask('GET', `/audit?subject=${browser}`);
  expect(history.body.entries).toMatchObject([{ action: 'unpaired', actor: null }, { action: 'paired' }]);
  expect(stage.logLines.join('')).toContain(`"browser":"${browser}"`);
  // Once, and nobody else is touched.
  expect(await knows(support)).toBe(false);
  expect((await stage.ask('GET', `/audit?subject=${browser}`)).body.entries).toHaveLength(2);
  expect(await knows(stage.admin)).toBe(true);
});

test('what a copied token drained, others drain at once', async () => {
  const { stage, later, renew, knows } = await setScene();
  const other = await stage.pairAs('admin');
  await stage.ask('PUT', '/test/lease', undefined, other);
  await knows(await renew(other));
  later(HONEST_MS);
  await stage.ask('PUT', '/test/lease', undefined, other);
  expect((await stage.ask('PUT', '/test/lease')).body).toMatchObject({ mine: true });
});

test('a removed browser has no token left, not even one that it never used', async () => {
  const { stage, renew, knows, support } = await setScene();
  const browser = await idOf(stage, support);
  const fresh = await renew(support);
  await stage.ask('DELETE', `/team/${browser}`);
  expect([await knows(support), await knows(fresh)]).toEqual([false, false]);
  expect(await stage.ask('POST', '/session/token', undefined, fresh)).toMatchObject({ status: 401 });
});

test('only hashes of tokens are kept, and no log line has one', async () => {
  const { stage, renew, knows, support } = await setScene();
  const fresh = await renew(support);
  await knows(fresh);
  const kept = JSON.stringify([
    await stage.db.selectFrom('tokens').selectAll().execute(),
    await stage.db.selectFrom('browsers').selectAll().execute(),
    await stage.db.selectFrom('audit').selectAll().execute(),
    stage.logLines,
  ]);
  for (const token of [support, fresh, stage.admin]) expect(kept).not.toContain(token);
});
