/** Workers, browsers and proxies that stop, start again, or do the same at once. */
import { describe, expect, test } from 'vitest';
import { anotherProxy, creditsThrough, participant, reward, type Stage, setStage } from '../proxy/stage.ts';
import { locksOf, never, openProfile, type Profile } from './browsers.ts';
import { expectPaidOnce } from './expect-paid-once.ts';
import { askUntilSettled, atCredit, HOUR, ID, later, manyRewards } from './scene.ts';

/** Workers of this profile, one after the other, until nothing is left to do; minutes pass in between. */
async function runUntilSettled(stage: Stage, profile: Profile, ids: string[] = [ID]): Promise<void> {
  for (let minutes = 1; minutes <= 6; minutes++) {
    const clock = () => Date.now() + minutes * 130_000;
    later(stage, minutes * 130_000);
    const { queue, run } = profile.startWorker({ now: clock });
    await run();
    const rows = await queue.rows();
    if (ids.every((id) => rows.find(({ reward: found }) => found === id)?.state === 'redeemed')) break;
  }
  await stage.parts.ofMode('test').finishNotes();
}

describe('F19 · the worker is killed at every step', () => {
  test('whichever step it was, the next worker goes on, and the reward is paid once', async () => {
    const steps: string[] = [];
    const first = await setStage();
    await (await openProfile(first)).startWorker({ step: async (name) => void steps.push(name) }).run();
    expectPaidOnce(first);
    expect(steps.length).toBeGreaterThan(14);

    for (const at of steps.keys()) {
      const stage = await setStage();
      const profile = await openProfile(stage);
      let taken = 0;
      const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
      const step = async () => {
        if (taken++ < at) return;
        stop();
        await never();
      };
      void profile.startWorker({ step }).run();
      await stopped;
      await runUntilSettled(stage, profile);
      expectPaidOnce(stage);
    }
  });

  test('killed again and again in the middle of a hundred: none is paid twice, none is left', async () => {
    const { cast, ids } = manyRewards(100);
    const stage = await setStage(cast);
    stage.stripe.limits.enabled = false;
    const profile = await openProfile(stage);
    for (const settled of [0, 1, 30]) {
      let seen = 0;
      const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
      const step = async (name: string) => {
        if (name !== 'after settle' || seen++ < settled) return;
        stop();
        await never();
      };
      const run = profile.startWorker({ step }).run();
      await Promise.race([stopped, run]);
    }
    await runUntilSettled(stage, profile, ids);
    for (const id of ids) expectPaidOnce(stage, id);
  });
});

describe('F20 · two tabs, two devices, the same batch', () => {
  test('two workers of one browser at once: the second does nothing', async () => {
    const stage = await setStage();
    const profile = await openProfile(stage);
    const locks = locksOf(profile.name);
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
    const { promise: goOn, resolve: release } = Promise.withResolvers<void>();
    const step = async (name: string) => {
      if (!name.startsWith('before POST')) return;
      reach();
      await goOn;
    };
    const first = profile.startWorker({ step, locks }).run();
    await reached;
    expect(await profile.startWorker({ locks }).run()).toMatchObject({ skipped: 'already_running' });
    release();
    expect(await first).toMatchObject({ credited: 1 });
    expectPaidOnce(stage);
  });

  test('two browsers: one holds the lease, the other finds and waits', async () => {
    const stage = await setStage();
    const [one, two] = [await openProfile(stage), await openProfile(stage)];
    expect(await one.startWorker().run()).toMatchObject({ skipped: null, credited: 1 });
    expect(await two.startWorker().run()).toMatchObject({ skipped: 'lease_taken' });
    expectPaidOnce(stage);
  });

  test('both believe that they hold the lease, through two proxies: each reward is paid once', async () => {
    const { cast, ids } = manyRewards(20);
    const stage = await setStage(cast);
    stage.stripe.limits.enabled = false;
    const proxies = [await anotherProxy(stage), await anotherProxy(stage), stage.app];
    const apps = proxies.map((app) => ({
      request: async (input: string, init?: RequestInit) =>
        input.endsWith('/lease')
          ? Response.json({ holder: null, until: null, mine: true })
          : app.request(input, init),
    }));
    const profiles = await Promise.all(apps.map(() => openProfile(stage)));
    await Promise.all(profiles.map((profile, n) => profile.startWorker({ app: apps[n] ?? stage.app }).run()));
    later(stage, 130_000);
    await askUntilSettled(stage, ids);
    for (const id of ids) expectPaidOnce(stage, id);
  });

  test('three requests for one reward at once make one credit', async () => {
    const stage = await setStage();
    const other = await anotherProxy(stage);
    await Promise.all([
      stage.credits({ rewards: [ID] }),
      creditsThrough(other, stage, [ID]),
      stage.credits({ rewards: [ID, ID] }),
    ]);
    await askUntilSettled(stage);
    expectPaidOnce(stage);
  });
});

describe('F24 · the proxy restarts or loses its memory', () => {
  test('it stops while it waits for Stripe: nobody else works on the row until its lock has run out', async () => {
    const stage = await setStage();
    const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
    const dying = await anotherProxy(stage, () => {
      stop();
      return never();
    });
    atCredit(stage, { fault: 'F9' });
    void creditsThrough(dying, stage, [ID]);
    await stopped;
    const reborn = await anotherProxy(stage);
    expect(await creditsThrough(reborn, stage, [ID])).toMatchObject([{ state: 'waiting', reason: 'busy' }]);
    later(stage, 130_000);
    await askUntilSettled(stage, [ID], (ids) => creditsThrough(reborn, stage, ids));
    expectPaidOnce(stage);
  });

  test('the ledger is lost after the credit: its own credit is found again instead of a second one made', async () => {
    const stage = await setStage();
    stage.advocate.inject({ fault: 'error-500', path: /redeem/, times: 9 });
    const [credited] = await stage.credits({ rewards: [ID] });
    expect(credited).toMatchObject({ state: 'credited', reason: 'redeem_pending' });
    stage.advocate.clearFaults();
    await loseTheLedger(stage);
    later(stage, 72 * HOUR);
    const reborn = await anotherProxy(stage);
    const [told] = await creditsThrough(reborn, stage, [ID]);
    expect(told).toMatchObject({ state: 'redeemed', credit: { id: credited?.credit?.id } });
    later(stage, 73 * HOUR);
    await stage.parts.ofMode('test').finishNotes();
    expectPaidOnce(stage);
  });

  test('the ledger is lost, and what was earned since it began anew is paid without a look', async () => {
    const young = participant({ rewards: [reward({ earnedDaysAgo: 0 })] });
    const stage = await setStage({ participants: [young] });
    await askUntilSettled(stage);
    expectPaidOnce(stage);
    const looked = stage.exchanges.filter(
      ({ method, path }) => method === 'GET' && path.endsWith('/balance_transactions'),
    );
    expect(looked).toEqual([]);
  });
});

async function loseTheLedger({ db }: Stage): Promise<void> {
  await db.deleteFrom('ledger').execute();
  await db
    .updateTable('facts')
    .set({ value: String(Date.now()) })
    .where('name', '=', 'born_at')
    .execute();
}
