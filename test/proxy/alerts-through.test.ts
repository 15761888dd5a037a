/** What a team is told comes through: whichever proxy noticed it, however much it is, and whatever else fails. */
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { startHttpsFront } from '../../sandbox/https-front.ts';
import { readSeed } from '../../sandbox/seed.ts';
import { alertText } from '../../src/proxy/alert-words.ts';
import { readHealth } from '../../src/proxy/health.ts';
import { hookOf, later, listen, partsAgain, restarted, setScene, tick } from './alert-scene.ts';
import { type Cast, customer, reward, type Stage, setStage } from './stage.ts';

const MINUTE = 60_000;
const HELD: Cast = { customers: [customer({ currency: 'eur' })] };
const rewards = [reward().id];

function byKey(): Cast {
  const { key } = readSeed().stripe.restrictedKeys.test;
  const none = { STRIPE_CLIENT_ID_TEST: undefined, STRIPE_SECRET_KEY_TEST: undefined };
  return { unconnected: true, env: { ...none, STRIPE_RESTRICTED_KEY_TEST: key } };
}
type Turn = (stage: Stage, lost: boolean) => void;
const KEYS: [string, Cast, Turn][] = [
  [
    'Advocate',
    {},
    ({ advocate }, lost) =>
      lost ? advocate.inject({ fault: 'unauthorized', times: 9999 }) : advocate.clearFaults(),
  ],
  [
    'Stripe',
    byKey(),
    ({ seed }, lost) => {
      seed.stripe.restrictedKeys.test.permissions = lost ? [] : ['rak_customer_write'];
    },
  ],
];
test.each(KEYS)('proxies that asked at different times tell a lost key once: %s', async (who, cast, turn) => {
  const channel = await listen();
  const stage = await setScene(channel, cast);
  const proxies = [stage.parts.alerts, await restarted(stage)];
  const told = () => channel.texts().filter((text) => text.includes(who) && text.includes('test mode'));
  /** For long enough that both have asked again. */
  const minutes = async (of: typeof proxies, count: number) => {
    for (let i = 0; i < count; i++) {
      later(stage, MINUTE);
      for (const proxy of of) await proxy.tick();
    }
  };
  turn(stage, false);
  await minutes(proxies.slice(0, 1), 3);
  turn(stage, true);
  await minutes(proxies, 25);
  expect(told()).toHaveLength(1);
  turn(stage, false);
  await minutes(proxies, 25);
  expect(told()).toHaveLength(1);
  turn(stage, true);
  await minutes(proxies, 25);
  expect(told()).toHaveLength(2);
});

async function selfSigned(): Promise<string> {
  const front = await startHttpsFront({});
  onTestFinished(() => front.close());
  return `https://127.0.0.1:${front.port}`;
}
/** Nobody hears anything there, though somebody may listen. */
const DEAF: [string, () => Promise<string>][] = [
  ['its certificate is nobody’s', async () => await selfSigned()],
  ['it does not speak TLS', async () => (await listen()).url.replace('http:', 'https:')],
  ['nothing may be sent to its port', async () => 'http://127.0.0.1:1'],
];
test.each(DEAF)('what was certainly not sent is tried again: %s', async (_, address) => {
  const stage = await setScene({ url: await address() }, HELD);
  await stage.credits({ rewards });
  const row = () => stage.db.selectFrom('alerts').select(['state', 'tries']).executeTakeFirst();
  await tick(stage);
  expect(await row()).toEqual({ state: 'new', tries: 1 });
  for (let i = 0; i < 8; i++) {
    later(stage, 60 * MINUTE);
    await tick(stage);
  }
  expect(await row()).toEqual({ state: 'given_up', tries: 5 });
});

async function alertsCheck(stage: Stage, parts = stage.parts) {
  const somebody = { id: 'somebody', name: 'Somebody’s browser', role: 'support' } as const;
  const { checks } = await readHealth(parts, 'test', somebody);
  const { code, detail } = checks.find(({ check }) => check === 'alerts') ?? {};
  return [code, detail];
}

test('that a message did not get through is known after a restart, until one does', async () => {
  const channel = await listen(() => 'silence');
  const stage = await setScene(channel, HELD);
  expect(await alertsCheck(stage)).toEqual(['alerts_ok', null]);
  await stage.credits({ rewards });
  await tick(stage);
  for (const parts of [stage.parts, await partsAgain(stage)])
    expect(await alertsCheck(stage, parts)).toEqual(['alerts_failing', 'UND_ERR_SOCKET']);
  channel.answer(() => ({ status: 200 }));
  later(stage, MINUTE);
  await stage.db.updateTable('connections').set({ broken: 'The access was revoked.' }).execute();
  await tick(stage);
  for (const parts of [stage.parts, await partsAgain(stage)])
    expect(await alertsCheck(stage, parts)).toEqual(['alerts_ok', null]);
});

test('a proxy that ended while it sent leaves word of it, and one that is sending does not', async () => {
  const channel = await listen();
  const stage = await setScene(channel, HELD);
  await stage.credits({ rewards });
  let during: unknown;
  channel.answer(() => {
    during = alertsCheck(stage);
    return { status: 200 };
  });
  await tick(stage);
  expect(await during).toEqual(['alerts_ok', null]);
  await stage.db.updateTable('alerts').set({ state: 'sending' }).execute();
  later(stage, 2 * MINUTE);
  await tick(stage);
  expect(channel.heard).toHaveLength(1);
  expect(await alertsCheck(stage)).toEqual(['alerts_failing', 'no_answer']);
});

test('what cannot be found out keeps nothing else back', async () => {
  const channel = await listen();
  const stage = await setScene(channel, HELD);
  await stage.credits({ rewards });
  await stage.db.updateTable('settings').set({ body: 'nonsense' }).execute();
  await tick(stage);
  expect(channel.texts()).toEqual([expect.stringContaining('1 reward is held')]);
  await stage.db.updateTable('connections').set({ broken: 'The access was revoked.' }).execute();
  await sql`alter table told rename to untold`.execute(stage.db);
  later(stage, MINUTE);
  await tick(stage);
  expect(channel.texts().slice(1)).toEqual([expect.stringContaining('The connection to Stripe is lost')]);
  const log = stage.logLines.join('');
  for (const kind of ['held', 'quiet'])
    expect(log).toMatch(new RegExp(`"kind":"${kind}".*could not be found out`));
});

test('however many are held at once, it is one message, and all of them count as told', async () => {
  const channel = await listen();
  const stage = await setScene(channel);
  const many = 40_000;
  await sql`with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${sql.lit(many)})
    insert into told (mode, reward, state, reason, facts, settings, at)
    select 'test', 'reward' || n, 'held', 'over_cap', '{}', 1, 0 from numbers`.execute(stage.db);
  for (let i = 0; i < 3; i++) {
    await tick(stage);
    later(stage, 60 * MINUTE);
  }
  expect(channel.texts()).toEqual([expect.stringMatching(/^40000 rewards are held in test mode/)]);
  const told = await stage.db.selectFrom('alerts').select('state').distinct().execute();
  expect(told).toEqual([{ state: 'told' }]);
});

test.each([
  [1, 'for 1 hour:'],
  [6, 'for 6 hours:'],
])('silence is told in whole hours: %i', async (hours, said) => {
  expect(alertText('test', 'quiet', [], hours * 60 * MINUTE)).toContain(said);
});

test('the address with a password in it is not repeated', async () => {
  const withPassword = hookOf({ url: 'https://user:hunter2@hooks.slack.com' });
  const refused = setStage({ env: { ALERT_WEBHOOK_URL: withPassword } });
  await expect(refused).rejects.toThrow(/user name or a password/);
  await expect(refused).rejects.not.toThrow('hunter2');
});
