import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startAdvocateSimulator } from '../../sandbox/advocate/simulator.ts';
import { startStripeSimulator } from '../../sandbox/stripe/simulator.ts';
import type { LedgerPoint } from '../../src/contract/words.ts';
import { createLedger } from '../../src/proxy/ledger.ts';
import { openGate } from '../support/gate.ts';
import {
  letLocksRunOut,
  MOMENTS,
  type ProxyProcess,
  startProcess,
  withDatabase,
} from '../support/killing.ts';
import { ANNA, ANNAS_CUSTOMER, castSeed, creditsOf, environmentFor, reward, rewardAt } from './stage.ts';

const ID = reward().id;
type Proxy = ProxyProcess & { token: string };

const startPaired = async (env: Record<string, string | undefined>): Promise<Proxy> => {
  const proxy = await startProcess(env);
  return { ...proxy, token: await pair(proxy.url, proxy.code) };
};

async function pair(url: string, code: string): Promise<string> {
  const answer = await fetch(`${url}/v1/pair`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code, browserName: 'test' }),
  });
  return ((await answer.json()) as { token: string }).token;
}

async function credits({ url, token }: Proxy): Promise<Record<string, unknown>> {
  const answer = await fetch(`${url}/v1/test/credits`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ rewards: [ID] }),
  });
  return JSON.parse(await answer.text());
}

async function setScene() {
  const seed = castSeed({});
  const stripe = await startStripeSimulator({ seed });
  const advocate = await startAdvocateSimulator({ seed });
  const gates = { stripe: await openGate(stripe.url), advocate: await openGate(advocate.url) };
  const folder = mkdtempSync(join(tmpdir(), 'ledger-'));
  const file = join(folder, 'ledger.db');
  onTestFinished(async () => {
    await Promise.all([gates.stripe.close(), gates.advocate.close(), stripe.close(), advocate.close()]);
    rmSync(folder, { recursive: true });
  });
  const env: Record<string, string | undefined> = {
    ...environmentFor(seed, { stripe: gates.stripe.url, advocate: gates.advocate.url }),
    DATABASE_URL: `file:${file}`,
  };
  const first = await startPaired(env);
  stripe.connect('test');
  await withDatabase(file, async (db) => {
    await db
      .insertInto('connections')
      .values({
        mode: 'test',
        account: stripe.state.accountId,
        account_name: null,
        connected_at: 1,
        connected_by: 'test',
        broken: null,
      })
      .execute();
    const body = JSON.stringify({ units: ['STRIPE/USD'], paused: false, currencyRule: 'confirm', caps: {} });
    await db
      .insertInto('settings')
      .values({ mode: 'test', version: 1, body, turned_on_at: 1, changed_by: 'test', changed_at: 1 })
      .execute();
    await db.updateTable('facts').set({ value: '0' }).where('name', '=', 'born_at').execute();
  });
  return { stripe, advocate, gates, env, file, first };
}

type Scene = Awaited<ReturnType<typeof setScene>>;
const pointIn = ({ file }: Scene): Promise<LedgerPoint | undefined> =>
  withDatabase(file, async (db) => (await db.selectFrom('ledger').select('point').executeTakeFirst())?.point);
async function expectPaidOnce(scene: Scene): Promise<void> {
  await letLocksRunOut(scene.file);
  const proxy = { ...(await startProcess(scene.env)), token: scene.first.token };
  expect(await credits(proxy)).toMatchObject({ state: 'redeemed', customer: ANNAS_CUSTOMER });
  expect(creditsOf(scene, ID)).toMatchObject([{ amount: -2000, currency: 'usd', customer: ANNAS_CUSTOMER }]);
  expect(rewardAt(scene, ID).statuses).toEqual(['REDEEMED']);
  const { redemptions } = scene.advocate.state.test;
  expect(redemptions.flatMap(({ parts }) => parts).filter(({ rewardId }) => rewardId === ID)).toHaveLength(1);
  expect(['redeemed', 'noted']).toContain(await pointIn(scene));
}

test.each(MOMENTS)(
  'kill -9 when %s: one credit, one redemption',
  async (_, point, upstream, moment, matches) => {
    const scene = await setScene();
    const held = scene.gates[upstream].hold(moment, matches);
    const asked = credits(scene.first).catch(() => null);
    await held;
    await scene.first.kill();
    await asked;
    scene.gates[upstream].open();
    expect(await pointIn(scene)).toBe(point);
    await expectPaidOnce(scene);
  },
);

test('killed between claim and send: the claim that was never sent is sent once', async () => {
  const scene = await setScene();
  await scene.first.kill();
  await withDatabase(scene.file, async (db) => {
    const ledger = createLedger(db, 'test', scene.env.ADVOCATE_TENANT_TEST ?? '');
    const parameters = JSON.stringify({
      amount: 2000,
      currency: 'USD',
      description: 'Advocate reward, STRIPE/USD',
      metadata: {
        advocate_reward: ID,
        advocate_tenant: scene.env.ADVOCATE_TENANT_TEST,
        advocate_unit: 'STRIPE/USD',
      },
    });
    const claim = {
      account_id: ANNA.accountId,
      user_id: ANNA.userId,
      unit: 'STRIPE/USD',
      stripe_account: scene.stripe.state.accountId,
      customer: ANNAS_CUSTOMER,
      amount: 2000,
      currency: 'USD',
      redeem_amount: 2000,
      redeemed_before: 0,
      parameters,
    };
    expect(await ledger.claim(ID, claim, 'test', null)).toBe('claimed');
  });
  await expectPaidOnce(scene);
});

test('while the dead process’ lock still stands, nobody else works on the reward', async () => {
  const scene = await setScene();
  const held = scene.gates.stripe.hold(
    'after',
    (method, url) => method === 'POST' && url.endsWith('/balance_transactions'),
  );
  const asked = credits(scene.first).catch(() => null);
  await held;
  await scene.first.kill();
  await asked;
  scene.gates.stripe.open();
  const proxy = { ...(await startProcess(scene.env)), token: scene.first.token };
  expect(await credits(proxy)).toMatchObject({ state: 'waiting', reason: 'busy' });
  expect(creditsOf(scene, ID)).toHaveLength(1);
});
