import { describe, expect, test } from 'vitest';
import { ACCOUNT, KEYS, rejection, startSandbox } from './stripe-setup.ts';

describe('customers through the real SDK', () => {
  test('a created customer can be read, changed and deleted', async () => {
    const { stripe } = await startSandbox();
    const made = await stripe.customers.create({
      email: 'cy@example.com',
      name: 'Cy',
      metadata: { a: '1', b: '2' },
    });
    expect(made).toMatchObject({ object: 'customer', currency: null, balance: 0, livemode: false });

    const changed = await stripe.customers.update(made.id, { name: '', metadata: { a: '', c: '3' } });
    expect(changed).toMatchObject({ name: null, email: 'cy@example.com', metadata: { b: '2', c: '3' } });
    expect(await stripe.customers.retrieve(made.id)).toMatchObject({
      id: made.id,
      metadata: { b: '2', c: '3' },
    });

    expect(await stripe.customers.del(made.id)).toEqual(
      expect.objectContaining({ id: made.id, object: 'customer', deleted: true }),
    );
  });

  test('a deleted customer is read as deleted, cannot be written, and is in no list', async () => {
    const { stripe } = await startSandbox();
    expect(await stripe.customers.retrieve('cus_Gone')).toMatchObject({ deleted: true });
    const refused = await rejection(stripe.customers.update('cus_Gone', { name: 'Back' }));
    expect(refused).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
      type: 'StripeInvalidRequestError',
    });
    const listed = await stripe.customers.list({ limit: 100 });
    expect(listed.data.map(({ id }) => id)).toEqual(['cus_New', 'cus_Ben', 'cus_Ana']);
  });

  test('a list by e-mail is exact and knows upper from lower case', async () => {
    const { stripe } = await startSandbox();
    expect((await stripe.customers.list({ email: 'ana@example.com' })).data).toHaveLength(1);
    expect((await stripe.customers.list({ email: 'Ana@example.com' })).data).toHaveLength(0);
  });

  test('auto-pagination meets every customer once, newest first, and back again with ending_before', async () => {
    const { stripe, clock } = await startSandbox();
    for (let made = 0; made < 5; made += 1) {
      clock.advance(1000);
      await stripe.customers.create({ name: `No ${made}` });
    }
    const ids: string[] = [];
    for await (const { id } of stripe.customers.list({ limit: 3 })) ids.push(id);
    expect(ids).toHaveLength(8);
    expect(new Set(ids).size).toBe(8);
    const before = await stripe.customers.list({ limit: 2, ending_before: ids[4] });
    expect(before.data.map(({ id }) => id)).toEqual([ids[2], ids[3]]);
    expect(before.has_more).toBe(true);
  });

  test('created filters by seconds, from and to', async () => {
    const { stripe, clock } = await startSandbox();
    const now = Math.floor(clock.now() / 1000);
    const recent = await stripe.customers.list({ created: { gte: now - 2 * 86_400 } });
    expect(recent.data.map(({ id }) => id)).toEqual(['cus_New']);
  });

  test('invoice_credit_balance comes only when asked for, per currency and with the opposite sign', async () => {
    const { stripe } = await startSandbox();
    const plain = await stripe.customers.retrieve('cus_Ben');
    expect(plain).not.toHaveProperty('invoice_credit_balance');
    const full = await stripe.customers.retrieve('cus_Ben', { expand: ['invoice_credit_balance'] });
    expect(full).toMatchObject({ balance: -500, invoice_credit_balance: { eur: 500 } });
    const listed = await stripe.customers.list({ expand: ['data.invoice_credit_balance'] });
    expect(listed.data.find(({ id }) => id === 'cus_Ben')?.invoice_credit_balance).toEqual({ eur: 500 });
  });

  test('setting balance writes the difference as a transaction', async () => {
    const { stripe, books } = await startSandbox();
    await stripe.customers.update('cus_Ben', { balance: -800 });
    expect(books().balanceTransactions.cus_Ben?.at(-1)).toMatchObject({ amount: -300, ending_balance: -800 });
  });

  test('an unknown parameter is refused by name and changes nothing', async () => {
    const { raw, books } = await startSandbox();
    const before = structuredClone(books());
    const answer = await raw('/v1/customers/cus_Ana', {
      method: 'POST',
      body: new URLSearchParams({ name: 'X', colour: 'red' }),
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      error: {
        type: 'invalid_request_error',
        code: 'parameter_unknown',
        param: 'colour',
        doc_url: expect.any(String),
      },
    });
    expect(books()).toEqual(before);
  });

  test('ids that every object answers to are simply missing', async () => {
    const { raw } = await startSandbox();
    for (const id of ['constructor', '__proto__', 'toString'])
      expect((await raw(`/v1/customers/${id}`)).status).toBe(404);
  });

  test('a body that is not form-encoded is refused', async () => {
    const { raw } = await startSandbox();
    const answer = await raw('/v1/customers', {
      method: 'POST',
      body: '{"name":"Json"}',
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(400);
  });
});

describe('modes', () => {
  test('a key sees nothing of the other mode, and is told so', async () => {
    const { stripe, sdk } = await startSandbox();
    const fromTest = await rejection(stripe.customers.retrieve('cus_Live'));
    expect(fromTest).toMatchObject({ statusCode: 404, code: 'resource_missing' });
    expect(fromTest.message).toContain('a similar object exists in live mode, but a test mode key was used');
    const fromLive = await rejection(sdk(KEYS.restrictedLive).customers.retrieve('cus_Ana'));
    expect(fromLive.message).toContain('a similar object exists in test mode, but a live mode key was used');
    const live = await sdk(KEYS.restrictedLive).customers.list();
    expect(live.data).toMatchObject([{ id: 'cus_Live', livemode: true }]);
  });

  test('the platform’s own account is empty', async () => {
    const { sim, sdk } = await startSandbox();
    sim.connect('test');
    const platform = sdk(KEYS.test);
    expect((await platform.customers.list()).data).toEqual([]);
    expect((await platform.customers.list({}, { stripeAccount: ACCOUNT })).data).toHaveLength(3);
  });
});

test('subscriptions are shown where they are asked for, to a key that may read them', async () => {
  const { sim, sdk, stripe } = await startSandbox();
  const expand = ['data.subscriptions'];
  const refused = [
    stripe.customers.list({ expand }),
    stripe.customers.search({ query: 'name:"Ana Lima"', expand }),
    stripe.customers.retrieve('cus_Ana', { expand: ['subscriptions'] }),
  ];
  for (const attempt of refused)
    expect(await rejection(attempt)).toMatchObject({
      statusCode: 403,
      message: expect.stringContaining('rak_subscription_read'),
    });
  sim.connect('test');
  const platform = sdk(KEYS.test, { stripeAccount: ACCOUNT });
  const [ana] = (await platform.customers.list({ email: 'ana@example.com', expand })).data;
  expect(ana?.subscriptions?.data).toMatchObject([
    { object: 'subscription', customer: 'cus_Ana', created: ana?.created },
  ]);
  const [ben] = (await platform.customers.list({ email: 'ben@example.com', expand })).data;
  expect(ben?.subscriptions?.data).toEqual([]);
  expect((await platform.customers.list()).data[0]).not.toHaveProperty('subscriptions');
});
