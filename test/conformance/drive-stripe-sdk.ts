/** The real SDK against the Stripe simulator: every class of answer, decoded once. */
import Stripe from 'stripe';
import type { Exchange } from '../../sandbox/exchange.ts';
import { readSeed } from '../../sandbox/seed.ts';
import { startStripeSimulator } from '../../sandbox/stripe/simulator.ts';
import { type Problem, problem } from './finding.ts';
import { type Gathered, type Harvest, harvest } from './gathered.ts';

export async function driveStripeSdk(): Promise<Harvest> {
  const seed = readSeed();
  const gathered: Gathered[] = [];
  const onExchange = (exchange: Exchange) => void gathered.push({ exchange, ours: null });
  const stripe = await startStripeSimulator({ seed, onExchange });
  stripe.settings.searchLagMs = 0;
  stripe.connect('test');
  const sdk = (key: string) => {
    const { hostname, port } = new URL(stripe.url);
    const httpClient = Stripe.createFetchHttpClient();
    return new Stripe(key, {
      host: hostname,
      port,
      protocol: 'http',
      maxNetworkRetries: 0,
      telemetry: false,
      httpClient,
    });
  };
  const undecoded: Problem[] = [];
  let decoded = 0;
  const expectThat = (what: string, holds: boolean) => {
    decoded += 1;
    if (!holds) undecoded.push(problem(what, 'was not decoded by the SDK as what it is'));
  };
  const owner = sdk(seed.stripe.restrictedKeys.test.key);
  const platform = sdk(seed.stripe.platform.test.secretKey);
  try {
    const monthly = seed.stripe.customers.find((c) => c.monthly && c.balance && c.mode === 'test');
    if (monthly === undefined) throw new Error('The seed has nobody who is billed and has credit.');
    await objects(owner, stripe, monthly.id, expectThat);
    await accounts(platform, seed.stripe.account.id, expectThat);
    await oauth(platform, stripe, seed, expectThat);
    await errors(owner, stripe, sdk, seed, expectThat);
  } finally {
    await stripe.close();
  }
  return harvest(gathered, { undecoded, decoded });
}

type Simulator = Awaited<ReturnType<typeof startStripeSimulator>>;
type Seed = ReturnType<typeof readSeed>;
type Expect = (what: string, holds: boolean) => void;

async function objects(
  stripe: Stripe,
  simulator: Simulator,
  monthly: string,
  expectThat: Expect,
): Promise<void> {
  const expand = ['invoice_credit_balance'];
  const made = await stripe.customers.create({
    email: 'conformance@example.com',
    name: 'Con Formance',
    description: 'Made to be looked at',
    phone: '+49 30 1',
    address: { line1: '1 Way', city: 'Berlin', country: 'DE' },
    preferred_locales: ['de'],
    metadata: { a: 'b' },
    expand,
  });
  expectThat('customer', made.object === 'customer' && made.metadata?.a === 'b');
  const updated = await stripe.customers.update(made.id, {
    name: 'C. Formance',
    metadata: { a: '' },
    balance: -5,
  });
  expectThat('updated customer', updated.name === 'C. Formance' && updated.metadata?.a === undefined);
  const read = await stripe.customers.retrieve(made.id, { expand });
  expectThat('read customer', !read.deleted && read.balance === -5);

  const created = { gte: 1_600_000_000 };
  const list = await stripe.customers.list({ limit: 3, created });
  expectThat('list of customers', list.object === 'list' && list.has_more && list.data.length === 3);
  let seen = 0;
  for await (const customer of stripe.customers.list({ limit: 20 }))
    seen += customer.id.startsWith('cus_') ? 1 : 0;
  expectThat('paged customers', seen > 20);
  expectThat(
    'customers by e-mail',
    (await stripe.customers.list({ email: 'conformance@example.com' })).data.length === 1,
  );
  const found = await stripe.customers.search({ query: 'name~"mance"', limit: 1, expand: ['total_count'] });
  expectThat('search result', found.object === 'search_result' && found.data[0]?.id === made.id);
  let matches = 0;
  for await (const _ of stripe.customers.search({ query: 'email~"com"', limit: 5 })) matches += 1;
  expectThat('paged search', matches > 5);

  const amount = { amount: -100, currency: 'usd', description: 'A credit', metadata: { c: 'd' } };
  const credit = await stripe.customers.createBalanceTransaction(made.id, amount, { idempotencyKey: 'one' });
  expectThat('balance transaction', credit.type === 'adjustment' && credit.amount === -100);
  const replayed = await stripe.customers.createBalanceTransaction(made.id, amount, {
    idempotencyKey: 'one',
  });
  const header = new Headers(replayed.lastResponse.headers).get('idempotent-replayed');
  expectThat('replayed answer', replayed.id === credit.id && header === 'true');
  const noted = await stripe.customers.updateBalanceTransaction(made.id, credit.id, { metadata: { c: 'e' } });
  expectThat('changed balance transaction', noted.metadata?.c === 'e');
  const again = await stripe.customers.retrieveBalanceTransaction(made.id, credit.id);
  expectThat('read balance transaction', again.ending_balance === credit.ending_balance);
  const { id: billed } = simulator.finalizeInvoice(monthly);
  const history = await stripe.customers.listBalanceTransactions(monthly, { limit: 10, created });
  expectThat(
    'history of an invoice',
    history.data.some(({ type, invoice }) => type === 'applied_to_invoice' && invoice === billed),
  );
  expectThat(
    'paged history',
    (await stripe.customers.listBalanceTransactions(made.id, { limit: 1 })).has_more,
  );
  const invoices = await refusal(stripe.invoices.list({ customer: monthly }));
  expectThat('invoices without the permission', invoices instanceof Stripe.errors.StripePermissionError);

  const gone = await stripe.customers.del(made.id);
  expectThat('deletion', gone.deleted);
  const after = await stripe.customers.retrieve(made.id);
  expectThat('deleted customer', after.deleted === true);
}

async function accounts(platform: Stripe, stripeAccount: string, expectThat: Expect): Promise<void> {
  const account = await platform.accounts.retrieve(stripeAccount);
  expectThat('account', account.object === 'account' && account.id === stripeAccount);
  const customers = await platform.customers.list({ limit: 100 }, { stripeAccount });
  expectThat('customers of a connected account', customers.data.length > 0);
  const invoices = await platform.invoices.list({ limit: 2 }, { stripeAccount });
  expectThat('invoices', invoices.object === 'list' && invoices.data.length > 0);
  const [first] = invoices.data;
  if (first?.id)
    expectThat(
      'read invoice',
      (await platform.invoices.retrieve(first.id, {}, { stripeAccount })).id === first.id,
    );
}

async function oauth(
  platform: Stripe,
  simulator: Simulator,
  { stripe }: Seed,
  expectThat: Expect,
): Promise<void> {
  const { clientId } = stripe.platform.test;
  const body = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    scope: 'read_write',
    redirect_uri: 'http://127.0.0.1:4242/back',
    state: 'a-state-of-22-letters-and-more',
    decision: 'connect',
  });
  const answer = await fetch(`${simulator.url}/oauth/authorize`, {
    method: 'POST',
    body,
    redirect: 'manual',
  });
  const code = new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '';
  const spend = () => platform.oauth.token({ grant_type: 'authorization_code', code });
  const token = await spend();
  expectThat('token', token.stripe_user_id === stripe.account.id && token.livemode === false);
  expectThat('spent code', (await refusal(spend())) instanceof Stripe.errors.StripeInvalidGrantError);
  simulator.connect('test');
  const leave = { client_id: clientId, stripe_user_id: stripe.account.id };
  expectThat(
    'deauthorization',
    (await platform.oauth.deauthorize(leave)).stripe_user_id === stripe.account.id,
  );
  const twice = await refusal(platform.oauth.deauthorize(leave));
  expectThat('second deauthorization', twice instanceof Stripe.errors.StripeInvalidClientError);
}

async function errors(
  owner: Stripe,
  simulator: Simulator,
  sdk: (key: string) => Stripe,
  seed: Seed,
  expectThat: Expect,
): Promise<void> {
  const of = Stripe.errors;
  const customer = seed.stripe.customers.find((c) => c.mode === 'test' && !c.deleted)?.id ?? '';
  const other = seed.stripe.customers.find((c) => c.mode === 'live')?.id ?? '';
  const credit = (idempotencyKey: string, amount = -100) =>
    owner.customers.createBalanceTransaction(customer, { amount, currency: 'usd' }, { idempotencyKey });
  const is = async (what: string, promise: Promise<unknown>, kind: typeof of.StripeError, code?: string) => {
    const error = await refusal(promise);
    expectThat(what, error instanceof kind && (code === undefined || error.code === code));
  };
  await is(
    'missing customer',
    owner.customers.retrieve('cus_None'),
    of.StripeInvalidRequestError,
    'resource_missing',
  );
  await is('other mode', owner.customers.retrieve(other), of.StripeInvalidRequestError, 'resource_missing');
  await is('unknown key', sdk('sk_test_unknown0000').customers.list(), of.StripeAuthenticationError);
  const stranger = sdk(seed.stripe.platform.live.secretKey).customers.list(
    {},
    { stripeAccount: seed.stripe.account.id },
  );
  await is('no access', stranger, of.StripePermissionError, 'account_invalid');
  await is('zero', credit('zero', 0), of.StripeInvalidRequestError);
  await is('too large', credit('large', -1e9), of.StripeInvalidRequestError, 'amount_too_large');
  await credit('used');
  await is('key used with other parameters', credit('used', -200), of.StripeIdempotencyError);
  const faults = [
    ['F5', of.StripeAPIError],
    ['F6', of.StripeAPIError],
    ['F7', of.StripeAPIError],
    // The SDK goes by the status here (409), and leaves the kind in `code`.
    ['F8', of.StripeAPIError, 'idempotency_key_in_use'],
    ['F9', of.StripeRateLimitError],
    ['F10', of.StripeRateLimitError],
    ['F11', of.StripeIdempotencyError],
    ['F12', of.StripeInvalidRequestError],
    ['F16', of.StripeInvalidRequestError],
    ['F26', of.StripeAPIError],
    ['F27', of.StripeAPIError],
    ['F1', of.StripeConnectionError],
  ] as const;
  for (const [fault, kind, code] of faults) {
    simulator.inject({ fault });
    await is(fault, credit(fault), kind, code);
    simulator.clearFaults();
  }
}

const refusal = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );
