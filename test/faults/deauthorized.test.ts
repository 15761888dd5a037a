/** F15: Stripe tells by itself that the access was taken back. */
import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { titleOf } from '../../src/contract/problems.ts';
import { ANNAS_CUSTOMER, creditsThrough, type Stage, setStage } from '../proxy/stage.ts';
import { stripeOf } from '../support/through-connect.ts';
import { expectPaidOnce, expectUnpaid } from './expect-paid-once.ts';
import { askUntilSettled, atCredit, ID, interrupted, manyRewards } from './scene.ts';

const toStripe = ({ exchanges }: Pick<Stage, 'exchanges'>) =>
  exchanges.filter(({ service }) => service === 'stripe');
const reconnect = async (stage: Stage) => {
  stage.stripe.connect('test');
  await stage.db.updateTable('connections').set({ broken: null }).execute();
};

const SECRET = 'whsec_ofThisTest';
const listening = { env: { STRIPE_WEBHOOK_SECRET_TEST: SECRET } };
/** Stripe tells the proxy; answers what the proxy said. */
async function revokeAndTell(stage: Stage, secret = SECRET) {
  const { webhooks, state } = stage.stripe;
  webhooks.listen('test', {
    url: '/v1/webhooks/stripe',
    secret,
    fetch: async (url, init) => stage.app.request(url, init),
  });
  stage.stripe.revoke(state.accountId, 'test');
  await webhooks.settled();
  return webhooks.deliveries.map(({ status }) => status);
}
const post = (stage: Stage, body: string, signature?: string) =>
  stage.app.request('/v1/webhooks/stripe', {
    method: 'POST',
    body,
    ...(signature !== undefined && { headers: { 'stripe-signature': signature } }),
  });
function signed(event: object, secret = SECRET, ageSeconds = 0): [body: string, signature: string] {
  const payload = JSON.stringify(event);
  const timestamp = Math.floor(Date.now() / 1000) - ageSeconds;
  return [payload, Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp })];
}
const deauthorized = (over: object = {}) => ({
  id: 'evt_1',
  object: 'event',
  type: 'account.application.deauthorized',
  account: 'acct_1MeadowSandbox001',
  livemode: false,
  created: 1,
  data: { object: { id: 'ca_x', object: 'application' } },
  ...over,
});

describe('F15 · deauthorized by webhook in the middle of a batch', () => {
  test('after the answer to the webhook nothing is sent by any proxy, and the rewards wait', async () => {
    const { cast, ids } = manyRewards(30);
    const stage = await setStage({ ...cast, ...listening });
    const answered: number[] = [];
    const proxies = await Promise.all(
      [1, 2].map(() =>
        interrupted(stage, async () => {
          if (answered.length > 0) return;
          // The access itself still works: only what the webhook said can stop what follows.
          const response = await post(stage, ...signed(deauthorized()));
          expect(response.status).toBe(200);
          answered.push(toStripe(stage).length);
        }),
      ),
    );
    atCredit(stage, { fault: 'F9', after: 2 });
    const outcomes = (
      await Promise.all(
        proxies.map((proxy, n) => creditsThrough(proxy, stage, ids.slice(15 * n, 15 * n + 15))),
      )
    ).flat();
    // What was on its way when the webhook was answered, at most one for each proxy.
    expect(toStripe(stage).length - (answered[0] ?? 0)).toBeLessThanOrEqual(2);
    expect(outcomes.filter(({ reason }) => reason === 'not_connected').length).toBeGreaterThanOrEqual(26);
    expect(await stripeOf(stage)).toMatchObject({
      connected: false,
      broken: 'access_taken',
    });
    await reconnect(stage);
    await askUntilSettled(stage, ids);
    for (const id of ids) expectPaidOnce(stage, id);
  });

  test('a request that waited over it sends nothing at all, though its access still works', async () => {
    const stage = await setStage(listening);
    let calls = 0;
    const slow = await interrupted(stage, async () => {
      expect((await post(stage, ...signed(deauthorized()))).status).toBe(200);
      calls = toStripe(stage).length;
    });
    atCredit(stage, { fault: 'F9' });
    expect(await creditsThrough(slow, stage, [ID])).toMatchObject([
      { state: 'waiting', reason: 'not_connected' },
    ]);
    expect(toStripe(stage)).toHaveLength(calls);
    expectUnpaid(stage);
  });

  test('whoever reads meanwhile is answered in sentences, not in a code of ours', async () => {
    const stage = await setStage(listening);
    const slow = await interrupted(stage, async () => {
      expect((await post(stage, ...signed(deauthorized()))).status).toBe(200);
    });
    stage.stripe.inject({ fault: 'F9', method: 'GET' });
    const answer = await slow.request(`/v1/test/customers/${ANNAS_CUSTOMER}`, {
      headers: { authorization: `Bearer ${stage.admin}` },
    });
    const { requestId, ...problem } = await answer.json();
    expect(requestId).toEqual(expect.any(String));
    expect(problem).toEqual({
      type: 'about:blank',
      code: 'not_connected',
      title: titleOf('not_connected'),
      status: 409,
    });
  });

  test('a request that waited while another account was connected sends nothing for the former one', async () => {
    const stage = await setStage();
    let calls = 0;
    const slow = await interrupted(stage, async () => {
      await stage.db.updateTable('connections').set({ account: 'acct_another' }).execute();
      calls = toStripe(stage).length;
    });
    atCredit(stage, { fault: 'F9' });
    expect(await creditsThrough(slow, stage, [ID])).toMatchObject([{ reason: 'not_connected' }]);
    expect(toStripe(stage)).toHaveLength(calls);
    expect(await stripeOf(stage)).toMatchObject({ connected: true, broken: null });
    expectUnpaid(stage);
  });

  test('the sandbox tells it as Stripe does, and a duplicate does not break the connection made since', async () => {
    const stage = await setStage(listening);
    expect(await revokeAndTell(stage)).toEqual([200]);
    expect(await stripeOf(stage)).toMatchObject({ connected: false });
    await reconnect(stage);
    const [delivery] = stage.stripe.webhooks.deliveries;
    if (delivery === undefined) throw new Error('nothing was delivered');
    stage.stripe.webhooks.resend(delivery.event);
    await stage.stripe.webhooks.settled();
    expect(stage.stripe.webhooks.deliveries.map(({ status }) => status)).toEqual([200, 200]);
    expect(await stripeOf(stage)).toMatchObject({ connected: true });
  });

  test('an event that an earlier version of the proxy heard says nothing new either', async () => {
    const stage = await setStage(listening);
    await stage.db.insertInto('facts').values({ name: 'stripe_event evt_1', value: '' }).execute();
    expect((await post(stage, ...signed(deauthorized()))).status).toBe(200);
    expect(await stripeOf(stage)).toMatchObject({ connected: true });
  });

  const refused: [string, [body: string, signature?: string]][] = [
    ['no signature', [JSON.stringify(deauthorized())]],
    ['another secret', signed(deauthorized(), 'whsec_another')],
    ['a signature of an hour ago', signed(deauthorized(), SECRET, 3600)],
    ['another body', [JSON.stringify(deauthorized({ id: 'evt_2' })), signed(deauthorized())[1]]],
    ['nonsense', ['nonsense', 't=1,v1=abc']],
  ];
  test.each(refused)('refused, and nothing changes: %s', async (_, [body, signature]) => {
    const stage = await setStage(listening);
    const answer = await post(stage, body, signature);
    expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'webhook_invalid' }]);
    expect(await stripeOf(stage)).toMatchObject({ connected: true });
  });

  const ignored: [string, object][] = [
    ['the other mode', { livemode: true }],
    ['another account', { account: 'acct_another' }],
    ['another event', { type: 'customer.updated' }],
    ['no account', { account: undefined }],
  ];
  test.each(ignored)('heard, and nothing changes: %s', async (_, over) => {
    const stage = await setStage(listening);
    const test = await stage.db.selectFrom('connections').selectAll().executeTakeFirstOrThrow();
    await stage.db
      .insertInto('connections')
      .values({ ...test, mode: 'live' })
      .execute();
    expect((await post(stage, ...signed(deauthorized(over)))).status).toBe(200);
    for (const mode of ['test', 'live'] as const)
      expect(await stripeOf(stage, mode)).toMatchObject({ connected: true });
  });

  test('without a secret there is no such route', async () => {
    const stage = await setStage();
    expect((await post(stage, ...signed(deauthorized()))).status).toBe(404);
  });
});
