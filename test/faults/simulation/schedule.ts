/** One schedule: a world, what happens in it and in which order, and how it ends. Repeatable to the last step. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { createMischief, type Happening, happen, KINDS } from './happenings.ts';
import type { Passing } from './network.ts';
import { type Breach, createWitness } from './verdict.ts';
import { createWorld, type Shape, type World } from './world.ts';

export type Schedule = Shape & { happenings: Happening[] };
export type Ended = { breaches: Breach[]; struck: Record<string, number>; steps: number; trace: string };

const MINUTE = 60_000;

export async function runSchedule(
  schedule: Schedule,
  show: (line: string) => void = () => undefined,
): Promise<Ended> {
  const mischief = createMischief();
  const witness = createWitness();
  const trace = createHash('sha256');
  let steps = 0;
  let world: World | null = null;
  const live = await createWorld(schedule, {
    onDeparture(passing) {
      if (world === null) return null;
      witness.onDeparture(world, passing);
      return mischief.onTheWay(passing);
    },
    onDelivery(passing) {
      if (world === null) return;
      show(
        `${world.machines.now() % 1e8} ${passing.from.name} → ${passing.to.name} ${passing.method} ${passing.path}`,
      );
      witness.onDelivery(world, passing);
      noticeTwins(world, passing);
      const struck = mischief.atTheDoor(passing);
      if (struck?.stripe) world.stripe.inject({ ...struck.stripe, times: 1 });
      if (struck?.advocate) world.advocate.inject({ fault: struck.advocate, times: 1 });
      struck?.beside?.();
    },
  });
  world = live;
  const { machines } = live;
  const random = () => machines.random();

  /** F20: two browsers that ask for the same reward at the same time. */
  function noticeTwins(here: World, { path, from, body }: Passing): void {
    if (path !== '/v1/test/credits') return;
    const asked = new Set<unknown>(JSON.parse(body).rewards);
    for (const [other, rewards] of asking)
      if (other !== from.name && here.browsers.length > 1 && rewards.some((reward) => asked.has(reward)))
        mischief.count('F20');
    asking.set(from.name, [...asked]);
  }
  const asking = new Map<string, unknown[]>();

  try {
    if ([...schedule.skew.proxies, ...schedule.skew.browsers].some((hours) => hours !== 0))
      mischief.count('F21');
    witness.look(live);
    let wait = 0;
    for (const happening of schedule.happenings) {
      await machines.settle();
      for (wait = happening.after; wait > 0; wait--) {
        const enabled = machines.enabled();
        const step = enabled[Math.floor(random() * enabled.length)];
        if (step === undefined) {
          // Nothing to do: half of the time until something comes by itself, half of the time it happens now.
          const next = machines.nextMoment();
          if (next === null || random() < 0.5) break;
          if (next - machines.now() > MINUTE) break;
          await machines.pass(next - machines.now());
          continue;
        }
        steps += 1;
        trace.update(step.what);
        await live.take(step);
      }
      show(`${machines.now() % 1e8} *** ${happening.kind} ${happening.a} ${happening.b}`);
      asking.clear();
      if (happening.kind === 'lag') witness.listsLag();
      await happen(live, mischief, happening);
      await machines.settle();
      witness.look(live);
    }
    await comeToRest(live, mischief, witness, show);
    const breaches = await witness.judge(live);
    return { breaches, struck: mischief.struck, steps, trace: trace.digest('hex') };
  } finally {
    live.close();
  }
}

/** The mischief ends, everybody comes back, and the browsers run until nothing is left to do. */
async function comeToRest(
  world: World,
  mischief: ReturnType<typeof createMischief>,
  witness: ReturnType<typeof createWitness>,
  show: (line: string) => void,
): Promise<void> {
  const { machines, browsers, proxies, stripe, advocate } = world;
  show(`${machines.now() % 1e8} *** the end begins`);
  await world.untilQuiet(5 * MINUTE);
  machines.letRun(true);
  mischief.disarm();
  stripe.clearFaults();
  advocate.clearFaults();
  for (const process of machines.processes) process.asleepUntil = 0;
  for (const proxy of proxies) proxy.start();
  // A worker that was stopped while it was paired anew is not paired: whoever sits there sees it and does it again.
  for (const browser of browsers) browser.pair();
  await world.untilQuiet(MINUTE);
  // What is still kept back at the end must not be paid, and what was released must be.
  if (machines.random() < 0.5) await world.releaseAll();
  for (const [round, pause] of [3 * MINUTE, 20 * MINUTE, 25 * 60 * MINUTE, 20 * MINUTE].entries()) {
    await world.leap(pause);
    await restore(world);
    for (const browser of browsers) if (browser.role === 'admin') browser.tick();
    await world.untilQuiet(MINUTE);
    const pressed = round > 0 && (await world.retryHeld());
    // Where all is settled, one more round is for every fourth schedule: it must change nothing.
    const oneMore = round === 0 && machines.random() < 0.25;
    if (!oneMore && !(pressed && round === 1) && !(await witness.goesOn(world))) return;
  }
}

/** An admin connects again and turns on again; Stripe has what it needs. */
async function restore(world: World): Promise<void> {
  const { stripe, ledger, browsers } = world;
  stripe.state.rolledKeys.length = 0;
  stripe.connect('test');
  ledger.sqlite.exec("update connections set broken = null where mode = 'test'");
  const settings = ledger.sqlite
    .prepare<[], { body: string }>("select body from settings where mode = 'test'")
    .get();
  const [admin] = browsers;
  if (admin && settings && JSON.parse(settings.body).paused) {
    world.setPaused(admin, false);
    await world.untilQuiet();
  }
}

const hours = fc.constantFrom(0, 0, 0, 0, -48, 48, -5, 12);
const small = fc.nat({ max: 63 });
/** Browsers run most of all; what strikes only now and then is tried more often than the rest. */
const kind = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('tick' as const, 'tick' as const, 'F20' as const) },
  { weight: 13, arbitrary: fc.constantFrom(...KINDS) },
  { weight: 1, arbitrary: fc.constantFrom('F13' as const, 'F19' as const, 'F22' as const, 'F23' as const) },
  { weight: 1, arbitrary: fc.constant('decide' as const) },
);
export const schedules: fc.Arbitrary<Schedule> = fc.record({
  seed: fc.noShrink(fc.nat()),
  browsers: fc.integer({ min: 1, max: 3 }),
  proxies: fc.integer({ min: 1, max: 2 }),
  rewards: fc.integer({ min: 1, max: 4 }),
  skew: fc.record({
    proxies: fc.tuple(hours, hours),
    browsers: fc.tuple(hours, hours, hours),
    database: hours,
  }),
  happenings: fc.array(fc.record({ after: fc.nat({ max: 40 }), kind, a: small, b: small }), {
    minLength: 2,
    maxLength: 10,
  }),
});
