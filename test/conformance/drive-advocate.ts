/** The Advocate simulator through every REST route and GraphQL field group it serves, and its webhooks. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AdvocateSimulator, startAdvocateSimulator } from '../../sandbox/advocate/simulator.ts';
import type { Exchange } from '../../sandbox/exchange.ts';
import { readSeed } from '../../sandbox/seed.ts';
import { ADVOCATE_DOCUMENTS } from './advocate-hand-documents.ts';
import { type Gathered, type Harvest, harvest } from './gathered.ts';
import type { Hook } from './webhook-schema.ts';

export async function driveAdvocate(): Promise<Harvest> {
  const gathered: Gathered[] = [];
  const onExchange = (exchange: Exchange) => void gathered.push({ exchange, ours: null });
  const simulator = await startAdvocateSimulator({ seed: readSeed(), onExchange });
  const receiver = await startReceiver();
  try {
    const scene = createScene(simulator);
    await subscribe(scene, receiver.url);
    await participants(scene);
    await rewards(scene);
    await graphQL(scene);
    await refusals(scene);
    await simulator.webhooksIdle();
    return harvest(gathered, { hooks: { received: receiver.hooks, jwks: simulator.publicKeyJwks } });
  } finally {
    receiver.close();
    await simulator.close();
  }
}

type Scene = ReturnType<typeof createScene>;

function createScene(simulator: AdvocateSimulator) {
  const { advocate } = readSeed();
  const { alias, apiKey } = advocate.tenants.test;
  const own = advocate.participants.filter(({ mode }) => mode === 'test');
  const withRewards = own.find(
    ({ rewards = [] }) => rewards.filter((r) => r.status === 'available').length > 2,
  );
  if (withRewards === undefined) throw new Error('The seed has nobody with rewards.');
  const call = async (method: string, path: string, body?: unknown, key = apiKey): Promise<unknown> => {
    const answer = await fetch(`${simulator.url}/api/v1/${alias}${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`:${key}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : null;
  };
  const query = (query: string, operationName: string, variables: object) =>
    call('POST', '/graphql', { query, operationName, variables });
  return { simulator, call, query, own, withRewards };
}

const owner = ({ accountId, id }: { accountId: string; id: string }) =>
  `account/${encodeURIComponent(accountId)}/user/${encodeURIComponent(id)}`;
const NEW = { accountId: 'conformance/account', id: 'conformance@example.com' };

async function subscribe({ call }: Scene, endpointUrl: string): Promise<void> {
  await call('POST', '/subscription', { endpointUrl, name: 'Conformance' });
  await call('GET', '/subscription');
  await call('POST', `/subscription/${encodeURIComponent(endpointUrl)}/test`);
  const second = `${endpointUrl}/second`;
  await call('POST', '/subscription', { endpointUrl: second });
  await call('DELETE', `/subscription/${encodeURIComponent(second)}`);
}

async function participants({ call, own }: Scene): Promise<void> {
  for (const participant of own.slice(0, 12)) {
    await call('GET', `/open/${owner(participant)}`);
    await call('GET', `/${owner(participant)}`);
  }
  const open = `/open/${owner(NEW)}`;
  await call('POST', open, {
    ...NEW,
    firstName: 'Con',
    lastName: 'Formance',
    email: NEW.id,
    locale: 'de_DE',
    countryCode: 'DE',
    segments: ['vip'],
    customFields: { planTier: 'gold', seats: 4, trial: true },
  });
  await call('PUT', open, { ...NEW, customFields: { stripeCustomerId: 'cus_1', trial: null } });
  await call('PUT', `${open}?extraFields=dateBlocked`, { ...NEW, segments: ['~vip'] });
  await call('GET', `${open}?fields=id,accountId,firstName,customFields`);
  await call('POST', `/${owner(NEW)}/block`);
  await call('GET', open);
  await call('POST', `/${owner(NEW)}/unblock`);
  for (const query of ['', '?limit=3&offset=2', '?query=conformance']) await call('GET', `/users${query}`);
}

async function rewards({ call, simulator, withRewards }: Scene): Promise<void> {
  const account = encodeURIComponent(withRewards.accountId);
  for (const filter of ['', `&userId=${encodeURIComponent(withRewards.id)}`, '&rewardTypeFilter=CREDIT']) {
    await call('GET', `/reward?accountId=${account}${filter}`);
    await call('GET', `/reward/balance?accountId=${account}${filter}`);
  }
  for (const participant of readSeed().advocate.participants.filter((p) => p.mode === 'test'))
    for (const { id } of participant.rewards ?? []) await call('GET', `/reward/${id}`);
  const created = await call('POST', `/rewards/${owner(NEW)}`, {
    type: 'CREDIT',
    unit: 'STRIPE/USD',
    assignedCredit: 500,
    cancellable: true,
  });
  await call('POST', `/reward/${idOf(created)}/cancel`);
  const kept = idOf(
    await call('POST', `/rewards/${owner(NEW)}`, { type: 'CREDIT', unit: 'STRIPE/EUR', assignedCredit: 900 }),
  );
  await call('POST', `/credit/${kept}/redeem`, { amount: 300, unit: 'STRIPE/EUR' });
  await call('GET', `/reward/${kept}`);
  await call('POST', '/credit/bulkredeem', { accountId: NEW.accountId, amount: 600, unit: 'STRIPE/EUR' });
  const pending = simulator.earn('test', NEW, { unit: 'STRIPE/USD', amount: 700, pendingReason: 'US_TAX' });
  await call('GET', `/reward/${pending}`);
  simulator.release(pending);
  const expiring = simulator.earn('test', NEW, {
    unit: 'STRIPE/JPY',
    amount: 70,
    expiresAt: Date.now() + 1e9,
  });
  await call('GET', `/reward/${expiring}`);
  simulator.expire(expiring);
  simulator.redeemByHand(pending, 200);
}

async function graphQL({ query, simulator, withRewards, own }: Scene): Promise<void> {
  const { accountId, id } = withRewards;
  const reward = simulator.earn('test', NEW, { unit: 'STRIPE/USD', amount: 1100 });
  const other = simulator.earn('test', NEW, {
    unit: 'STRIPE/USD',
    amount: 400,
    pendingReason: 'UNHANDLED_ERROR',
  });
  const variables: Record<keyof typeof ADVOCATE_DOCUMENTS, object[]> = {
    Reward: [{ id: reward }, { id: other }, { id: 'none' }],
    Rewards: [
      { filter: { userId_eq: id } },
      { filter: { statuses_eq: { status: 'PENDING' } } },
      { filter: { OR: [{ unit_in: ['STRIPE/JPY'] }, { type_eq: 'PCT_DISCOUNT' }] } },
    ],
    User: [
      { accountId, id },
      { accountId: 'nobody', id: 'nobody' },
    ],
    Users: [{ filter: { email_exists: false } }, { filter: { accountId_eq: accountId } }],
    Account: [{ accountId }],
    Tenant: [{}],
    Settings: [{}],
    Pretty: [{ value: 1234, unit: 'STRIPE/USD' }],
    UpsertUser: [{ user: { ...NEW, lastName: 'Formance-Two', customFields: { seats: 5 } } }],
    UpsertUsers: [
      {
        users: [
          { ...NEW, firstName: 'C' },
          { ...NEW, locale: 'wrong' },
        ],
      },
    ],
    CreateUser: [{ user: { accountId: 'conformance-2', id: 'conformance-2', firstName: 'Two' } }],
    Block: [NEW],
    Unblock: [NEW],
    CreateReward: [
      {
        ...NEW,
        userId: NEW.id,
        id: undefined,
        reward: { type: 'CREDIT', unit: 'STRIPE/USD', assignedCredit: 5 },
      },
    ],
    Release: [{ id: other }],
    Redeem: [{ id: reward, redeem: { amount: 100, unit: 'STRIPE/USD' } }],
    RedeemUser: [{ accountId: NEW.accountId, userId: NEW.id, redeem: { amount: 50, unit: 'STRIPE/USD' } }],
    Note: [{ note: { rewardId: reward, status: 'WARN', message: 'Looked at', customMeta: { a: 1 } } }],
    Unit: [{ unit: { id: 'CONFORM', config: { supportsCurrencies: true } } }],
    Subscribe: [{ hook: { endpointUrl: 'https://example.com/hook', name: 'Hook' } }],
    Unsubscribe: [{ url: 'https://example.com/hook' }],
  };
  for (const [name, document] of Object.entries(ADVOCATE_DOCUMENTS))
    for (const values of variables[name as keyof typeof variables]) await query(document, name, values);
  for (const participant of own.slice(0, 8))
    await query(ADVOCATE_DOCUMENTS.User, 'User', keyOnly(participant));
  await query('query Wrong { rewards { colour } }', 'Wrong', {});
  await query('query Broken {', 'Broken', {});
  await query(ADVOCATE_DOCUMENTS.Redeem, 'Redeem', {
    id: reward,
    redeem: { amount: 99999, unit: 'STRIPE/USD' },
  });
}

const keyOnly = ({ accountId, id }: { accountId: string; id: string }) => ({ accountId, id });

/** Every status that a refusal comes with. */
async function refusals({ call, simulator, withRewards }: Scene): Promise<void> {
  const open = `/open/${owner(NEW)}`;
  await call('GET', `/open/${owner({ accountId: 'nobody', id: 'nobody' })}`);
  await call('GET', '/reward/none');
  await call('GET', '/reward');
  await call('GET', '/nothing/here');
  await call('GET', open, undefined, 'wrong key');
  await call('POST', open, { ...NEW });
  await call('PUT', open, { ...NEW, colour: 'red' });
  await call('PUT', open, 'no json');
  await call('POST', '/graphql', '[]');
  await call('POST', `/${owner(NEW)}/unblock`);
  await call('POST', '/credit/none/redeem', { amount: 1, unit: 'STRIPE/USD' });
  const { id } = withRewards.rewards?.[0] ?? { id: '' };
  await call('POST', `/credit/${id}/redeem`, { amount: 1, unit: 'OTHER' });
  await call('POST', `/credit/${id}/redeem`, { amount: 99_999_999, unit: 'STRIPE/USD' });
  for (const fault of ['error-500', 'html-502', 'rate-limited', 'unauthorized'] as const)
    for (const path of ['/users', '/graphql']) {
      simulator.inject({ fault });
      await call(
        path === '/users' ? 'GET' : 'POST',
        path,
        path === '/users' ? undefined : { query: '{ tenant { tenantAlias } }' },
      );
    }
  await call('DELETE', open);
}

const idOf = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'id' in value ? String(value.id) : '';

/** A subscriber that takes everything. */
async function startReceiver() {
  const hooks: Hook[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
    hooks.push({ headers: Object.fromEntries(headers), body });
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { hooks, url: `http://127.0.0.1:${port}/hook`, close: () => void server.close() };
}
