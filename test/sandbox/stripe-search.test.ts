import { expect, test } from 'vitest';
import { rejection, startSandbox } from './stripe-setup.ts';

async function finder() {
  const sandbox = await startSandbox();
  const ids = async (query: string) =>
    (await sandbox.stripe.customers.search({ query })).data.map(({ id }) => id);
  return { ...sandbox, ids };
}

test('a new customer is found by search only after the lag, by the list at once', async () => {
  const { stripe, clock, ids } = await finder();
  const { id } = await stripe.customers.create({ email: 'cy@example.com' });
  expect((await stripe.customers.list({ email: 'cy@example.com' })).data).toHaveLength(1);
  expect(await ids('email:"cy@example.com"')).toEqual([]);
  clock.advance(19_999);
  expect(await ids('email:"cy@example.com"')).toEqual([]);
  clock.advance(1);
  expect(await ids('email:"cy@example.com"')).toEqual([id]);
});

test('search shows a changed customer as it was until the lag is over', async () => {
  const { sim, stripe, clock, ids } = await finder();
  sim.settings.searchLagMs = 5000;
  await stripe.customers.update('cus_Ana', { email: 'ana@new.example' });
  expect(await ids('email:"ana@example.com"')).toEqual(['cus_Ana']);
  expect((await stripe.customers.search({ query: 'name:"Ana Lima"' })).data[0]?.email).toBe(
    'ana@example.com',
  );
  clock.advance(5000);
  expect(await ids('email:"ana@example.com"')).toEqual([]);
  expect(await ids('email:"ana@new.example"')).toEqual(['cus_Ana']);
});

test.each([
  ['email:"ANA@example.com"', ['cus_Ana']],
  ["email:'ana@example.com'", ['cus_Ana']],
  ['email~"example"', ['cus_New', 'cus_Ben', 'cus_Ana']],
  ['name:"ben o\\"neil"', ['cus_Ben']],
  ['metadata["plan"]:"gold"', ['cus_Ben']],
  ['metadata["plan"]:null', ['cus_New', 'cus_Ana']],
  ['-email:"ana@example.com"', ['cus_New', 'cus_Ben']],
  ['email~"example" AND name~"ana"', ['cus_Ana']],
  ['email~"example" name~"ana"', ['cus_Ana']],
  ['name:"Ana Lima" OR email:"new@example.com"', ['cus_New', 'cus_Ana']],
  [`created>${Date.UTC(2026, 5, 13) / 1000}`, ['cus_New']],
  [`created<=${Date.UTC(2026, 5, 15) / 1000 - 60 * 86_400}`, ['cus_Ben', 'cus_Ana']],
])('%s finds %j', async (query, expected) => {
  const { ids } = await finder();
  expect(await ids(query)).toEqual(expected);
});

test.each([
  'email:ana@example.com',
  'email~"an"',
  'name:"a" AND email:"b" OR email:"c"',
  '(name:"a")',
  'shoe:"42"',
  'created~"5"',
  'email:"a" AND',
  'email:"a"name:"b"',
  'name>"a"',
])('%s is refused', async (query) => {
  const { stripe } = await finder();
  expect(await rejection(stripe.customers.search({ query }))).toMatchObject({
    statusCode: 400,
    param: 'query',
  });
});

test('pages of a search meet every customer once', async () => {
  const { stripe } = await finder();
  const ids: string[] = [];
  for await (const { id } of stripe.customers.search({ query: 'email~"example"', limit: 1 })) ids.push(id);
  expect(ids).toEqual(['cus_New', 'cus_Ben', 'cus_Ana']);
});

test('a deleted customer is never found', async () => {
  const { stripe, ids } = await finder();
  await stripe.customers.del('cus_Ana');
  expect(await ids('email:"ana@example.com"')).toEqual([]);
  expect(await ids('email:"gone@example.com"')).toEqual([]);
});
