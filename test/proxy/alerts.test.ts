/** A team is told what needs somebody, each thing once, and nothing that it need not know. */
import { expect, test } from 'vitest';
import { later, listen, restarted, setScene, tick } from './alert-scene.ts';
import { ANNA, type Cast, customer, participant, reward, setStage } from './stage.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const id = (n: number) => `aaaaaaaaaaaaaaaaaaaaaaa${n}`;
const HELD: Cast = {
  customers: [customer({ currency: 'eur' })],
  participants: [participant({ rewards: [reward(), reward({ id: id(2) }), reward({ id: id(3) })] })],
};
const rewards = [reward().id, id(2), id(3)];

test('held rewards are told together, and once, whatever restarts', async () => {
  const channel = await listen();
  const stage = await setScene(channel, HELD);
  await tick(stage);
  expect(channel.heard).toEqual([]);
  await stage.credits({ rewards });
  await tick(stage);
  expect(channel.texts()).toEqual([
    '3 rewards are held in test mode and need a person: 3 × currency differs. Open Rewards in the dashboard.',
  ]);
  expect(channel.heard[0]?.path).toBe('/services/T0/B0/secretsecret');
  for (let i = 0; i < 3; i++) {
    await tick(stage);
    await (await restarted(stage)).tick();
    await stage.credits({ rewards });
  }
  expect(channel.heard).toHaveLength(1);
});

test('what was let go and is held again is news again', async () => {
  const channel = await listen();
  const stage = await setScene(channel, HELD);
  await stage.credits({ rewards: [reward().id] });
  await tick(stage);
  stage.advocate.setCustomField(
    'test',
    { accountId: ANNA.accountId, id: ANNA.userId },
    'stripeCustomerId',
    'nonsense',
  );
  await stage.credits({ rewards: [reward().id] });
  await tick(stage);
  expect(channel.texts().slice(1)).toEqual([
    expect.stringContaining('1 reward is held in test mode and needs a person'),
  ]);
});

test('several proxies on one database tell it once', async () => {
  const channel = await listen();
  const stage = await setScene(channel, HELD);
  const others = await Promise.all([restarted(stage), restarted(stage), restarted(stage)]);
  const allTick = () => Promise.all([tick(stage), ...others.map((other) => other.tick())]);
  // Once they have asked whether anything is lost, they go step by step beside each other.
  await allTick();
  await stage.credits({ rewards });
  await allTick();
  const told = channel.texts().map((text) => Number(text.split(' ')[0]));
  expect(told.reduce((sum, one) => sum + one, 0)).toBe(3);
});

test('a lost connection is told once, and again when it is lost again', async () => {
  const channel = await listen();
  const stage = await setScene(channel);
  const broken = (why: string | null) => {
    later(stage, MINUTE);
    return stage.db.updateTable('connections').set({ broken: why }).execute();
  };
  await tick(stage);
  await broken('The access was revoked.');
  for (let i = 0; i < 3; i++) await tick(stage);
  expect(channel.texts()).toEqual([
    expect.stringMatching(/^The connection to Stripe is lost in test mode\./),
  ]);
  await broken(null);
  await tick(stage);
  await broken('The access was revoked.');
  await tick(stage);
  expect(channel.heard).toHaveLength(2);
});

test('a key that Advocate refuses is told; silence is not, and does not end it either', async () => {
  const channel = await listen();
  const stage = await setScene(channel);
  stage.advocate.inject({ fault: 'html-502', times: 99 });
  await tick(stage);
  expect(channel.heard).toEqual([]);
  stage.advocate.clearFaults();
  for (const fault of ['unauthorized', 'html-502', 'unauthorized'] as const) {
    stage.advocate.inject({ fault, times: 99 });
    later(stage, 11 * 60_000);
    await tick(stage);
    stage.advocate.clearFaults();
  }
  const [only, ...more] = channel.texts();
  expect(only).toMatch(/Advocate refuses the proxy’s API key in (test|live) mode/);
  expect(more.filter((text) => !text.includes('live'))).toEqual([]);
});

test('when nothing ran for so long it is told once, and not while it is paused', async () => {
  const channel = await listen();
  const stage = await setScene(channel, { env: { ALERT_NOTHING_RUN_HOURS: '6' } });
  await stage.ask('PUT', '/test/lease');
  later(stage, 5 * HOUR);
  await tick(stage);
  expect(channel.heard).toEqual([]);
  later(stage, 2 * HOUR);
  for (let i = 0; i < 3; i++) await tick(stage);
  expect(channel.texts()).toEqual([expect.stringContaining('Nothing has run in test mode for 6 hours')]);
  // It ran, and fell silent again.
  await stage.ask('PUT', '/test/lease');
  await tick(stage);
  later(stage, 7 * HOUR);
  await tick(stage);
  expect(channel.heard).toHaveLength(2);
  const { version } = (await stage.ask('GET', '/test/settings')).body;
  const off = { version, units: ['STRIPE/USD'], paused: true, currencyRule: 'confirm', caps: {} };
  expect((await stage.ask('PUT', '/test/settings', off)).status).toBe(200);
  await stage.ask('PUT', '/test/lease');
  later(stage, 7 * HOUR);
  await tick(stage);
  expect(channel.heard).toHaveLength(2);
});

test('a comparison that found differences is told once, until they are others', async () => {
  const channel = await listen();
  const stage = await setScene(channel, { participants: HELD.participants ?? [] });
  await stage.credits({ rewards });
  const compare = async () => {
    await stage.ask('GET', '/test/reconciliation');
    await tick(stage);
  };
  await compare();
  expect(channel.heard).toEqual([]);
  const spoil = (which: string, amount = 1999) =>
    stage.db.updateTable('ledger').set({ amount }).where('reward', '=', which).execute();
  await spoil(id(2));
  await compare();
  await compare();
  expect(channel.texts()).toEqual([expect.stringContaining('found 1 difference between')]);
  await spoil(id(3));
  await compare();
  expect(channel.texts().slice(1)).toEqual([expect.stringContaining('found 2 differences')]);
  // Mended, and the very same is wrong again.
  for (const amount of [2000, 1999]) {
    for (const which of [id(2), id(3)]) await spoil(which, amount);
    await compare();
  }
  expect(channel.texts().slice(2)).toEqual([expect.stringContaining('found 2 differences')]);
});

test('what certainly was not taken is tried again later, a few times; what may have arrived is not', async () => {
  const channel = await listen(() => ({ status: 500 }));
  const stage = await setScene(channel, HELD);
  await stage.credits({ rewards });
  await tick(stage);
  await tick(stage);
  expect(channel.heard).toHaveLength(1);
  channel.answer(() => ({ status: 200 }));
  later(stage, HOUR);
  await tick(stage);
  await tick(stage);
  expect(channel.heard).toHaveLength(2);

  const other = await listen(() => 'silence');
  const silent = await setScene(other, HELD);
  await silent.credits({ rewards });
  for (let i = 0; i < 10; i++) {
    await tick(silent);
    later(silent, HOUR);
  }
  expect(other.heard).toHaveLength(1);

  const deaf = await listen(() => ({ status: 403 }));
  const refused = await setScene(deaf, HELD);
  await refused.credits({ rewards });
  for (let i = 0; i < 12; i++) {
    await tick(refused);
    later(refused, 2 * HOUR);
  }
  expect(deaf.heard).toHaveLength(5);
  expect((await refused.ask('GET', '/test/health')).text).toContain('alerts_failing');
});

test('it goes nowhere but to the address that was set, and fails quietly', async () => {
  const inside = await listen();
  const channel = await listen(() => ({ status: 307, location: `${inside.url}/admin` }));
  const stage = await setScene(channel, HELD);
  await stage.credits({ rewards });
  await tick(stage);
  expect(channel.heard).toHaveLength(1);
  expect(inside.heard).toEqual([]);
  const log = stage.logLines.join('');
  expect(log).toContain('the team was not told');
  expect(log).not.toContain('secretsecret');
});

test('no name, no e-mail, no amount and no id of anybody is told', async () => {
  const channel = await listen();
  const stage = await setScene(channel, HELD);
  await stage.credits({ rewards });
  await tick(stage);
  const said = channel.texts().join('\n');
  for (const secret of ['Anna', 'Meyer', '@', 'cus_', '2000', '20.00', reward().id, 'USD'])
    expect(said).not.toContain(secret);
});

test('without an address nothing is looked at or kept', async () => {
  const stage = await setStage(HELD);
  await stage.credits({ rewards });
  await tick(stage);
  expect(await stage.db.selectFrom('alerts').selectAll().execute()).toEqual([]);
});

test.each([
  ['ALERT_WEBHOOK_URL', 'http://example.com/hook'],
  ['ALERT_WEBHOOK_URL', 'ftp://example.com/hook'],
  ['ALERT_WEBHOOK_URL', 'hooks.slack.com'],
  ['ALERT_WEBHOOK_URL', 'https://user:password@hooks.slack.com/hook'],
  ['ALERT_WEBHOOK_URL', 'https://user@hooks.slack.com/hook'],
  ['ALERT_NOTHING_RUN_HOURS', 'soon'],
  ['ALERT_NOTHING_RUN_HOURS', '0'],
  ['ALERT_NOTHING_RUN_HOURS', '0.25'],
  ['ALERT_NOTHING_RUN_HOURS', '1.5'],
])('a wrong %s is refused in a sentence: %s', async (name, value) => {
  await expect(setStage({ env: { [name]: value } })).rejects.toThrow(name);
});
