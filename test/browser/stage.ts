/** Sandbox, proxy and a Chromium with the extension, for tests that do what a person does. */
import { EventEmitter } from 'node:events';
import { onTestFinished } from 'vitest';
import type { Exchange } from '../../sandbox/exchange.ts';
import { type Hands, openBrowser } from '../../sandbox/hands.ts';
import { readSeed, type Seed, type SeedCustomer, type SeedParticipant } from '../../sandbox/seed.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/start.ts';
import { findChromium } from '../../scripts/find-chromium.ts';
import { readEnvironment, secretsOf } from '../../src/proxy/environment.ts';
import { createLog } from '../../src/proxy/log.ts';
import { type RunningProxy, startProxy } from '../../src/proxy/server.ts';

export type Stage = {
  sandbox: Sandbox;
  proxy: Pick<RunningProxy, 'url' | 'invite'>;
  hands: Hands;
  /** Every line that the proxy wrote. */
  logLines: string[];
  /** Looks again after every exchange with a simulator. */
  until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void>;
};

export type StageOptions = {
  seed?: Seed;
  /** Another sandbox than the usual one. */
  start?: (options: Pick<SandboxOptions, 'onExchange'>) => Promise<Sandbox>;
  /** Put something between the proxy and the Stripe simulator; answers where the proxy finds it. */
  beforeStripe?: (sandbox: Sandbox) => Promise<string>;
  browserArguments?: string[];
  onExchange?: (exchange: Exchange) => void;
  /** A profile that was used before, and the build of the extension that finds its database there. */
  usedBefore?: { profile: string; extension: string };
  /** Where the stage is shared by several cases: takes what is to be done once they are over, the last first. */
  atEnd?: (close: () => Promise<void>) => void;
  /** The proxy, where it is not to run in the test's own process. */
  proxy?: (variables: Record<string, string>) => Promise<Pick<RunningProxy, 'url' | 'invite'>>;
};

const PATIENCE_MS = 60_000;

export async function setStage(options: StageOptions = {}): Promise<Stage> {
  const atEnd = options.atEnd ?? onTestFinished;
  const exchanges = new EventEmitter().setMaxListeners(0);
  const onExchange = (exchange: Exchange) => {
    options.onExchange?.(exchange);
    exchanges.emit('exchange', exchange);
  };
  const start =
    options.start ?? ((given) => startSandbox({ ...given, ...(options.seed && { seed: options.seed }) }));
  const sandbox = await start({ onExchange });
  atEnd(() => sandbox.close());

  const variables = { ...sandbox.env };
  if (options.beforeStripe) variables.STRIPE_API_BASE = await options.beforeStripe(sandbox);
  const logLines: string[] = [];
  const secrets = secretsOf(readEnvironment(variables));
  const own = async () => {
    const log = createLog('trace', secrets, { write: (line) => void logLines.push(line) });
    const running = await startProxy(variables, log);
    atEnd(() => running.close());
    return running;
  };
  const proxy = await (options.proxy ? options.proxy(variables) : own());

  const hands = await openBrowser({
    chromium: await findChromium(),
    browserFlag: sandbox.browserFlag,
    ...(options.browserArguments && { more: options.browserArguments }),
    ...options.usedBefore,
  });
  atEnd(async () => {
    // A test may have killed it.
    if (hands.browser.connected) await hands.close();
  });

  async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    while (!(await isSo())) {
      if (signal.aborted) throw new Error(`Waited ${PATIENCE_MS / 1000} s in vain until ${what}.`);
      // The last exchange comes a moment before its outcome has travelled back to the browser.
      await Promise.race([
        new Promise((resolve) => exchanges.once('exchange', resolve)),
        new Promise((resolve) => setTimeout(resolve, 250)),
      ]);
    }
  }
  return { sandbox, proxy, hands, logLines, until };
}

export const UNITS = ['STRIPE/USD', 'STRIPE/EUR', 'STRIPE/JPY'];

/** From a browser that knows nothing to one that pays. */
export async function setUp({ hands, proxy, sandbox }: Stage): Promise<void> {
  await hands.pair(proxy.url, await proxy.invite('admin'));
  await hands.connect();
  await hands.addUnits(UNITS);
  const earlier = sandbox.seed.advocate.participants.some(({ rewards = [] }) => rewards.length > 0);
  await (earlier ? hands.turnOnAndCreditThem() : hands.turnOn());
}

/** Three linked participants with four rewards: few enough that every one can be followed. */
export function smallSeed(): Seed {
  const seed = readSeed();
  const people = [
    { name: 'Anna', amounts: [2000, 1500], unit: 'STRIPE/USD' },
    { name: 'Bert', amounts: [1000], unit: 'STRIPE/EUR' },
    { name: 'Chie', amounts: [3000], unit: 'STRIPE/JPY' },
  ];
  seed.stripe.customers = people.map(
    ({ name, unit }): SeedCustomer => ({
      mode: 'test',
      id: `cus_${name}0000000001`,
      name: `${name} Example`,
      email: `${name.toLowerCase()}@example.com`,
      currency: unit.slice(-3).toLowerCase(),
      createdDaysAgo: 100,
    }),
  );
  seed.advocate.participants = people.map(({ name, amounts, unit }, person): SeedParticipant => {
    const email = `${name.toLowerCase()}@example.com`;
    return {
      mode: 'test',
      accountId: email,
      id: email,
      firstName: name,
      lastName: 'Example',
      email,
      customFields: { stripeCustomerId: `cus_${name}0000000001` },
      createdDaysAgo: 90,
      rewards: amounts.map((amount, index) => ({
        id: `aaaaaaaaaaaaaaaaaaaaaa${person}${index}`,
        unit,
        amount,
        status: 'available',
        earnedDaysAgo: 3,
      })),
    };
  });
  return seed;
}
