/** What is kept of a customer's balance is checked against what comes after, and never grows without end. */
import { expect, test } from 'vitest';
import { postTransaction } from '../../sandbox/stripe/state.ts';
import { landing, later, pay, reads, setScene } from './landing-scene.ts';
import { ANNAS_CUSTOMER, reward, type Stage } from './stage.ts';
import { books, holder } from './take-back-scene.ts';

const nowInSeconds = () => Math.floor(Date.now() / 1000);
const listed = (stage: Stage) => books(stage).balanceTransactions[ANNAS_CUSTOMER] ?? [];
/** Somebody changes the balance in Stripe. @param behind how many newer ones the list shows before it. */
function change(stage: Stage, amount: number, created: number, behind = 0): void {
  const made = postTransaction(books(stage), holder(stage), {
    amount,
    currency: 'usd',
    created,
    type: 'adjustment',
  });
  const list = listed(stage);
  list.splice(list.length - 1 - behind, 0, ...list.splice(list.indexOf(made), 1));
}
/** So many cents come and go. */
function flood(stage: Stage, times: number): void {
  const from = listed(stage).at(-1)?.created ?? 0;
  for (let i = 1; i <= times; i += 1) change(stage, i % 2 === 0 ? 1 : -1, from + i);
}
const left = async (stage: Stage) => (await landing(stage))[0]?.left?.amount;

test('what Stripe lists behind the newest one of the same second is seen', async () => {
  const stage = await setScene(2000);
  await pay(stage, reward().id);
  const second = nowInSeconds() + 5;
  change(stage, 100, second);
  expect(await left(stage)).toBe(2400);
  change(stage, 300, second, 1);
  later(stage);
  expect(await left(stage)).toBe(2100);
});

test('where the balances do not add up, the customer is read anew', async () => {
  const stage = await setScene(2000);
  await pay(stage, reward().id);
  const second = nowInSeconds() + 5;
  change(stage, 100, second);
  change(stage, 100, second + 5);
  expect(await left(stage)).toBe(2300);
  change(stage, 300, second, 1);
  change(stage, 100, second + 10);
  later(stage);
  const before = reads(stage).length;
  expect(await left(stage)).toBe(1900);
  expect(reads(stage).slice(before)).toMatchObject([
    { query: expect.stringContaining('ending_before=') },
    { query: expect.not.stringContaining('ending_before=') },
  ]);
});

test('no more is kept than is read: what is older is told as too long ago, and nobody is asked for it again', async () => {
  const stage = await setScene(2000);
  await pay(stage, reward().id);
  flood(stage, 1000);
  expect(await left(stage)).toBe(2000);
  flood(stage, 1200);
  later(stage);
  const before = reads(stage).length;
  expect((await landing(stage))[0]).toMatchObject({ gap: 'too_long_ago', left: null });
  const once = reads(stage).length;
  expect(once - before).toBe(13);
  await landing(stage);
  expect(reads(stage)).toHaveLength(once);
});

test('after more than can be read at once, only the newest are read', async () => {
  const stage = await setScene(2000);
  await pay(stage, reward().id);
  await landing(stage);
  change(stage, 1, nowInSeconds() + 5);
  later(stage);
  await landing(stage);
  flood(stage, 4500);
  later(stage);
  const before = reads(stage).length;
  expect((await landing(stage))[0]).toMatchObject({ gap: 'too_long_ago' });
  expect(reads(stage).length - before).toBe(40);
});
