/**
 * The small case: one reward, two browsers that both believe it is theirs to send, each with a proxy of its own, on
 * one ledger. What can come next at any moment, and which of it touches the same things.
 */
import { createHash } from 'node:crypto';
import type * as v from 'valibot';
import type { FaultRequest } from '../../../sandbox/stripe/faults.ts';
import { ANNA, CUSTOMERS, PEOPLE } from './cast.ts';
import { type Mishap, nameless, type Process, type Step } from './machines.ts';
import { type Breach, createWitness } from './verdict.ts';
import { createWorld, type Shape, type World } from './world.ts';

/** Something that can come next. Taking it answers what it read or (`!`) wrote of what others see. */
export type Choice = { id: string; take: () => Promise<string[]> };

const REWARD = 'aaaaaaaaaaaaaaaaaaaaaaa1';
const SHAPE: Shape = {
  seed: 1,
  browsers: 2,
  proxies: 2,
  rewards: 1,
  pairs: true,
  skew: { proxies: [0, 0], browsers: [0, 0], database: 0 },
};
/** Pauses between two tries of one request; longer ones are time-outs, which nothing here runs into. */
const PAUSE_MS = 3_000;

type StripeFault = { fault: v.InferInput<typeof FaultRequest>['fault']; commit?: boolean };
const AT_STRIPE: StripeFault[] = [
  { fault: 'F5' },
  { fault: 'F6' },
  { fault: 'F7' },
  { fault: 'F8' },
  { fault: 'F9' },
  { fault: 'F10' },
  { fault: 'F11' },
  { fault: 'F12' },
  { fault: 'F14' },
  { fault: 'F16' },
  { fault: 'F17' },
  { fault: 'F26' },
  { fault: 'F26', commit: true },
  { fault: 'F27' },
  { fault: 'F27', commit: true },
  { fault: 'F28' },
  { fault: 'F28', commit: true },
];
const AT_ADVOCATE = ['error-500', 'error-500-after-commit', 'html-502', 'rate-limited'] as const;
const ON_THE_WAY: Mishap[] = ['lost', 'answer lost', 'late'];

/**
 * Each is explored by itself: every step at which it can come, in every order of all other steps. Not among them is a
 * row lock that runs out under a proxy that lives: both then go on side by side to the end, and of those orders there
 * are too many. The sampled schedules let proxies sleep for longer than the lock, and meanwhile.test.ts plays it.
 */
export const ONE_FAULT = [
  'nothing',
  ...ON_THE_WAY,
  ...AT_STRIPE.map(({ fault, commit }) => (commit ? `${fault} after commit` : fault)),
  ...AT_ADVOCATE,
  'kill -9 of a proxy',
  'kill -9 of a proxy, its request arrives',
  'worker stopped',
  'relinked',
  'cancelled',
  'redeemed by hand',
] as const;
export type OneFault = (typeof ONE_FAULT)[number];

export type Case = Awaited<ReturnType<typeof setCase>>;

export async function setCase(fault: OneFault) {
  const witness = createWitness();
  let world: World | null = null;
  const live = await createWorld(SHAPE, {
    onDeparture(passing) {
      if (world !== null) witness.onDeparture(world, passing);
      return null;
    },
    onDelivery(passing) {
      if (world !== null) witness.onDelivery(world, passing);
    },
  });
  world = live;
  const { machines, network, browsers, proxies, stripe, advocate, ledger } = live;
  witness.look(live);
  let spent = fault === 'nothing';

  /** Each browser up to the moment at which it asks for the credit; the first one's lease has run out by then. */
  for (const browser of browsers) {
    browser.tick();
    for (;;) {
      await machines.settle();
      const step = machines.enabled().find(({ process }) => isOf(browser.name, process));
      if (step === undefined) throw new Error('The browser came to rest before it asked.');
      if (step.what.endsWith('POST /v1/test/credits')) break;
      await machines.take(step);
    }
    ledger.sqlite.exec('delete from leases');
  }

  machines.listen();
  machines.overlook(
    (what) =>
      // Nobody changes these while it runs, or nothing that is paid depends on them.
      (what.startsWith('ledger') &&
        !/ (ledger|reversals|transaction)$/.test(what) &&
        !(what.endsWith('connections') && fault === 'F14')) ||
      (what === 'disk write' && fault !== 'worker stopped'),
  );

  /** A browser and its proxy act in turn: what one does the other waits for. */
  function isOf(browser: string, process: Process): boolean {
    return process.name === browser || process.name === browser.replace('browser', 'proxy');
  }
  const pairOf = (process: Process) => process.name.split('-').at(-1) ?? '';

  /** @param pairs whose inner state it changes. */
  const choice = (id: string, pairs: string[], act: () => unknown): Choice => ({
    id,
    take: async () => {
      machines.touchedSince();
      await act();
      await machines.settle();
      witness.look(live);
      return [...pairs.map((pair) => `pair ${pair}!`), ...machines.touchedSince()];
    },
  });
  const wrong = (id: string, pairs: string[], act: () => unknown): Choice =>
    choice(id, pairs, () => {
      spent = true;
      return act();
    });

  function choicesOf(step: Step): Choice[] {
    const pair = [pairOf(step.process)];
    const plain = choice(step.id ?? '', pair, () => machines.take(step));
    if (spent || !step.what.startsWith('wire') || step.what.endsWith('late')) return [plain];
    const amiss = (act: () => unknown) => [plain, wrong(`${step.id} ${fault}`, pair, act)];
    const way = ON_THE_WAY.find((mishap) => mishap === fault);
    if (way !== undefined) return amiss(() => machines.take(step, way));
    const at = AT_STRIPE.find(
      ({ fault: name, commit }) => (commit ? `${name} after commit` : name) === fault,
    );
    if (at !== undefined && step.what.includes('POST /v1/customers'))
      return amiss(() => {
        stripe.inject({ ...at, times: 1 });
        machines.touch('stripe!');
        return machines.take(step);
      });
    const kind = AT_ADVOCATE.find((name) => name === fault);
    if (kind !== undefined && step.what.includes('/api/v1/'))
      return amiss(() => {
        advocate.inject({ fault: kind, times: 1 });
        return machines.take(step);
      });
    return [plain];
  }

  /** What people, time and the hand that kills can do now. */
  function beside(): Choice[] {
    if (spent) return [];
    const [anna] = PEOPLE;
    const key = { accountId: anna?.accountId ?? '', id: anna?.userId ?? '' };
    const atAdvocate = (id: string, act: () => void) => [
      wrong(id, [], () => {
        machines.touch('advocate!');
        act();
      }),
    ];
    const isOpen = () =>
      advocate.state.test.rewards.some(({ id, availableValue }) => id === REWARD && availableValue > 0);
    switch (fault) {
      case 'kill -9 of a proxy':
      case 'kill -9 of a proxy, its request arrives':
        return proxies
          .filter((proxy) => proxy.process() !== null)
          .map((proxy, i) =>
            wrong(`kill ${proxy.name}`, [String(i + 1)], () => {
              network.onTheWire(fault === 'kill -9 of a proxy' ? 'withdrawn' : 'arrives');
              proxy.kill();
            }),
          );
      case 'worker stopped':
        return browsers.map((browser, i) =>
          wrong(`stop ${browser.name}`, [String(i + 1)], () => browser.stop()),
        );
      case 'relinked':
        return atAdvocate('relink', () =>
          advocate.setCustomField('test', key, 'stripeCustomerId', CUSTOMERS[1] ?? ANNA),
        );
      case 'cancelled':
        return atAdvocate('cancel', () => isOpen() && advocate.cancel(REWARD));
      case 'redeemed by hand':
        return atAdvocate('redeem by hand', () => isOpen() && advocate.redeemByHand(REWARD, 2000));
      default:
        return [];
    }
  }

  /** A short pause of a process that has nothing else to do. */
  function pauses(steps: Step[]): Choice[] {
    return [...machines.processes].flatMap((process) => {
      if (steps.some((step) => step.process === process)) return [];
      const timer = machines.soonTimer(process, PAUSE_MS);
      if (timer === undefined || process.asleepUntil > machines.now()) return [];
      return [choice(`${process.name} waits`, [pairOf(process)], () => machines.fire(timer))];
    });
  }

  const digest = (value: unknown) =>
    createHash('sha1')
      .update(nameless(JSON.stringify(value)))
      .digest('base64');

  return {
    /** Two ways that lead to the same state go on alike. */
    state(): string {
      const { rewards, participants, redemptions } = advocate.state.test;
      const rows = (table: string) => ledger.sqlite.prepare(`select * from ${table} order by 1, 2`).all();
      return digest([
        spent,
        machines.now(),
        [...machines.processes].map(({ name, heard }) => [name, heard]).sort(),
        machines
          .steps()
          .map(({ id, what }) => [id, what])
          .sort(),
        ['ledger', 'reversals', 'connections'].map(rows),
        rewards,
        participants.map(({ customFields }) => customFields),
        redemptions.length,
        live.books().balanceTransactions,
        Object.values(stripe.state.idempotency).map(({ key, answer }) => [key, answer]),
      ]);
    },
    choices(): Choice[] {
      const steps = machines
        .enabled()
        .filter(({ what }) => !what.startsWith('wire browser') || what.endsWith('/credits'));
      const found = [...steps.flatMap(choicesOf), ...pauses(steps)];
      return found.length === 0 ? [] : [...found, ...beside()];
    },
    /** Everybody comes back, and what is left to do is done. */
    async end(): Promise<Breach[]> {
      machines.overlook(() => false);
      machines.letRun(true);
      stripe.clearFaults();
      advocate.clearFaults();
      for (const proxy of proxies) proxy.start();
      for (let round = 0; round < 3; round++) {
        await machines.pass(round === 0 ? 6 * 60_000 : 16 * 60_000);
        stripe.connect('test');
        ledger.sqlite.exec("update connections set broken = null where mode = 'test'");
        for (const browser of browsers) browser.tick();
        await live.untilQuiet(60_000);
        await live.retryHeld();
      }
      return witness.judge(live);
    },
    close: () => live.close(),
  };
}
