/** A browser that pays, with a reward in each of the states that ask something of a person. */
import type { SeedCustomer, SeedParticipant } from '../../sandbox/seed.ts';
import { type BalanceTransaction, type Books, postTransaction } from '../../sandbox/stripe/state.ts';
import { type Stage, type StageOptions, setStage, setUp, smallSeed } from './stage.ts';

/** Anna's reward of 20 dollars; she has another of 15. */
export const REWARD = 'aaaaaaaaaaaaaaaaaaaaaa00';
export const CUSTOMER = 'cus_Anna0000000001';
const PAID = 4;

export function booksOf({ sandbox }: Pick<Stage, 'sandbox'>): Books {
  const { accounts, accountId } = sandbox.stripe.state;
  const books = accounts[accountId]?.books.test;
  if (!books) throw new Error('The Stripe simulator has lost its account.');
  return books;
}

export const ofReward = (stage: Stage, key: string): BalanceTransaction[] =>
  Object.values(booksOf(stage).balanceTransactions)
    .flat()
    .filter(({ metadata }) => metadata[key] === REWARD);

/** Something of the customer's credit goes into an invoice. */
function spend(stage: Stage, amount: number): void {
  const customer = booksOf(stage).customers[CUSTOMER];
  if (!customer) throw new Error('Anna’s customer is gone.');
  const created = Math.floor(Date.now() / 1000);
  postTransaction(booksOf(stage), customer, { amount, currency: 'usd', created, type: 'applied_to_invoice' });
}

/** Anna's reward is credited, 20 dollars of her 35 are spent, then the reward is cancelled. */
export async function cancelledAfterCredit(options: StageOptions = {}): Promise<Stage> {
  const stage = await setStage({ seed: smallSeed(), ...options });
  const { sandbox, hands, until } = stage;
  sandbox.advocate.inject({
    fault: 'error-500',
    path: new RegExp(`${REWARD}/redeem`),
    times: Number.POSITIVE_INFINITY,
  });
  await setUp(stage);
  await until('what can be paid is paid, and this one is not redeemed', async () => {
    const { counts } = (await hands.state()).queue;
    return counts.credited === 1 && counts.redeemed === PAID - 1;
  });
  spend(stage, 2000);
  sandbox.advocate.cancel(REWARD);
  sandbox.advocate.clearFaults();
  // It would be tried again by itself, a minute later.
  await hands.popup.evaluate(
    `chrome.runtime.sendMessage({ name: 'retryRewards', request: { rewards: ['${REWARD}'] } })`,
  );
  await until('it needs a person', async () =>
    (await hands.state()).queue.held.some(({ reason }) => reason === 'cancelled_after_credit'),
  );
  return stage;
}

/** The same, and beside it: Dora waits for a link, Emil's currency for a word, Fred is billed in another one. */
export async function everyState(options: StageOptions = {}): Promise<Stage> {
  const seed = smallSeed();
  seed.advocate.participants.push(
    waiting('Dora', null, [4000, 500]),
    waiting('Emil', 'cus_Emil0000000001', [700]),
    waiting('Fred', 'cus_Fred0000000001', [800]),
  );
  seed.stripe.customers.push(customer('Dora', 'usd'), customer('Emil', null), customer('Fred', 'eur'));
  const stage = await cancelledAfterCredit({ seed, ...options });
  await stage.until('three are held', async () => (await stage.hands.state()).queue.counts.held === 3);
  return stage;
}

const customer = (name: string, currency: string | null): SeedCustomer => ({
  mode: 'test',
  id: `cus_${name}0000000001`,
  name: `${name} Example`,
  email: `${name.toLowerCase()}@example.com`,
  currency,
  createdDaysAgo: 100,
});

function waiting(name: string, link: string | null, amounts: number[]): SeedParticipant {
  const email = `${name.toLowerCase()}@example.com`;
  return {
    mode: 'test',
    accountId: email,
    id: email,
    firstName: name,
    lastName: 'Example',
    email,
    ...(link !== null && { customFields: { stripeCustomerId: link } }),
    createdDaysAgo: 90,
    rewards: amounts.map((amount, index) => ({
      id: `bbbbbbbbbbbbbbbbbbbb${name.slice(0, 2).toLowerCase()}0${index}`,
      unit: 'STRIPE/USD',
      amount,
      status: 'available',
      earnedDaysAgo: 3,
    })),
  };
}
