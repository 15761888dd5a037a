/** The proxy's own machine drains, with no browser open. */
import { expect, test } from 'vitest';
import { createDrainer, join } from '../../src/proxy/drainer.ts';
import { createParts } from '../../src/proxy/parts.ts';
import { locksOf, never, openProfile } from '../faults/browsers.ts';
import {
  ANNA,
  ANNAS_CUSTOMER,
  anotherProxy,
  creditsOf,
  participant,
  reward,
  rewardAt,
  type Stage,
  setStage,
} from './stage.ts';

const ID = reward().id;
const MINUTE = 60_000;
const SERVER = { id: '00000000-0000-4000-8000-82e64648d9ab', name: 'Server db1' };

async function server(stage: Stage, parts = stage.parts) {
  return createDrainer(parts, 'test', await join(stage.db, stage.parts.now, false, 'db1'));
}
const later = (stage: Stage, ms: number) => stage.setClock(() => Date.now() + ms);

function expectPaidOnce(stage: Stage, id = ID): void {
  expect(creditsOf(stage, id)).toMatchObject([{ amount: -2000, customer: ANNAS_CUSTOMER }]);
  expect(rewardAt(stage, id).statuses).toEqual(['REDEEMED']);
}
function many(count: number) {
  const rewards = Array.from({ length: count }, (_, n) =>
    reward({ id: `dddddddddddddddddddd${String(n).padStart(4, '0')}` }),
  );
  return { cast: { participants: [participant({ rewards })] }, ids: rewards.map(({ id }) => id) };
}

test('with no browser open: found, claimed, credited, redeemed, and nothing the second time', async () => {
  const stage = await setStage();
  const { round } = await server(stage);
  expect(await round()).toMatchObject({ skipped: null, found: 1, credited: 1, problem: null });
  expectPaidOnce(stage);
  expect(await round()).toMatchObject({ credited: 0, problem: null });
  // Nor where it starts again and has forgotten everything.
  expect(await (await server(stage)).round()).toMatchObject({ credited: 0, problem: null });
  expectPaidOnce(stage);
});

test('more than fit into one request are all credited', async () => {
  const { cast, ids } = many(230);
  const stage = await setStage(cast);
  stage.stripe.limits.enabled = false;
  expect(await (await server(stage)).round()).toMatchObject({ found: 230, credited: 230 });
  for (const id of ids) expectPaidOnce(stage, id);
});

test('it takes the one lease: browsers hear who drains, and send nothing meanwhile', async () => {
  const stage = await setStage();
  const { round } = await server(stage);
  await round();
  const { body } = await stage.ask('GET', '/session');
  expect(body.modes).toMatchObject({
    test: { lease: { holder: SERVER, mine: false }, lastRun: { browserName: SERVER.name } },
  });
  const profile = await openProfile(stage);
  expect(await profile.startWorker().run()).toMatchObject({ skipped: 'lease_taken' });
  const team = await stage.ask('GET', '/team');
  expect(team.body.members).toContainEqual(expect.objectContaining({ ...SERVER, drains: ['test'] }));
});

test('while a browser drains it sends nothing, and takes over within two minutes of its silence', async () => {
  const stage = await setStage({ participants: [participant({ rewards: [] })] });
  const profile = await openProfile(stage);
  await profile.startWorker().run();
  stage.advocate.earn(
    'test',
    { accountId: ANNA.accountId, id: ANNA.userId },
    { unit: 'STRIPE/USD', amount: 2000 },
  );
  const { round } = await server(stage);
  const first = await round();
  expect(first).toMatchObject({ skipped: 'lease_taken', credited: 0 });
  expect(first.session.modes.test.lease.holder?.name).toBe(profile.name);
  later(stage, 2 * MINUTE);
  expect(await round()).toMatchObject({ skipped: null, credited: 1 });
});

test('when it stops it leaves the lease to the next', async () => {
  const stage = await setStage();
  const drainer = await server(stage);
  await drainer.round();
  await drainer.stop();
  const { body } = await stage.ask('PUT', '/test/lease');
  expect(body).toMatchObject({ mine: true });
});

test('told to stop in the middle, it finishes what is begun, and begins nothing else', async () => {
  const { cast, ids } = many(60);
  let credits = 0;
  let stopped: Promise<void> | null = null;
  const stage = await setStage({
    ...cast,
    // Right in the middle of a credit.
    stripeLatency: () => {
      credits += 1;
      if (credits === 5) stopped = drainer.stop();
      return 0;
    },
  });
  stage.stripe.limits.enabled = false;
  const drainer = await server(stage);
  await drainer.round();
  await stopped;
  const paid = ids.filter((id) => creditsOf(stage, id).length > 0);
  expect(paid.length).toBeGreaterThan(0);
  expect(paid.length).toBeLessThan(60);
  const rows = await stage.db.selectFrom('ledger').select(['reward', 'point', 'locked_by']).execute();
  for (const row of rows) expect(row).toMatchObject({ point: 'noted', locked_by: null });
  expect(rows.map(({ reward: id }) => id).sort()).toEqual(paid.sort());
  await (await server(stage)).round();
  for (const id of ids) expectPaidOnce(stage, id);
});

test('paused, or not connected, or without units: nothing is sent', async () => {
  const paused = await setStage({ settings: { paused: true } });
  expect(await (await server(paused)).round()).toMatchObject({ skipped: 'paused', credited: 0 });
  const unconnected = await setStage({ unconnected: true });
  expect(await (await server(unconnected)).round()).toMatchObject({ skipped: 'not_connected', credited: 0 });
  const empty = await setStage({ settings: { units: [] } });
  expect(await (await server(empty)).round()).toMatchObject({ found: 0, credited: 0 });
  for (const stage of [paused, unconnected, empty]) expect(creditsOf(stage, ID)).toEqual([]);
});

test('what waited for a setting goes when the setting changes, although it was not kept', async () => {
  const stage = await setStage({ settings: { paused: true } });
  const drainer = await server(stage);
  await drainer.round();
  const settings = await stage.parts.settings.read('test');
  const { units, currencyRule, caps } = settings;
  await stage.parts.settings.write(
    'test',
    settings.version,
    { units, currencyRule, caps, paused: false },
    'test',
  );
  await drainer.round();
  await drainer.round();
  expectPaidOnce(stage);
});

test('what waits for a link is not kept, and goes when the link is made', async () => {
  const stage = await setStage({ participants: [participant({ customFields: {} })] });
  const drainer = await server(stage);
  expect(await drainer.round()).toMatchObject({ found: 1, credited: 0 });
  expect(drainer.queue.rows()).toEqual([]);
  const path = `/test/participants/${encodeURIComponent(ANNA.accountId)}/${encodeURIComponent(ANNA.userId)}/link`;
  expect(await stage.ask('PUT', path, { customer: ANNAS_CUSTOMER, previous: null })).toMatchObject({
    status: 200,
  });
  expect(await drainer.round()).toMatchObject({ credited: 1 });
  expectPaidOnce(stage);
});

test('what Stripe did not answer waits its time and is paid once', async () => {
  const stage = await setStage();
  const drainer = await server(stage);
  stage.stripe.inject({ fault: 'F2', method: 'POST', path: /balance_transactions$/, times: 3 });
  stage.stripe.inject({ fault: 'F5', method: 'GET', path: /balance_transactions$/, times: 9 });
  expect(await drainer.round()).toMatchObject({ credited: 0 });
  expect(drainer.queue.rows()).toMatchObject([{ state: 'waiting' }]);
  expect(drainer.queue.nextDue()).toBeGreaterThan(stage.parts.now());
  stage.stripe.clearFaults();
  later(stage, 5 * MINUTE);
  await drainer.round();
  expectPaidOnce(stage);
});

test('killed while it waits for Stripe: the next one has an empty memory, and it is paid once', async () => {
  const stage = await setStage();
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  stage.stripe.inject({ fault: 'F9', method: 'POST', path: /balance_transactions$/, times: 1 });
  const { environment, log, now } = stage.parts;
  const stopsThere = () => {
    reach();
    return never();
  };
  const parts = await createParts(environment, stage.db, log, () => '', now, stopsThere);
  const dying = await server(stage, parts);
  void dying.round();
  await reached;
  later(stage, 3 * MINUTE);
  const next = await server(stage);
  await next.round();
  later(stage, 6 * MINUTE);
  await next.round();
  expectPaidOnce(stage);
});

test('server and browsers that all believe they hold the lease: each reward is paid once', async () => {
  const { cast, ids } = many(40);
  const stage = await setStage(cast);
  stage.stripe.limits.enabled = false;
  const app = await anotherProxy(stage);
  const believing = {
    request: async (input: string, init?: RequestInit) =>
      input.endsWith('/lease')
        ? Response.json({ holder: null, until: null, mine: true })
        : app.request(input, init),
  };
  const drainer = await server(stage);
  const profiles = await Promise.all([openProfile(stage), openProfile(stage)]);
  await Promise.all([
    drainer.round(),
    ...profiles.map((one) => one.startWorker({ app: believing, locks: locksOf(one.name) }).run()),
  ]);
  later(stage, 3 * MINUTE);
  await drainer.round();
  later(stage, 6 * MINUTE);
  await drainer.round();
  for (const id of ids) expectPaidOnce(stage, id);
});

test('removed from the team it sends nothing more, until it is taken in again', async () => {
  const stage = await setStage();
  const drainer = await server(stage);
  expect((await stage.ask('DELETE', `/team/${SERVER.id}`)).status).toBe(200);
  await expect(drainer.round()).rejects.toMatchObject({ code: 'unauthorized' });
  await expect(server(stage)).rejects.toThrow(/removed “Server db1” from the team.*--rejoin/);
  expect(creditsOf(stage, ID)).toEqual([]);
  await join(stage.db, stage.parts.now, true, 'db1');
  expect(await (await server(stage)).round()).toMatchObject({ credited: 1 });
  const { entries } = (await stage.ask('GET', '/audit')).body as {
    entries: { action: string; subject: string }[];
  };
  const own = entries.filter(({ subject }) => subject === SERVER.id).map(({ action }) => action);
  expect(own.sort()).toEqual(['paired', 'paired', 'unpaired']);
});

test('it never passes for the last admin, and no token is its own', async () => {
  const stage = await setStage();
  await server(stage);
  const { body } = await stage.ask('GET', '/team');
  const members = body.members as { id: string; me: boolean; role: string }[];
  const me = members.find((member) => member.me);
  expect(members.find(({ id }) => id === SERVER.id)?.role).toBe('support');
  expect(await stage.ask('DELETE', `/team/${me?.id}`)).toMatchObject({
    status: 409,
    body: { code: 'last_admin' },
  });
  for (const token of ['inside-this-very-process', SERVER.id, 'server-db1-server-db1-server'])
    expect((await stage.ask('GET', '/session', undefined, token)).status).toBe(401);
});
