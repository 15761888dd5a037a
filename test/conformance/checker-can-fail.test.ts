/** The checker is fed what is wrong, one mistake at a time; each time it must find it, and nothing in what is right. */
import { buildSchema } from 'graphql';
import { CompactSign, exportJWK, generateKeyPair } from 'jose';
import { describe, expect, test } from 'vitest';
import type { Exchange } from '../../sandbox/exchange.ts';
import { readSeed } from '../../sandbox/seed.ts';
import { DOCUMENTS } from '../../src/proxy/advocate-documents.ts';
import { createChecker } from './check-harvest.ts';
import { harvest } from './gathered.ts';
import { subsetProblems } from './graphql-subset.ts';
import type { Circumstances } from './rules-for-our-requests.ts';
import { readSpecifications } from './specifications.ts';
import { webhookChecker } from './webhook-schema.ts';

const specifications = readSpecifications();
const atHand = Object.values(specifications).every((one) => one !== null);
if (!atHand)
  console.warn('SKIPPED: specification not at hand (set SPECS_DIR to the folder with the official schemas)');

const seed = readSeed();
const { platform, account } = seed.stripe;
const { alias, apiKey } = seed.advocate.tenants.test;
const OURS: Circumstances = { seed, via: 'connect', mode: 'test' };

// One for all tests, since reading the specifications takes longer than checking against them.
const checker = createChecker(specifications);

async function violationsOf(exchange: Exchange, ours: Circumstances | null = OURS): Promise<string[]> {
  const before = checker.report().violations.length;
  await checker.check(harvest([{ exchange, ours }]));
  const found = checker.report().violations.slice(before);
  return found.map(({ where, message }) => `${where} ${message}`);
}

const CREDIT = {
  amount: '-2000',
  currency: 'usd',
  description: 'A reward',
  'metadata[advocate_reward]': 'r1',
  'metadata[advocate_tenant]': alias,
};
const MADE = {
  id: 'cbtxn_1',
  object: 'customer_balance_transaction',
  amount: -2000,
  created: 1_700_000_000,
  currency: 'usd',
  customer: 'cus_1',
  ending_balance: -2000,
  livemode: false,
  type: 'adjustment',
  metadata: {},
};

type Change = { form?: Record<string, string>; answer?: object; headers?: Record<string, string> };
function credit({ form = {}, answer = MADE, headers = {} }: Change & Partial<Exchange> = {}): Exchange {
  const body = Object.entries({ ...CREDIT, ...form }).filter(([, value]) => value !== 'absent');
  return {
    service: 'stripe',
    method: 'POST',
    path: '/v1/customers/cus_1/balance_transactions',
    query: '',
    requestHeaders: {
      authorization: `Bearer ${platform.test.secretKey}`,
      'content-type': 'application/x-www-form-urlencoded',
      'stripe-version': '2026-10-28.endive',
      'stripe-account': account.id,
      'idempotency-key': 'credit:r1:1',
      ...headers,
    },
    requestBody: new URLSearchParams(body).toString(),
    status: 200,
    responseHeaders: { 'request-id': 'req_1', 'content-type': 'application/json' },
    responseBody: JSON.stringify(answer),
  };
}

describe.skipIf(!atHand)('a credit at Stripe', () => {
  test('is accepted as it should be', async () => {
    expect(await violationsOf(credit())).toEqual([]);
  });

  test.each<[string, Change, string]>([
    [
      'without a currency',
      { form: { currency: 'absent' } },
      "request must have required property 'currency'",
    ],
    [
      'with a field that Stripe does not know',
      { form: { colour: 'red' } },
      'request.colour is not in the official',
    ],
    ['with a fractional amount', { form: { amount: '-20.5' } }, 'request.amount must be integer'],
    ['with words for an amount', { form: { amount: 'all' } }, 'request.amount must be integer'],
    [
      'with a description that is too long',
      { form: { description: 'x'.repeat(351) } },
      'request.description must NOT',
    ],
    [
      'answered with an unknown type',
      { answer: { ...MADE, type: 'gift' } },
      'answer.type must be equal to one of',
    ],
    ['answered with a fraction', { answer: { ...MADE, amount: -0.5 } }, 'answer.amount must be integer'],
    [
      'answered with an invented field',
      { answer: { ...MADE, colour: 1 } },
      'answer.colour is not in the official',
    ],
    [
      'answered without its customer',
      { answer: { ...MADE, customer: undefined } },
      "required property 'customer'",
    ],
    ['without our key', { headers: { 'idempotency-key': '' } }, 'header idempotency-key is missing'],
    [
      'with the SDK’s random key',
      { headers: { 'idempotency-key': 'stripe-node-retry-1' } },
      'the SDK’s random one',
    ],
    [
      'with a key that is too long',
      { headers: { 'idempotency-key': 'k'.repeat(256) } },
      'has 256 characters',
    ],
    ['without the account', { headers: { 'stripe-account': '' } }, 'header stripe-account'],
    ['with a positive amount', { form: { amount: '2000' } }, 'a credit is a negative whole number'],
    [
      'that does not name its reward',
      { form: { 'metadata[advocate_reward]': 'absent' } },
      'does not name the reward',
    ],
    [
      'with the other mode’s key',
      { headers: { authorization: `Bearer ${platform.live.secretKey}` } },
      'carries the live key for the test mode',
    ],
    ['that tells Advocate’s key', { form: { description: apiKey } }, 'tells the other service’s key'],
  ])('%s is a violation', async (_, change, expected) => {
    expect((await violationsOf(credit(change))).join('\n')).toContain(expected);
  });

  test('is a violation where the proxy has no business', async () => {
    const elsewhere = { ...credit(), path: '/v1/customers/cus_1' };
    expect((await violationsOf(elsewhere)).join('\n')).toContain('none that the proxy is declared to use');
    const undescribed = { ...credit(), path: '/v1/charges' };
    expect((await violationsOf(undescribed)).join('\n')).toContain('is described by no specification');
  });

  test('may carry a connected account only with Connect', async () => {
    const authorization = `Bearer ${seed.stripe.restrictedKeys.test.key}`;
    const found = await violationsOf(credit({ headers: { authorization } }), {
      ...OURS,
      via: 'restricted_key',
    });
    expect(found).toEqual(['header stripe-account is sent beside a restricted key']);
  });

  test('and a list with an unknown or a wrong filter is one too', async () => {
    const list = (query: string): Exchange => ({
      ...credit(),
      method: 'GET',
      requestBody: '',
      query,
      responseBody: JSON.stringify({ object: 'list', data: [MADE], has_more: false, url: '/v1/x' }),
    });
    expect(await violationsOf(list('limit=5&created[gte]=1'))).toEqual([]);
    expect((await violationsOf(list('metadata[a]=b'))).join()).toContain(
      'request.metadata is not in the official',
    );
    expect((await violationsOf(list('limit=many'))).join()).toContain('request.limit must be integer');
    expect((await violationsOf(list('created[since]=1'))).join()).toContain('request.created.since is not');
  });
});

function toAdvocate(method: string, path: string, body: unknown, answer: unknown, status = 200): Exchange {
  return {
    service: 'advocate',
    method,
    path: `/api/v1/${alias}${path}`,
    query: '',
    requestHeaders: {
      authorization: `Basic ${Buffer.from(`:${apiKey}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    requestBody: JSON.stringify(body),
    status,
    responseHeaders: {},
    responseBody: JSON.stringify(answer),
  };
}

describe('a REST request to Advocate', () => {
  const user = { id: 'u', accountId: 'a', customFields: { stripeCustomerId: 'cus_1' } };
  const shown = { id: 'u', accountId: 'a', firstName: 'U' };
  const put = (body: object, answer: object = shown, status = 200) =>
    violationsOf(toAdvocate('PUT', '/open/account/a/user/u', body, answer, status));

  test('is accepted as it should be', async () => {
    expect(await put(user)).toEqual([]);
    expect(await put(user, { message: 'No.', statusCode: 400, apiErrorCode: 'BAD_REQUEST' }, 400)).toEqual(
      [],
    );
  });

  test.each<[string, () => Promise<string[]>, string]>([
    [
      'with an unknown user field',
      () => put({ ...user, colour: 'red' }),
      'request.colour is not in the official',
    ],
    ['without the account', () => put({ id: 'u' }), "request must have required property 'accountId'"],
    [
      'with a list as a custom field',
      () => put({ ...user, customFields: { a: [] } }),
      'request.customFields.a',
    ],
    ['answered without a first name', () => put(user, { id: 'u', accountId: 'a' }), "property 'firstName'"],
    [
      'refused without a sentence',
      () => put(user, { message: 1, statusCode: 400 }, 400),
      'answer.message must be',
    ],
    [
      'refused with another status',
      () => put(user, { message: 'x', statusCode: 404 }, 400),
      'answer.statusCode is',
    ],
    [
      'that redeems a fraction',
      () => violationsOf(toAdvocate('POST', '/credit/r1/redeem', { amount: 0.5, unit: 'STRIPE/USD' }, {})),
      'request.amount must be integer',
    ],
    [
      'that redeems without a unit',
      () => violationsOf(toAdvocate('POST', '/credit/r1/redeem', { amount: 5 }, {})),
      "request must have required property 'unit'",
    ],
    [
      'with the other tenant’s key',
      () => {
        const exchange = toAdvocate('PUT', '/open/account/a/user/u', user, shown);
        const other = Buffer.from(`:${seed.advocate.tenants.live.apiKey}`).toString('base64');
        const requestHeaders = { ...exchange.requestHeaders, authorization: `Basic ${other}` };
        return violationsOf({ ...exchange, requestHeaders });
      },
      'does not carry the test tenant’s key',
    ],
  ])('%s is a violation', async (_, find, expected) => {
    expect((await find()).join('\n')).toContain(expected);
  });
});

describe.skipIf(!atHand)('a GraphQL request to Advocate', () => {
  const ask = (query: string, variables: object, data: unknown) =>
    violationsOf(toAdvocate('POST', '/graphql', { query, operationName: 'Q', variables }, { data }), null);
  const UNIT = 'query Q($id: RewardUnitSettingsId!) { rewardUnitSettings(id: $id) { id config } }';

  test('is accepted as it should be', async () => {
    expect(await ask(UNIT, { id: 'STRIPE' }, { rewardUnitSettings: { id: 'STRIPE', config: {} } })).toEqual(
      [],
    );
  });

  test.each<[string, () => Promise<string[]>, string]>([
    [
      'for a field that does not exist',
      () => ask('query Q { colour }', {}, {}),
      'Cannot query field "colour"',
    ],
    ['with a variable of the wrong type', () => ask(PAGE, { limit: 'ten' }, NO_UNITS), 'request.variables'],
    [
      'with a variable that is not defined',
      () => ask(PAGE, { limit: 1, a: 1 }, NO_UNITS),
      'request.variables.a',
    ],
    [
      'answered without what was asked',
      () => ask(UNIT, { id: 'A' }, { rewardUnitSettings: { id: 'A' } }),
      'answer.data.rewardUnitSettings.config was asked for and is missing',
    ],
    [
      'answered with what was not asked',
      () => ask(PAGE, { limit: 1 }, { rewardUnitSettingsList: { count: 0, colour: 1 } }),
      'answer.data.rewardUnitSettingsList.colour was not asked for',
    ],
    [
      'answered with null where that is ruled out',
      () => ask(PAGE, { limit: 1 }, { rewardUnitSettingsList: { count: null } }),
      'answer.data.rewardUnitSettingsList.count is null',
    ],
    [
      'answered with an enum value that does not exist',
      () => ask('query Q { reward(id: "1") { type } }', {}, { reward: { type: 'GIFT' } }),
      'which is no RewardType',
    ],
    [
      'that is none of our documents',
      () =>
        violationsOf(toAdvocate('POST', '/graphql', { query: UNIT, operationName: 'Units' }, { data: null })),
      'is none of the documents of the proxy',
    ],
  ])('%s is a violation', async (_, find, expected) => {
    expect((await find()).join('\n')).toContain(expected);
  });

  const PAGE = 'query Q($limit: Int!) { rewardUnitSettingsList(limit: $limit) { count } }';
  const NO_UNITS = { rewardUnitSettingsList: { count: 0 } };
});

test('a schema that is no subset of the official one is told apart at every kind of place', () => {
  const official = buildSchema(`
    enum Colour { RED GREEN }
    input Filter { by: String! limit: Int = 5 }
    type Thing { id: ID! name: String }
    type Query { things(filter: Filter, page: Int! = 1, by: ID!): [Thing!]! thing: Thing colour: Colour }`);
  const ours = buildSchema(`
    enum Colour { RED BLUE }
    input Filter { limit: Int = 6 size: Int }
    type Thing { id: ID name: Int colour: Colour }
    type Other { id: ID }
    type Query { things(filter: Filter, page: Int! = 1, more: Int): [Thing]! other: Other }`);
  expect(subsetProblems(official, official)).toEqual([]);
  expect(subsetProblems(buildSchema('type Query { colour: Colour } enum Colour { RED }'), official)).toEqual(
    [],
  );
  expect(
    subsetProblems(ours, official)
      .map(({ where, message }) => `${where} ${message}`)
      .sort(),
  ).toEqual(
    [
      'Colour.BLUE is not official',
      'Filter.by is required officially',
      'Filter.limit defaults to 6, officially to 5',
      'Filter.size is no official input',
      'Other is no official type',
      'Query.other is no official field',
      'Query.things is [Thing]!, officially [Thing!]!',
      'Query.things().by is required officially',
      'Query.things().more is no official input',
      'Thing.colour is no official field',
      'Thing.id is ID, officially ID!',
      'Thing.name is Int, officially String',
    ].sort(),
  );
});

test.skipIf(!atHand)('each document of the proxy is refused once a field of it is misspelt', async () => {
  for (const [operationName, document] of Object.entries(DOCUMENTS)) {
    const query = document.replace(/\bcount\b|\bid\b(?=\n| )/, 'colour');
    const exchange = toAdvocate('POST', '/graphql', { query, operationName, variables: {} }, { data: null });
    expect((await violationsOf(exchange, null)).join('\n'), operationName).toContain('colour');
  }
});

describe('a webhook of Advocate', async () => {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k' }] };
  const EVENT = {
    id: 'e1',
    type: 'user.reward.balance.changed',
    tenantAlias: alias,
    live: false,
    created: 1_700_000_000_000,
    data: { userId: 'u', accountId: 'a', unit: 'STRIPE/USD', availableValue: 5, resourceVersion: 1 },
  };
  const send = async (event: object, tamper = (body: string) => body): Promise<string[]> => {
    const body = JSON.stringify(event);
    const jws = await new CompactSign(Buffer.from(body))
      .setProtectedHeader({ alg: 'RS256', kid: 'k' })
      .sign(privateKey);
    const headers = { 'x-hook-jws-rfc-7797': jws.replace(/\.[^.]+\./, '..') };
    const { problems } = await webhookChecker(keys)({ headers, body: tamper(body) });
    return problems.map(({ where, message }) => `${where} ${message}`);
  };

  test('is accepted as it should be', async () => {
    expect(await send(EVENT)).toEqual([]);
    expect(await send({ ...EVENT, type: 'test', data: {} })).toEqual([]);
  });

  test.each<[string, object, string]>([
    ['without `live`', { ...EVENT, live: undefined }, "must have required property 'live'"],
    ['of an unknown type', { ...EVENT, type: 'reward.redeemed' }, 'answer.type must be equal to one of'],
    ['with a date as text', { ...EVENT, created: '2026' }, 'answer.created must be integer'],
    ['with a field of its own', { ...EVENT, colour: 1 }, 'answer.colour is not in the official schema'],
    [
      'with data of its own',
      { ...EVENT, data: { ...EVENT.data, x: 1 } },
      'answer.data.x is not in the official',
    ],
    [
      'with a fraction',
      { ...EVENT, data: { ...EVENT.data, availableValue: 0.5 } },
      'availableValue must be integer',
    ],
    [
      'that tells of half a reward',
      { ...EVENT, type: 'reward.created', data: { id: 'r' } },
      "property 'dateCreated'",
    ],
  ])('%s is a violation', async (_, event, expected) => {
    expect((await send(event)).join('\n')).toContain(expected);
  });

  test('whose body was changed on the way is a violation', async () => {
    expect(
      (await send(EVENT, (body) => body.replace('"availableValue":5', '"availableValue":9'))).join(),
    ).toContain('does not verify');
  });
});
