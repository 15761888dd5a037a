/** What must be true after every fault, by the word of the two simulators alone. */
import { expect } from 'vitest';
import { NOTE_MARK } from '../../src/proxy/judge.ts';
import { ANNAS_CUSTOMER, reward, rewardAt, type Stage } from '../proxy/stage.ts';

type World = Pick<Stage, 'stripe' | 'advocate' | 'exchanges'>;
type Paid = { customer?: string; amount?: number; currency?: string };

const TRANSACTIONS = /\/balance_transactions$/;

/** Every adjustment for the reward, in whatever account, mode and customer it may have gone astray. */
function creditsAnywhere({ stripe }: Pick<World, 'stripe'>, id: string) {
  return Object.values(stripe.state.accounts).flatMap(({ id: account, books }) =>
    Object.values(books).flatMap(({ balanceTransactions }) =>
      Object.values(balanceTransactions)
        .flat()
        .filter(({ type, metadata }) => type === 'adjustment' && Object.values(metadata).includes(id))
        .map((credit) => ({ ...credit, account })),
    ),
  );
}

const redeemedOf = ({ advocate }: Pick<World, 'advocate'>, id: string) =>
  advocate.state.test.redemptions
    .flatMap(({ parts }) => parts)
    .filter(({ rewardId }) => rewardId === id)
    .map(({ amount }) => amount);

/** The parameters under a key never change, and nothing follows a redirect with money in its hands. */
function expectFrozenKeys({ stripe, exchanges }: World): void {
  const sent = new Map<string, string>();
  for (const { service, method, path, requestHeaders, requestBody } of exchanges) {
    const key = requestHeaders['idempotency-key'];
    if (service !== 'stripe' || method !== 'POST' || !TRANSACTIONS.test(path) || key === undefined) continue;
    const request = `${path} ${requestBody}`;
    expect(sent.get(key) ?? request, `what travels under ${key}`).toBe(request);
    sent.set(key, request);
  }
  expect(stripe.state.redirectsFollowed).toEqual([]);
}

/** One credit, of the right amount, currency, sign, mode, account and customer; one redemption; our note. */
export function expectPaidOnce(world: World, id: string = reward().id, paid: Paid = {}): void {
  const { customer = ANNAS_CUSTOMER, amount = 2000, currency = 'usd' } = paid;
  const credits = creditsAnywhere(world, id);
  const account = world.stripe.state.accountId;
  expect(credits, `credits of ${id}`).toMatchObject([
    { account, customer, amount: -amount, currency, livemode: false },
  ]);
  expect(redeemedOf(world, id), `redemptions of ${id}`).toEqual([amount]);
  expect(rewardAt(world, id).statuses).toEqual(['REDEEMED']);
  expect(rewardAt(world, id).meta).toMatchObject({
    status: 'SUCCESS',
    customMeta: { by: NOTE_MARK, credit: credits[0]?.id },
  });
  expectFrozenKeys(world);
}

/** Nothing was paid, and nothing is lost: the reward is still there to be paid. */
export function expectUnpaid(world: World, id: string = reward().id): void {
  expect(creditsAnywhere(world, id), `credits of ${id}`).toEqual([]);
  expect(redeemedOf(world, id), `redemptions of ${id}`).toEqual([]);
  expect(rewardAt(world, id).statuses).toEqual(['AVAILABLE']);
  expectFrozenKeys(world);
}
