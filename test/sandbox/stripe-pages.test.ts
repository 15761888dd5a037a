import { describe, expect, test } from 'vitest';
import { ACCOUNT, startSandbox } from './stripe-setup.ts';

const read = async (answer: Response) => ({ status: answer.status, text: await answer.text() });

describe('the dashboard pages', () => {
  test('a customer’s page shows the credit, why it was given, and what it takes off the next invoice', async () => {
    const { stripe, raw } = await startSandbox();
    await stripe.customers.createBalanceTransaction('cus_Ana', {
      amount: -2000,
      currency: 'usd',
      description: 'Referral reward',
      metadata: { reward: 'r-77' },
    });
    const { status, text } = await read(await raw('/test/customers/cus_Ana'));
    expect(status).toBe(200);
    for (const shown of [
      'Sandbox',
      'Test mode',
      'Ana Lima',
      'ana@example.com',
      '$20.00 USD',
      'Referral reward',
      'r-77',
    ])
      expect(text).toContain(shown);
    expect(text).toContain('$49.00 USD');
    expect(text).toContain('$29.00 USD');
  });

  test('each mode has its own addresses, with and without the account', async () => {
    const { raw } = await startSandbox();
    const statuses = async (...paths: string[]) =>
      Promise.all(paths.map(async (path) => (await raw(path)).status));
    expect(
      await statuses('/test/customers/cus_Ana', `/${ACCOUNT}/test/customers/cus_Ana`, '/test/customers'),
    ).toEqual([200, 200, 200]);
    expect(await statuses('/customers/cus_Live', `/${ACCOUNT}/customers/cus_Live`, '/customers')).toEqual([
      200, 200, 200,
    ]);
    expect(
      await statuses('/customers/cus_Ana', '/test/customers/cus_Live', '/acct_Other/test/customers/cus_Ana'),
    ).toEqual([404, 404, 404]);
  });

  test('what customers are called is shown as text', async () => {
    const { stripe, raw } = await startSandbox();
    const { id } = await stripe.customers.create({ name: '<img src=x onerror=alert(1)>' });
    const { text } = await read(await raw(`/test/customers/${id}`));
    expect(text).not.toContain('<img');
    expect(text).toContain('&lt;img');
  });

  test('the pages can stand behind another front', async () => {
    const { sim } = await startSandbox();
    const answer = await sim.app.fetch(new Request('https://dashboard.stripe.com/test/customers/cus_Ana'));
    expect(answer.status).toBe(200);
  });

  test('a person can finalize the invoice from the page and comes back to it', async () => {
    const { raw, books } = await startSandbox();
    const answer = await raw('/_sandbox/customers/cus_Ana/invoice', {
      method: 'POST',
      headers: { accept: 'text/html' },
    });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/test/customers/cus_Ana']);
    expect(Object.keys(books().invoices)).toHaveLength(1);
  });
});

describe('control from another process', () => {
  const json = (method: string, body?: object) => ({
    method,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });

  test('faults are set and cleared', async () => {
    const { raw } = await startSandbox();
    const fault = { fault: 'F5', method: 'GET', path: '^/v1/customers$', times: 2 };
    expect((await raw('/_sandbox/faults', json('POST', fault))).status).toBe(204);
    expect((await raw('/v1/customers')).status).toBe(500);
    expect((await raw('/_sandbox/faults', { method: 'DELETE' })).status).toBe(204);
    expect((await raw('/v1/customers')).status).toBe(200);
  });

  test.each([{}, { fault: 'F99' }, { fault: 'F1', path: '(' }, { fault: 'F1', when: 'now' }])(
    'a fault like %j is refused',
    async (fault) => {
      const { raw } = await startSandbox();
      expect((await raw('/_sandbox/faults', json('POST', fault))).status).toBe(400);
      expect((await raw('/v1/customers')).status).toBe(200);
    },
  );

  test('the state is readable, without any key', async () => {
    const { raw, sim } = await startSandbox();
    const state = await (await raw('/_sandbox/state')).json();
    expect(state).toEqual(JSON.parse(JSON.stringify(sim.state)));
    expect(JSON.stringify(state)).not.toMatch(/[sr]k_(test|live)_/);
  });

  test('settings and limits are changed, a connection is revoked', async () => {
    const { raw, sim } = await startSandbox();
    sim.connect('test');
    await raw('/_sandbox/settings', json('PATCH', { searchLagMs: 0, limits: { enabled: true } }));
    expect(sim.settings.searchLagMs).toBe(0);
    expect(sim.limits).toMatchObject({ enabled: true, test: 25 });
    expect(await (await raw('/_sandbox/revoke', json('POST', { mode: 'test' }))).json()).toEqual({
      revoked: true,
    });
  });

  test('controls are not reported as exchanges with Stripe', async () => {
    const { raw, exchanges } = await startSandbox();
    await raw('/_sandbox/state');
    await raw('/v1/customers');
    expect(exchanges.map(({ path }) => path)).toEqual(['/v1/customers']);
  });
});
