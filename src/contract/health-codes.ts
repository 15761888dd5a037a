/** The codes of the health page. Without schemas, so that whoever only needs the words carries none. */
import type { Action } from './reasons.ts';

type HealthText = {
  /** `bad`: rewards are not paid until somebody does something. `notice`: somebody should know. */
  level: 'good' | 'notice' | 'bad';
  action: Action | null;
};
const good: HealthText = { level: 'good', action: null };
const notice = /* @__NO_SIDE_EFFECTS__ */ (action: Action | null = null): HealthText => ({
  level: 'notice',
  action,
});
const bad = /* @__NO_SIDE_EFFECTS__ */ (action: Action | null = null): HealthText => ({
  level: 'bad',
  action,
});

/** Each check ends with one of its codes; the sentences are in locales/en/health.json. */
export const HEALTH = {
  advocate: {
    advocate_ok: good,
    advocate_not_configured: bad(),
    advocate_refused_key: bad(),
    advocate_refused: bad(),
    advocate_unreachable: bad(),
  },
  field: {
    field_ok: good,
    field_missing: notice(),
    field_differs: notice('link'),
    field_unknown: notice(),
  },
  units: {
    units_ok: good,
    units_none: bad('units'),
    units_unusable: bad('units'),
    units_unknown: notice(),
  },
  stripe: {
    stripe_ok: good,
    stripe_not_configured: bad(),
    stripe_not_connected: bad('connect'),
    stripe_lost: bad('connect'),
    stripe_unreachable: bad(),
  },
  permissions: {
    permissions_ok: good,
    permissions_customers: bad(),
    permissions_optional: notice(),
    permissions_unknown: notice(),
  },
  credits: {
    credits_on: good,
    credits_never_on: notice('resume'),
    credits_paused: notice('resume'),
  },
  runs: {
    runs_ok: good,
    runs_never: notice(),
    runs_quiet: bad(),
  },
  limits: {
    limits_ok: good,
    limits_slowed: notice(),
  },
  reconcile: {
    reconcile_ok: good,
    reconcile_never: notice(),
    reconcile_differs: bad(),
  },
  alerts: {
    alerts_ok: good,
    alerts_off: notice(),
    alerts_failing: bad(),
  },
} as const satisfies Record<string, Record<string, HealthText>>;

export type HealthCheck = keyof typeof HEALTH;
export const HEALTH_CHECKS = Object.keys(HEALTH) as [HealthCheck, ...HealthCheck[]];
const TEXTS: Record<string, HealthText> = /* @__PURE__ */ Object.assign({}, ...Object.values(HEALTH));
type CodesOf<T> = T extends unknown ? keyof T : never;
export type HealthCode = CodesOf<(typeof HEALTH)[HealthCheck]>;
export const HEALTH_CODES = Object.keys(TEXTS) as [HealthCode, ...HealthCode[]];

export const healthText = (code: HealthCode): HealthText => TEXTS[code] ?? bad();
