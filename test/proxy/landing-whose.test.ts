/** Whose credit is left once one of them is taken back, told through what a customer's balance went through. */
import { expect, test } from 'vitest';
import { landing, later, pay, SECOND, setScene } from './landing-scene.ts';
import { ANNAS_CUSTOMER, participant, reward, type Stage } from './stage.ts';
import { confirm, ID, relink, see } from './take-back-scene.ts';

const FIRST = ID;
const rewards = [reward({ amount: 2000 }), reward({ id: SECOND, amount: 2000 })];
const scene = (monthly: number) => setScene(monthly, { participants: [participant({ rewards })] });

async function takeBackFirst(stage: Stage, amount: number): Promise<void> {
  await relink(stage, null);
  await see(stage);
  const { status, body } = await confirm(stage, amount);
  expect([status, body]).toMatchObject([200, { state: 'reversed' }]);
}
/** Of every reward what is left and what its lines say. */
async function told(stage: Stage) {
  later(stage);
  const lines = (await landing(stage)).map(({ reward: id, left, uses }) => [
    id,
    [left?.amount, ...uses.map(({ kind, money }) => `${kind} ${money.amount}`)],
  ]);
  return Object.fromEntries(lines);
}

test('a reward that was taken back has nothing left when the invoice that used it is voided; the other has all', async () => {
  const stage = await scene(9000);
  await pay(stage, FIRST);
  const invoice = stage.stripe.finalizeInvoice(ANNAS_CUSTOMER);
  await pay(stage, SECOND);
  await takeBackFirst(stage, 2000);
  expect(await told(stage)).toEqual({ [FIRST]: [0, 'taken_back 2000'], [SECOND]: [0, 'invoice 2000'] });
  stage.stripe.voidInvoice(invoice.id);
  expect(await told(stage)).toEqual({ [FIRST]: [0, 'taken_back 2000'], [SECOND]: [2000] });
});

test('what an admin here took back is told of that reward, not as somebody who changed the balance in Stripe', async () => {
  const stage = await scene(2500);
  await pay(stage, FIRST);
  await pay(stage, SECOND);
  stage.stripe.finalizeInvoice(ANNAS_CUSTOMER);
  await takeBackFirst(stage, 1500);
  expect(await told(stage)).toEqual({
    [FIRST]: [0, 'invoice 500', 'taken_back 1500'],
    [SECOND]: [0, 'invoice 2000'],
  });
});
