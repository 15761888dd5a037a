/** Advocate's webhooks: what is believed, what is refused, and that believing one only ever makes a browser look. */
import { CompactSign, exportJWK, FlattenedSign, generateKeyPair } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { hearOnce } from '../../src/proxy/hints.ts';
import { listenFor, listenOnPort } from './hint-scene.ts';
import { ANNA, type Cast, reward, type Stage, setStage } from './stage.ts';

const DAY_MS = 86_400_000;
const hintsOf = ({ db }: Stage) => db.selectFrom('hints').select(['mode', 'kind']).execute();
const HER = { accountId: ANNA.accountId, id: ANNA.userId };
const REWARDS = { mode: 'test', kind: 'rewards' };

/** A key that Advocate publishes beside its own, so that a test can sign what Advocate would not. */
let keys: Awaited<ReturnType<typeof generateKeyPair>>;
beforeAll(async () => {
  keys = await generateKeyPair('RS256', { extractable: true });
});

async function published(cast: Cast = {}): Promise<Stage> {
  const stage = await setStage(cast);
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'of-the-test', alg: 'RS256', use: 'sig' };
  stage.advocate.publicKeyJwks.keys.push(jwk);
  // The sandbox's keys are made once for all simulators of a process.
  const { keys: all } = stage.advocate.publicKeyJwks;
  all.splice(0, all.length, ...all.filter((one, at) => all.findIndex(({ kid }) => kid === one.kid) === at));
  return stage;
}

const eventOf = ({ seed }: Stage, over: object = {}) => ({
  id: 'w1',
  type: 'reward.created',
  tenantAlias: seed.advocate.tenants.test.alias,
  live: false,
  created: Date.now(),
  data: { id: reward().id, type: 'CREDIT', unit: 'STRIPE/USD', ...ANNA },
  ...over,
});

type Header = { alg?: string; kid?: string };
async function signed(body: string, header: Header = {}): Promise<string> {
  const { alg = 'RS256', kid = 'of-the-test' } = header;
  const jws = await new CompactSign(Buffer.from(body)).setProtectedHeader({ alg, kid }).sign(keys.privateKey);
  const [head, , signature] = jws.split('.');
  return `${head}..${signature}`;
}

async function post({ app }: Stage, body: string, signature?: string) {
  const response = await app.request('/v1/webhooks/advocate', {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      ...(signature !== undefined && { 'X-Hook-JWS-RFC-7797': signature }),
    },
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
async function tell(stage: Stage, over: object = {}) {
  const body = JSON.stringify(eventOf(stage, over));
  return post(stage, body, await signed(body));
}

describe('what Advocate says becomes a hint, once', () => {
  test('a reward that was earned is told to the browser that listens, without any alarm', async () => {
    const stage = await setStage();
    const url = await listenOnPort(stage);
    const listening = await listenFor(url, stage.admin);
    stage.advocate.subscribe('test', `${url}/v1/webhooks/advocate`);
    stage.advocate.earn('test', HER, { unit: 'STRIPE/USD', amount: 700 });
    expect(await listening.until(1)).toEqual([REWARDS]);
  });

  test('the same webhook again, and again later, says nothing more', async () => {
    const stage = await published();
    for (let n = 0; n < 3; n++) expect((await tell(stage)).status).toBe(200);
    expect(await hintsOf(stage)).toEqual([REWARDS]);
    stage.setClock(() => Date.now() + 3 * DAY_MS);
    expect((await tell(stage)).status).toBe(200);
    expect(await stage.db.selectFrom('heard').select('id').execute()).toEqual([{ id: 'w1' }]);
  });

  test('in whatever order they come, each means only: look', async () => {
    const stage = await published();
    const changed = (resourceVersion: number, availableValue: number) =>
      tell(stage, {
        id: `v${resourceVersion}`,
        type: 'user.reward.balance.changed',
        data: { ...ANNA, unit: 'STRIPE/USD', availableValue, resourceVersion },
      });
    for (const [version, value] of [
      [3, 0],
      [1, 2000],
      [2, 500],
    ] as const)
      expect((await changed(version, value)).status).toBe(200);
    expect(await hintsOf(stage)).toEqual([REWARDS, REWARDS, REWARDS]);
  });

  test('a webhook whose hint could not be written is not heard: the next try is', async () => {
    const stage = await published();
    const crash = hearOnce(stage.db, { source: 'advocate', mode: 'test', id: 'w1' }, 'rewards', async () => {
      throw new Error('the proxy died here');
    });
    await expect(crash).rejects.toThrow('died');
    expect(await hintsOf(stage)).toEqual([]);
    expect((await tell(stage)).status).toBe(200);
    expect(await hintsOf(stage)).toEqual([REWARDS]);
  });

  const silent: [string, object][] = [
    ['another unit', { data: { ...ANNA, unit: 'GOLD/USD' } }],
    ['another type', { type: 'user.created' }],
    ['a type nobody knows yet', { type: 'reward.invented' }],
    ['the test that Advocate sends by hand', { type: 'test', data: { endpointUrl: 'x', name: 'y' } }],
  ];
  test.each(silent)('heard, and nobody is woken: %s', async (_, over) => {
    const stage = await published();
    expect((await tell(stage, over)).status).toBe(200);
    expect(await hintsOf(stage)).toEqual([]);
    const { advocate, stripe } = (await stage.ask('GET', '/test/health')).body.heard as Record<
      string,
      unknown
    >;
    expect([advocate, stripe]).toEqual([expect.any(Number), null]);
  });

  const unsure: [string, object][] = [
    ['a unit written in another way', { data: { unit: 't/CREDIT/u/STRIPE/USD' } }],
    ['no data', { data: undefined }],
    ['a live tenant that a company without a test tenant uses for tests', { live: true }],
    ['seconds instead of milliseconds', { created: Math.floor(Date.now() / 1000) }],
    ['a written date', { created: new Date().toISOString() }],
    ['made three days ago, and tried again since', { created: Date.now() - 3 * DAY_MS }],
  ];
  test.each(unsure)('rather one look too many: %s', async (_, over) => {
    const stage = await published();
    expect((await tell(stage, over)).status).toBe(200);
    expect(await hintsOf(stage)).toEqual([REWARDS]);
  });

  test('signed over the bytes as they are (RFC 7797), it is believed too', async () => {
    const stage = await published();
    const body = JSON.stringify(eventOf(stage));
    const jws = await new FlattenedSign(Buffer.from(body))
      .setProtectedHeader({ alg: 'RS256', kid: 'of-the-test', b64: false, crit: ['b64'] })
      .sign(keys.privateKey);
    expect((await post(stage, body, `${jws.protected}..${jws.signature}`)).status).toBe(200);
    expect((await post(stage, `${body} `, `${jws.protected}..${jws.signature}`)).status).toBe(400);
  });

  test('a signature that names no key is held against every published one', async () => {
    const stage = await published();
    const body = JSON.stringify(eventOf(stage));
    const jws = await new CompactSign(Buffer.from(body))
      .setProtectedHeader({ alg: 'RS256' })
      .sign(keys.privateKey);
    expect((await post(stage, body, jws.replace(/\..*\./, '..'))).status).toBe(200);
    const other = await generateKeyPair('RS256');
    const bad = await new CompactSign(Buffer.from(body))
      .setProtectedHeader({ alg: 'RS256' })
      .sign(other.privateKey);
    expect((await post(stage, body, bad.replace(/\..*\./, '..'))).status).toBe(400);
  });
});

describe('refused, and nothing is written', () => {
  async function expectRefused(stage: Stage, answer: Awaited<ReturnType<typeof post>>, because: RegExp) {
    expect(answer).toMatchObject({ status: 400, body: { code: 'webhook_invalid' } });
    expect(String(answer.body.detail)).toMatch(because);
    expect(await hintsOf(stage)).toEqual([]);
    expect(await stage.db.selectFrom('heard').selectAll().execute()).toEqual([]);
    expect(await stage.db.selectFrom('heard_last').selectAll().execute()).toEqual([]);
  }

  test('no signature', async () => {
    const stage = await published();
    await expectRefused(stage, await post(stage, JSON.stringify(eventOf(stage))), /no detached signature/);
  });

  test.each(['nonsense', '..', 'a..b', 'a.b.c', `${'a'.repeat(40)}..${'b'.repeat(40)}`])(
    'a signature that is none: %s',
    async (signature) => {
      const stage = await published();
      const answer = await post(stage, JSON.stringify(eventOf(stage)), signature);
      await expectRefused(stage, answer, /./);
    },
  );

  test('a signature that is not detached, good as it is: what it carries is not what came', async () => {
    const stage = await published();
    const body = JSON.stringify(eventOf(stage));
    const whole = (await signed(body)).replace('..', `.${Buffer.from(body).toString('base64url')}.`);
    await expectRefused(stage, await post(stage, body, whole), /no detached signature/);
  });

  test('the signature of another body, were it by one space', async () => {
    const stage = await published();
    const body = JSON.stringify(eventOf(stage));
    await expectRefused(stage, await post(stage, `${body} `, await signed(body)), /does not fit/);
  });

  test('a signature by somebody else under the name of a published key', async () => {
    const stage = await published();
    const body = JSON.stringify(eventOf(stage));
    const { privateKey } = await generateKeyPair('RS256');
    const jws = await new CompactSign(Buffer.from(body))
      .setProtectedHeader({ alg: 'RS256', kid: 'of-the-test' })
      .sign(privateKey);
    await expectRefused(stage, await post(stage, body, jws.replace(/\..*\./, '..')), /does not fit/);
  });

  test('a key that Advocate does not publish', async () => {
    const stage = await published();
    const body = JSON.stringify(eventOf(stage));
    const answer = await post(stage, body, await signed(body, { kid: 'of-nobody' }));
    await expectRefused(stage, answer, /does not publish/);
  });

  test.each(['HS256', 'none'])('an algorithm that needs no private key: %s', async (alg) => {
    const stage = await published();
    const body = JSON.stringify(eventOf(stage));
    const head = Buffer.from(JSON.stringify({ alg, kid: 'of-the-test' })).toString('base64url');
    await expectRefused(stage, await post(stage, body, `${head}..${'A'.repeat(43)}`), /does not fit/);
  });

  const old: [string, number][] = [
    ['five days old', Date.now() - 5 * DAY_MS],
    ['of tomorrow', Date.now() + DAY_MS],
  ];
  test.each(old)('out of its time: %s', async (_, created) => {
    const stage = await published();
    await expectRefused(stage, await tell(stage, { created }), /too long ago/);
  });

  const others: [string, object, RegExp][] = [
    ['another company’s tenant', { tenantAlias: 'somebody_else' }, /does not serve/],
    ['no id', { id: '' }, /not what Advocate documents/],
    ['no time', { created: undefined }, /not what Advocate documents/],
  ];
  test.each(others)('though Advocate signed it: %s', async (_, over, because) => {
    const stage = await published();
    await expectRefused(stage, await tell(stage, over), because);
  });

  test.each(['', 'nonsense', '[]', 'null'])('though Advocate signed it, a body like %j', async (body) => {
    const stage = await published();
    // An empty payload cannot be told from a detached one, so it is refused one step earlier.
    await expectRefused(stage, await post(stage, body, await signed(body)), /./);
  });

  test('a body that is too large', async () => {
    const stage = await published();
    const body = JSON.stringify(eventOf(stage, { data: { unit: 'x'.repeat(70_000) } }));
    expect(await post(stage, body, await signed(body))).toMatchObject({
      status: 413,
      body: { code: 'too_large' },
    });
    expect(await hintsOf(stage)).toEqual([]);
  });

  test('while Advocate’s keys cannot be read it is asked to come again, not refused for good', async () => {
    const stage = await published();
    const body = JSON.stringify(eventOf(stage));
    const signature = await signed(body);
    await stage.advocate.close();
    expect(await post(stage, body, signature)).toMatchObject({
      status: 503,
      body: { code: 'advocate_unreachable' },
    });
  });
});

describe('what goes wrong between Advocate and here changes nothing but the time', () => {
  const cases = ['webhook-duplicate', 'webhook-reorder', 'webhook-signature', 'webhook-unknown-key'] as const;
  test.each(cases)('%s', async (fault) => {
    const stage = await setStage();
    const url = await listenOnPort(stage);
    const listening = await listenFor(url, stage.admin);
    stage.advocate.subscribe('test', `${url}/v1/webhooks/advocate`);
    stage.advocate.inject({ fault });
    stage.advocate.earn('test', HER, { unit: 'STRIPE/USD', amount: 700 });
    expect(await listening.until(1)).toEqual([REWARDS]);
    await stage.advocate.webhooksIdle();
    // Two were sent, of which each has an effect once, whatever became of it on the way.
    expect((await hintsOf(stage)).length).toBeLessThanOrEqual(2);
  });
});
