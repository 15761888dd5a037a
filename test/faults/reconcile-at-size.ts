/**
 * The one-to-one proof over very many rewards: `npm run proxy -- reconcile` as a process of its own against both
 * simulators, which hold as many rewards as the ledger. Tells how much memory that process ever held.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startAdvocateSimulator } from '../../sandbox/advocate/simulator.ts';
import { readSeed, type Seed } from '../../sandbox/seed.ts';
import { type StripeSimulator, startStripeSimulator } from '../../sandbox/stripe/simulator.ts';
import { postTransaction } from '../../sandbox/stripe/state.ts';
import type { ReconcileSummary } from '../../src/contract/reconciliation.ts';
import { type Database, openDatabase } from '../../src/proxy/database.ts';
import { creditParameters } from '../../src/proxy/send-credit.ts';
import { verifyReport } from '../../src/proxy/verify-report.ts';

export const MOST_MEGABYTES = 150;
const PER_CUSTOMER = 10;
const AMOUNT = 1250;
const UNIT = 'STRIPE/USD';
const DAY_MS = 86_400_000;
const RUN = fileURLToPath(new URL('../../scripts/run.mjs', import.meta.url));
const PEAK = new URL('../support/print-peak-memory.mjs', import.meta.url).href;

const rewardAt = (i: number) => `rw${String(i).padStart(22, '0')}`;
const customerAt = (i: number) => `cus_Size${String(Math.floor(i / PER_CUSTOMER)).padStart(10, '0')}`;
const accountAt = (i: number) => `account-${Math.floor(i / PER_CUSTOMER)}`;

export type SizeResult = {
  code: number | null;
  seconds: number;
  peakMegabytes: number;
  summary: ReconcileSummary | null;
  /** What it said where there is no summary. */
  said: string;
};

/** Runs once. The caller judges. */
export async function reconcileOnce(rewards: number): Promise<SizeResult> {
  const folder = await mkdtemp(join(tmpdir(), 'reconcile-'));
  const seed = seedOf(rewards);
  const stripe = await startStripeSimulator({ seed });
  const advocate = await startAdvocateSimulator({ seed });
  const url = `file:${join(folder, 'ledger.db')}`;
  try {
    stripe.connect('test');
    const db = await openDatabase(url);
    await fill(db, stripe, seed, rewards);
    await db.destroy();
    const file = join(folder, 'report.ndjson');
    const started = performance.now();
    const { code, stderr } = await runCli(['--report', file], {
      DATABASE_URL: url,
      ADVOCATE_API_BASE: advocate.url,
      STRIPE_API_BASE: stripe.url,
      STRIPE_CONNECT_BASE: stripe.url,
      ADVOCATE_TENANT_TEST: seed.advocate.tenants.test.alias,
      ADVOCATE_API_KEY_TEST: seed.advocate.tenants.test.apiKey,
      STRIPE_CLIENT_ID_TEST: seed.stripe.platform.test.clientId,
      STRIPE_SECRET_KEY_TEST: seed.stripe.platform.test.secretKey,
    });
    const seconds = (performance.now() - started) / 1000;
    const verdict = await verifyReport(createReadStream(file), null);
    return {
      code,
      seconds,
      peakMegabytes: peakMegabytesIn(stderr),
      summary: verdict.ok ? verdict.summary : null,
      said: verdict.ok ? stderr : `${verdict.why}\n${stderr}`,
    };
  } finally {
    await Promise.all([stripe.close(), advocate.close()]);
    await rm(folder, { recursive: true, force: true });
  }
}

/** The most that any process on the way held. */
export function peakMegabytesIn(stderr: string): number {
  const kib = [...stderr.matchAll(/peak memory (\d+) KiB/g)].map(([, peak]) => Number(peak));
  return (Math.max(...kib) * 1024) / 1e6;
}

/** For people at a terminal: prints what was measured; false when it was too much or not good. */
export async function reconcileAtSize(rewards: number): Promise<boolean> {
  const { code, seconds, peakMegabytes, summary, said } = await reconcileOnce(rewards);
  const good = code === 0 && summary?.findings.matched === rewards && peakMegabytes <= MOST_MEGABYTES;
  process.stdout.write(
    `${rewards} rewards reconciled in ${seconds.toFixed(1)} s, at most ${peakMegabytes.toFixed(0)} MB ` +
      `(allowed: ${MOST_MEGABYTES}), ${summary?.findings.matched ?? 0} matched\n`,
  );
  if (!good) process.stdout.write(`${said}\n`);
  return good;
}

export function seedOf(rewards: number): Seed {
  const seed = readSeed();
  const firsts = Array.from({ length: Math.ceil(rewards / PER_CUSTOMER) }, (_, i) => i * PER_CUSTOMER);
  seed.stripe.customers = firsts.map((first) => ({
    mode: 'test',
    id: customerAt(first),
    name: null,
    email: null,
    currency: 'usd',
    createdDaysAgo: 400,
  }));
  seed.advocate.participants = firsts.map((first) => ({
    mode: 'test',
    accountId: accountAt(first),
    id: accountAt(first),
    firstName: null,
    lastName: null,
    email: null,
    customFields: { stripeCustomerId: customerAt(first) },
    createdDaysAgo: 400,
    rewards: Array.from({ length: Math.min(PER_CUSTOMER, rewards - first) }, (_, i) => ({
      id: rewardAt(first + i),
      unit: UNIT,
      amount: AMOUNT,
      status: 'redeemed',
      earnedDaysAgo: 10 + (first + i) / 500,
    })),
  }));
  return seed;
}

/** What a long life would have left behind. */
export async function fill(
  db: Database,
  stripe: Pick<StripeSimulator, 'state'>,
  seed: Seed,
  rewards: number,
): Promise<void> {
  const { accountId, accounts } = stripe.state;
  const books = accounts[accountId]?.books.test;
  if (books === undefined) throw new Error('the simulator lost its account');
  const tenant = seed.advocate.tenants.test.alias;
  const then = Date.now() - 9 * DAY_MS;
  await db
    .insertInto('connections')
    .values({
      mode: 'test',
      account: accountId,
      account_name: null,
      connected_at: then,
      connected_by: 'size',
      broken: null,
    })
    .execute();
  await db.transaction().execute(async (tx) => {
    for (let i = 0; i < rewards; i += 1) {
      const [reward, customer] = [rewardAt(i), customerAt(i)];
      const parameters = creditParameters(reward, tenant, UNIT, { amount: AMOUNT, currency: 'USD' });
      const holder = books.customers[customer];
      if (holder === undefined) throw new Error(`the simulator has no ${customer}`);
      const credit = postTransaction(books, holder, {
        amount: -AMOUNT,
        currency: 'usd',
        created: Math.floor(then / 1000),
        type: 'adjustment',
        metadata: parameters.metadata,
      });
      await tx
        .insertInto('ledger')
        .values({
          mode: 'test',
          reward,
          account_id: accountAt(i),
          user_id: accountAt(i),
          unit: UNIT,
          stripe_account: accountId,
          customer,
          amount: AMOUNT,
          currency: 'USD',
          redeem_amount: AMOUNT,
          redeemed_before: 0,
          point: 'noted',
          key_epoch: 0,
          idempotency_key: `advocate-credits:${tenant}:${reward}:0`,
          parameters: JSON.stringify(parameters),
          claimed_by: 'size',
          claimed_at: then,
          first_sent_at: then,
          last_sent_at: then,
          outcome_unknown: 0,
          refusal: null,
          credit: credit.id,
          request_id: null,
          credit_before: 0,
          credit_after: AMOUNT,
          credited_at: then,
          redeem_sent_at: then,
          redeemed_at: then,
          redeemed_by_hand: 0,
          noted_at: then,
          locked_by: null,
          locked_until: null,
        })
        .execute();
    }
  });
}

export async function runCli(
  args: string[],
  variables: Record<string, string>,
): Promise<{ code: number | null; stderr: string }> {
  const { PATH = '' } = process.env;
  // As people run it; each process on the way tells what it held.
  const child = spawn(process.execPath, [RUN, 'proxy', 'reconcile', '--mode', 'test', ...args], {
    env: { PATH, NODE_OPTIONS: `--import ${PEAK}`, ...variables },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stderr };
}
