/** Where one participant's credits went, as somebody who opens the page is told. */
import { expect } from 'vitest';
import type { LandingAnswer } from '../../src/contract/landing.ts';
import { ANNA, type Cast, customer, participant, reward, type Stage, setStage } from './stage.ts';

export const SECOND = 'aaaaaaaaaaaaaaaaaaaaaaa2';
export const PERSON = `/test/participants/${encodeURIComponent(ANNA.accountId)}/${encodeURIComponent(ANNA.userId)}/landing`;
const LATER_MS = 20_000;

const rewards = [reward({ amount: 2500 }), reward({ id: SECOND, amount: 1000 })];
export async function setScene(monthly: number, more: Cast = {}): Promise<Stage> {
  return setStage({
    customers: [customer({ monthly })],
    participants: [participant({ rewards })],
    ...more,
  });
}
export async function landing(stage: Stage, path = PERSON): Promise<LandingAnswer['credits']> {
  const answer = await stage.ask('GET', path);
  expect([answer.status, answer.text.slice(0, 300)]).toEqual([200, expect.any(String)]);
  return (answer.body as LandingAnswer).credits;
}
export const pay = async (stage: Stage, ...ids: string[]) => {
  for (const outcome of await stage.credits({ rewards: ids })) expect(outcome.state).toBe('redeemed');
};
export const reads = (stage: Stage) =>
  stage.exchanges.filter(({ method, path }) => method === 'GET' && path.endsWith('/balance_transactions'));
export const later = (stage: Stage, ms = LATER_MS) => {
  const before = stage.parts.now();
  stage.setClock(() => before + ms);
};
