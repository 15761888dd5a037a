/** Pairing, the session, settings, units, the lease and the connection to Stripe. */
import { Hono } from 'hono';
import * as v from 'valibot';
import { ProblemError } from '../../contract/problems.ts';
import {
  BackfillRequest,
  ConnectAnswer,
  Lease,
  PairAnswer,
  PairRequest,
  Session,
  Settings,
  SettingsWrite,
  TokenAnswer,
  UnitsAnswer,
} from '../../contract/routes.ts';
import { MODES, type Mode } from '../../contract/words.ts';
import { clientAddress } from '../client-address.ts';
import { finishReversals } from '../decide-reversal.ts';
import type { Browser } from '../pairing.ts';
import type { Parts } from '../parts.ts';
import { reversalContext } from '../reversal-context.ts';
import { readUnits, refusalOf } from '../units.ts';
import type { Vitals } from '../vitals.ts';
import { about, adminOnly, checked, type Env, inMode, noQuery } from './common.ts';

const Done = v.object({ done: v.literal(true) });
const done = { done: true } as const;

export function pairRoute({ pairing, environment }: Parts) {
  return new Hono<Env>().post(
    '/pair',
    about('Turn a one-time code into a token', PairAnswer),
    checked('json', PairRequest),
    async (c) => {
      const { code, browserName } = c.req.valid('json');
      const { token, role, ...browser } = await pairing.pair(
        code,
        browserName,
        clientAddress(c, environment.trustedProxies),
      );
      return c.json({ token, role, browser });
    },
  );
}

export function sessionRoutes(parts: Parts, vitals: Vitals) {
  const { pairing, leases, settings, connections } = parts;
  const underWay = new Set<string>();
  /** What a lease sets off goes on beside its answer, and not twice at once, however often it is renewed. */
  function setOff(name: string, work: () => Promise<void>): void {
    if (underWay.has(name)) return;
    underWay.add(name);
    void vitals.work
      .track(work)
      .catch((error: unknown) => parts.log.warn({ err: error }, `${name} are still to be finished`))
      .finally(() => underWay.delete(name));
  }
  return new Hono<Env>()
    .get('/session', about('Who this browser is and how things stand', Session), noQuery, async (c) =>
      c.json({
        ...(await readSession(parts, c.var.browser)),
        ...(c.var.tokenDue && { tokenDue: true }),
      }),
    )
    .post(
      '/session/token',
      about('Trade this browser’s token for a new one', TokenAnswer),
      noQuery,
      async (c) => c.json(await pairing.renew(c.var.browser.id)),
    )
    .delete('/session', about('Give up this browser’s token', Done), noQuery, async (c) => {
      await leases.drop(c.var.browser.id);
      await pairing.revoke(c.var.browser.id, c.var.browser);
      return c.json(done);
    })
    .post(
      '/connect/:mode',
      about('Begin Stripe Connect', ConnectAnswer),
      inMode,
      noQuery,
      adminOnly,
      async (c) => c.json({ url: await connections.begin(c.req.valid('param').mode, c.var.browser.id) }),
    )
    .delete(
      '/connect/:mode',
      about('Give the access to Stripe back', Done),
      inMode,
      noQuery,
      adminOnly,
      async (c) => {
        await connections.end(c.req.valid('param').mode, c.var.browser);
        return c.json(done);
      },
    )
    .get(
      '/:mode/settings',
      about('Units, caps, pause and currency rule', Settings),
      inMode,
      noQuery,
      async (c) => c.json(await settings.read(c.req.valid('param').mode)),
    )
    .put(
      '/:mode/settings',
      about('Change the settings that were read', Settings),
      inMode,
      noQuery,
      adminOnly,
      checked('json', SettingsWrite),
      async (c) => {
        const { mode } = c.req.valid('param');
        const { version, ...body } = c.req.valid('json');
        const before = await settings.read(mode);
        const added = body.units.filter((unit) => !before.units.includes(unit));
        if (added.length > 0) await refuseUnusable(parts, mode, added);
        const { id, name } = c.var.browser;
        const deed = { actor: { id, name }, earlierWaits: true };
        return c.json(await settings.write(mode, version, body, id, deed));
      },
    )
    .post(
      '/:mode/backfill',
      about('Credit what was earned before its unit was added', Settings),
      inMode,
      noQuery,
      adminOnly,
      checked('json', BackfillRequest),
      async (c) => {
        const { id, name } = c.var.browser;
        const { mode } = c.req.valid('param');
        return c.json(await settings.confirmBackfill(mode, c.req.valid('json'), { id, name }));
      },
    )
    .get(
      '/:mode/units',
      about('Advocate’s units, each usable or not and why', UnitsAnswer),
      inMode,
      noQuery,
      async (c) => c.json(await readUnits(parts.ofMode(c.req.valid('param').mode).advocate)),
    )
    .put(
      '/:mode/lease',
      about('Take or renew the right to drain', Lease),
      inMode,
      noQuery,
      adminOnly,
      async (c) => {
        const { mode } = c.req.valid('param');
        const { finishNotes } = parts.ofMode(mode);
        const lease = await leases.take(mode, c.var.browser.id);
        if (lease.mine) {
          setOff(`notes in ${mode} mode`, finishNotes);
          setOff(`reversals in ${mode} mode`, () => finishReversals(reversalContext(parts, mode)));
        }
        return c.json(lease);
      },
    );
}

async function refuseUnusable(parts: Parts, mode: Mode, units: string[]): Promise<void> {
  const known = await readUnits(parts.ofMode(mode).advocate);
  for (const unit of units) {
    const why = refusalOf(unit, known);
    if (why !== null) throw new ProblemError('unit_not_usable', { detail: `${unit}: ${why}`, current: why });
  }
}

async function readSession(parts: Parts, browser: Browser): Promise<Session> {
  const [test, live] = await Promise.all(MODES.map((mode) => readMode(parts, mode, browser)));
  if (test === undefined || live === undefined) throw new Error('both modes are read');
  const { id, name, role } = browser;
  return { version: parts.version, role, browser: { id, name }, modes: { test, live } };
}

async function readMode(parts: Parts, mode: Mode, browser: Browser): Promise<Session['modes']['test']> {
  const { environment, connections, settings, leases } = parts;
  const [stripe, body, lease] = await Promise.all([
    connections.status(mode),
    settings.read(mode),
    leases.read(mode, browser.id),
  ]);
  const { holder, until, mine, lastRunAt, lastBrowser } = lease;
  const tenant = environment.advocate[mode]?.tenant ?? null;
  return {
    advocate: { configured: tenant !== null, tenant },
    stripe,
    settings: body,
    lease: { holder, until, mine },
    lastRun: lastRunAt !== null && lastBrowser !== null ? { at: lastRunAt, browserName: lastBrowser } : null,
  };
}
