import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MODES } from '../src/contract/words.ts';
import { type AdvocateSimulator, startAdvocateSimulator } from './advocate/simulator.ts';
import type { Exchange } from './exchange.ts';
import { hostResolverRules, startHttpsFront } from './https-front.ts';
import { readSeed, type Seed } from './seed.ts';
import { type StripeSimulator, startStripeSimulator } from './stripe/simulator.ts';
import { WEBHOOK_SECRETS } from './stripe/webhooks.ts';

export const ADVOCATE_HOSTS = ['app.impact.com', 'app.referralsaasquatch.com'];
export const STRIPE_HOSTS = ['dashboard.stripe.com', 'connect.stripe.com'];

export type SandboxOptions = {
  /** The seed file's, unless a test brings its own. */
  seed?: Seed;
  onExchange?: (exchange: Exchange) => void;
  /** Milliseconds that Stripe takes for each operation. */
  stripeLatency?: () => number;
};

export type Sandbox = {
  seed: Seed;
  stripe: StripeSimulator;
  advocate: AdvocateSimulator;
  /** For the proxy: everything that .env.example names, with a database that goes away with the sandbox. */
  env: Record<string, string>;
  /** For Chromium: leads the real host names to the simulators. */
  browserFlag: string;
  close(): Promise<void>;
};

function proxyEnvironment(seed: Seed, advocateBase: string, stripeBase: string, folder: string) {
  const env: Record<string, string> = {
    HOST: '127.0.0.1',
    PORT: '0',
    DATABASE_URL: `file:${join(folder, 'ledger.db')}`,
    ADVOCATE_API_BASE: advocateBase,
    STRIPE_API_BASE: stripeBase,
    STRIPE_CONNECT_BASE: stripeBase,
  };
  for (const mode of MODES) {
    const suffix = mode.toUpperCase();
    env[`ADVOCATE_TENANT_${suffix}`] = seed.advocate.tenants[mode].alias;
    env[`ADVOCATE_API_KEY_${suffix}`] = seed.advocate.tenants[mode].apiKey;
    env[`STRIPE_CLIENT_ID_${suffix}`] = seed.stripe.platform[mode].clientId;
    env[`STRIPE_SECRET_KEY_${suffix}`] = seed.stripe.platform[mode].secretKey;
    env[`STRIPE_WEBHOOK_SECRET_${suffix}`] = WEBHOOK_SECRETS[mode];
  }
  return env;
}

/** Both simulators on free loopback ports, and the HTTPS front that gives them their real names. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { seed = readSeed(), onExchange, stripeLatency } = options;
  const listener = onExchange && { onExchange };
  const stripe = await startStripeSimulator({
    seed,
    ...listener,
    webhookRetryMs: 5_000,
    ...(stripeLatency && { latency: stripeLatency }),
  });
  const advocate = await startAdvocateSimulator({ seed, ...listener });
  const front = await startHttpsFront({
    ...Object.fromEntries(ADVOCATE_HOSTS.map((host) => [host, advocate.app])),
    ...Object.fromEntries(STRIPE_HOSTS.map((host) => [host, stripe.app])),
  });
  const folder = mkdtempSync(join(tmpdir(), 'advocate-credits-'));
  const forget = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', forget);
  return {
    seed,
    stripe,
    advocate,
    env: proxyEnvironment(seed, advocate.url, stripe.url, folder),
    browserFlag: hostResolverRules([...ADVOCATE_HOSTS, ...STRIPE_HOSTS], front.port),
    async close() {
      await Promise.all([stripe.close(), advocate.close(), front.close()]);
      process.off('exit', forget);
      forget();
    },
  };
}
