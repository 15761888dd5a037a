/**
 * Where the schemas we check against are older than the API, or less right than their own examples. Each entry widens
 * named places of one specification, and the report counts how often that was needed. Nothing else is let through.
 */
export type Deviation = {
  id: string;
  specification: 'stripe' | 'advocate-rest';
  /** JSON pointers into the specification. What stands there stays allowed; `…/-` adds to a list. */
  at: string[];
  schema: Record<string, unknown>;
  why: string;
  source: string;
};

const SDK = 'types of the npm package stripe 23.1.0, which speaks API 2026-10-28.endive';
const DEFINITION = 'saasquatch-api.yaml of the npm package @saasquatch/schema 2.0.0';

const integer = { type: 'integer' };
const range = {
  type: 'object',
  properties: { gt: integer, gte: integer, lt: integer, lte: integer },
  additionalProperties: false,
};
const reward = (name: string) => `/definitions/Reward/properties/${name}`;
const balance = (name: string) => `/definitions/RewardBalance/properties/${name}`;
const transaction = (name: string) => `/components/schemas/customer_balance_transaction/properties/${name}`;

const text = { type: 'string' };
const subscription = {
  type: 'object',
  properties: {
    id: { type: 'string', pattern: '^sub_' },
    object: { enum: ['subscription'] },
    billing_cycle_anchor: integer,
    cancel_at_period_end: { type: 'boolean' },
    canceled_at: { type: ['integer', 'null'] },
    collection_method: { enum: ['charge_automatically', 'send_invoice'] },
    created: integer,
    currency: { type: 'string', pattern: '^[a-z]{3}$' },
    customer: { type: 'string', pattern: '^cus_' },
    description: { type: ['string', 'null'] },
    ended_at: { type: ['integer', 'null'] },
    latest_invoice: { type: ['string', 'null'] },
    livemode: { type: 'boolean' },
    metadata: { type: 'object', additionalProperties: text },
    start_date: integer,
    status: { enum: ['active', 'trialing', 'past_due', 'unpaid', 'incomplete', 'paused'] },
  },
  required: ['id', 'object', 'created', 'currency', 'customer', 'livemode', 'start_date', 'status'],
  additionalProperties: false,
};

export const DEVIATIONS: Deviation[] = [
  {
    id: 'balance-transactions-created-filter',
    specification: 'stripe',
    at: ['/paths/~1v1~1customers~1{customer}~1balance_transactions/get/parameters/-'],
    schema: { in: 'query', name: 'created', schema: { anyOf: [range, integer] } },
    why: 'The filter by time is newer than the document (2023-08-16).',
    source: `CustomerListBalanceTransactionsParams in the ${SDK}`,
  },
  {
    id: 'balance-transaction-new-fields',
    specification: 'stripe',
    at: [transaction('checkout_session'), transaction('customer_account')],
    schema: { type: 'string', nullable: true },
    why: 'Two fields are newer than the document (2023-08-16).',
    source: 'Stripe’s example objects of 2026-08-21 (stripe-fixtures.json)',
  },
  {
    id: 'customer-subscriptions',
    specification: 'stripe',
    at: ['/components/schemas/customer/properties/subscriptions'],
    schema: {
      type: 'object',
      properties: {
        object: { enum: ['list'] },
        data: { type: 'array', items: subscription },
        has_more: { type: 'boolean' },
        url: { type: 'string', pattern: '^/v1/customers/cus_\\w+/subscriptions$' },
      },
      required: ['object', 'data', 'has_more', 'url'],
      additionalProperties: false,
    },
    why: 'Shown only when expanded, and our cut of the document has lost it with the subscriptions.',
    source: `Customer.subscriptions in the ${SDK}`,
  },
  {
    id: 'reward-owner',
    specification: 'advocate-rest',
    at: [reward('accountId'), reward('userId')],
    schema: { type: 'string' },
    why: 'The definition forgets whose a reward is, and its own examples show it.',
    source: `examples of Reward in ${DEFINITION}`,
  },
  {
    id: 'reward-date-created',
    specification: 'advocate-rest',
    at: [reward('dateCreated')],
    schema: integer,
    why: 'The definition forgets when a reward was made; the webhook’s schema of the same object requires it.',
    source: 'webhooks/RewardCreatedData.schema.json of @saasquatch/schema 2.0.0',
  },
  {
    id: 'reward-null-dates',
    specification: 'advocate-rest',
    at: [reward('dateGiven'), reward('dateExpires'), reward('dateCancelled'), reward('dateScheduledFor')],
    schema: { type: 'null' },
    why: 'Swagger 2.0 cannot say that a date is null until it comes; the definition’s own examples show null.',
    source: `examples of Reward in ${DEFINITION}; RewardCreatedData.schema.json`,
  },
  {
    id: 'reward-integration-type',
    specification: 'advocate-rest',
    at: [reward('type'), balance('type')],
    schema: { enum: ['INTEGRATION'] },
    why: 'Gift cards are a fourth type that is newer than the definition.',
    source: 'RewardType in Advocate’s GraphQL schema; RewardCreatedData.schema.json',
  },
  {
    id: 'reward-integration-value',
    specification: 'advocate-rest',
    at: [reward('valueInCents')],
    schema: integer,
    why: 'What a gift card is worth, newer than the definition as its type is.',
    source: 'webhooks/RewardCreatedData.schema.json of @saasquatch/schema 2.0.0',
  },
  {
    id: 'reward-list-is-an-array',
    specification: 'advocate-rest',
    at: ['/paths/~1{tenant_alias}~1reward/get/responses/200/schema'],
    schema: { type: 'array', items: { $ref: '#/definitions/Reward' } },
    why: 'The definition wraps the list, its own example does not, and neither do answers seen in production.',
    source: `example of GET /reward in ${DEFINITION}; Kilo-Org/cloud pull request 3498`,
  },
  {
    id: 'reward-balance-list-is-an-array',
    specification: 'advocate-rest',
    at: ['/paths/~1{tenant_alias}~1reward~1balance/get/responses/200/schema'],
    schema: { type: 'array', items: { $ref: '#/definitions/RewardBalance' } },
    why: 'The definition wraps the list; the current reference does not.',
    source: 'https://integrations.impact.com/brand-api-reference/advocate-api-reference-v1 (reward balance)',
  },
  {
    id: 'reward-balance-new-totals',
    specification: 'advocate-rest',
    at: [balance('totalPendingCredit'), balance('totalExpiredCredit'), balance('totalCancelledCredit')],
    schema: integer,
    why: 'Three totals are newer than the definition.',
    source: 'https://integrations.impact.com/brand-api-reference/advocate-api-reference-v1 (reward balance)',
  },
  {
    id: 'error-rs-code',
    specification: 'advocate-rest',
    at: ['/definitions/Error/properties/rsCode'],
    schema: { type: 'string', pattern: '^RS\\d{3}$' },
    why: 'The more exact code of an error is newer than the definition.',
    source: 'ApiError in Advocate’s GraphQL schema; saasquatch-java-sdk',
  },
  {
    id: 'open-user-extra-fields',
    specification: 'advocate-rest',
    at: ['/definitions/OpenUser/properties/dateBlocked'],
    schema: { type: ['integer', 'null'] },
    why: 'Shown only when asked for with extraFields, whose description names it; null while nobody has blocked.',
    source: `parameter extraFields in ${DEFINITION}; User.dateBlocked in Advocate’s GraphQL schema`,
  },
];
