import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer';
import { expect, onTestFinished, test } from 'vitest';
import { type Hands, openBrowser } from '../../sandbox/hands.ts';
import { account, look } from '../../sandbox/invariants.ts';
import type { Seed } from '../../sandbox/seed.ts';
import { findChromium } from '../../scripts/find-chromium.ts';
import type { RunningProxy } from '../../src/proxy/server.ts';
import { startClockedProxy } from '../support/clocked-proxy.ts';
import { type Stage, setStage, setUp, smallSeed, UNITS } from './stage.ts';

const ANNA = { accountId: 'anna@example.com', id: 'anna@example.com' };

/** A stage whose proxy goes by a clock that can be set forward. */
async function clockedStage(seed: Seed): Promise<{ stage: Stage; later: (ms: number) => void }> {
  let ahead = 0;
  const stage = await setStage({
    seed,
    proxy: async (variables): Promise<Pick<RunningProxy, 'url' | 'invite'>> => {
      const proxy = await startClockedProxy(variables, () => Date.now() + ahead);
      onTestFinished(() => proxy.close());
      return proxy;
    },
  });
  const later = (ms: number) => {
    ahead += ms;
  };
  return { stage, later };
}

/** One more browser of the same company, where everything but the pairing is set up already. */
async function another({ sandbox, proxy }: Stage): Promise<Hands> {
  const profile = mkdtempSync(join(tmpdir(), 'browser-'));
  const hands = await openBrowser({
    chromium: await findChromium(),
    browserFlag: sandbox.browserFlag,
    profile,
  });
  onTestFinished(async () => {
    if (hands.browser.connected) await hands.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });
  await hands.type(hands.popup, 'Proxy address', proxy.url);
  await hands.type(hands.popup, 'Pairing code', await proxy.invite('admin'));
  await hands.press(hands.popup, 'Pair');
  await hands.see(hands.popup, 'Pause');
  return hands;
}

const words = (page: Page) => page.evaluate(() => document.body.innerText);
const idle = async (hands: Hands) => !(await hands.state()).running;
const redeemedIn = async (hands: Hands) => (await hands.state()).queue.counts.redeemed;

test('one browser sends, the other says so, and takes over within two minutes of its death', async () => {
  const { stage, later } = await clockedStage(smallSeed());
  const { sandbox, hands: first, until } = stage;
  const before = look(sandbox, 'test');
  const findings = () => account(before, look(sandbox, 'test'), UNITS).findings;
  await setUp(stage);
  await until('the first has redeemed what was due', () => findings().length === 0);

  const second = await another(stage);
  await until('the second knows who sends', async () =>
    /Another browser is sending: Chrome on Linux\./.test(await words(second.popup)),
  );
  expect(await words(second.popup)).toContain('This browser takes over once that one stops.');
  expect((await second.state()).session?.modes.test.lease).toMatchObject({
    mine: false,
    holder: { name: 'Chrome on Linux' },
  });
  expect(await words(first.popup)).not.toContain('Another browser');

  // The second finds a new reward and leaves it to the first.
  sandbox.advocate.earn('test', ANNA, { unit: 'STRIPE/USD', amount: 700 });
  await second.press(second.popup, 'Look for new rewards');
  await until('the second has it as ready', async () => (await second.state()).queue.counts.ready === 1);
  await until('the second is done', () => idle(second));
  expect(await words(second.popup)).toContain('1 reward with the browser that sends.');
  expect(findings()).toMatchObject([{ kind: 'lost' }]);
  await first.press(first.popup, 'Run now');
  await until('the first has paid it', () => findings().length === 0);

  // The first dies with the lease in its hands.
  first.browser.process()?.kill('SIGKILL');
  sandbox.advocate.earn('test', ANNA, { unit: 'STRIPE/USD', amount: 800 });
  later(30_000);
  await second.press(second.popup, 'Look for new rewards');
  await until('the second has seen it', async () => (await second.state()).queue.counts.ready === 1);
  await until('the second is done', () => idle(second));
  expect(findings(), 'the lease of the dead one still stands').toMatchObject([{ kind: 'lost' }]);
  later(60_000);
  // Nobody presses: its own alarm comes within half a minute.
  await until('the second pays', () => findings().length === 0);
  await second.see(second.popup, 'Run now');
  expect(await words(second.popup)).not.toContain('Another browser');
  // What the proxy says of the lease is asked at the beginning of each run.
  await until(
    'the second knows that it sends',
    async () => (await second.state()).session?.modes.test.lease.mine === true,
  );
});

const PEOPLE = 12;
const REWARDS_EACH = 6;

/** A dozen people who have earned nothing yet. */
function crowd(): Seed {
  const seed = smallSeed();
  const [customer] = seed.stripe.customers;
  const [participant] = seed.advocate.participants;
  if (!customer || !participant) throw new Error('The small seed is empty.');
  const people = Array.from({ length: PEOPLE }, (_, index) => `p${index}@example.com`);
  const idOf = (index: number) => `cus_Crowd000000${String(index).padStart(2, '0')}`;
  seed.stripe.customers = people.map((email, index) => ({
    ...customer,
    id: idOf(index),
    name: email,
    email,
  }));
  seed.advocate.participants = people.map((email, index) => ({
    ...participant,
    accountId: email,
    id: email,
    email,
    customFields: { stripeCustomerId: idOf(index) },
    rewards: [],
  }));
  return seed;
}

test('five browsers on one proxy: every reward is paid once, and every popup tells the same', {
  timeout: 300_000,
}, async () => {
  const { stage, later } = await clockedStage(crowd());
  const { sandbox, hands: first, until } = stage;
  const before = look(sandbox, 'test');
  const now = () => account(before, look(sandbox, 'test'), UNITS);
  await setUp(stage);
  const all = [first];
  while (all.length < 5) all.push(await another(stage));
  const runAll = () => Promise.all(all.map((hands) => ask(hands, 'run')));

  // The lease goes from hand to hand while money moves: each in turn believes to be the one that sends.
  for (let round = 0; round < REWARDS_EACH; round++) {
    for (const person of sandbox.seed.advocate.participants)
      sandbox.advocate.earn('test', person, { unit: 'STRIPE/USD', amount: 500 + round });
    await runAll();
    later(76_000);
    await runAll();
  }
  await until('everything is redeemed', async () => {
    if (now().findings.length === 0) return true;
    await runAll();
    return false;
  });
  const total = PEOPLE * REWARDS_EACH;
  expect(now()).toMatchObject({ findings: [], found: { length: total }, redeemed: { length: total } });
  const made = Object.values(look(sandbox, 'test').books.balanceTransactions).flat();
  expect(made).toHaveLength(total);
  expect(new Set(made.map(({ metadata }) => metadata.advocate_reward)).size).toBe(total);

  for (const hands of all) {
    await until('this browser knows', async () => {
      if ((await redeemedIn(hands)) === total) return true;
      if (await idle(hands)) await ask(hands, 'run');
      return false;
    });
    const { counts } = (await hands.state()).queue;
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(total);
  }
  const senders = await Promise.all(all.map(sends));
  expect(senders.filter(Boolean).length).toBeLessThanOrEqual(1);
});

const ask = (hands: Hands, name: 'run' | 'refresh') =>
  hands.popup.evaluate(`chrome.runtime.sendMessage(${JSON.stringify({ name, request: {} })})`);

async function sends(hands: Hands): Promise<boolean> {
  await ask(hands, 'refresh');
  return (await hands.state()).session?.modes.test.lease.mine ?? false;
}
