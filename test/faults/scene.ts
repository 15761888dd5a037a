/** What the tests of faults have in common: the moments at which a fault strikes, and a browser's patience. */
import type { FaultInput } from '../../sandbox/stripe/faults.ts';
import type { Outcome } from '../../src/contract/routes.ts';
import {
  ANNA,
  ANNAS_CUSTOMER,
  anotherProxy,
  customer,
  participant,
  reward,
  type Stage,
} from '../proxy/stage.ts';

export const ID = reward().id;
export const ANOTHER_CUSTOMER = 'cus_AnnaMeyer00002';
export const TRANSACTIONS = /balance_transactions$/;
export const REDEEM = /\/redeem$/;
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export const twoCustomers = { customers: [customer(), customer({ id: ANOTHER_CUSTOMER })] };
/** A participant with so many rewards of 20 dollars, and their ids. */
export function manyRewards(count: number) {
  const rewards = Array.from({ length: count }, (_, n) =>
    reward({ id: `bbbbbbbbbbbbbbbbbbbb${String(n).padStart(4, '0')}` }),
  );
  return { cast: { participants: [participant({ rewards })] }, ids: rewards.map(({ id }) => id) };
}

export const relink = (stage: Pick<Stage, 'advocate'>, to: string = ANOTHER_CUSTOMER) =>
  stage.advocate.setCustomField(
    'test',
    { accountId: ANNA.accountId, id: ANNA.userId },
    'stripeCustomerId',
    to,
  );

/** Strikes where a credit is made. */
export const atCredit = (stage: Pick<Stage, 'stripe'>, fault: FaultInput) =>
  stage.stripe.inject({ method: 'POST', path: TRANSACTIONS, ...fault });
/** Strikes where it is looked whether there is one. */
export const atLook = (stage: Pick<Stage, 'stripe'>, fault: FaultInput) =>
  stage.stripe.inject({ method: 'GET', path: TRANSACTIONS, ...fault });

/** The credit was made, and neither its answer nor a look comes through: nobody knows. */
export async function loseTheAnswer(stage: Stage): Promise<Outcome | undefined> {
  atCredit(stage, { fault: 'F2', times: 3 });
  atLook(stage, { fault: 'F5', times: 9 });
  const [outcome] = await stage.credits({ rewards: [ID] });
  stage.stripe.clearFaults();
  return outcome;
}

/** Makes the clock of everybody run on. */
export function later(stage: Stage, ms: number): void {
  stage.setClock(() => Date.now() + ms);
}

/** Asks again, as a browser does, until everything is settled or a person is needed; then writes late notes. */
export async function askUntilSettled(
  stage: Stage,
  ids: string[] = [ID],
  ask: (rewards: string[]) => Promise<Outcome[]> = (rewards) => stage.credits({ rewards }),
): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  let open = ids;
  for (let minutes = 1; open.length > 0 && minutes <= 8; minutes++) {
    for (let from = 0; from < open.length; from += 100)
      for (const outcome of await ask(open.slice(from, from + 100))) outcomes.set(outcome.reward, outcome);
    open = open.filter((id) => !['redeemed', 'held', 'cancelled'].includes(outcomes.get(id)?.state ?? ''));
    later(stage, minutes * 60_000);
  }
  await stage.parts.ofMode('test').finishNotes();
  return outcomes;
}

/** A proxy whose first wait lasts as long as `meanwhile` says, with whatever happens in it. */
export async function interrupted(stage: Stage, meanwhile: () => Promise<void> | void) {
  let waits = 0;
  return anotherProxy(stage, async () => {
    if (waits++ === 0) await meanwhile();
  });
}

/** Somebody works with the account by hand, or through another program. */
export async function asMerchant(
  { seed, stripe }: Pick<Stage, 'seed' | 'stripe'>,
  method: 'POST' | 'DELETE',
  path: string,
  body: Record<string, string> = {},
): Promise<Record<string, unknown>> {
  const answer = await fetch(`${stripe.url}/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${seed.stripe.platform.test.secretKey}`,
      'stripe-account': stripe.state.accountId,
    },
    ...(method === 'POST' && { body: new URLSearchParams(body) }),
  });
  return (await answer.json()) as Record<string, unknown>;
}
export const creditByHand = (stage: Pick<Stage, 'seed' | 'stripe'>, to = ANNAS_CUSTOMER) =>
  asMerchant(stage, 'POST', `/customers/${to}/balance_transactions`, { amount: '-100', currency: 'usd' });
