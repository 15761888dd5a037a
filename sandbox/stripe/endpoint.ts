import type { Context, Handler } from 'hono';
import { authenticate, type Caller, type Permission, permit } from './auth.ts';
import { deleteCustomer } from './customers.ts';
import {
  badRequest,
  inOtherMode,
  keyInUse,
  keyReused,
  lockTimeout,
  noAccess,
  rateLimited,
  StripeFailure,
  serverError,
} from './errors.ts';
import type { Fault } from './faults.ts';
import { type Attempt, begin, checkKey, earlierAnswer } from './idempotency.ts';
import { decodeParams, type Params } from './params.ts';
import type { Env, Simulation } from './simulation.ts';
import { lookUp } from './state.ts';
import { clientGone, wait } from './transport-faults.ts';

export type Path = { customer: string; transaction: string; invoice: string; account: string };

export type Operation<Input> = {
  /** As the rate limiter counts it. */
  name: string;
  permission: Permission;
  /** Two writes to one customer do not overlap. */
  writes?: boolean;
  /** Reads and checks parameters; what it refuses is not remembered under the idempotency key. */
  read: (params: Params, request: { version: string | null }) => Input;
  /** Executes; whatever comes of it, an error too, is remembered under the key. */
  run: (sim: Simulation, caller: Caller, input: Input, path: Path) => object;
};

type Answer = { status: number; body: string; headers: Record<string, string> };

const json = (value: object) => JSON.stringify(value, null, 2);

const asAnswer = (failure: StripeFailure): Answer => ({
  status: failure.status,
  body: json(failure.body),
  headers: failure.headers,
});

/** Faults that Stripe itself answers with, before anything is executed. */
function refuseByFault(sim: Simulation, fault: Fault | undefined, caller: Caller, c: Context<Env>) {
  const key = c.req.header('idempotency-key') ?? '';
  switch (fault?.fault) {
    case 'F8':
      throw keyInUse(key);
    case 'F9':
      throw rateLimited(fault.reason);
    case 'F10':
      throw lockTimeout();
    case 'F11':
      throw keyReused(key);
    case 'F14':
      if (caller.restricted) sim.state.rolledKeys.push(caller.mode);
      else sim.connections.revokeReach(caller.account.id, caller.mode);
      authenticate(sim, c.req.raw.headers);
      throw noAccess(caller.key, caller.account.id);
    case 'F16':
      throw inOtherMode('customer', c.req.param('customer') ?? '', 'customer', caller.mode);
    case 'F17': {
      const customer = lookUp(caller.books.customers, c.req.param('customer') ?? '');
      if (customer) deleteCustomer(sim, caller.books, customer);
    }
  }
}

function execute<I>(
  sim: Simulation,
  operation: Operation<I>,
  caller: Caller,
  input: I,
  path: Path,
  fault?: Fault,
): Answer {
  try {
    if (fault?.fault === 'F6') throw serverError();
    if (fault?.fault === 'F12')
      throw badRequest(fault.message ?? 'This customer cannot be changed right now.');
    const object = operation.run(sim, caller, input, path);
    if (fault?.fault === 'F7') throw serverError();
    return { status: 200, body: json(object), headers: {} };
  } catch (error) {
    if (error instanceof StripeFailure) return asAnswer(error);
    throw error;
  }
}

/** The parameters travel in the query of a GET or DELETE, in a form-encoded body otherwise. */
async function readRequest(c: Context<Env>): Promise<string> {
  const body = await c.req.text();
  c.set('requestBody', body);
  if (c.req.method !== 'POST') return new URL(c.req.url).search.slice(1);
  if (body && !c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded'))
    throw badRequest('Invalid request: send parameters as application/x-www-form-urlencoded.');
  return body;
}

/** One way for every request: key, allowance, earlier answer, parameters, permission, execution. */
export function endpoint<I>(sim: Simulation, operation: Operation<I>): Handler<Env> {
  async function answer(c: Context<Env>): Promise<Answer> {
    const encoded = await readRequest(c);
    const fault: Fault | undefined = c.get('fault');
    const caller = authenticate(sim, c.req.raw.headers);
    sim.rates.take(caller.account.id, caller.mode, operation.name);
    refuseByFault(sim, fault, caller, c);
    permit(caller, operation.permission);

    const { method, path } = c.req;
    const key = method === 'POST' ? checkKey(c.req.header('idempotency-key')) : null;
    const attempt: Attempt | null = key
      ? { key, requestId: c.get('requestId'), method, path, body: encoded }
      : null;
    const earlier = attempt && earlierAnswer(sim, caller, attempt);
    if (earlier?.answer) {
      const headers = { 'Idempotent-Replayed': 'true', 'Original-Request': earlier.requestId };
      return { ...earlier.answer, headers };
    }

    const version = c.req.header('stripe-version') ?? null;
    const input = operation.read(decodeParams(encoded), { version });
    const names = { customer: '', transaction: '', invoice: '', account: '', ...c.req.param() };
    const place =
      operation.writes && names.customer ? `${caller.account.id}/${caller.mode}/${names.customer}` : null;
    if (place && sim.locks.has(place)) throw lockTimeout();
    const record = attempt && begin(sim, caller, attempt);
    if (place) sim.locks.add(place);
    try {
      const latency = sim.latency();
      if (fault?.fault === 'F4') await (fault.lateMs === undefined ? clientGone(c) : wait(fault.lateMs));
      else if (latency > 0) await wait(latency);
      const result = execute(sim, operation, caller, input, names, fault);
      record?.save(result.status, result.body);
      if (attempt) result.headers = { ...result.headers, 'Original-Request': attempt.requestId };
      return result;
    } catch (error) {
      record?.forget();
      throw error;
    } finally {
      if (place) sim.locks.delete(place);
    }
  }

  return async (c) => {
    const { status, body, headers } = await answer(c);
    return new Response(body, { status, headers: { ...stripeHeaders(c), ...headers } });
  };
}

/** What every answer of the API carries. */
export function stripeHeaders(c: Context<Env>): Record<string, string> {
  const key = c.req.header('idempotency-key');
  const account = c.req.header('stripe-account');
  return {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-cache, no-store',
    'Request-Id': c.get('requestId'),
    'Stripe-Version': c.req.header('stripe-version') ?? '2026-10-28.endive',
    ...(key && { 'Idempotency-Key': key }),
    ...(account && { 'Stripe-Account': account }),
  };
}
