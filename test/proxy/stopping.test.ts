/** A real process that is told to stop while money is on its way. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startAdvocateSimulator } from '../../sandbox/advocate/simulator.ts';
import { startStripeSimulator } from '../../sandbox/stripe/simulator.ts';
import type { Outcome } from '../../src/contract/routes.ts';
import { openGate } from '../support/gate.ts';
import { startProcess, withDatabase } from '../support/killing.ts';
import { castSeed, creditsOf, customer, environmentFor, participant, reward, rewardAt } from './stage.ts';

/** More than are begun at once, each of somebody else, so that none waits for another. */
const PEOPLE = Array.from({ length: 40 }, (_, i) => String(i).padStart(2, '0'));
const idOf = (n: string) => `cccccccccccccccccccccc${n}`;
const IDS = PEOPLE.map(idOf);

async function setScene() {
  const seed = castSeed({
    customers: PEOPLE.map((n) => customer({ id: `cus_Person00000${n}`, email: `p${n}@example.com` })),
    participants: PEOPLE.map((n) =>
      participant({
        accountId: `p${n}`,
        id: `p${n}`,
        email: `p${n}@example.com`,
        customFields: { stripeCustomerId: `cus_Person00000${n}` },
        rewards: [reward({ id: idOf(n) })],
      }),
    ),
  });
  const stripe = await startStripeSimulator({ seed });
  stripe.limits.enabled = false;
  const advocate = await startAdvocateSimulator({ seed });
  const gate = await openGate(stripe.url);
  const folder = mkdtempSync(join(tmpdir(), 'stopping-'));
  onTestFinished(async () => {
    await Promise.all([gate.close(), stripe.close(), advocate.close()]);
    rmSync(folder, { recursive: true, force: true });
  });
  const file = join(folder, 'ledger.db');
  const env: Record<string, string | undefined> = {
    ...environmentFor(seed, { stripe: gate.url, advocate: advocate.url }),
    DATABASE_URL: `file:${file}`,
  };
  const proxy = await startProcess(env);
  stripe.connect('test');
  await withDatabase(file, async (db) => {
    const account = { account: stripe.state.accountId, account_name: null, broken: null };
    await db
      .insertInto('connections')
      .values({ mode: 'test', ...account, connected_at: 1, connected_by: 'test' })
      .execute();
    const body = JSON.stringify({ units: ['STRIPE/USD'], paused: false, currencyRule: 'confirm', caps: {} });
    await db
      .insertInto('settings')
      .values({ mode: 'test', version: 1, body, turned_on_at: 1, changed_by: 'test', changed_at: 1 })
      .execute();
    await db.updateTable('facts').set({ value: '0' }).where('name', '=', 'born_at').execute();
  });
  const paired = await fetch(`${proxy.url}/v1/pair`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: proxy.code, browserName: 'test' }),
  });
  const { token } = (await paired.json()) as { token: string };
  return { env, file, gate, stripe, advocate, proxy, token };
}

const credits = async (url: string, token: string): Promise<Outcome[]> => {
  const answer = await fetch(`${url}/v1/test/credits`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ rewards: IDS }),
  });
  expect(answer.status).toBe(200);
  const lines = (await answer.text()).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Outcome);
};
const isCredit = (method: string, url: string) => method === 'POST' && url.endsWith('/balance_transactions');

test('SIGTERM in the middle of credits: what is begun is finished and told, the rest is refused and waits, nothing is lost', async () => {
  const scene = await setScene();
  const { proxy, token, gate, stripe, advocate } = scene;
  const { reached, goOn } = gate.pause(isCredit);
  const asked = credits(proxy.url, token);
  await reached;
  const gone = proxy.stop();
  // Until it has heard, it is ready.
  let readiness = await fetch(`${proxy.url}/readyz`);
  while (readiness.ok) readiness = await fetch(`${proxy.url}/readyz`);
  expect(await readiness.json()).toMatchObject({ code: 'proxy_stopping', status: 503 });
  expect((await fetch(`${proxy.url}/healthz`)).status).toBe(200);
  const refused = await fetch(`${proxy.url}/v1/session`, { headers: { authorization: `Bearer ${token}` } });
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({ code: 'proxy_stopping' });
  goOn();

  const told = await asked;
  expect(told.map(({ reward: id }) => id).sort()).toEqual(IDS);
  const done = told.filter(({ state }) => state === 'redeemed');
  const left = told.filter(({ state }) => state !== 'redeemed');
  expect(done.length).toBeGreaterThan(0);
  expect(left.length).toBeGreaterThan(0);
  for (const outcome of left)
    expect(outcome).toMatchObject({ state: 'waiting', reason: 'proxy_unreachable' });
  expect(await gone).toBe(0);
  for (const { reward: id } of done) expect(creditsOf(scene, id)).toHaveLength(1);
  for (const { reward: id } of left) expect(creditsOf(scene, id)).toEqual([]);
  const rows = await withDatabase(scene.file, (db) => db.selectFrom('ledger').selectAll().execute());
  expect(rows.map(({ reward: id }) => id).sort()).toEqual(done.map(({ reward: id }) => id).sort());
  for (const row of rows) expect(row).toMatchObject({ point: 'noted', locked_by: null });

  gate.open();
  const again = await startProcess(scene.env);
  await credits(again.url, token);
  for (const id of IDS) {
    expect(creditsOf({ stripe }, id)).toHaveLength(1);
    expect(rewardAt({ advocate }, id).statuses).toEqual(['REDEEMED']);
  }
  expect(await again.stop()).toBe(0);
});

test('whoever asked is gone when it is told to stop: what is begun is finished all the same', async () => {
  const scene = await setScene();
  const { proxy, token, gate } = scene;
  const { reached, goOn } = gate.pause(isCredit);
  const leaving = new AbortController();
  const asked = fetch(`${proxy.url}/v1/test/credits`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ rewards: [IDS[0]] }),
    signal: leaving.signal,
  }).then((answer) => answer.text());
  await reached;
  leaving.abort();
  await expect(asked).rejects.toThrow();
  const gone = proxy.stop();
  let readiness = await fetch(`${proxy.url}/readyz`);
  while (readiness.ok) readiness = await fetch(`${proxy.url}/readyz`);
  goOn();
  expect(await gone).toBe(0);
  const rows = await withDatabase(scene.file, (db) => db.selectFrom('ledger').selectAll().execute());
  expect(rows).toMatchObject([{ point: 'noted', locked_by: null }]);
});
