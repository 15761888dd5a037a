/** Every check with its finding: a code, and beside it a name or what another service said. The words are the extension's. */
import { type Health, type HealthCheck, type HealthCode, healthText } from '../contract/health.ts';
import type { Settings, UnitsAnswer } from '../contract/routes.ts';
import { LINK_FIELD, type Mode } from '../contract/words.ts';
import type { Database } from './database.ts';
import { onPostgres } from './database-dialects.ts';
import { readArrivals } from './hints.ts';
import { type LastReconcile, readReconciled } from './last-reconcile.ts';
import type { Browser } from './pairing.ts';
import type { Parts } from './parts.ts';
import type { Probe } from './probe.ts';
import { refusalOf } from './units.ts';

type Finding = readonly [code: HealthCode, detail?: string | null];
type Stripe = Awaited<ReturnType<Parts['connections']['status']>>;

/** A browser that runs renews its lease within two minutes; so long without one is worth a word. */
const QUIET_MS = 15 * 60_000;

export async function readHealth(parts: Parts, mode: Mode, browser: Browser): Promise<Health> {
  const { db, connections, leases, now, version, environment } = parts;
  const [probed, stripe, settings, standing, reconciled, last, failing, heard] = await Promise.all([
    parts.probe(mode),
    connections.status(mode),
    parts.settings.read(mode),
    leases.read(mode, browser.id),
    readReconciled(db, mode),
    lastWrites(db, mode),
    parts.alerts.failure(),
    readArrivals(db, mode),
  ]);
  const { lastRunAt, lastBrowser, holder, until, mine } = standing;
  const limits = connections.meter.of(mode).read();
  const lastRun =
    lastRunAt !== null && lastBrowser !== null ? { at: lastRunAt, browserName: lastBrowser } : null;
  const tenant = environment.advocate[mode]?.tenant ?? null;
  const findings: Record<HealthCheck, Finding> = {
    advocate: advocateFinding(probed, tenant),
    field: fieldFinding(probed),
    units: unitsFinding(probed, settings),
    stripe: stripeFinding(probed, stripe),
    permissions: permissionsFinding(probed),
    credits: creditsFinding(settings),
    runs: runsFinding(lastRun, settings, now()),
    limits: limits.slowedLastHour === 0 ? ['limits_ok'] : ['limits_slowed'],
    reconcile: reconcileFinding(reconciled),
    alerts:
      environment.alertWebhookUrl === null
        ? ['alerts_off']
        : failing === null
          ? ['alerts_ok']
          : ['alerts_failing', failing],
  };
  return {
    at: probed.at,
    checks: Object.entries(findings).map(([check, [code, detail = null]]) => ({
      check: check as HealthCheck,
      code,
      level: healthText(code).level,
      detail,
    })),
    versions: { proxy: version, node: process.version, database: onPostgres(db) ? 'postgres' : 'sqlite' },
    permissions: probed.permissions,
    ...last,
    lease: { holder, until, mine },
    lastRun,
    limits,
    heard,
    reconciled: reconciled && { at: reconciled.at, differences: reconciled.differences },
  };
}

function advocateFinding({ advocate }: Probe, tenant: string | null): Finding {
  if (advocate === null || tenant === null) return ['advocate_not_configured'];
  if (!('failure' in advocate)) return ['advocate_ok', tenant];
  const { failure, detail } = advocate;
  if (failure === 'refused_key') return ['advocate_refused_key'];
  return [failure === 'refused' ? 'advocate_refused' : 'advocate_unreachable', detail];
}

const unitsOf = ({ advocate }: Probe): UnitsAnswer | null =>
  advocate === null || 'failure' in advocate ? null : advocate;

function fieldFinding(probed: Probe): Finding {
  const units = unitsOf(probed);
  if (units === null) return ['field_unknown'];
  if (units.field === null) return ['field_missing'];
  return [units.field === LINK_FIELD ? 'field_ok' : 'field_differs', units.field];
}

function unitsFinding(probed: Probe, settings: Settings): Finding {
  if (settings.units.length === 0) return ['units_none'];
  const units = unitsOf(probed);
  if (units === null) return ['units_unknown'];
  const unusable = settings.units.filter((unit) => refusalOf(unit, units) !== null);
  if (unusable.length > 0) return ['units_unusable', unusable.join(', ')];
  return ['units_ok', settings.units.join(', ')];
}

function stripeFinding({ stripe }: Probe, { via, connected, account, broken }: Stripe): Finding {
  if (via === null) return ['stripe_not_configured'];
  if (broken !== null && via === 'connect') return ['stripe_lost', broken];
  if (stripe === null || (!connected && via === 'connect')) return ['stripe_not_connected'];
  if (stripe.failure === 'revoked') return ['stripe_lost', stripe.detail];
  if (stripe.failure !== null) return ['stripe_unreachable', stripe.detail];
  return ['stripe_ok', account];
}

function permissionsFinding({ permissions: { customers, subscriptions, invoices } }: Probe): Finding {
  if (customers === null) return ['permissions_unknown'];
  if (!customers) return ['permissions_customers'];
  const missing = !subscriptions || !invoices;
  return [missing ? 'permissions_optional' : 'permissions_ok'];
}

function creditsFinding({ paused, turnedOnAt }: Settings): Finding {
  if (!paused) return ['credits_on'];
  return [turnedOnAt === null ? 'credits_never_on' : 'credits_paused'];
}

function runsFinding(lastRun: Health['lastRun'], { turnedOnAt }: Settings, now: number): Finding {
  if (lastRun === null) return ['runs_never'];
  const silent = now - lastRun.at;
  if (silent < QUIET_MS || turnedOnAt === null) return ['runs_ok', lastRun.browserName];
  return ['runs_quiet'];
}

function reconcileFinding(last: LastReconcile | null): Finding {
  if (last === null) return ['reconcile_never'];
  return last.differences === 0 ? ['reconcile_ok'] : ['reconcile_differs'];
}

/** When writing last worked at either: nobody tries it for the sake of knowing. */
async function lastWrites(db: Database, mode: Mode): Promise<Pick<Health, 'lastCreditAt' | 'lastRedeemAt'>> {
  const newest = (column: 'credited_at' | 'redeemed_at') =>
    db
      .selectFrom('ledger')
      .select(`${column} as at`)
      .where('mode', '=', mode)
      .where(column, 'is not', null)
      .orderBy('claimed_at', 'desc')
      .limit(1)
      .executeTakeFirst();
  const [credited, redeemed] = await Promise.all([newest('credited_at'), newest('redeemed_at')]);
  return { lastCreditAt: credited?.at ?? null, lastRedeemAt: redeemed?.at ?? null };
}
