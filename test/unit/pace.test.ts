import { beforeEach, expect, test } from 'vitest';
import { createAtOnce } from '../../src/proxy/at-once.ts';
import { createPace } from '../../src/proxy/pace.ts';

let now = 0;
let waited: number[] = [];
const clock = () => now;
/** Time passes only here. */
const sleep = async (ms: number) => {
  waited.push(ms);
  now += ms;
};
beforeEach(() => {
  now = 1_000_000;
  waited = [];
});

/** Calls at the pace's own speed, each taken at once, until this many milliseconds are over. */
async function callFor(
  pace: ReturnType<typeof createPace>,
  ms: number,
  kind: 'credit' | 'customer' = 'credit',
) {
  let calls = 0;
  for (const end = now + ms; now < end; calls++) {
    await pace.turn(kind);
    pace.taken(kind);
    // An unpaced call takes a moment, too.
    if (waited.at(-1) === undefined) now += 20;
  }
  return calls;
}

test('nobody waits before Stripe has said "too many"', async () => {
  const pace = createPace(clock, sleep);
  await callFor(pace, 2_000);
  expect(waited).toEqual([]);
});

test('after a refusal calls keep to what was taken, and a little more every second', async () => {
  const pace = createPace(clock, sleep);
  await callFor(pace, 3_000);
  pace.refused('credit', 'global-rate');
  const first = await callFor(pace, 2_000);
  expect(first).toBeGreaterThan(80);
  expect(first).toBeLessThan(115);
  await callFor(pace, 10_000);
  expect(await callFor(pace, 2_000)).toBeGreaterThan(first * 1.2);
});

test('several refusals at once are one sign', async () => {
  const [one, many] = [createPace(clock, sleep), createPace(clock, sleep)];
  for (const [pace, times] of [
    [one, 1],
    [many, 10],
  ] as const) {
    waited = [];
    await callFor(pace, 3_000);
    for (let i = 0; i < times; i++) pace.refused('credit', 'global-rate');
  }
  const rates = [await callFor(one, 2_000), await callFor(many, 2_000)];
  expect(rates[1]).toBeGreaterThan((rates[0] ?? 0) * 0.9);
});

test('a limit of one kind of call slows that kind alone', async () => {
  const pace = createPace(clock, sleep);
  await callFor(pace, 3_000);
  pace.refused('credit', 'endpoint-rate');
  for (let i = 0; i < 50; i++) await pace.turn('customer');
  expect(waited).toEqual([]);
  for (let i = 0; i < 50; i++) await pace.turn('credit');
  expect(waited.length).toBeGreaterThan(20);
});

test('a refusal that names no rate slows nothing: another call was at the same object', async () => {
  const pace = createPace(clock, sleep);
  await callFor(pace, 3_000);
  pace.refused('credit', null);
  for (let i = 0; i < 100; i++) await pace.turn('credit');
  expect(waited).toEqual([]);
});

test('a clock that is set back holds nobody up for long', async () => {
  const pace = createPace(clock, sleep);
  await callFor(pace, 3_000);
  pace.refused('credit', 'global-rate');
  await pace.turn('credit');
  now -= 3_600_000;
  waited = [];
  await pace.turn('credit');
  expect(Math.max(0, ...waited)).toBeLessThan(1_000);
});

/** Everything that is let in; ended one by one. */
function crowd(atOnce: ReturnType<typeof createAtOnce>, size: number, backlog = () => 0) {
  const inside: (() => void)[] = [];
  for (let i = 0; i < size; i++)
    void atOnce.run(() => new Promise<void>((resolve) => void inside.push(resolve)), backlog);
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  return {
    inside,
    async endAll() {
      await settle();
      for (const end of inside.splice(0)) end();
      await settle();
    },
  };
}

test('while it alone holds work up, more and more is under way at once, up to a bound', async () => {
  const atOnce = createAtOnce(clock);
  const before = atOnce.most;
  const { endAll, inside } = crowd(atOnce, 2_000);
  await endAll();
  expect(atOnce.most).toBeGreaterThan(before);
  for (let i = 0; i < 10; i++) await endAll();
  expect(atOnce.most).toBe(128);
  expect(inside.length).toBeLessThanOrEqual(128);
});

test('a refusal, a queue of calls, or answers that take much longer make it fewer', async () => {
  for (const sign of ['refused', 'queue', 'slow'] as const) {
    const atOnce = createAtOnce(clock);
    atOnce.answered(20);
    if (sign === 'slow') for (let i = 0; i < 40; i++) atOnce.answered(900);
    if (sign === 'refused') atOnce.refused();
    const before = sign === 'refused' ? 16 : atOnce.most;
    const { endAll } = crowd(atOnce, sign === 'refused' ? 0 : 40, () => (sign === 'queue' ? 5_000 : 0));
    await endAll();
    expect(atOnce.most, sign).toBeLessThan(before);
    expect(atOnce.most, sign).toBeGreaterThanOrEqual(8);
  }
});
