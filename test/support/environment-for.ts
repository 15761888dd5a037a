import type { Seed } from '../../sandbox/seed.ts';

/** A proxy's variables, so that it talks to the two simulators. */
export function environmentFor(
  seed: Seed,
  urls: { stripe: string; advocate: string },
): Record<string, string | undefined> {
  const { platform } = seed.stripe;
  const { tenants } = seed.advocate;
  return {
    PORT: '0',
    DATABASE_URL: 'file::memory:',
    LOG_LEVEL: 'info',
    ADVOCATE_API_BASE: urls.advocate,
    STRIPE_API_BASE: urls.stripe,
    STRIPE_CONNECT_BASE: urls.stripe,
    ADVOCATE_TENANT_TEST: tenants.test.alias,
    ADVOCATE_API_KEY_TEST: tenants.test.apiKey,
    ADVOCATE_TENANT_LIVE: tenants.live.alias,
    ADVOCATE_API_KEY_LIVE: tenants.live.apiKey,
    STRIPE_CLIENT_ID_TEST: platform.test.clientId,
    STRIPE_SECRET_KEY_TEST: platform.test.secretKey,
    STRIPE_CLIENT_ID_LIVE: platform.live.clientId,
    STRIPE_SECRET_KEY_LIVE: platform.live.secretKey,
  };
}
