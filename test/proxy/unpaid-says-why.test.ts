import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/contract/routes.ts';
import { ANNAS_CUSTOMER, type Cast, creditsOf, customer, participant, reward, setStage } from './stage.ts';

const ID = reward().id;
const BERTA = {
  accountId: 'anna@example.com',
  id: 'berta@example.com',
  email: 'berta@example.com',
  firstName: 'Berta',
  rewards: [],
};

type Why = Pick<Outcome, 'state' | 'reason'> & { facts?: Outcome['facts'] };
const cases: [string, Cast, Why][] = [
  [
    'not linked',
    { participants: [participant({ customFields: {} })] },
    { state: 'waiting', reason: 'not_linked' },
  ],
  [
    'the field is misspelt',
    { participants: [participant({ customFields: { stripeCustomerID: ANNAS_CUSTOMER } })] },
    { state: 'waiting', reason: 'field_name_differs', facts: { detail: 'stripeCustomerID' } },
  ],
  [
    'the link is no customer id',
    { participants: [participant({ customFields: { stripeCustomerId: 'Anna Meyer' } })] },
    { state: 'held', reason: 'link_invalid', facts: { customer: 'Anna Meyer' } },
  ],
  [
    'the customer does not exist',
    { customers: [] },
    { state: 'held', reason: 'customer_missing', facts: { customer: ANNAS_CUSTOMER } },
  ],
  [
    'the customer was deleted',
    { customers: [customer({ deleted: true })] },
    { state: 'held', reason: 'customer_deleted' },
  ],
  [
    'the customer is a live one',
    { customers: [customer({ mode: 'live' })] },
    { state: 'held', reason: 'customer_other_mode' },
  ],
  [
    'the customer is billed in euros',
    { customers: [customer({ currency: 'eur' })] },
    {
      state: 'held',
      reason: 'currency_differs',
      facts: { currency: 'USD', customerCurrency: 'EUR', customer: ANNAS_CUSTOMER },
    },
  ],
  [
    'the customer has no currency',
    { customers: [customer({ currency: null })] },
    { state: 'held', reason: 'currency_unset' },
  ],
  [
    'pending',
    { participants: [participant({ rewards: [reward({ status: 'pending', pendingReason: 'US_TAX' })] })] },
    { state: 'waiting', reason: 'pending', facts: { detail: 'US_TAX' } },
  ],
  [
    'expired',
    { participants: [participant({ rewards: [reward({ status: 'expired' })] })] },
    { state: 'cancelled', reason: 'expired' },
  ],
  [
    'cancelled',
    { participants: [participant({ rewards: [reward({ status: 'cancelled' })] })] },
    { state: 'cancelled', reason: 'cancelled_in_advocate' },
  ],
  [
    'redeemed before',
    { participants: [participant({ rewards: [reward({ status: 'redeemed' })] })] },
    { state: 'cancelled', reason: 'redeemed_elsewhere' },
  ],
  [
    'no such reward',
    { participants: [participant({ rewards: [] })] },
    { state: 'cancelled', reason: 'gone' },
  ],
  [
    'another unit',
    { participants: [participant({ rewards: [reward({ unit: 'STRIPE/GBP' })] })] },
    { state: 'waiting', reason: 'unit_not_configured', facts: { unit: 'STRIPE/GBP' } },
  ],
  [
    'points',
    { participants: [participant({ rewards: [reward({ unit: 'POINT' })] })] },
    { state: 'cancelled', reason: 'not_a_reward' },
  ],
  [
    'a discount',
    { participants: [participant({ rewards: [reward({ type: 'PCT_DISCOUNT' })] })] },
    { state: 'cancelled', reason: 'not_a_reward' },
  ],
  [
    'cash',
    { participants: [participant({ rewards: [reward({ unit: 'CASH/USD' })] })] },
    { state: 'cancelled', reason: 'not_a_reward' },
  ],
  [
    'a blocked participant',
    { participants: [participant({ blocked: true })] },
    { state: 'held', reason: 'participant_blocked' },
  ],
  [
    'another integration’s note',
    {
      participants: [
        participant({
          rewards: [reward({ meta: { status: 'SUCCESS', message: 'Paid.', integration: 'paypal' } })],
        }),
      ],
    },
    { state: 'held', reason: 'owned_elsewhere' },
  ],
  [
    'Advocate’s own Stripe integration is on',
    {
      change: (seed) => {
        for (const integration of seed.advocate.integrations)
          Object.assign(integration, { enabled: true, config: {} });
      },
    },
    { state: 'held', reason: 'owned_elsewhere', facts: { detail: 'Stripe' } },
  ],
  [
    'two participants of one account with different customers',
    {
      participants: [
        participant(),
        participant({ ...BERTA, customFields: { stripeCustomerId: 'cus_Another0000001' } }),
      ],
    },
    {
      state: 'held',
      reason: 'account_customers_differ',
      facts: { detail: `${ANNAS_CUSTOMER}, cus_Another0000001` },
    },
  ],
  ['paused', { settings: { paused: true } }, { state: 'waiting', reason: 'paused' }],
  ['not connected', { unconnected: true }, { state: 'waiting', reason: 'not_connected' }],
  [
    'over the cap of one credit',
    { settings: { caps: { USD: { perCredit: 1999, perDay: null } } } },
    { state: 'held', reason: 'over_cap_reward', facts: { cap: '19.99 USD' } },
  ],
  [
    'more than the cap of a whole day',
    { settings: { caps: { USD: { perCredit: null, perDay: 1999 } } } },
    { state: 'held', reason: 'over_cap_reward' },
  ],
];

describe('a reward that may not be paid says why, and nothing is sent', () => {
  test.each(cases)('%s', async (_, cast, why) => {
    const stage = await setStage(cast);
    const [outcome] = await stage.credits({ rewards: [ID] });
    expect(outcome).toMatchObject(why);
    expect(creditsOf(stage, ID)).toEqual([]);
    expect(
      stage.exchanges.filter(({ service, method }) => service === 'stripe' && method === 'POST'),
    ).toEqual([]);
  });
});

test('a unit that is not redeemable is held', async () => {
  const stage = await setStage({
    participants: [participant({ rewards: [reward({ unit: 'PROMO/USD' })] })],
    settings: { units: ['PROMO/USD'] },
  });
  expect(await stage.credits({ rewards: [ID] })).toMatchObject([{ state: 'held', reason: 'not_redeemable' }]);
});

test('yen are credited as yen', async () => {
  const stage = await setStage({
    customers: [customer({ currency: 'jpy' })],
    participants: [participant({ rewards: [reward({ unit: 'STRIPE/JPY', amount: 500 })] })],
  });
  expect(await stage.credits({ rewards: [ID] })).toMatchObject([
    { state: 'redeemed', money: { amount: 500, currency: 'JPY' } },
  ]);
  expect(creditsOf(stage, ID)).toMatchObject([{ amount: -500, currency: 'jpy' }]);
});

test('where Advocate and Stripe count a currency differently, nothing is sent', async () => {
  const stage = await setStage({
    customers: [customer({ currency: 'isk' })],
    participants: [participant({ rewards: [reward({ unit: 'STRIPE/ISK', amount: 500 })] })],
    settings: { units: ['STRIPE/ISK'] },
  });
  expect(await stage.credits({ rewards: [ID] })).toMatchObject([
    { state: 'held', reason: 'currency_digits_differ', facts: { currency: 'ISK' } },
  ]);
  expect(creditsOf(stage, ID)).toEqual([]);
});

test('a person may confirm that the first credit fixes the customer’s currency', async () => {
  const stage = await setStage({ customers: [customer({ currency: null })] });
  expect(await stage.credits({ rewards: [ID], confirmCurrency: [ID] })).toMatchObject([
    { state: 'redeemed' },
  ]);
});

test('the cap of the day counts what was claimed before, and only that currency', async () => {
  const rewards = [
    reward(),
    reward({ id: 'aaaaaaaaaaaaaaaaaaaaaaa2' }),
    reward({ id: 'aaaaaaaaaaaaaaaaaaaaaaa3' }),
  ];
  const stage = await setStage({
    participants: [participant({ rewards })],
    settings: { caps: { USD: { perCredit: null, perDay: 4500 }, EUR: { perCredit: null, perDay: 1 } } },
  });
  const outcomes = await stage.credits({ rewards: rewards.map(({ id }) => id) });
  expect(outcomes.map(({ state }) => state).sort()).toEqual(['redeemed', 'redeemed', 'waiting']);
});

test('a dry run says what would happen and changes nothing', async () => {
  const stage = await setStage({ customers: [customer({ balance: -700 })] });
  expect(await stage.credits({ rewards: [ID], dryRun: true })).toMatchObject([
    {
      state: 'ready',
      money: { amount: 2000, currency: 'USD' },
      credit: { id: null, before: 700, after: 2700 },
    },
  ]);
  expect(creditsOf(stage, ID)).toEqual([]);
  expect(await stage.db.selectFrom('ledger').selectAll().execute()).toEqual([]);
});
