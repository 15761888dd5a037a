import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { look } from '../../sandbox/invariants.ts';
import { listen } from '../../sandbox/listen.ts';
import { openGate } from '../support/gate.ts';
import { letLocksRunOut, MOMENTS, type ProxyProcess, startProcess } from '../support/killing.ts';
import { leftBehind } from './left-behind.ts';
import { setStage, setUp, smallSeed } from './stage.ts';

const ANNA = { accountId: 'anna@example.com', id: 'anna@example.com' };

/** A port of its own, so that the proxy comes back where the browser looks for it. */
async function freePort(): Promise<number> {
  const { port, close } = await listen(createServer(), 0);
  await close();
  return port;
}

test('kill -9 of the proxy at each recovery point: the browser goes on, with one credit and one redemption each', async () => {
  const seed = smallSeed();
  for (const participant of seed.advocate.participants) participant.rewards = [];
  const processes: ProxyProcess[] = [];
  let env: Record<string, string> = {};
  const gates = new Map<string, Awaited<ReturnType<typeof openGate>>>();
  const stage = await setStage({
    seed,
    proxy: async (variables) => {
      const stripe = await openGate(variables.STRIPE_API_BASE ?? '');
      const advocate = await openGate(variables.ADVOCATE_API_BASE ?? '');
      gates.set('stripe', stripe).set('advocate', advocate);
      const port = String(await freePort());
      env = { ...variables, PORT: port, STRIPE_API_BASE: stripe.url, ADVOCATE_API_BASE: advocate.url };
      const first = await startProcess(env);
      processes.push(first);
      return { url: first.url, invite: async () => first.code };
    },
  });
  const { sandbox, hands, until } = stage;
  const creditsOf = (reward: string) =>
    Object.values(look(sandbox, 'test').books.balanceTransactions)
      .flat()
      .filter(({ metadata }) => metadata.advocate_reward === reward);
  const redemptionsOf = (reward: string) =>
    sandbox.advocate.state.test.redemptions
      .flatMap(({ parts }) => parts)
      .filter(({ rewardId }) => rewardId === reward);
  const redeemed = async () => (await hands.state()).queue.counts.redeemed;
  await setUp(stage);

  const paid: string[] = [];
  for (const [what, , upstream, moment, matches] of MOMENTS) {
    const held = gates.get(upstream)?.hold(moment, matches);
    const id = sandbox.advocate.earn('test', ANNA, { unit: 'STRIPE/USD', amount: 2000 });
    paid.push(id);
    await hands.press(hands.popup, 'Run now');
    await held;
    await processes.at(-1)?.kill();
    gates.get(upstream)?.open();
    await until(`the browser has noticed (${what})`, async () => !(await hands.state()).running);
    await letLocksRunOut((env.DATABASE_URL ?? '').replace('file:', ''));
    processes.push(await startProcess(env));
    await leftBehind(hands.popup, true);
    await hands.press(hands.popup, 'Run now');
    await until(
      `it is redeemed, and the browser knows (${what})`,
      async () => (await redeemed()) === paid.length,
    );
    expect(creditsOf(id), what).toMatchObject([{ amount: -2000, currency: 'usd' }]);
    expect(redemptionsOf(id), what).toHaveLength(1);
  }

  for (const id of paid) expect([creditsOf(id).length, redemptionsOf(id).length]).toEqual([1, 1]);
  for (const gate of gates.values()) await gate.close();
});
