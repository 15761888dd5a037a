import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { readSpecification, startSandbox } from './stripe-setup.ts';

const specification = readSpecification('stripe-customers.openapi.json');
const fixtures = readSpecification('stripe-fixtures.json');
if (!specification || !fixtures)
  console.warn(
    'SKIPPED: specification not at hand (set SPECS_DIR to the folder with the official Stripe schemas)',
  );

/** A schema of the official document, with OpenAPI's `nullable` understood. */
function schemaOf(reference: string) {
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(specification as object, 'stripe');
  return ajv.compile({ $ref: `stripe#${reference}` });
}

/** The problems that the official schema has with a value; none means that it is right. */
function problems(reference: string, value: unknown) {
  const validate = schemaOf(reference);
  validate(JSON.parse(JSON.stringify(value)));
  return validate.errors ?? [];
}

const component = (name: string) => `/components/schemas/${name}`;
const answer = (path: string) =>
  `/paths/${path.replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D')}/get/responses/200/content/application~1json/schema`;

describe.skipIf(!specification)('answers against the official schema', () => {
  test('the schema refuses what is wrong, so that a pass means something', () => {
    expect(problems(component('customer'), { id: 'cus_1', object: 'customer' })).not.toEqual([]);
    expect(problems(component('customer_balance_transaction'), { type: 'gift' })).not.toEqual([]);
  });

  test('customers, in every state they can be in', async () => {
    const { stripe } = await startSandbox();
    const expand = ['invoice_credit_balance'];
    const made = await stripe.customers.create({
      email: 'cy@example.com',
      name: 'Cy',
      address: { line1: '1 Way', country: 'DE' },
      preferred_locales: ['de'],
      expand,
    });
    for (const customer of [
      made,
      await stripe.customers.retrieve('cus_New', { expand }),
      await stripe.customers.retrieve('cus_Ben'),
      await stripe.customers.update('cus_Ana', { metadata: { a: 'b' }, balance: -5 }),
    ])
      expect(problems(component('customer'), customer)).toEqual([]);
    expect(problems(component('deleted_customer'), await stripe.customers.retrieve('cus_Gone'))).toEqual([]);
    expect(problems(answer('/v1/customers'), await stripe.customers.list())).toEqual([]);
    const found = await stripe.customers.search({ query: 'email~"example"', limit: 1 });
    expect(problems(answer('/v1/customers/search'), found)).toEqual([]);
  });

  test('balance transactions, made by a credit and by an invoice', async () => {
    const { sim, stripe } = await startSandbox();
    const made = await stripe.customers.createBalanceTransaction('cus_Ana', {
      amount: -100,
      currency: 'usd',
    });
    expect(problems(component('customer_balance_transaction'), made)).toEqual([]);
    sim.finalizeInvoice('cus_Ana');
    const listed = await stripe.customers.listBalanceTransactions('cus_Ana');
    expect(listed.data).toHaveLength(2);
    expect(problems(answer('/v1/customers/{customer}/balance_transactions'), listed)).toEqual([]);
  });

  test('errors of every kind', async () => {
    const { raw, sim } = await startSandbox();
    const bodies = [
      await raw('/v1/customers/cus_None'),
      await raw('/v1/nothing'),
      await raw('/v1/customers?x=1'),
    ];
    bodies.push(await raw('/v1/customers', { key: 'sk_test_wrong_key_123' }));
    for (const fault of ['F5', 'F8', 'F9', 'F10', 'F11', 'F12', 'F16'] as const) {
      sim.inject({ fault });
      bodies.push(await raw('/v1/customers/cus_Ana'));
    }
    for (const refused of bodies) {
      expect(refused.status).toBeGreaterThanOrEqual(400);
      expect(problems(component('error'), await refused.json())).toEqual([]);
    }
  });
});

describe.skipIf(!fixtures)('answers against the newest official examples', () => {
  const example = (name: string) => Object.keys((fixtures as Record<string, object>)[name] ?? {}).sort();
  const fieldsOf = (value: object) => Object.keys(JSON.parse(JSON.stringify(value))).sort();

  test('a customer and a balance transaction have exactly the fields of the examples', async () => {
    const { stripe } = await startSandbox();
    expect(fieldsOf(await stripe.customers.retrieve('cus_Ana'))).toEqual(example('customer'));
    const made = await stripe.customers.createBalanceTransaction('cus_Ana', {
      amount: -100,
      currency: 'usd',
    });
    expect(fieldsOf(made)).toEqual(example('customer_balance_transaction'));
    expect(fieldsOf(await stripe.customers.retrieve('cus_Gone'))).toEqual(example('deleted_customer'));
  });

  test('an invoice and an account invent no field', async () => {
    const { sim, stripe, raw } = await startSandbox();
    const { id } = sim.finalizeInvoice('cus_Ana');
    expect(example('invoice')).toEqual(expect.arrayContaining(fieldsOf(await stripe.invoices.retrieve(id))));
    sim.connect('test');
    const account = await (await raw('/v1/account', { key: 'sk_test_platform_0123456789' })).json();
    expect(example('account')).toEqual(expect.arrayContaining(fieldsOf(account)));
  });
});
