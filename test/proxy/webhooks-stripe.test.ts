/** Stripe's word on customers: it has rewards looked at anew, and is believed of the connected account alone. */
import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { EVENT_TYPES, type WebhookFault } from '../../sandbox/stripe/webhooks.ts';
import { listenFor, listenOnPort } from './hint-scene.ts';
import { ANNAS_CUSTOMER, type Cast, creditsOf, customer, reward, type Stage, setStage } from './stage.ts';

const SECRET = 'whsec_ofThisTest';
const ID = reward().id;
const CUSTOMERS = { mode: 'test', kind: 'customers' };
const hintsOf = ({ db }: Stage) => db.selectFrom('hints').select(['mode', 'kind']).execute();

/** A stage whose Stripe tells its proxy of everything. */
async function telling(cast: Cast = {}): Promise<Stage> {
  const stage = await setStage({ ...cast, env: { STRIPE_WEBHOOK_SECRET_TEST: SECRET, ...cast.env } });
  stage.stripe.listen('test', {
    url: '/v1/webhooks/stripe',
    secret: SECRET,
    events: EVENT_TYPES,
    fetch: async (url, init) => stage.app.request(url, init),
  });
  // The proxy has seen who is linked to whom.
  await stage.ask('GET', '/test/rewards');
  return stage;
}
const statuses = async ({ stripe }: Stage) => {
  await stripe.webhooks.settled();
  return stripe.webhooks.deliveries.map(({ status }) => status);
};
type Page = { rewards: { id: string; state: string; reason: string | null }[]; after: string };
const page = async ({ ask }: Stage, after?: string) =>
  (await ask('GET', `/test/rewards${after === undefined ? '' : `?after=${after}`}`)).body as Page;

const eventOf = (stage: Stage, over: object = {}) => ({
  id: 'evt_1',
  object: 'event',
  type: 'customer.deleted',
  account: stage.stripe.state.accountId,
  livemode: false,
  created: 1,
  data: { object: { id: ANNAS_CUSTOMER, object: 'customer' } },
  ...over,
});
function post(stage: Stage, event: object, ageSeconds = 0, secret = SECRET) {
  const payload = JSON.stringify(event);
  const timestamp = Math.floor(Date.now() / 1000) - ageSeconds;
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
  return stage.app.request('/v1/webhooks/stripe', {
    method: 'POST',
    body: payload,
    headers: { 'stripe-signature': signature },
  });
}

describe('what Stripe says of a customer has its rewards looked at anew', () => {
  test('deleted: the next page has them, and the attempt holds them as it always did', async () => {
    const stage = await telling();
    const { after } = await page(stage);
    expect((await page(stage, after)).rewards).toEqual([]);
    stage.stripe.changeCustomer('test', ANNAS_CUSTOMER, { deleted: true });
    expect(await statuses(stage)).toEqual([200]);
    expect(await hintsOf(stage)).toEqual([CUSTOMERS]);
    const { rewards } = await page(stage, after);
    expect(rewards.map(({ id }) => id)).toEqual([ID]);
    expect(await stage.credits({ rewards: [ID] })).toMatchObject([
      { state: 'held', reason: 'customer_deleted' },
    ]);
    expect(creditsOf(stage, ID)).toEqual([]);
  });

  test('updated so that nothing holds it any more: it counts as ready, and is paid', async () => {
    const stage = await telling({ customers: [customer({ currency: null })] });
    expect(await stage.credits({ rewards: [ID] })).toMatchObject([
      { state: 'held', reason: 'currency_unset' },
    ]);
    const { after, rewards } = await page(stage);
    expect(rewards).toMatchObject([{ state: 'held', reason: 'currency_unset' }]);
    stage.stripe.changeCustomer('test', ANNAS_CUSTOMER, { currency: 'usd' });
    expect(await statuses(stage)).toEqual([200]);
    // For whoever reads on, and for a browser that reads from the beginning.
    for (const from of [after, undefined])
      expect((await page(stage, from)).rewards).toMatchObject([{ id: ID, state: 'ready', reason: null }]);
    expect(await stage.credits({ rewards: [ID] })).toMatchObject([{ state: 'redeemed' }]);
    expect(creditsOf(stage, ID)).toHaveLength(1);
  });

  test('the browser that drains is told', async () => {
    const stage = await telling();
    const listening = await listenFor(await listenOnPort(stage), stage.admin);
    stage.stripe.changeCustomer('test', ANNAS_CUSTOMER, { deleted: true });
    expect(await listening.until(1)).toEqual([CUSTOMERS]);
  });

  test('every browser is told that access was taken back', async () => {
    const stage = await telling();
    const support = await listenFor(await listenOnPort(stage), await stage.pairAs('support'));
    stage.stripe.revoke(stage.stripe.state.accountId, 'test');
    expect(await support.until(1)).toEqual([{ mode: 'test', kind: 'connection' }]);
  });
});

describe('heard, and nobody is woken', () => {
  test('our own credits, of which Stripe tells as well', async () => {
    const stage = await telling();
    expect(await stage.credits({ rewards: [ID] })).toMatchObject([{ state: 'redeemed' }]);
    expect(await statuses(stage)).toEqual([200]);
    expect(stage.stripe.webhooks.deliveries[0]?.event.type).toBe('customer.updated');
    expect(await hintsOf(stage)).toEqual([]);
    expect(await stage.db.selectFrom('heard').selectAll().execute()).toEqual([]);
  });

  const others: [string, object][] = [
    ['a customer to whom nobody is linked', { data: { object: { id: 'cus_Stranger000001' } } }],
    ['another account', { account: 'acct_another' }],
    [
      'that another account took its access back',
      { type: 'account.application.deauthorized', account: 'acct_another' },
    ],
    ['the platform itself', { account: undefined }],
    ['live mode, by the secret of test mode', { livemode: true }],
    ['an invoice', { type: 'invoice.paid' }],
    ['something that is no customer', { data: { object: { id: 'sub_1' } } }],
  ];
  test.each(others)('%s', async (_, over) => {
    const stage = await telling();
    expect((await post(stage, eventOf(stage, over))).status).toBe(200);
    expect(await hintsOf(stage)).toEqual([]);
  });

  test('the same event once more, though signed anew', async () => {
    const stage = await telling();
    const { after } = await page(stage);
    for (let n = 0; n < 3; n++) expect((await post(stage, eventOf(stage))).status).toBe(200);
    expect(await hintsOf(stage)).toEqual([CUSTOMERS]);
    const again = await page(stage, after);
    expect((await page(stage, again.after)).rewards).toEqual([]);
  });
});

test('with a key of the account itself, its own events count, and those of connected accounts do not', async () => {
  const stage = await telling({
    unconnected: true,
    env: {
      STRIPE_CLIENT_ID_TEST: undefined,
      STRIPE_SECRET_KEY_TEST: undefined,
      STRIPE_RESTRICTED_KEY_TEST: 'rk_test_ofTheAccount',
    },
  });
  await post(stage, eventOf(stage));
  expect(await hintsOf(stage)).toEqual([]);
  await post(stage, eventOf(stage, { id: 'evt_2', account: undefined }));
  expect(await hintsOf(stage)).toEqual([CUSTOMERS]);
});

describe('refused, and nothing is written', () => {
  async function expectNothing(stage: Stage) {
    expect(await hintsOf(stage)).toEqual([]);
    for (const table of ['heard', 'heard_last'] as const)
      expect(await stage.db.selectFrom(table).selectAll().execute()).toEqual([]);
  }
  test('a signature of another secret, and one of ten minutes ago', async () => {
    const stage = await telling();
    for (const answer of [
      await post(stage, eventOf(stage), 0, 'whsec_another'),
      await post(stage, eventOf(stage), 600),
    ])
      expect([answer.status, (await answer.json()).code]).toEqual([400, 'webhook_invalid']);
    await expectNothing(stage);
  });

  test('a body that is too large', async () => {
    const stage = await telling();
    const answer = await post(stage, eventOf(stage, { data: { object: { id: 'x'.repeat(70_000) } } }));
    expect([answer.status, (await answer.json()).code]).toEqual([413, 'too_large']);
    await expectNothing(stage);
  });
});

describe('what goes wrong between Stripe and here changes nothing but the time', () => {
  const faults: [WebhookFault, (number | null)[]][] = [
    ['duplicate', [200, 200]],
    ['signature', [400, 200]],
    ['stale', [400, 200]],
    ['lost', [200]],
  ];
  test.each(faults)('%s', async (fault, expected) => {
    const stage = await telling();
    const { after } = await page(stage);
    const { webhooks } = stage.stripe;
    webhooks.misbehave(fault);
    stage.stripe.changeCustomer('test', ANNAS_CUSTOMER, { email: 'anna.new@example.com' });
    await statuses(stage);
    const [refused] = webhooks.deliveries;
    // Hours later Stripe tries again, or something else happens to the customer.
    if (fault === 'lost') stage.stripe.changeCustomer('test', ANNAS_CUSTOMER, { name: 'Anna M.' });
    else if (refused?.status === 400) webhooks.resend(refused.event);
    expect(await statuses(stage)).toEqual(expected);
    expect(await hintsOf(stage)).toEqual([CUSTOMERS]);
    expect((await page(stage, after)).rewards.map(({ id }) => id)).toEqual([ID]);
    expect(await stage.credits({ rewards: [ID] })).toMatchObject([{ state: 'redeemed' }]);
    expect(creditsOf(stage, ID)).toHaveLength(1);
  });
});

test('a participant whose link the proxy has not seen is found by polling, as ever', async () => {
  const stage = await setStage({ env: { STRIPE_WEBHOOK_SECRET_TEST: SECRET } });
  expect((await post(stage, eventOf(stage))).status).toBe(200);
  expect(await hintsOf(stage)).toEqual([]);
  expect((await page(stage)).rewards.map(({ id }) => id)).toEqual([ID]);
});
