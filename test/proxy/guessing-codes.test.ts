/** Who guesses pairing codes is stopped, and keeps nobody else from pairing. */
import { describe, expect, test } from 'vitest';
import { createApp } from '../../src/proxy/app.ts';
import { createPairing, SIGNS } from '../../src/proxy/pairing.ts';
import { createParts } from '../../src/proxy/parts.ts';
import { FROM_ONE_ADDRESS, MOST_AT_ONCE, SLOW_FROM, SLOW_MS } from '../../src/proxy/wrong-codes.ts';
import { listenOnPort } from './hint-scene.ts';
import { type Stage, setStage } from './stage.ts';

const WRONG = 'AAAA-BBBB-CCCC';
const STRANGER = '203.0.113.7';
const ANNAS = '198.51.100.4';
type App = Stage['app'];

const behindOne = { env: { TRUSTED_PROXIES: '1' } };
/** The status, through a reverse proxy that was asked by this address. */
async function pairVia(app: App, code: string, forwarded: string): Promise<number> {
  const answer = await app.request('/v1/pair', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': forwarded },
    body: JSON.stringify({ code, browserName: 'Chrome' }),
  });
  return answer.status;
}
const times = (many: number) => Array.from({ length: many }, (_, n) => n);

/** As if so many others, each at an address of its own, had guessed just now. */
const guessElsewhere = ({ db, parts }: Stage, many: number) =>
  db
    .insertInto('wrong_codes')
    .values(times(many).map((n) => ({ address: `192.0.2.${n}`, at: parts.now() })))
    .execute();

test('an address that guesses is refused after ten wrong codes, the right one too, and told when to come again', async () => {
  const stage = await setStage(behindOne);
  const code = await stage.parts.pairing.invite('support');
  for (const _ of times(FROM_ONE_ADDRESS)) expect(await pairVia(stage.app, WRONG, STRANGER)).toBe(401);
  expect(await pairVia(stage.app, code, STRANGER)).toBe(429);
  const refused = await stage.app.request('/v1/pair', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': STRANGER },
    body: JSON.stringify({ code, browserName: 'Chrome' }),
  });
  expect(refused.headers.get('retry-after')).toBe('60');
});

test('a stranger’s wrong codes keep nobody else from pairing', async () => {
  const stage = await setStage(behindOne);
  const code = await stage.parts.pairing.invite('support');
  for (const _ of times(FROM_ONE_ADDRESS + 5)) await pairVia(stage.app, WRONG, STRANGER);
  expect(await pairVia(stage.app, code, ANNAS)).toBe(200);
});

test('a minute later the address may try again, and what it did is forgotten', async () => {
  let at = Date.now();
  const stage = await setStage({ ...behindOne, now: () => at });
  const code = await stage.parts.pairing.invite('support');
  for (const _ of times(FROM_ONE_ADDRESS)) await pairVia(stage.app, WRONG, STRANGER);
  at += 59_999;
  expect(await pairVia(stage.app, code, STRANGER)).toBe(429);
  at += 1;
  expect(await pairVia(stage.app, code, STRANGER)).toBe(200);
  expect(await stage.db.selectFrom('wrong_codes').selectAll().execute()).toEqual([]);
});

test('right codes are not counted: a whole office pairs from one address', async () => {
  const stage = await setStage(behindOne);
  for (const _ of times(FROM_ONE_ADDRESS + 5))
    expect(await pairVia(stage.app, await stage.parts.pairing.invite('support'), ANNAS)).toBe(200);
});

test('many guesses at once are no way round the count', async () => {
  const stage = await setStage(behindOne);
  // Fewer are left than there are connections to PostgreSQL, so that more than that do come at once.
  const left = 3;
  for (const _ of times(FROM_ONE_ADDRESS - left)) await pairVia(stage.app, WRONG, STRANGER);
  const all = await Promise.all(times(40).map(() => pairVia(stage.app, WRONG, STRANGER)));
  expect(all.filter((status) => status === 401)).toHaveLength(left);
  expect(all.filter((status) => status === 429)).toHaveLength(40 - left);
});

test('every proxy on the database counts what the others saw', async () => {
  const stage = await setStage(behindOne);
  const { environment, log, now, sleep } = stage.parts;
  const other = createApp(
    await createParts(environment, stage.db, log, () => 'http://127.0.0.1:4243', now, sleep),
  );
  for (const n of times(FROM_ONE_ADDRESS)) await pairVia(n % 2 ? other : stage.app, WRONG, STRANGER);
  expect(await pairVia(other, WRONG, STRANGER)).toBe(429);
  expect(await pairVia(stage.app, WRONG, STRANGER)).toBe(429);
});

describe('whose a request is', () => {
  test('a new address is not to be had by writing one', async () => {
    const stage = await setStage(behindOne);
    for (const n of times(FROM_ONE_ADDRESS)) await pairVia(stage.app, WRONG, `192.0.2.${n}, ${STRANGER}`);
    expect(await pairVia(stage.app, WRONG, `192.0.2.99, ${STRANGER}`)).toBe(429);
  });

  test('unless a proxy in front is trusted, what the header says counts for nothing', async () => {
    const stage = await setStage();
    for (const n of times(FROM_ONE_ADDRESS)) await pairVia(stage.app, WRONG, `192.0.2.${n}`);
    expect(await pairVia(stage.app, WRONG, '192.0.2.99')).toBe(429);
  });

  test('without a proxy in front it is the other end of the connection', async () => {
    const stage = await setStage();
    const answer = await fetch(`${await listenOnPort(stage)}/v1/pair`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: WRONG, browserName: 'Chrome' }),
    });
    expect(answer.status).toBe(401);
    expect(await stage.db.selectFrom('wrong_codes').select('address').execute()).toEqual([
      { address: '127.0.0.1' },
    ]);
  });
});

describe('where very many guess', () => {
  const slowed = (stage: Stage, sleep: (ms: number) => Promise<void>) =>
    createPairing(stage.db, stage.parts.now, undefined, sleep);

  test('each waits a second, and a right code is right still', async () => {
    const stage = await setStage();
    const waits: number[] = [];
    const pairing = slowed(stage, async (ms) => void waits.push(ms));
    const code = await pairing.invite('support');
    await guessElsewhere(stage, SLOW_FROM - 1);
    await expect(pairing.pair(WRONG, 'Chrome', STRANGER)).rejects.toMatchObject({ code: 'code_invalid' });
    expect(waits).toEqual([]);
    expect(await pairing.pair(code, 'Chrome', ANNAS)).toMatchObject({ role: 'support' });
    expect(waits).toEqual([SLOW_MS]);
  });

  test('no more are let in at once than the proxy can bear, and there is room again afterwards', async () => {
    const stage = await setStage();
    let over = () => {};
    const until = new Promise<void>((resolve) => {
      over = resolve;
    });
    let waiting = 0;
    let full = () => {};
    const allWait = new Promise<void>((resolve) => {
      full = resolve;
    });
    const pairing = slowed(stage, () => {
      waiting += 1;
      if (waiting === MOST_AT_ONCE) full();
      return until;
    });
    await guessElsewhere(stage, SLOW_FROM);
    const code = await pairing.invite('support');
    const all = times(MOST_AT_ONCE).map((n) =>
      pairing.pair(WRONG, 'Chrome', `2001:db8:0:${n.toString(16)}::/64`),
    );
    const ends = Promise.allSettled(all);
    await allWait;
    await expect(pairing.pair(code, 'Chrome', ANNAS)).rejects.toMatchObject({ code: 'too_many_attempts' });
    over();
    await ends;
    expect(await pairing.pair(code, 'Chrome', ANNAS)).toMatchObject({ role: 'support' });
  });
});

test('a code has 60 bits, of signs that nobody mistakes for each other', async () => {
  expect(new Set(SIGNS).size).toBe(32);
  for (const sign of ['0', 'O', '1', 'I']) expect(SIGNS).not.toContain(sign);
  const stage = await setStage();
  expect(await stage.parts.pairing.invite('admin')).toMatch(new RegExp(`^([${SIGNS}]{4}-){2}[${SIGNS}]{4}$`));
});
