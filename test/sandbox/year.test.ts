/** The made-up year is the same each time, is believable, and holds together: the proxy itself finds nothing wrong. */
import { expect, onTestFinished, test } from 'vitest';
import { startAdvocateSimulator } from '../../sandbox/advocate/simulator.ts';
import { startStripeSimulator } from '../../sandbox/stripe/simulator.ts';
import { fillYear, planYear, seedOfYear, type YearOptions } from '../../sandbox/year/year.ts';
import type { LandingAnswer } from '../../src/contract/landing.ts';
import type { Overview } from '../../src/contract/overview.ts';
import type { Outcome } from '../../src/contract/routes.ts';
import { createApp } from '../../src/proxy/app.ts';
import { verify } from '../../src/proxy/audit-verify.ts';
import { openDatabase } from '../../src/proxy/database.ts';
import { readEnvironment } from '../../src/proxy/environment.ts';
import { createLog } from '../../src/proxy/log.ts';
import { createParts } from '../../src/proxy/parts.ts';
import { environmentFor } from '../support/environment-for.ts';

async function setYear(options: YearOptions = {}) {
  const began = Date.now();
  const year = planYear({ now: began, ...options });
  const seed = seedOfYear(year);
  const now = Date.now;
  const stripe = await startStripeSimulator({ seed, now });
  stripe.limits.enabled = false;
  const advocate = await startAdvocateSimulator({ seed, now });
  const environment = readEnvironment(environmentFor(seed, { stripe: stripe.url, advocate: advocate.url }));
  const db = await openDatabase('file::memory:', now);
  const log = createLog('silent', [], { write: () => undefined });
  const filling = performance.now();
  await fillYear(year, { stripe, seed }, db);
  const took = performance.now() - filling;
  const parts = await createParts(environment, db, log, () => '', now);
  const app = createApp(parts);
  onTestFinished(async () => {
    await Promise.all([stripe.close(), advocate.close()]);
    await db.destroy();
  });
  const { token } = await parts.pairing.pair(await parts.pairing.invite('admin'), 'Test', 'here');
  const ask = async (path: string, body?: object) => {
    const answer = await app.request(`/v1${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    expect([path, answer.status, answer.status === 200 ? '' : text]).toEqual([path, 200, '']);
    return text;
  };
  return { year, seed, stripe, advocate, db, ask, took };
}
const held = (year: ReturnType<typeof planYear>) => year.planned.filter((one) => one.held !== null);

test('the same seed makes the same year, another one another', () => {
  const now = 1_760_000_000_000;
  const made = (seed: number) => JSON.stringify([seedOfYear(planYear({ now, seed, rewards: 300 }))]);
  expect(made(7)).toBe(made(7));
  expect(made(7)).not.toBe(made(8));
});

test('rewards, ledger, Stripe and the history agree about it', async () => {
  const { ask, db, took } = await setYear({ rewards: 600 });
  const lines = (await ask('/test/reconciliation'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const wrong = lines.filter(
    ({ line, finding }) => line === 'reward' && !['matched', 'under_way', 'reversed'].includes(finding),
  );
  expect(wrong.map(({ reward, finding, detail }) => [reward, finding, detail])).toEqual([]);
  expect(lines.at(-2)).toMatchObject({ line: 'summary' });
  expect(await verify(db)).toMatchObject({ whole: true });
  expect(took).toBeLessThan(15_000);
});

test('every plot and table has something to show', async () => {
  const { ask, year } = await setYear({ rewards: 1500 });
  const overview: Overview = JSON.parse(await ask('/test/overview?days=365'));
  expect(overview.days.length).toBeGreaterThan(250);
  expect(overview.credited.map(({ currency }) => currency)).toEqual(['EUR', 'JPY', 'USD']);
  expect(overview.reversed.length).toBeGreaterThan(0);
  expect(overview.lags.length).toBeGreaterThan(20);
  const states = overview.outcomes.map(({ state }) => state);
  expect(new Set(states)).toEqual(new Set(['credited', 'reversed', 'crediting', 'held']));
  // The later half of the year has more.
  const half = overview.days.length / 2;
  const count = (days: Overview['days']) =>
    days.flatMap(({ credited }) => credited).reduce((n, one) => n + one.count, 0);
  expect(count(overview.days.slice(half))).toBeGreaterThan(count(overview.days.slice(0, half)));
  expect(JSON.parse(await ask('/team')).members).toHaveLength(4);
  expect(JSON.parse(await ask('/test/reversals?state=proposed')).reversals.length).toBeGreaterThan(0);
  expect(JSON.parse(await ask('/test/unlinked')).participants.length).toBeGreaterThan(0);
  for (const state of ['crediting', 'credited', 'redeemed', 'held', 'reversed'])
    expect(
      JSON.parse(await ask(`/test/ledger?sort=newest&state=${state}`)).rows.length,
      state,
    ).toBeGreaterThan(0);
  const landed = await Promise.all(
    year.planned
      .filter(({ paid }) => paid?.point === 'noted')
      .slice(0, 20)
      .map(
        async ({ reward }) =>
          (JSON.parse(await ask(`/test/rewards/${reward.id}/landing`)) as LandingAnswer).credits,
      ),
  );
  expect(
    landed
      .flat()
      .flatMap(({ uses }) => uses)
      .filter(({ kind }) => kind === 'invoice').length,
  ).toBeGreaterThan(10);
  expect(landed.flat().every(({ gap }) => gap === null)).toBe(true);
});

/** Known from an attempt alone: the sandbox would not refuse again. */
const REMEMBERED = ['stripe_refused', 'advocate_refused'];
test('each held reward is held for the reason it says, also when it is tried again', async () => {
  const { year, ask } = await setYear({ rewards: 100 });
  const all = held(year);
  expect(all.length).toBeGreaterThanOrEqual(19);
  expect(new Set(all.map((one) => one.held?.reason)).size).toBe(all.length);
  for (const { reward, held: its } of all) {
    const story = JSON.parse(await ask(`/test/rewards/${reward.id}`));
    expect([its?.reason, story.state, story.reason]).toEqual([its?.reason, 'held', its?.reason]);
  }
  const tried = all.filter(
    (one) => !REMEMBERED.includes(one.held?.reason ?? '') && one.paid?.point !== 'noted',
  );
  const text = await ask('/test/credits', { rewards: tried.map(({ reward }) => reward.id) });
  const outcomes = new Map(
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Outcome)
      .map((outcome) => [outcome.reward, outcome]),
  );
  for (const { reward, held: its } of tried)
    expect([its?.reason, outcomes.get(reward.id)?.reason]).toEqual([its?.reason, its?.reason]);
});

test('what was just earned, and what was begun, goes through', async () => {
  const { year, ask } = await setYear({ rewards: 100 });
  const due = year.planned.filter(
    ({ held: its, paid, reward, participant }) =>
      its === null &&
      reward.status === 'available' &&
      participant.customFields?.stripeCustomerId !== undefined &&
      paid?.point !== 'noted',
  );
  expect(due.length).toBe(8);
  const text = await ask('/test/credits', { rewards: due.map(({ reward }) => reward.id) });
  for (const line of text.trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ state: 'redeemed' });
});
