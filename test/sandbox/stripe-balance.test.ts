import { describe, expect, test } from 'vitest';
import { rejection, startSandbox } from './stripe-setup.ts';

const credit = { amount: -2000, currency: 'usd' };

describe('balance transactions', () => {
  test('a credit lowers the balance and says the balance after it', async () => {
    const { stripe } = await startSandbox();
    const made = await stripe.customers.createBalanceTransaction('cus_Ana', {
      ...credit,
      description: 'Reward',
      metadata: { reward: 'r1' },
    });
    expect(made).toMatchObject({
      object: 'customer_balance_transaction',
      type: 'adjustment',
      amount: -2000,
      ending_balance: -2000,
      customer: 'cus_Ana',
      livemode: false,
      metadata: { reward: 'r1' },
    });
    expect(await stripe.customers.retrieve('cus_Ana')).toMatchObject({ balance: -2000, currency: 'usd' });
    expect(await stripe.customers.retrieveBalanceTransaction('cus_Ana', made.id)).toMatchObject({
      id: made.id,
    });
  });

  test('the first transaction sets the customer’s currency, a later one in another does not', async () => {
    const { stripe } = await startSandbox();
    await stripe.customers.createBalanceTransaction('cus_New', { amount: -300, currency: 'jpy' });
    expect(await stripe.customers.retrieve('cus_New')).toMatchObject({ currency: 'jpy', balance: -300 });
    const other = await stripe.customers.createBalanceTransaction('cus_New', credit);
    expect(other.ending_balance).toBe(-2000);
    expect(await stripe.customers.retrieve('cus_New', { expand: ['invoice_credit_balance'] })).toMatchObject({
      currency: 'jpy',
      balance: -300,
      invoice_credit_balance: { jpy: 300, usd: 2000 },
    });
  });

  test('only description and metadata can be changed afterwards', async () => {
    const { stripe, raw, books } = await startSandbox();
    const { id } = await stripe.customers.createBalanceTransaction('cus_Ana', {
      ...credit,
      metadata: { a: '1' },
    });
    const changed = await stripe.customers.updateBalanceTransaction('cus_Ana', id, {
      description: 'Why',
      metadata: { b: '2' },
    });
    expect(changed).toMatchObject({ description: 'Why', metadata: { a: '1', b: '2' }, amount: -2000 });
    const answer = await raw(`/v1/customers/cus_Ana/balance_transactions/${id}`, {
      method: 'POST',
      body: new URLSearchParams({ amount: '-1' }),
    });
    expect(answer.status).toBe(400);
    expect(books().balanceTransactions.cus_Ana?.[0]?.amount).toBe(-2000);
  });

  test('the list is newest first, pages without gaps, and filters by time', async () => {
    const { stripe, clock } = await startSandbox();
    const made: string[] = [];
    for (let amount = 1; amount <= 5; amount += 1) {
      clock.advance(60_000);
      const { id } = await stripe.customers.createBalanceTransaction('cus_Ana', {
        amount: -amount,
        currency: 'usd',
      });
      made.unshift(id);
    }
    const all: string[] = [];
    for await (const { id } of stripe.customers.listBalanceTransactions('cus_Ana', { limit: 2 }))
      all.push(id);
    expect(all).toEqual(made);
    const since = Math.floor(clock.now() / 1000) - 60;
    const recent = await stripe.customers.listBalanceTransactions('cus_Ana', { created: { gte: since } });
    expect(recent.data.map(({ id }) => id)).toEqual(made.slice(0, 2));
  });

  test('a page stays in place while new transactions arrive', async () => {
    const { stripe } = await startSandbox();
    for (let n = 0; n < 4; n += 1) await stripe.customers.createBalanceTransaction('cus_Ana', credit);
    const first = await stripe.customers.listBalanceTransactions('cus_Ana', { limit: 2 });
    await stripe.customers.createBalanceTransaction('cus_Ana', credit);
    const second = await stripe.customers.listBalanceTransactions('cus_Ana', {
      limit: 2,
      starting_after: first.data[1]?.id,
    });
    expect(new Set([...first.data, ...second.data].map(({ id }) => id)).size).toBe(4);
    expect(second.has_more).toBe(false);
  });

  test('an API version from before the filters refuses them', async () => {
    const { raw } = await startSandbox();
    const ask = (version: string) =>
      raw('/v1/customers/cus_Ana/balance_transactions?created[gte]=5', {
        headers: { 'stripe-version': version },
      });
    expect((await ask('2023-08-16')).status).toBe(400);
    expect((await ask('2026-10-28.endive')).status).toBe(200);
  });

  test.each([
    [{ amount: '0', currency: 'usd' }, { param: 'amount' }],
    [
      { amount: '-1.5', currency: 'usd' },
      { code: 'parameter_invalid_integer', param: 'amount' },
    ],
    [
      { amount: '-100000000', currency: 'usd' },
      { code: 'amount_too_large', param: 'amount' },
    ],
    [{ currency: 'usd' }, { code: 'parameter_missing', param: 'amount' }],
    [{ amount: '-5' }, { code: 'parameter_missing', param: 'currency' }],
    [{ amount: '-5', currency: 'USD' }, { param: 'currency' }],
    [{ amount: '-5', currency: 'xyz' }, { param: 'currency' }],
    [{ amount: '-150', currency: 'isk' }, { code: 'invalid_charge_amount_no_decimal_compatible' }],
    [{ amount: '-150', currency: 'ugx' }, { code: 'invalid_charge_amount_no_decimal_compatible' }],
    [{ amount: '-1234', currency: 'kwd' }, { param: 'amount' }],
    [{ amount: '-5', currency: 'usd', description: 'x'.repeat(351) }, { param: 'description' }],
    [{ amount: '-5', currency: 'usd', [`metadata[${'k'.repeat(41)}]`]: 'v' }, { param: 'metadata' }],
    [{ amount: '-5', currency: 'usd', 'metadata[k]': 'v'.repeat(501) }, { param: 'metadata[k]' }],
    [
      { amount: '-5', currency: 'usd', type: 'adjustment' },
      { code: 'parameter_unknown', param: 'type' },
    ],
  ])('%j is refused and changes nothing', async (fields, error) => {
    const { raw, sim } = await startSandbox();
    const before = structuredClone(sim.state);
    const answer = await raw('/v1/customers/cus_New/balance_transactions', {
      method: 'POST',
      body: new URLSearchParams(Object.entries(fields)),
      headers: { 'idempotency-key': 'k' },
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { type: 'invalid_request_error', ...error } });
    expect(sim.state).toEqual(before);
  });

  test('whole units and three decimals are taken as documented', async () => {
    const { stripe } = await startSandbox();
    for (const [amount, currency] of [
      [-500, 'jpy'],
      [-1200, 'isk'],
      [-1230, 'kwd'],
      [-900_000_000, 'idr'],
    ] as const)
      expect(await stripe.customers.createBalanceTransaction('cus_New', { amount, currency })).toMatchObject({
        amount,
      });
  });

  test('a deleted customer takes no credit', async () => {
    const { stripe, books } = await startSandbox();
    const refused = await rejection(stripe.customers.createBalanceTransaction('cus_Gone', credit));
    expect(refused).toMatchObject({ statusCode: 404, code: 'resource_missing', param: 'customer' });
    expect(books().balanceTransactions.cus_Gone).toBeUndefined();
  });
});

describe('invoices', () => {
  test('a credit comes off the next invoice, and the rest stays', async () => {
    const { sim, stripe } = await startSandbox();
    await stripe.customers.createBalanceTransaction('cus_Ana', { amount: -6000, currency: 'usd' });
    const first = sim.finalizeInvoice('cus_Ana');
    expect(first).toMatchObject({
      total: 4900,
      amount_due: 0,
      status: 'paid',
      starting_balance: -6000,
      ending_balance: -1100,
    });
    const second = sim.finalizeInvoice('cus_Ana');
    expect(second).toMatchObject({
      amount_due: 3800,
      status: 'open',
      starting_balance: -1100,
      ending_balance: 0,
    });
    const listed = await stripe.customers.listBalanceTransactions('cus_Ana');
    expect(
      listed.data.map(({ type, amount, ending_balance, invoice }) => [type, amount, ending_balance, invoice]),
    ).toEqual([
      ['applied_to_invoice', 1100, 0, second.id],
      ['applied_to_invoice', 4900, -1100, first.id],
      ['adjustment', -6000, -6000, null],
    ]);
    const ofSecond = await stripe.customers.listBalanceTransactions('cus_Ana', { invoice: second.id });
    expect(ofSecond.data).toHaveLength(1);
  });

  test('a credit in another currency is never used', async () => {
    const { sim, stripe, books } = await startSandbox();
    await stripe.customers.createBalanceTransaction('cus_Ana', { amount: -6000, currency: 'eur' });
    expect(sim.finalizeInvoice('cus_Ana')).toMatchObject({ amount_due: 4900, starting_balance: 0 });
    expect(books().customers.cus_Ana?.balances).toEqual({ eur: -6000 });
  });

  test('an invoice too small to charge is paid, and its rest moves to the next one', async () => {
    const { sim, stripe, books } = await startSandbox();
    await stripe.customers.createBalanceTransaction('cus_Ana', { amount: -4880, currency: 'usd' });
    expect(sim.finalizeInvoice('cus_Ana')).toMatchObject({
      amount_due: 0,
      status: 'paid',
      ending_balance: 20,
    });
    expect(books().balanceTransactions.cus_Ana?.map(({ type, amount }) => [type, amount])).toEqual([
      ['adjustment', -4880],
      ['applied_to_invoice', 4880],
      ['invoice_too_small', 20],
    ]);
  });

  test('finalized invoices can be listed by customer and read', async () => {
    const { sim, stripe } = await startSandbox();
    const { id } = sim.finalizeInvoice('cus_Ana');
    expect((await stripe.invoices.list({ customer: 'cus_Ana' })).data).toMatchObject([{ id }]);
    expect((await stripe.invoices.list({ customer: 'cus_Ben' })).data).toEqual([]);
    expect(await stripe.invoices.retrieve(id)).toMatchObject({
      id,
      customer: 'cus_Ana',
      number: expect.any(String),
    });
  });

  test('a customer without a monthly plan has no invoice to finalize', async () => {
    const { sim } = await startSandbox();
    expect(() => sim.finalizeInvoice('cus_Ben')).toThrow('not billed monthly');
    expect(() => sim.finalizeInvoice('cus_Nobody')).toThrow('no customer cus_Nobody');
  });
});
