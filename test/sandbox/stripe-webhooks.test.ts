/** The Stripe simulator tells what happened as Stripe does: the real SDK believes it, and nothing else. */
import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { readSeed } from '../../sandbox/seed.ts';
import { createStripe } from '../../sandbox/stripe/simulator.ts';
import { EVENT_TYPES, type WebhookFault } from '../../sandbox/stripe/webhooks.ts';

const SECRET = 'whsec_ofThisTest';

/** An endpoint that answers the given statuses in turn, then 200, and keeps what it heard. */
function listening(statuses: number[] = [], own = false) {
  const stripe = createStripe({ seed: readSeed(), webhookRetryMs: 1 });
  stripe.connect('test');
  const heard: { body: string; signature: string }[] = [];
  stripe.listen('test', {
    url: 'http://nowhere.test/hook',
    secret: SECRET,
    events: EVENT_TYPES,
    own,
    fetch: (_, init) => {
      heard.push({
        body: String(init.body),
        signature: new Headers(init.headers).get('stripe-signature') ?? '',
      });
      return new Response(null, { status: statuses.shift() ?? 200 });
    },
  });
  const [customer] = Object.values(stripe.state.accounts[stripe.state.accountId]?.books.test.customers ?? {});
  if (customer === undefined) throw new Error('the seed has no customer');
  return { stripe, heard, id: customer.id, account: stripe.state.accountId };
}
const read = ({ body, signature }: { body: string; signature: string }) =>
  Stripe.webhooks.constructEventAsync(body, signature, SECRET);

describe('every change of a customer is told', () => {
  test('updated: with what it was before, of the connected account, signed so that the SDK believes it', async () => {
    const { stripe, heard, id, account } = listening();
    const { email } = stripe.state.accounts[account]?.books.test.customers[id] ?? {};
    stripe.changeCustomer('test', id, { email: 'new@example.com' });
    await stripe.webhooks.settled();
    expect(heard).toHaveLength(1);
    const [only = { body: '', signature: '' }] = heard;
    expect(await read(only)).toMatchObject({
      object: 'event',
      type: 'customer.updated',
      account,
      livemode: false,
      data: { object: { id, email: 'new@example.com' }, previous_attributes: { email } },
    });
    await expect(read({ ...only, body: `${only.body} ` })).rejects.toThrow();
  });

  test('deleted: once, with the customer as it last was', async () => {
    const { stripe, heard, id } = listening();
    stripe.changeCustomer('test', id, { deleted: true });
    stripe.changeCustomer('test', id, { deleted: true });
    await stripe.webhooks.settled();
    expect(heard.map(({ body }) => JSON.parse(body))).toMatchObject([
      { type: 'customer.deleted', data: { object: { id, object: 'customer' } } },
    ]);
  });

  test('nothing, where nothing changed, and nothing of an account that is not connected', async () => {
    const { stripe, heard, id, account } = listening();
    stripe.changeCustomer('test', id, {});
    stripe.revoke(account, 'test');
    stripe.changeCustomer('test', id, { name: 'Somebody Else' });
    await stripe.webhooks.settled();
    expect(heard.map(({ body }) => JSON.parse(body).type)).toEqual(['account.application.deauthorized']);
  });

  test('to an endpoint of the account itself it names no account', async () => {
    const { stripe, heard, id } = listening([], true);
    stripe.changeCustomer('test', id, { name: 'Somebody Else' });
    await stripe.webhooks.settled();
    expect(JSON.parse(heard[0]?.body ?? '{}')).not.toHaveProperty('account');
  });
});

test('what is not answered with 2xx is tried again, the same event signed anew', async () => {
  const { stripe, heard, id } = listening([500, 302]);
  stripe.changeCustomer('test', id, { name: 'Somebody Else' });
  await expect.poll(() => heard.length).toBe(3);
  await stripe.webhooks.settled();
  expect(new Set(heard.map(({ body }) => body)).size).toBe(1);
  expect(stripe.webhooks.deliveries.map(({ status }) => status)).toEqual([500, 302, 200]);
  stripe.webhooks.close();
});

describe('what can go wrong', () => {
  const twoChanges = async (fault: WebhookFault) => {
    const { stripe, heard, id } = listening();
    stripe.webhooks.misbehave(fault);
    stripe.changeCustomer('test', id, { name: 'First' });
    stripe.changeCustomer('test', id, { name: 'Second' });
    await stripe.webhooks.settled();
    return { heard, names: heard.map(({ body }) => JSON.parse(body).data.object.name) };
  };

  test('twice, overtaken, or never', async () => {
    expect((await twoChanges('duplicate')).names).toEqual(['First', 'First', 'Second']);
    expect((await twoChanges('reorder')).names).toEqual(['Second', 'First']);
    expect((await twoChanges('lost')).names).toEqual(['Second']);
  });

  test('signed by somebody else, or long ago: the SDK refuses the first and believes the second', async () => {
    for (const fault of ['signature', 'stale'] as const) {
      const [bad, good] = (await twoChanges(fault)).heard;
      if (bad === undefined || good === undefined) throw new Error('two were sent');
      await expect(read(bad)).rejects.toThrow(fault === 'stale' ? /timestamp/i : /signature/i);
      expect((await read(good)).type).toBe('customer.updated');
    }
  });
});
