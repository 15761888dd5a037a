/** Each credit is followed to the invoices that used it, with few reads at Stripe. */
import { expect, test } from 'vitest';
import { postTransaction } from '../../sandbox/stripe/state.ts';
import { landing, later, PERSON, pay, reads, SECOND, setScene } from './landing-scene.ts';
import { ANNAS_CUSTOMER, customer, reward } from './stage.ts';
import { books, confirm, holder, relink, see } from './take-back-scene.ts';

test('20.00 USD used on the invoice, 5.00 left', async () => {
  const stage = await setScene(2000);
  await pay(stage, reward().id);
  const invoice = stage.stripe.finalizeInvoice(ANNAS_CUSTOMER);
  const [only] = await landing(stage, `/test/rewards/${reward().id}/landing`);
  expect(only).toMatchObject({
    reward: reward().id,
    customer: ANNAS_CUSTOMER,
    money: { amount: 2500, currency: 'USD' },
    left: { amount: 500, currency: 'USD' },
    gap: null,
    uses: [
      {
        kind: 'invoice',
        money: { amount: 2000, currency: 'USD' },
        at: invoice.created * 1000,
        invoice: invoice.id,
        invoiceUrl: `https://dashboard.stripe.com/${stage.stripe.state.accountId}/test/invoices/${invoice.id}`,
      },
    ],
  });
});

test('the oldest credit is used first, whatever was on the balance before', async () => {
  const stage = await setScene(3000, { customers: [customer({ monthly: 3000, balance: -400 })] });
  await pay(stage, reward().id);
  await pay(stage, SECOND);
  stage.stripe.finalizeInvoice(ANNAS_CUSTOMER);
  const byReward = Object.fromEntries((await landing(stage)).map((one) => [one.reward, one]));
  // 400 of another's, then 2500, then 100.
  expect(byReward[reward().id]).toMatchObject({ left: { amount: 0 }, uses: [{ money: { amount: 2500 } }] });
  expect(byReward[SECOND]).toMatchObject({ left: { amount: 900 }, uses: [{ money: { amount: 100 } }] });
});

test('a voided invoice gives the credit back', async () => {
  const stage = await setScene(9000);
  await pay(stage, reward().id);
  const invoice = stage.stripe.finalizeInvoice(ANNAS_CUSTOMER);
  expect((await landing(stage))[0]).toMatchObject({ left: { amount: 0 } });
  stage.stripe.voidInvoice(invoice.id);
  later(stage);
  expect((await landing(stage))[0]).toMatchObject({ left: { amount: 2500 }, uses: [] });
});

test('what is taken back is told as that', async () => {
  const stage = await setScene(2000);
  await pay(stage, reward().id);
  stage.stripe.finalizeInvoice(ANNAS_CUSTOMER);
  await relink(stage, null);
  await see(stage);
  expect((await confirm(stage, 500)).status).toBe(200);
  expect((await landing(stage))[0]).toMatchObject({
    left: { amount: 0 },
    uses: [
      { kind: 'invoice', money: { amount: 2000 } },
      { kind: 'taken_back', money: { amount: 500 }, invoice: null },
    ],
  });
});

test('a customer is read once; afterwards only what is newer, and nothing at all within seconds', async () => {
  const stage = await setScene(2000);
  await pay(stage, reward().id);
  for (let i = 0; i < 240; i++)
    postTransaction(books(stage), holder(stage), {
      amount: i % 2 === 0 ? -1 : 1,
      currency: 'usd',
      created: Math.floor(Date.now() / 1000) + i,
      type: 'adjustment',
    });
  await landing(stage);
  expect(reads(stage)).toHaveLength(3);
  await landing(stage);
  await landing(stage, `/test/rewards/${reward().id}/landing`);
  expect(reads(stage)).toHaveLength(3);
  later(stage);
  stage.stripe.finalizeInvoice(ANNAS_CUSTOMER);
  // Half of the others took one cent each, the oldest first.
  expect((await landing(stage))[0]).toMatchObject({ left: { amount: 380 } });
  expect(reads(stage)).toHaveLength(4);
  expect(reads(stage).at(-1)?.query).toContain('ending_before=cbtxn_');
  // A new credit is not waited for.
  await pay(stage, SECOND);
  const before = reads(stage).length;
  expect(await landing(stage)).toMatchObject([{ left: { amount: 1000 } }, { left: { amount: 380 } }]);
  expect(reads(stage)).toHaveLength(before + 1);
});

test('ten people at once cost one read', async () => {
  const stage = await setScene(2000);
  await pay(stage, reward().id);
  const before = reads(stage).length;
  await Promise.all(Array.from({ length: 10 }, () => landing(stage)));
  expect(reads(stage)).toHaveLength(before + 1);
});

test('what nobody can know is told as unknown', async () => {
  const stage = await setScene(2000);
  await pay(stage, reward().id, SECOND);
  await stage.db
    .updateTable('ledger')
    .set({ stripe_account: 'acct_other' })
    .where('reward', '=', SECOND)
    .execute();
  const first = await landing(stage);
  expect(Object.fromEntries(first.map(({ reward: id, gap }) => [id, gap]))).toEqual({
    [reward().id]: null,
    [SECOND]: 'other_account',
  });
  later(stage);
  delete books(stage).customers[ANNAS_CUSTOMER];
  expect((await landing(stage, `/test/rewards/${reward().id}/landing`))[0]).toMatchObject({
    gap: 'customer_gone',
    left: null,
  });
});

test('without a connection, or without any credit, it says so', async () => {
  const stage = await setScene(2000, { unconnected: true });
  expect(await stage.ask('GET', PERSON)).toMatchObject({ status: 409, body: { code: 'not_connected' } });
  const connected = await setScene(2000);
  expect(await landing(connected)).toEqual([]);
  expect(reads(connected)).toEqual([]);
});
