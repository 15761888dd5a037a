/** Real processes on a real file: simulators here, a gate before Stripe, forty people with a reward each. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { startAdvocateSimulator } from '../../sandbox/advocate/simulator.ts';
import { startStripeSimulator } from '../../sandbox/stripe/simulator.ts';
import type { Outcome } from '../../src/contract/routes.ts';
import { openGate } from '../support/gate.ts';
import { startProcess, withDatabase } from '../support/killing.ts';
import { castSeed, customer, environmentFor, participant, reward } from './stage.ts';

/** More than are begun at once, each of somebody else, so that none waits for another. */
const PEOPLE = Array.from({ length: 40 }, (_, i) => String(i).padStart(2, '0'));
const idOf = (n: string) => `cccccccccccccccccccccc${n}`;
export const IDS = PEOPLE.map(idOf);

export async function setProcessScene() {
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

export async function creditIds(url: string, token: string, rewards: string[]): Promise<Outcome[]> {
  const answer = await fetch(`${url}/v1/test/credits`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ rewards }),
  });
  expect(answer.status).toBe(200);
  const lines = (await answer.text()).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Outcome);
}
export const credits = (url: string, token: string) => creditIds(url, token, IDS);
export const isCredit = (method: string, url: string) =>
  method === 'POST' && url.endsWith('/balance_transactions');
