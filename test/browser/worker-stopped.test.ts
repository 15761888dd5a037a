import { expect, test } from 'vitest';
import { account, look } from '../../sandbox/invariants.ts';
import { holdCredits } from './held-stripe.ts';
import { leftBehind } from './left-behind.ts';
import { setStage, setUp, smallSeed, UNITS } from './stage.ts';

test('a worker that is stopped between claim and answer leaves exactly one credit for each reward', async () => {
  const credits = holdCredits();
  const stage = await setStage({ seed: smallSeed(), beforeStripe: credits.before });
  const { sandbox, hands, until } = stage;
  const before = look(sandbox, 'test');
  const now = () => account(before, look(sandbox, 'test'), UNITS);

  await setUp(stage);
  await credits.made;
  await hands.stopWorker();

  // Claimed here, credited there, and nobody left who heard of it.
  const left = await leftBehind(hands.popup, false);
  expect(left.map(({ state }) => state)).toEqual(Array(4).fill('crediting'));
  expect(now().redeemed).toEqual([]);
  const [dead] = left;

  credits.letGo();
  await leftBehind(hands.popup, true);
  await hands.reopenPopup();
  await hands.press(hands.popup, 'Run now');
  await until('everything is redeemed', () => now().findings.length === 0);
  await until('the new worker knows', async () => (await hands.state()).queue.counts.redeemed === 4);

  expect(now()).toMatchObject({
    findings: [],
    found: { length: 4 },
    credited: { length: 4 },
    redeemed: { length: 4 },
  });
  const after = look(sandbox, 'test');
  expect(
    Object.values(after.books.balanceTransactions)
      .map((list) => list.length)
      .sort(),
  ).toEqual([1, 1, 2]);
  expect(dead?.leasedBy).toMatch(/./);
  expect((await leftBehind(hands.popup, false)).map(({ leasedBy }) => leasedBy)).toEqual(Array(4).fill(null));
});
