/** Clocks that are days apart, and lists that move while they are read. */
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createApp } from '../../src/proxy/app.ts';
import { createParts } from '../../src/proxy/parts.ts';
import {
  ANNAS_CUSTOMER,
  creditsThrough,
  customer,
  participant,
  reward,
  type Stage,
  setStage,
} from '../proxy/stage.ts';
import { openProfile } from './browsers.ts';
import { expectPaidOnce } from './expect-paid-once.ts';
import {
  askUntilSettled,
  atCredit,
  atLook,
  creditByHand,
  DAY,
  HOUR,
  ID,
  later,
  loseTheAnswer,
  manyRewards,
} from './scene.ts';

const SKEWS: [string, number][] = [
  ['two days ahead', 48 * HOUR],
  ['two days behind', -48 * HOUR],
];

/** A proxy on the same database, on a machine whose clock is wrong. Stripe, Advocate and the database keep theirs. */
async function proxyWithClock({ db, parts: { environment, log, now } }: Stage, skew: number) {
  const wrong = () => now() + skew;
  return createApp(
    await createParts(
      environment,
      db,
      log,
      () => 'http://127.0.0.1:4244',
      wrong,
      async () => undefined,
    ),
  );
}

describe('F21 · clocks are two days off', () => {
  test.each(SKEWS)('the proxy’s, %s: an unknown outcome is found, not made again', async (_, skew) => {
    const stage = await setStage();
    const wrong = await proxyWithClock(stage, skew);
    atCredit(stage, { fault: 'F2', times: 3 });
    atLook(stage, { fault: 'F5', times: 9 });
    await creditsThrough(wrong, stage, [ID]);
    stage.stripe.clearFaults();
    // Stripe has forgotten the key by now, so that only the look stands between this and a second credit.
    later(stage, 25 * HOUR);
    await askUntilSettled(stage, [ID], (ids) => creditsThrough(wrong, stage, ids));
    expectPaidOnce(stage);
  });

  test.each(SKEWS)('the ledger’s, %s when it sent: the credit is found, not made again', async (_, skew) => {
    const stage = await setStage();
    await loseTheAnswer(stage);
    // As it would have been written by that clock; an hour is left to the look’s own margin.
    const off = skew - Math.sign(skew) * HOUR;
    await stage.db
      .updateTable('ledger')
      .set((eb) => ({ first_sent_at: eb('first_sent_at', '+', off) }))
      .execute();
    later(stage, 3 * DAY);
    await askUntilSettled(stage);
    expectPaidOnce(stage);
  });

  test.each(SKEWS)('one proxy’s, %s of the other’s: each reward is paid once', async (_, skew) => {
    const { cast, ids } = manyRewards(10);
    const stage = await setStage(cast);
    const wrong = await proxyWithClock(stage, skew);
    await Promise.all([creditsThrough(wrong, stage, ids), stage.credits({ rewards: ids })]);
    await askUntilSettled(stage, ids);
    for (const id of ids) expectPaidOnce(stage, id);
  });

  test.each(SKEWS)('the machine’s that holds a row, %s: nobody takes it from him early', async (_, skew) => {
    const stage = await setStage();
    const wrong = await proxyWithClock(stage, skew);
    const ledger = stage.parts.ofMode('test').ledger;
    atCredit(stage, { fault: 'F1', times: 3 });
    await stage.credits({ rewards: [ID] });
    expect(await ledger.lock(ID, 'a request that still lives')).toBeDefined();
    expect(await creditsThrough(wrong, stage, [ID])).toMatchObject([{ state: 'waiting', reason: 'busy' }]);
    await ledger.unlock(ID, 'a request that still lives');
    await askUntilSettled(stage);
    expectPaidOnce(stage);
  });

  test.each(SKEWS)(
    'the browser’s, %s, then set right: what waited is tried all the same',
    async (_, skew) => {
      const stage = await setStage();
      const profile = await openProfile(stage);
      atCredit(stage, { fault: 'F1', times: 9 });
      await profile.startWorker({ now: () => Date.now() + skew }).run();
      stage.stripe.clearFaults();
      const { queue, run } = profile.startWorker({ now: () => Date.now() + 10 * 60_000 });
      later(stage, 10 * 60_000);
      await run();
      expect((await queue.row(ID))?.state).toBe('redeemed');
      later(stage, 20 * 60_000);
      await stage.parts.ofMode('test').finishNotes();
      expectPaidOnce(stage);
    },
  );
});

describe('F23 · lists shift while they are read', () => {
  test('transactions arrive while it is looked for the credit: it is found behind 150 others', async () => {
    const stage = await setStage();
    stage.stripe.limits.enabled = false;
    atCredit(stage, { fault: 'F2', times: 3 });
    atLook(stage, { fault: 'F5', times: 9 });
    await stage.credits({ rewards: [ID] });
    stage.stripe.clearFaults();
    for (let n = 0; n < 150; n++) await creditByHand(stage);
    const { fetch: real } = globalThis;
    let pages = 0;
    vi.stubGlobal('fetch', async (input: string, init?: RequestInit) => {
      if (/balance_transactions\?.*starting_after/.test(String(input))) {
        pages += 1;
        for (let n = 0; n < 5; n++) {
          const { secretKey } = stage.seed.stripe.platform.test;
          await real(`${stage.stripe.url}/v1/customers/${ANNAS_CUSTOMER}/balance_transactions`, {
            method: 'POST',
            headers: { authorization: `Bearer ${secretKey}`, 'stripe-account': stage.stripe.state.accountId },
            body: new URLSearchParams({ amount: '-100', currency: 'usd' }),
          });
        }
      }
      return real(input, init);
    });
    onTestFinished(() => void vi.unstubAllGlobals());
    later(stage, 3 * DAY);
    await askUntilSettled(stage);
    expect(pages).toBeGreaterThan(0);
    expectPaidOnce(stage);
  });

  test('rewards are earned and paid while they are read: none is skipped, none comes twice', async () => {
    const { cast, ids } = manyRewards(105);
    const stage = await setStage(cast);
    stage.stripe.limits.enabled = false;
    const found: string[] = [];
    let after: string | undefined;
    let more = true;
    while (more) {
      const { body } = await stage.ask('GET', `/test/rewards${after === undefined ? '' : `?after=${after}`}`);
      const page = (body.rewards as { id: string }[]).map(({ id }) => id);
      found.push(...page);
      // Paying moves a reward to the end of Advocate's list, and all behind it move up.
      if (page.length > 0) await stage.credits({ rewards: page.slice(0, 20) });
      after = String(body.after);
      more = body.more === true;
    }
    expect(ids.filter((id) => !found.includes(id))).toEqual([]);
    await askUntilSettled(stage, ids);
    for (const id of ids) expectPaidOnce(stage, id);
  });

  test('two participants in one list: each customer gets what is his', async () => {
    const bob = 'cus_BobJensen000001';
    const people = [
      participant(),
      participant({
        accountId: 'bob',
        id: 'bob',
        email: null,
        customFields: { stripeCustomerId: bob },
        rewards: [reward({ id: 'aaaaaaaaaaaaaaaaaaaaaaa2' })],
      }),
    ];
    const stage = await setStage({ customers: [customer(), customer({ id: bob })], participants: people });
    await askUntilSettled(stage, [ID, 'aaaaaaaaaaaaaaaaaaaaaaa2']);
    expectPaidOnce(stage);
    expectPaidOnce(stage, 'aaaaaaaaaaaaaaaaaaaaaaa2', { customer: bob });
  });
});
