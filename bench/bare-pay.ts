/**
 * The upstream calls of a credit and nothing else: no queue, no ledger, no check. A page of rewards and their
 * participants for each hundred, then for each reward the customer, the credit, the redemption and the note.
 */
import pLimit from 'p-limit';
import { DOCUMENTS } from '../src/proxy/advocate-documents.ts';
import type { Paying } from './paying.ts';
import { AMOUNT, accountAt, customerAt, rewardAt, UNIT } from './seed.ts';

const PAGE = 100;

export function barePayer({ upstream, seed }: Pick<Paying, 'upstream' | 'seed'>) {
  const { alias, apiKey } = seed.advocate.tenants.test;
  const stripe = async (path: string, form?: Record<string, string>, key?: string): Promise<void> => {
    const answer = await fetch(`${upstream.stripeUrl}/v1/customers/${path}`, {
      method: form ? 'POST' : 'GET',
      headers: {
        authorization: `Bearer ${seed.stripe.platform.test.secretKey}`,
        'stripe-account': seed.stripe.account.id,
        ...(key && { 'idempotency-key': key }),
      },
      ...(form && { body: new URLSearchParams(form) }),
    });
    await answer.json();
    if (!answer.ok) throw new Error(`Stripe answered ${answer.status}.`);
  };
  const advocate = async (path: string, body: object): Promise<void> => {
    const answer = await fetch(`${upstream.advocateUrl}/api/v1/${alias}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`:${apiKey}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
    await answer.json();
    if (!answer.ok) throw new Error(`Advocate answered ${answer.status}.`);
  };
  const ask = (operationName: keyof typeof DOCUMENTS, variables: object) =>
    advocate('/graphql', { query: DOCUMENTS[operationName], operationName, variables });

  /** What is asked once for all of these. */
  async function read(people: readonly number[]): Promise<void> {
    const page = { limit: PAGE, offset: 0 };
    await ask('Rewards', { ...page, filter: { id_in: people.map(rewardAt) } });
    await ask('Participants', {
      ...page,
      filter: { OR: people.map((i) => ({ accountId_eq: accountAt(i) })) },
    });
  }

  async function pay(i: number): Promise<void> {
    const [reward, customer] = [rewardAt(i), customerAt(i)];
    await stripe(customer);
    await stripe(
      `${customer}/balance_transactions`,
      { amount: `-${AMOUNT}`, currency: 'usd', 'metadata[advocate_reward]': reward },
      `bench-${reward}`,
    );
    await advocate(`/credit/${reward}/redeem`, { amount: AMOUNT, unit: UNIT });
    await ask('Note', {
      note: { rewardId: reward, status: 'SUCCESS', message: 'Credited.', internalMessage: '' },
    });
  }

  return {
    read,
    pay,
    /** Everybody from `first` on, so many at once. */
    async payAll(first: number, count: number, atOnce: number): Promise<void> {
      const limit = pLimit(atOnce);
      const works: Promise<void>[] = [];
      for (let from = first; from < first + count; from += PAGE) {
        const people = Array.from({ length: Math.min(PAGE, first + count - from) }, (_, i) => from + i);
        await read(people);
        works.push(...people.map((i) => limit(() => pay(i))));
      }
      await Promise.all(works);
    },
  };
}
