import { expect, test } from 'vitest';
import { ask, call, participant, start, userPath } from './advocate-setup.ts';

const nora = participant('Nora Whitfield');
const keys = { id: nora.id, accountId: nora.accountId };

test('custom fields are merged key by key, and null removes one', async () => {
  const simulator = await start();
  const put = (customFields: object) => call(simulator, 'PUT', userPath(nora), { ...keys, customFields });
  expect((await put({ stripeCustomerId: 'cus_1' })).body.customFields).toEqual({
    planTier: 'Studio',
    stripeCustomerId: 'cus_1',
  });
  expect((await put({ planTier: null, seats: 4 })).body).toMatchObject({
    customFields: { stripeCustomerId: 'cus_1', seats: 4 },
    firstName: 'Nora',
    email: nora.email,
  });
  expect((await put({})).body.customFields).toEqual({ stripeCustomerId: 'cus_1', seats: 4 });
});

test('bad custom fields and unknown keys are refused and change nothing', async () => {
  const simulator = await start();
  const before = simulator.state.test.participants;
  const many = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`f${i}`, 1]));
  const bad = [
    { customFields: { 'a b': 1 } },
    { customFields: { a: { b: 1 } } },
    { customFields: { a: 'x'.repeat(1025) } },
  ];
  for (const body of [...bad, { customFields: many }, { locale: 'en-US' }, { email: 'nobody' }])
    expect((await call(simulator, 'PUT', userPath(nora), { ...keys, firstName: 'X', ...body })).status).toBe(
      400,
    );
  const unknown = await call(simulator, 'PUT', userPath(nora), { ...keys, programId: '1' });
  expect([unknown.status, unknown.body.apiErrorCode]).toEqual([400, 'INVALID_JSON_REQUEST']);
  expect((await call(simulator, 'PUT', userPath(nora), { ...keys, id: 'other' })).status).toBe(400);
  expect(simulator.state.test.participants).toEqual(before);
});

test('ids are decoded once, whatever they are made of', async () => {
  const simulator = await start();
  for (const id of ['a@b.co', 'a/b', 'a+b c', '100%25', 'é:ü?&#']) {
    const key = { accountId: `acct ${id}`, id };
    expect((await call(simulator, 'PUT', userPath(key), key)).status).toBe(200);
    expect((await call(simulator, 'GET', userPath(key))).body).toMatchObject(key);
  }
});

test('creating twice is refused with “User already exists”, and a missing one is a 404', async () => {
  const simulator = await start();
  const again = await call(simulator, 'POST', userPath(nora), keys);
  expect([again.status, again.body.message]).toEqual([400, 'User already exists']);
  const fresh = { accountId: 'new', id: 'new' };
  expect((await call(simulator, 'GET', userPath(fresh))).status).toBe(404);
  expect((await call(simulator, 'POST', userPath(fresh), fresh)).status).toBe(201);
});

test('fields and extraFields choose what is answered, and exclude each other', async () => {
  const simulator = await start();
  expect((await call(simulator, 'GET', `${userPath(nora)}?fields=id,email`)).body).toEqual({
    id: nora.id,
    email: nora.email,
  });
  expect((await call(simulator, 'GET', userPath(nora))).body).not.toHaveProperty('dateBlocked');
  expect((await call(simulator, 'GET', `${userPath(nora)}?extraFields=dateBlocked`)).body).toHaveProperty(
    'dateBlocked',
    null,
  );
  expect((await call(simulator, 'GET', `${userPath(nora)}?fields=id&extraFields=email`)).status).toBe(400);
});

test('participants are found by exact e-mail, by AND and OR, and loosely by query', async () => {
  const simulator = await start();
  const find = async (filter: object | null, query?: string) => {
    const text =
      'query F($filter: UserFilterInput, $query: String) { users(filter: $filter, query: $query) { data { id } totalCount } }';
    return (await ask(simulator, text, { filter, query })).users?.totalCount;
  };
  expect(await find({ email_eq: nora.email })).toBe(1);
  expect(await find({ email_eq: nora.email?.toUpperCase() })).toBe(0);
  expect(await find({ OR: [{ id_eq: nora.id }, { id_eq: participant('Amelia Hart').id }] })).toBe(2);
  expect(await find({ AND: [{ id_eq: nora.id }, { accountId_eq: 'other' }] })).toBe(0);
  expect(await find({ accountId_eq: 'northgate-labs' })).toBe(2);
  expect(await find(null, 'whitf')).toBe(1);
});

test('REST lists ten participants unless told, GraphQL twenty', async () => {
  const simulator = await start();
  const total = simulator.state.test.participants.length;
  expect((await call(simulator, 'GET', '/users')).body).toMatchObject({ count: 10, totalCount: total });
  const { users } = await ask(simulator, 'query { users { count totalCount } }');
  expect(users).toMatchObject({ count: 20, totalCount: total });
});

test('blocking is refused when it stands already', async () => {
  const simulator = await start();
  const path = `/account/${encodeURIComponent(nora.accountId)}/user/${encodeURIComponent(nora.id)}`;
  expect((await call(simulator, 'POST', `${path}/block`)).status).toBe(200);
  expect((await call(simulator, 'POST', `${path}/block`)).status).toBe(403);
  expect((await call(simulator, 'POST', `${path}/unblock`)).status).toBe(200);
});

test('an account is found by its id also after one participant was deleted and another came', async () => {
  const simulator = await start();
  const found = async (accountId: string) => {
    const query = 'query($id: String!) { users(filter: { OR: [{ accountId_eq: $id }] }) { data { id } } }';
    return (await ask(simulator, query, { id: accountId })).users?.data.map(({ id }) => id);
  };
  const fresh = { accountId: 'new', id: 'new' };
  expect([await found(nora.accountId), await found('new')]).toEqual([[nora.id], []]);
  await call(simulator, 'DELETE', userPath(nora));
  await call(simulator, 'PUT', userPath(fresh), fresh);
  expect([await found(nora.accountId), await found('new')]).toEqual([[], ['new']]);
});
