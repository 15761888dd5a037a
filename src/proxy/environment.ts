import type { Mode } from '../contract/words.ts';

/** How the proxy reaches Stripe in one mode. */
export type StripeAccess =
  | { via: 'connect'; clientId: string; secretKey: string }
  | { via: 'restricted_key'; restrictedKey: string };

export type Environment = {
  host: string;
  port: number;
  /** Where browsers and Stripe's redirect reach the proxy; null means the address it listens on. */
  publicUrl: string | null;
  /** `file:…` or `postgres://…`; may hold a password. */
  databaseUrl: string;
  /** How many proxies in front put clients' addresses at the end of X-Forwarded-For; 0 where none is believed. */
  trustedProxies: number;
  advocateBase: string;
  stripeApiBase: string;
  stripeConnectBase: string;
  advocate: Record<Mode, { tenant: string; apiKey: string; userName: string } | null>;
  stripe: Record<Mode, StripeAccess | null>;
  /** What Stripe signs its webhooks with; without one the route is not there. */
  stripeWebhookSecret: Record<Mode, string | null>;
  logLevel: string;
  /** Where a team is told what needs somebody; whoever knows it may write there. */
  alertWebhookUrl: string | null;
  /** After so long without a run the team is told. */
  alertNothingRunMs: number;
};

/** Wrong settings, each as a sentence that names the variable. */
export class EnvironmentError extends Error {
  override name = 'EnvironmentError';
}

type Variables = Record<string, string | undefined>;

/** Reads and checks every variable; `.env.example` describes them. */
export function readEnvironment(variables: Variables): Environment {
  const wrong: string[] = [];
  const get = (name: string) => variables[name]?.trim() || null;
  const url = (name: string, fallback: string | null) => {
    const text = get(name) ?? fallback;
    if (text === null) return null;
    if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
      wrong.push(`${name} is not an http(s) address.`);
      return fallback;
    }
    const parsed = new URL(text);
    if (parsed.protocol === 'http:' && !isLoopback(parsed.hostname))
      wrong.push(`${name} must be https unless it is on this machine.`);
    return text.replace(/\/+$/, '');
  };

  const portText = get('PORT') ?? '4242';
  const port = Number(portText);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    wrong.push('PORT is not a port number (0 to 65535).');

  const databaseUrl = get('DATABASE_URL') ?? 'file:ledger.db';
  // Told without its value, which may hold a password.
  if (!isDatabase(databaseUrl))
    wrong.push(
      'DATABASE_URL must name a SQLite file, for example file:ledger.db, or a PostgreSQL database, for example postgres://user:password@host:5432/credits.',
    );

  const environment: Environment = {
    host: get('HOST') ?? '127.0.0.1',
    port,
    publicUrl: url('PUBLIC_URL', null),
    databaseUrl,
    trustedProxies: readProxies(get('TRUSTED_PROXIES') ?? '0', wrong),
    advocateBase: url('ADVOCATE_API_BASE', 'https://app.referralsaasquatch.com') ?? '',
    stripeApiBase: url('STRIPE_API_BASE', 'https://api.stripe.com') ?? '',
    stripeConnectBase: url('STRIPE_CONNECT_BASE', 'https://connect.stripe.com') ?? '',
    advocate: { test: readAdvocate('test', get, wrong), live: readAdvocate('live', get, wrong) },
    stripe: { test: readStripe('test', get, wrong), live: readStripe('live', get, wrong) },
    stripeWebhookSecret: {
      test: readWebhookSecret('test', get, wrong),
      live: readWebhookSecret('live', get, wrong),
    },
    logLevel: get('LOG_LEVEL') ?? 'info',
    alertWebhookUrl: readAlertUrl(get('ALERT_WEBHOOK_URL'), wrong),
    alertNothingRunMs: readHours(get('ALERT_NOTHING_RUN_HOURS') ?? '24', wrong),
  };
  if (environment.advocate.test === null && environment.advocate.live === null)
    wrong.push(
      'Set ADVOCATE_TENANT_TEST and ADVOCATE_API_KEY_TEST (or the …_LIVE pair), so that there are rewards to read.',
    );
  const { test, live } = environment.advocate;
  if (test && live && test.tenant === live.tenant)
    wrong.push(
      'ADVOCATE_TENANT_TEST and ADVOCATE_TENANT_LIVE name the same tenant. Test and live must never meet.',
    );
  if (wrong.length > 0) throw new EnvironmentError(wrong.join('\n'));
  return environment;
}

type Get = (name: string) => string | null;

function readAdvocate(mode: Mode, get: Get, wrong: string[]) {
  const suffix = mode.toUpperCase();
  const tenant = get(`ADVOCATE_TENANT_${suffix}`);
  const apiKey = get(`ADVOCATE_API_KEY_${suffix}`);
  if (!tenant && !apiKey) return null;
  if (!tenant || !apiKey) {
    wrong.push(`ADVOCATE_TENANT_${suffix} and ADVOCATE_API_KEY_${suffix} go together; one is missing.`);
    return null;
  }
  return { tenant, apiKey, userName: get(`ADVOCATE_ACCOUNT_SID_${suffix}`) ?? '' };
}

function readStripe(mode: Mode, get: Get, wrong: string[]): StripeAccess | null {
  const suffix = mode.toUpperCase();
  const clientId = get(`STRIPE_CLIENT_ID_${suffix}`);
  const secretKey = get(`STRIPE_SECRET_KEY_${suffix}`);
  const restrictedKey = get(`STRIPE_RESTRICTED_KEY_${suffix}`);
  // Other prefixes exist (sandboxes have their own), so only the plainly wrong mode is refused here.
  const otherMode = mode === 'test' ? 'live' : 'test';
  for (const [name, key] of [
    [`STRIPE_SECRET_KEY_${suffix}`, secretKey],
    [`STRIPE_RESTRICTED_KEY_${suffix}`, restrictedKey],
  ] as const)
    if (key?.match(new RegExp(`^(sk|rk)_${otherMode}_`)))
      wrong.push(`${name} holds a ${otherMode}-mode key.`);

  if (restrictedKey && (clientId || secretKey)) {
    wrong.push(
      `Set either STRIPE_RESTRICTED_KEY_${suffix}, or STRIPE_CLIENT_ID_${suffix} with STRIPE_SECRET_KEY_${suffix}; not both.`,
    );
    return null;
  }
  if (restrictedKey) return { via: 'restricted_key', restrictedKey };
  if (!clientId && !secretKey) return null;
  if (!clientId || !secretKey) {
    wrong.push(`STRIPE_CLIENT_ID_${suffix} and STRIPE_SECRET_KEY_${suffix} go together; one is missing.`);
    return null;
  }
  return { via: 'connect', clientId, secretKey };
}

function readWebhookSecret(mode: Mode, get: Get, wrong: string[]): string | null {
  const suffix = mode.toUpperCase();
  const secret = get(`STRIPE_WEBHOOK_SECRET_${suffix}`);
  if (secret !== null && !secret.startsWith('whsec_'))
    wrong.push(`STRIPE_WEBHOOK_SECRET_${suffix} is not a signing secret; Stripe’s begin with whsec_.`);
  return secret;
}

/** As it is written: a slash at its end may matter there. Told without its value, which is a secret. */
function readAlertUrl(text: string | null, wrong: string[]): string | null {
  if (text === null) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  const allowed = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (!allowed) wrong.push('ALERT_WEBHOOK_URL must be an https address, or one on this machine.');
  // Nothing can be sent to an address that holds them.
  if (url !== null && url.username + url.password !== '')
    wrong.push('ALERT_WEBHOOK_URL must not hold a user name or a password.');
  return text;
}

function readHours(text: string, wrong: string[]): number {
  const hours = Number(text);
  if (!Number.isInteger(hours) || hours < 1 || hours > 24 * 365)
    wrong.push('ALERT_NOTHING_RUN_HOURS must be a whole number of hours, from 1 to 8760.');
  return hours * 3_600_000;
}

function readProxies(text: string, wrong: string[]): number {
  const proxies = Number(text);
  if (!Number.isInteger(proxies) || proxies < 0 || proxies > 10)
    wrong.push('TRUSTED_PROXIES must be a whole number from 0 to 10: how many proxies stand in front.');
  return proxies;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}

function isDatabase(url: string): boolean {
  if (url.startsWith('file:')) return url.length > 'file:'.length;
  return /^postgres(ql)?:\/\//.test(url) && URL.canParse(url) && new URL(url).pathname.length > 1;
}

/** The password as it is written and as it is meant. */
function passwordsIn(databaseUrl: string): string[] {
  if (databaseUrl.startsWith('file:')) return [];
  const { password, searchParams } = new URL(databaseUrl);
  return [password, decodeURIComponent(password), searchParams.get('password') ?? ''].filter(
    (text) => text !== '',
  );
}

/** Every secret in the environment, so that logs can be kept clean of them. */
export function secretsOf(environment: Environment): string[] {
  const { advocate, stripe, stripeWebhookSecret, alertWebhookUrl } = environment;
  return (
    [advocate.test, advocate.live]
      // As it is, and as it travels.
      .flatMap((a) => (a ? [a.apiKey, Buffer.from(`${a.userName}:${a.apiKey}`).toString('base64')] : []))
      .concat(
        [stripe.test, stripe.live].flatMap((s) =>
          s === null ? [] : s.via === 'connect' ? [s.secretKey] : [s.restrictedKey],
        ),
      )
      .concat(passwordsIn(environment.databaseUrl))
      .concat(
        [stripeWebhookSecret.test, stripeWebhookSecret.live, alertWebhookUrl].filter(
          (secret) => secret !== null,
        ),
      )
  );
}
