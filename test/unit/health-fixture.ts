import {
  HEALTH,
  HEALTH_CHECKS,
  type Health,
  type HealthCode,
  healthText,
} from '../../src/contract/health.ts';

type Check = Health['checks'][number];

/** All stands, but for the codes given. */
export function healthWith(codes: HealthCode[] = [], more: Partial<Health> = {}, at = Date.now()): Health {
  const DETAILS: Partial<Record<HealthCode, string>> = {
    advocate_ok: 'test_tenant',
    field_ok: 'stripeCustomerId',
    field_differs: 'stripeCustomerID',
    units_ok: 'STRIPE/USD',
    units_unusable: 'GOLD/USD',
    stripe_ok: 'acct_1',
    stripe_lost: 'The account took the access back.',
    runs_ok: 'Ana’s Chrome',
  };
  const checks = HEALTH_CHECKS.map((check): Check => {
    const known = Object.keys(HEALTH[check]) as HealthCode[];
    const code = known.find((one) => codes.includes(one)) ?? known[0];
    if (code === undefined) throw new Error(`${check} has no code.`);
    return { check, code, level: healthText(code).level, detail: DETAILS[code] ?? null };
  });
  return {
    at,
    checks,
    versions: { proxy: '0.1.0', node: 'v24.0.0', database: 'sqlite' },
    permissions: { customers: true, subscriptions: false, invoices: null },
    lastCreditAt: at - 60_000,
    lastRedeemAt: at - 50_000,
    lease: { holder: { id: 'b1', name: 'Ana’s Chrome' }, until: at + 60_000, mine: true },
    lastRun: { at: at - 120_000, browserName: 'Ana’s Chrome' },
    limits: { allowed: 25, busiest: 3, lastMinute: 41, slowedLastHour: 0, lastSlowedAt: null },
    reconciled: { at: at - 86_400_000, differences: 0 },
    ...more,
  };
}
