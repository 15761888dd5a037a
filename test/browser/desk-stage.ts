/** A browser that support was invited with, and what other people do meanwhile. */
import { onTestFinished } from 'vitest';
import type { Seed } from '../../sandbox/seed.ts';
import { createLog } from '../../src/proxy/log.ts';
import { startProxy } from '../../src/proxy/server.ts';
import { seedOf, type Variant } from './participant-pages.ts';
import { setStage } from './stage.ts';

export type DeskStage = Awaited<ReturnType<typeof supportStage>>;

/** Support can link, and nothing else. An admin elsewhere has set up the rest. */
export async function supportStage(
  pages: Variant[],
  change: (seed: Seed) => void = () => undefined,
  atEnd: (close: () => Promise<void>) => void = onTestFinished,
) {
  const seed = seedOf(pages);
  change(seed);
  const { key } = seed.stripe.restrictedKeys.test;
  const stage = await setStage({
    seed,
    atEnd,
    proxy: async (variables) => {
      const { STRIPE_CLIENT_ID_TEST: _, STRIPE_SECRET_KEY_TEST: __, ...rest } = variables;
      const restricted = { ...rest, STRIPE_RESTRICTED_KEY_TEST: key };
      const running = await startProxy(restricted, createLog('fatal', [], { write: () => true }));
      atEnd(() => running.close());
      return running;
    },
  });
  const { hands, proxy, sandbox } = stage;
  const admin = await pairedWith(proxy.url, await proxy.invite('admin'), 'Ana’s Chrome');
  await admin('PUT', '/test/settings', {
    version: 0,
    units: ['STRIPE/USD'],
    paused: false,
    currencyRule: 'confirm',
    caps: {},
  });
  const adminSends = () => admin('PUT', '/test/lease', {});
  await adminSends();
  await hands.type(hands.popup, 'Proxy address', proxy.url);
  await hands.type(hands.popup, 'Pairing code', await proxy.invite('support'));
  await hands.press(hands.popup, 'Pair');
  await stage.until('the browser is paired', async () => (await hands.state()).session !== null);

  const linkPath = ({ person }: Variant) =>
    `/test/participants/${encodeURIComponent(person.accountId)}/${encodeURIComponent(person.id)}/link`;
  const profile = ({ person }: Variant) => {
    const { alias } = seed.advocate.tenants.test;
    const [account, id] = [person.accountId, person.id].map(encodeURIComponent);
    return `${sandbox.advocate.url}/_sandbox/pages/data/${alias}/account/${account}/user/${id}`;
  };
  const stripe = (method: string, path: string, form?: Record<string, string>) =>
    answered(`${sandbox.stripe.url}/v1/customers${path}`, {
      method,
      headers: { authorization: `Bearer ${key}` },
      ...(form && { body: new URLSearchParams(form) }),
    });

  return {
    ...stage,
    /** What Advocate holds. */
    linkOf({ person }: Variant): unknown {
      const found = [...sandbox.advocate.state.test.participants.values()].find(
        ({ id, accountId }) => id === person.id && accountId === person.accountId,
      );
      return found?.customFields.stripeCustomerId ?? null;
    },
    /** Living ones in Stripe. */
    customersWith: (email: string) =>
      Object.values(sandbox.stripe.state.accounts)
        .flatMap(({ books }) => Object.values(books.test.customers))
        .filter((customer) => customer.email === email && !customer.deleted),
    /** For two minutes. */
    adminSends,
    /** Somebody else at the same proxy. */
    adminLinks: (variant: Variant, customer: string, previous: string | null) =>
      admin('PUT', linkPath(variant), { customer, previous }),
    adminUnlinks: (variant: Variant, previous: string) => admin('DELETE', linkPath(variant), { previous }),
    /** Somebody at Stripe's dashboard; answers how to take it back. */
    async createInStripe(name: string, email: string): Promise<() => Promise<unknown>> {
      const { id } = (await stripe('POST', '', { name, email })) as { id: string };
      return () => stripe('DELETE', `/${id}`);
    },
    /** Somebody at Advocate, who types an ID into a field of almost the right name. */
    async misspell(variant: Variant): Promise<void> {
      const { name, email } = variant.person;
      const [firstName, lastName] = name.split(' ');
      await post(profile(variant), { firstName, lastName, email, stripeCustomerID: variant.second });
    },
    async reward(variant: Variant, amount: number): Promise<void> {
      await post(`${profile(variant)}/rewards`, { unit: 'STRIPE/USD', amount });
    },
  };
}

async function answered(url: string, request: RequestInit): Promise<unknown> {
  const answer = await fetch(url, request);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${request.method} ${url} answered ${answer.status}: ${text}`);
  return JSON.parse(text);
}

const asJson = (method: string, body: unknown, token?: string): RequestInit => ({
  method,
  headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
  body: JSON.stringify(body),
});

const post = (url: string, body: unknown) => answered(url, asJson('POST', body));

/** Another person at the same proxy, without a browser of ours. */
async function pairedWith(proxy: string, code: string, browserName: string) {
  const { token } = (await post(`${proxy}/v1/pair`, { code, browserName })) as { token: string };
  return (method: string, path: string, body: unknown) =>
    answered(`${proxy}/v1${path}`, asJson(method, body, token));
}
