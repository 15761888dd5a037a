/** Access to Stripe ends in the middle of the work, or was never for this mode. */
import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { createStripeAccess } from '../../src/proxy/stripe-access.ts';
import { ANNAS_CUSTOMER, creditsOf, customer, type Stage, setStage } from '../proxy/stage.ts';
import { stripeOf } from '../support/through-connect.ts';
import { expectPaidOnce, expectUnpaid } from './expect-paid-once.ts';
import {
  ANOTHER_CUSTOMER,
  askUntilSettled,
  atCredit,
  ID,
  loseTheAnswer,
  manyRewards,
  relink,
  TRANSACTIONS,
  twoCustomers,
} from './scene.ts';

const toStripe = ({ exchanges }: Pick<Stage, 'exchanges'>) =>
  exchanges.filter(({ service }) => service === 'stripe');
const reconnect = async (stage: Stage) => {
  stage.stripe.connect('test');
  await stage.db.updateTable('connections').set({ broken: null }).execute();
};

describe('F14 · 401 or 403, revoked in the middle of a batch', () => {
  test('nothing more is sent for the account, the rewards wait, and are paid once it is connected again', async () => {
    const { cast, ids } = manyRewards(30);
    const stage = await setStage(cast);
    atCredit(stage, { fault: 'F14', after: 2 });
    const outcomes = await stage.credits({ rewards: ids });
    expect(outcomes.filter(({ state }) => state === 'redeemed')).toHaveLength(2);
    expect(outcomes.filter(({ reason }) => reason === 'not_connected')).toHaveLength(28);
    expect(toStripe(stage).findIndex(({ status }) => status === 403)).toBe(toStripe(stage).length - 1);
    const sent = toStripe(stage).length;
    expect(await stage.credits({ rewards: ids.slice(5, 6) })).toMatchObject([
      { state: expect.stringMatching(/waiting|redeemed/) },
    ]);
    expect(toStripe(stage)).toHaveLength(sent);
    expect(await stripeOf(stage)).toMatchObject({
      connected: false,
      broken: expect.stringContaining('revoked'),
    });
    await reconnect(stage);
    await askUntilSettled(stage, ids);
    for (const id of ids) expectPaidOnce(stage, id);
  });

  test('one reward alone: that the access was taken back is known to all at once', async () => {
    const stage = await setStage();
    atCredit(stage, { fault: 'F14' });
    expect(await stage.credits({ rewards: [ID] })).toMatchObject([{ reason: 'not_connected' }]);
    expect(await stripeOf(stage)).toMatchObject({ connected: false });
    expectUnpaid(stage);
  });

  test('an answer was lost before: what is unknown stays unknown, and is found afterwards', async () => {
    const stage = await setStage();
    await loseTheAnswer(stage);
    stage.stripe.revoke(stage.stripe.state.accountId, 'test');
    expect(await stage.credits({ rewards: [ID] })).toMatchObject([{ reason: 'not_connected' }]);
    await reconnect(stage);
    await askUntilSettled(stage);
    expectPaidOnce(stage);
  });

  test('a refused key: every reward waits, and says which key it is', async () => {
    const stage = await setStage({
      unconnected: true,
      env: {
        STRIPE_CLIENT_ID_TEST: undefined,
        STRIPE_SECRET_KEY_TEST: undefined,
        STRIPE_RESTRICTED_KEY_TEST: 'rk_test_sandboxMeadowNotARealKey',
      },
    });
    atCredit(stage, { fault: 'F14' });
    expect(await stage.credits({ rewards: [ID] })).toMatchObject([
      {
        state: 'waiting',
        reason: 'permission_missing',
        facts: { detail: expect.stringContaining('Expired') },
      },
    ]);
    expectUnpaid(stage);
  });

  test('once Stripe has said so, the same access asks it nothing more', async () => {
    let asked = 0;
    const error = {
      type: 'invalid_request_error',
      code: 'account_invalid',
      message: 'Access may be revoked.',
    };
    const httpClient = Stripe.createFetchHttpClient(async () => {
      asked += 1;
      return Response.json({ error }, { status: 403 });
    });
    const sdk = new Stripe('sk_test_x', { httpClient });
    const access = createStripeAccess(sdk, 'test', 'acct_1', async () => undefined);
    for (const _ of ['once', 'twice'])
      await expect(access.customer(ANNAS_CUSTOMER)).rejects.toMatchObject({ failure: 'revoked' });
    expect(asked).toBe(1);
  });

  test('a late refusal of the former account does not break the new connection', async () => {
    const stage = await setStage();
    await stage.parts.connections.markBroken('test', 'acct_former', 'revoked');
    expect(await stripeOf(stage)).toMatchObject({ connected: true, broken: null });
  });

  test('with another account connected, what became of a credit in the first one is not guessed', async () => {
    const stage = await setStage();
    await loseTheAnswer(stage);
    await stage.db.updateTable('connections').set({ account: 'acct_another' }).execute();
    expect(await stage.credits({ rewards: [ID] })).toMatchObject([
      { state: 'held', reason: 'account_changed', facts: { detail: stage.stripe.state.accountId } },
    ]);
  });
});

const creditsSent = (stage: Stage) =>
  toStripe(stage).filter(({ method, path }) => method === 'POST' && TRANSACTIONS.test(path)).length;

describe('F16 · what is of the other mode', () => {
  test('a customer of the other mode holds the reward; a new link pays it once', async () => {
    const stage = await setStage(twoCustomers);
    atCredit(stage, { fault: 'F16' });
    expect(await stage.credits({ rewards: [ID] })).toMatchObject([
      { state: 'held', reason: 'customer_other_mode', facts: { customer: ANNAS_CUSTOMER } },
    ]);
    expectUnpaid(stage);
    relink(stage);
    await askUntilSettled(stage);
    expectPaidOnce(stage, ID, { customer: ANOTHER_CUSTOMER });
  });

  test('a link to a live customer is refused in test mode, before anything is sent', async () => {
    const stage = await setStage({ customers: [customer({ mode: 'live' })] });
    expect(await stage.credits({ rewards: [ID] })).toMatchObject([
      { state: 'held', reason: 'customer_other_mode' },
    ]);
    expect(creditsSent(stage)).toBe(0);
    expect(creditsOf(stage, ID, 'live')).toEqual([]);
    expectUnpaid(stage);
  });

  test('an answer from the other mode is not believed', async () => {
    const body = { object: 'customer', id: ANNAS_CUSTOMER, livemode: true, balance: 0, created: 1 };
    const httpClient = Stripe.createFetchHttpClient(async () => Response.json(body));
    const sdk = new Stripe('sk_test_x', { httpClient });
    const access = createStripeAccess(sdk, 'test', null, async () => undefined);
    await expect(access.customer(ANNAS_CUSTOMER)).rejects.toMatchObject({ failure: 'unknown' });
  });

  test('another tenant’s Advocate key: a refused key pays nothing and says whose it is', async () => {
    const stage = await setStage();
    stage.advocate.inject({ fault: 'unauthorized', times: 9 });
    expect(await stage.credits({ rewards: [ID] })).toMatchObject([
      { state: 'waiting', reason: 'advocate_refused_key' },
    ]);
    expectUnpaid(stage);
  });
});
