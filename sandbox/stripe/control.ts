import type { Context, Hono } from 'hono';
import * as v from 'valibot';
import { MODES } from '../../src/contract/words.ts';
import { StripeFailure } from './errors.ts';
import { FaultRequest } from './faults.ts';
import { finalizeInvoice, voidInvoice } from './invoices.ts';
import type { Env, Simulation } from './simulation.ts';
import { type Invoice, lookUp } from './state.ts';
import { EVENT_TYPES, WEBHOOK_FAULTS } from './webhooks.ts';

/** The next invoice of a customer of the seed's account, in whichever mode they are. */
export function finalizeFor(sim: Simulation, customerId: string): Invoice {
  const { accounts, accountId } = sim.state;
  for (const mode of MODES) {
    const books = lookUp(accounts, accountId)?.books[mode];
    const customer = books && lookUp(books.customers, customerId);
    if (books && customer) return finalizeInvoice(sim, books, customer);
  }
  throw new StripeFailure(404, `There is no customer ${customerId} in the sandbox.`);
}

/** Voids an open invoice of the seed's account, in whichever mode it is. */
export function voidFor(sim: Simulation, id: string): Invoice {
  const { accounts, accountId } = sim.state;
  for (const mode of MODES) {
    const books = lookUp(accounts, accountId)?.books[mode];
    const invoice = books && lookUp(books.invoices, id);
    if (!books || !invoice) continue;
    voidInvoice(sim, books, invoice);
    return invoice;
  }
  throw new StripeFailure(404, `There is no invoice ${id} in the sandbox.`);
}

const number = v.pipe(v.number(), v.minValue(0));
const Tuning = v.partial(
  v.strictObject({
    searchLagMs: number,
    pruneAfterMs: number,
    limits: v.partial(
      v.strictObject({ enabled: v.boolean(), live: number, test: number, endpoint: number, search: number }),
    ),
  }),
);
const Listener = v.strictObject({
  mode: v.picklist(MODES),
  url: v.pipe(v.string(), v.url()),
  secret: v.optional(v.string()),
  events: v.optional(v.array(v.picklist(EVENT_TYPES))),
  own: v.optional(v.boolean()),
});
const Misbehaviour = v.strictObject({ faults: v.array(v.picklist(WEBHOOK_FAULTS)) });
const Revocation = v.strictObject({ account: v.optional(v.string()), mode: v.picklist(MODES) });

async function readJson<S extends v.GenericSchema>(c: Context<Env>, schema: S): Promise<v.InferOutput<S>> {
  const body: unknown = await c.req.json().catch(() => {
    throw new StripeFailure(400, 'The body is not JSON.');
  });
  const read = v.safeParse(schema, body);
  if (read.success) return read.output;
  const why = read.issues.map((issue) => `${v.getDotPath(issue) ?? 'body'}: ${issue.message}`).join('; ');
  throw new StripeFailure(400, `The sandbox does not understand this. ${why}`);
}

/** What Stripe does not have: the hands of whoever drives the sandbox from another process. */
export function controlRoutes(app: Hono<Env>, sim: Simulation) {
  app.post('/_sandbox/faults', async (c) => {
    sim.faults.inject(await readJson(c, FaultRequest));
    return c.body(null, 204);
  });
  app.delete('/_sandbox/faults', (c) => {
    sim.faults.clear();
    return c.body(null, 204);
  });
  app.get('/_sandbox/state', (c) => c.json(sim.state));
  app.patch('/_sandbox/settings', async (c) => {
    const { limits, ...settings } = await readJson(c, Tuning);
    Object.assign(sim.settings, settings);
    Object.assign(sim.limits, limits);
    return c.json({ ...sim.settings, limits: sim.limits });
  });
  app.post('/_sandbox/webhooks', async (c) => {
    const { mode, url, secret, events, own } = await readJson(c, Listener);
    sim.listen(mode, {
      url,
      ...(secret !== undefined && { secret }),
      ...(events !== undefined && { events }),
      ...(own !== undefined && { own }),
    });
    return c.body(null, 204);
  });
  app.post('/_sandbox/webhooks/faults', async (c) => {
    sim.webhooks.misbehave(...(await readJson(c, Misbehaviour)).faults);
    return c.body(null, 204);
  });
  app.post('/_sandbox/revoke', async (c) => {
    const { account = sim.state.accountId, mode } = await readJson(c, Revocation);
    return c.json({ revoked: sim.revoke(account, mode) });
  });
  app.post('/_sandbox/customers/:id/invoice', (c) => {
    const invoice = finalizeFor(sim, c.req.param('id'));
    // A person who pressed the button on the customer's page goes back to it.
    const path = `${invoice.livemode ? '' : '/test'}/customers/${invoice.customer}`;
    return c.req.header('accept')?.includes('text/html') ? c.redirect(path, 303) : c.json(invoice);
  });
  app.post('/_sandbox/invoices/:id/void', (c) => c.json(voidFor(sim, c.req.param('id'))));
  app.all('/_sandbox/elsewhere/*', (c) => {
    const path = c.req.path.slice('/_sandbox/elsewhere'.length);
    const authorized = c.req.header('authorization') !== undefined;
    sim.state.redirectsFollowed.push({ method: c.req.method, path, authorized });
    return c.json({});
  });
}
