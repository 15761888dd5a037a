/** Both simulators in a process of their own, so that they take their time from a core of their own. */
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { createAdvocate } from '../sandbox/advocate/simulator.ts';
import type { App } from '../sandbox/https-front.ts';
import { createStripe } from '../sandbox/stripe/simulator.ts';
import { AMOUNT, accountAt, customerAt, seedOf, UNIT } from './seed.ts';
import type { Ask, Tally, UpstreamOptions } from './upstream.ts';

const options: UpstreamOptions = JSON.parse(process.argv[2] ?? '{}');
const { delays } = options;
const seed = seedOf(options);

/** Evenly spread around a middle, in an order that is the same in every run. */
let state = 42;
function spread(middle: number, around: number): number {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
  return middle - around + (2 * around * state) / 2_147_483_648;
}

const tally: Tally = {
  accepted: [],
  credited: [],
  stripeCalls: 0,
  throttled: 0,
  advocateCalls: 0,
  earned: {},
  creditedAt: {},
  paid: 0,
  paidTwice: 0,
  redeemed: 0,
  cpu: 0,
};

async function listen(fetch: App['fetch']): Promise<string> {
  const server = createAdaptorServer({ fetch });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

let stripeUrl = '';
const stripe = createStripe({
  seed,
  publicUrl: () => stripeUrl,
  latency: delays ? () => spread(delays.stripe[0], delays.stripe[1]) : () => 0,
});
stripe.connect('test');
if (options.limit !== null)
  Object.assign(stripe.limits, { enabled: true, test: options.limit, endpoint: options.limit });
const advocate = await createAdvocate({
  seed,
  ...(delays && { latency: () => spread(delays.advocate[0], delays.advocate[1]) }),
});

const atStripe: App = stripe.app;
const atAdvocate: App = advocate.app;

stripeUrl = await listen(async (request, env) => {
  const answer = await atStripe.fetch(request, env);
  tally.stripeCalls += 1;
  if (answer.status === 429) tally.throttled += 1;
  else tally.accepted.push(Date.now());
  if (request.method === 'POST' && answer.status === 200 && request.url.endsWith('/balance_transactions')) {
    tally.credited.push(Date.now());
    // Whom it was for: one reward a customer, unless they were earned while it ran.
    const customer = request.url.split('/').at(-2) ?? '';
    tally.creditedAt[customer] ??= [];
    tally.creditedAt[customer].push(Date.now());
  }
  return answer;
});
const advocateUrl = await listen(async (request, env) => {
  const answer = await atAdvocate.fetch(request, env);
  tally.advocateCalls += 1;
  return answer;
});

/** What Stripe and Advocate hold in the end, which is what counts. */
function account(): void {
  const { user, system } = process.cpuUsage();
  tally.cpu = (user + system) / 1e6;
  const books = stripe.state.accounts[stripe.state.accountId]?.books.test;
  const credits = new Map<string, number>();
  for (const { type, metadata, amount } of Object.values(books?.balanceTransactions ?? {}).flat()) {
    const reward = metadata.advocate_reward;
    if (type !== 'adjustment' || reward === undefined) continue;
    if (amount !== -AMOUNT) throw new Error(`${reward} was credited with ${amount}.`);
    credits.set(reward, (credits.get(reward) ?? 0) + 1);
  }
  tally.paid = credits.size;
  tally.paidTwice = [...credits.values()].filter((count) => count > 1).length;
  tally.redeemed = advocate.state.test.rewards.filter(({ redeemed }) => redeemed === AMOUNT).length;
}

function earn(person: number): string {
  const who = { accountId: accountAt(person), id: accountAt(person) };
  tally.earned[customerAt(person)] = Date.now();
  return advocate.earn('test', who, { unit: UNIT, amount: AMOUNT });
}

process.on('message', (ask: Ask) => {
  if (ask.is === 'stop') process.exit(0);
  if (ask.is === 'tally') {
    account();
    process.send?.(tally);
  }
  if (ask.is === 'earn') process.send?.({ reward: earn(ask.person) });
  if (ask.is === 'earnAll') {
    for (let person = 0; person < options.people; person++) earn(person);
    process.send?.({});
  }
});
process.on('disconnect', () => process.exit(0));
process.send?.({ stripeUrl, advocateUrl });
