/** A credit that is to be taken back, in every way it comes to that. */
import { expect } from 'vitest';
import { type BalanceTransaction, postTransaction } from '../../sandbox/stripe/state.ts';
import type { Mode } from '../../src/contract/words.ts';
import { finishReversals } from '../../src/proxy/decide-reversal.ts';
import { reversalContext } from '../../src/proxy/reversal-context.ts';
import { createReversals } from '../../src/proxy/reversals.ts';
import { reversalParameters } from '../../src/proxy/take-back.ts';
import { ANNA, ANNAS_CUSTOMER, type Cast, customer, reward, type Stage, setStage } from './stage.ts';

export const ID = reward().id;
export const ANOTHER = 'cus_AnnaMeyer00002';
export const THIRD = 'cus_AnnaMeyer00003';
const KEY = { accountId: ANNA.accountId, id: ANNA.userId };
export const TRANSACTIONS = /balance_transactions$/;
export const customers = [customer(), customer({ id: ANOTHER }), customer({ id: THIRD })];
export const usd = (amount: number) => ({ amount, currency: 'USD' });

export const books = ({ stripe: { state } }: Stage, mode: Mode = 'test') => {
  const found = state.accounts[state.accountId]?.books[mode];
  if (found === undefined) throw new Error('no books');
  return found;
};
export const holder = (stage: Stage, id = ANNAS_CUSTOMER, mode: Mode = 'test') => {
  const found = books(stage, mode).customers[id];
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
};
/** What took something back, by the simulator's word. */
export const takenBack = (stage: Stage, mode: Mode = 'test'): BalanceTransaction[] =>
  Object.values(books(stage, mode).balanceTransactions)
    .flat()
    .filter(({ metadata }) => metadata.advocate_reversed_reward !== undefined);
/** An invoice that uses so much of the credit. */
export const spend = (stage: Stage, amount: number, currency = 'usd') =>
  postTransaction(books(stage), holder(stage), {
    amount,
    currency,
    created: Math.floor(Date.now() / 1000),
    type: 'applied_to_invoice',
  });
export const relink = (stage: Stage, to: string | null) =>
  stage.advocate.setCustomField('test', KEY, 'stripeCustomerId', to ?? '');
export const PERSON = `/test/participants/${encodeURIComponent(ANNA.accountId)}/${encodeURIComponent(ANNA.userId)}`;
/** Somebody opens the participant’s page, so that the proxy sees how they and their rewards are now. */
export const see = async (stage: Stage) => expect((await stage.ask('GET', PERSON)).status).toBe(200);
export const page = async (stage: Stage, after?: unknown) =>
  (await stage.ask('GET', `/test/rewards${after === undefined ? '' : `?after=${after}`}`)).body;
export const proposed = async (stage: Stage, mode: Mode = 'test') =>
  (await stage.ask('GET', `/${mode}/reversals`)).body.reversals;
export const one = async (stage: Stage, mode: Mode = 'test') =>
  (await stage.ask('GET', `/${mode}/reversals/${ID}`)).body;
export const confirm = (stage: Stage, amount: number, more: { token?: string; currency?: string } = {}) =>
  stage.ask(
    'POST',
    '/test/reversals',
    { reward: ID, seen: { amount, currency: more.currency ?? 'USD' } },
    more.token,
  );
export const actions = async ({ db }: Stage) =>
  (await db.selectFrom('audit').select('action').where('subject', '=', ID).orderBy('seq').execute()).map(
    ({ action }) => action,
  );

/** Credited and redeemed, then found linked to somebody else. */
export async function wronglyCredited(cast: Cast = {}): Promise<Stage> {
  const stage = await setStage({ customers, ...cast });
  await see(stage);
  await stage.credits({ rewards: [ID] });
  relink(stage, ANOTHER);
  await see(stage);
  return stage;
}
/** Credited, then cancelled in Advocate before it could be redeemed. */
export async function cancelledAfterCredit(cast: Cast = {}): Promise<Stage> {
  const stage = await setStage({ customers, ...cast });
  stage.advocate.inject({ fault: 'error-500', path: /redeem/, times: 9 });
  await stage.credits({ rewards: [ID] });
  stage.advocate.clearFaults();
  stage.advocate.cancel(ID);
  await see(stage);
  return stage;
}
/** Confirmed by a request that has not come further and holds the row. */
export async function confirmedBy(stage: Stage, by: string) {
  const { tenant } = stage.parts.ofMode('test').advocate;
  const reversals = createReversals(stage.db, 'test', tenant);
  const credit = await stage.parts.ofMode('test').ledger.find(ID);
  const locked = await reversals.lock(ID, by, ANNAS_CUSTOMER);
  if (credit === undefined || locked === undefined) throw new Error('no scene');
  const parameters = reversalParameters(credit, 2000, tenant);
  return {
    reversals,
    parameters,
    row: await reversals.confirm(locked, 2000, parameters, { id: 'b', name: 'b' }),
  };
}
/** What a lease that is taken or renewed sets off, twice a minute; here it is awaited. */
export async function heartbeat(stage: Stage, passed = 0): Promise<void> {
  if (passed > 0) stage.setClock(() => Date.now() + passed);
  await finishReversals(reversalContext(stage.parts, 'test'));
}
