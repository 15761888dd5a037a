import { type Context, Hono } from 'hono';
import { removedFrom } from './account-index.ts';
import { requireKey, requireKeyOrSelf } from './auth.ts';
import { AdvocateError, badRequest, notFound } from './errors.ts';
import { createParticipant, findParticipant, matchesQuery, upsertParticipant } from './participants.ts';
import type { RequestEnv } from './request.ts';
import { restBalance, restListedUser, restUser, rewardWithRedemptions } from './rest-bodies.ts';
import {
  balances,
  cancelReward,
  createReward,
  findReward,
  redeemBalance,
  redeemReward,
  rewardsOf,
} from './rewards.ts';
import { participantKey } from './state.ts';
import type { Webhooks } from './webhooks.ts';

type Ctx = Context<RequestEnv>;

const keyOf = (c: Ctx) => ({ accountId: c.req.param('accountId') ?? '', id: c.req.param('userId') ?? '' });

async function bodyOf(c: Ctx): Promise<Record<string, unknown>> {
  try {
    const body: unknown = await c.req.json();
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body };
  } catch {
    // The same answer for no JSON and for JSON that is no object.
  }
  throw badRequest('The body is not a JSON object.', 'INVALID_JSON_REQUEST');
}

function pageOf(c: Ctx): { limit: number; offset: number } {
  const number = (name: string, otherwise: number) => {
    const value = Number(c.req.query(name) ?? otherwise);
    if (!Number.isInteger(value) || value < 0) throw badRequest(`${name} is a whole number.`);
    return value;
  };
  return { limit: number('limit', 10), offset: number('offset', 0) };
}

function pickedFields(c: Ctx): [string[] | undefined, string[] | undefined] {
  const list = (name: string) => c.req.query(name)?.split(',');
  const [fields, extraFields] = [list('fields'), list('extraFields')];
  if (fields && extraFields) throw badRequest('fields and extraFields cannot be combined.');
  return [fields, extraFields];
}

function ownerOf(c: Ctx) {
  const accountId = c.req.query('accountId');
  if (!accountId) throw badRequest('accountId is needed.', 'BAD_REQUEST', 'RS003');
  const type = c.req.query('rewardTypeFilter');
  const rewards = rewardsOf(c.var.reads, { accountId, id: c.req.query('userId') });
  return rewards.filter((r) => type === undefined || r.type === type);
}

/** Everything below `/api/v1/{tenant}` but GraphQL. Credentials were read before; each route says whose it takes. */
export function restRoutes(webhooks: Webhooks, now: () => number): Hono<RequestEnv> {
  const app = new Hono<RequestEnv>();
  const open = '/open/account/:accountId/user/:userId';

  app.get(open, (c) => {
    requireKeyOrSelf(c.var.caller, keyOf(c));
    return c.json(restUser(findParticipant(c.var.reads, keyOf(c)), ...pickedFields(c)));
  });
  app.put(open, async (c) => {
    requireKeyOrSelf(c.var.caller, keyOf(c));
    const picked = pickedFields(c);
    return c.json(restUser(upsertParticipant(c.var.tenant, keyOf(c), await bodyOf(c), now()), ...picked));
  });
  app.post(open, async (c) => {
    requireKeyOrSelf(c.var.caller, keyOf(c));
    const picked = pickedFields(c);
    return c.json(
      restUser(createParticipant(c.var.tenant, keyOf(c), await bodyOf(c), now()), ...picked),
      201,
    );
  });
  app.delete(open, (c) => {
    requireKey(c.var.caller);
    findParticipant(c.var.tenant, keyOf(c));
    c.var.tenant.participants.delete(participantKey(keyOf(c)));
    removedFrom(c.var.tenant.participants);
    return c.body(null, 204);
  });

  app.use('*', async (c, next) => {
    requireKey(c.var.caller);
    await next();
  });

  app.get('/account/:accountId/user/:userId', (c) =>
    c.json(restListedUser(findParticipant(c.var.reads, keyOf(c)))),
  );
  app.get('/users', (c) => {
    const { limit, offset } = pageOf(c);
    const query = c.req.query('query') ?? '';
    const found = [...c.var.reads.participants.values()].filter((p) => matchesQuery(p, query));
    const users = found.slice(offset, offset + limit).map(restListedUser);
    return c.json({ count: users.length, totalCount: found.length, users });
  });
  const setBlocked = (c: Ctx, blocked: boolean) => {
    const participant = findParticipant(c.var.tenant, keyOf(c));
    if ((participant.dateBlocked !== null) === blocked)
      throw new AdvocateError(403, 'FORBIDDEN', `This user is ${blocked ? '' : 'not '}blocked already.`);
    participant.dateBlocked = blocked ? now() : null;
    return c.json({});
  };
  app.post('/account/:accountId/user/:userId/block', (c) => setBlocked(c, true));
  app.post('/account/:accountId/user/:userId/unblock', (c) => setBlocked(c, false));

  // A bare array and no paging, as production answers; the old definition wraps it in `rewards`.
  app.get('/reward', (c) =>
    c.json(ownerOf(c).map((reward) => rewardWithRedemptions(c.var.reads, reward, now()))),
  );
  app.get('/reward/balance', (c) => c.json(balances(ownerOf(c), now()).map(restBalance)));
  app.get('/reward/:id', (c) =>
    c.json(rewardWithRedemptions(c.var.reads, findReward(c.var.reads, c.req.param('id')), now()), 201),
  );
  app.post('/reward/:id/cancel', (c) =>
    c.json(rewardWithRedemptions(c.var.tenant, cancelReward(c.var.tenant, c.req.param('id'), now()), now())),
  );
  app.post('/rewards/account/:accountId/user/:userId', async (c) => {
    findParticipant(c.var.tenant, keyOf(c));
    const reward = createReward(c.var.tenant, keyOf(c), await bodyOf(c), now());
    return c.json(rewardWithRedemptions(c.var.tenant, reward, now()), 201);
  });
  app.post('/credit/bulkredeem', async (c) => {
    const { accountId, amount, unit } = await bodyOf(c);
    if (typeof accountId !== 'string') throw badRequest('accountId is needed.', 'BAD_REQUEST', 'RS003');
    return c.json(redeemBalance(c.var.tenant, accountId, amount, unit, now()));
  });
  app.post('/credit/:id/redeem', async (c) => {
    const { amount, unit } = await bodyOf(c);
    return c.json(redeemReward(c.var.tenant, c.req.param('id'), amount, unit, now()));
  });

  app.get('/subscription', (c) => c.json([...c.var.tenant.subscriptions.values()]));
  app.post('/subscription', async (c) => {
    const { endpointUrl, name } = await bodyOf(c);
    if (typeof endpointUrl !== 'string' || !URL.canParse(endpointUrl))
      throw badRequest('endpointUrl is a URL.');
    const subscription = { endpointUrl, name: typeof name === 'string' ? name : null };
    webhooks.subscribed(c.var.tenant);
    c.var.tenant.subscriptions.set(endpointUrl, subscription);
    return c.body(null, 201);
  });
  const subscribed = (c: Ctx) => {
    const found = c.var.tenant.subscriptions.get(c.req.param('url') ?? '');
    if (!found) throw notFound('This URL is not subscribed.');
    return found;
  };
  app.delete('/subscription/:url', (c) => {
    c.var.tenant.subscriptions.delete(subscribed(c).endpointUrl);
    return c.body(null, 204);
  });
  app.post('/subscription/:url/test', (c) => {
    const { endpointUrl, name } = subscribed(c);
    webhooks.send(c.var.tenant, 'test', { endpointUrl, name }, endpointUrl);
    return c.body(null, 204);
  });

  app.all('*', (c) => {
    throw notFound(`There is no ${c.req.method} ${c.req.path}.`);
  });
  return app;
}
