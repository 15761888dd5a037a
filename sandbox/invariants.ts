/**
 * What must be true after a run, judged from the two simulators alone: what Advocate holds before and after, and
 * what Stripe holds before and after. It knows nothing of the proxy's tables and shares no judgement with it.
 */
import type { Mode } from '../src/contract/words.ts';
import type { SeenReward, TenantState } from './advocate/snapshot.ts';
import type { Sandbox } from './start.ts';
import type { BalanceTransaction, Books } from './stripe/state.ts';

export type World = { mode: Mode; advocate: TenantState; books: Books; integrations: { units: string[] }[] };

export type Finding = {
  kind: 'duplicate' | 'lost' | 'wrong';
  reward: string;
  what: string;
};

export type CustomerChange = {
  customer: string;
  name: string;
  currency: string;
  before: number;
  after: number;
};

/** What is to be paid for a reward: all of it, unless some had been redeemed before. */
export type Due = { id: string; amount: number; currency: string };

export type Account = {
  /** Rewards in the units that were there to be paid at the beginning, or came since. */
  found: Due[];
  /** Those of them that must be paid as things stand now. */
  eligible: Due[];
  /** Those that Stripe has a credit for, and those that Advocate has as redeemed. */
  credited: Due[];
  redeemed: Due[];
  findings: Finding[];
  /** Credit, positive, of every customer whose credit changed. */
  changes: CustomerChange[];
};

/** A copy, so that what comes later does not change it. */
export function look(sandbox: Sandbox, mode: Mode): World {
  const { accounts, accountId } = sandbox.stripe.state;
  const account = accounts[accountId];
  if (!account) throw new Error('The Stripe simulator has lost its account.');
  const integrations = sandbox.seed.advocate.integrations
    .filter((one) => one.mode === mode && one.enabled)
    .map(({ config }) => ({
      units: Array.isArray(config.fulfilledRewardUnits) ? config.fulfilledRewardUnits : [],
    }));
  return structuredClone({
    mode,
    advocate: sandbox.advocate.state[mode],
    books: account.books[mode],
    integrations,
  });
}

/** Adjustments that name the reward in their metadata, whatever the key is called. */
function creditsOf(reward: string, { books }: World): BalanceTransaction[] {
  return Object.values(books.balanceTransactions)
    .flat()
    .filter(({ type, metadata }) => type === 'adjustment' && Object.values(metadata).includes(reward));
}

const keyOf = (accountId: string, id: string) => JSON.stringify([accountId, id]);
const isDone = (statuses: SeenReward['statuses']) =>
  statuses.some((status) => status === 'CANCELLED' || status === 'EXPIRED' || status === 'REDEEMED');

/** The customer that is to get the credit, or null where nobody may. */
function payee(reward: SeenReward, before: World, after: World): string | null {
  const people = new Map(after.advocate.participants.map((p) => [keyOf(p.accountId, p.id), p]));
  const owner = people.get(keyOf(reward.accountId, reward.userId));
  const link = owner?.customFields.stripeCustomerId;
  if (!owner || owner.dateBlocked !== null || typeof link !== 'string') return null;
  const shared = after.advocate.participants.filter((p) => p.accountId === owner.accountId);
  const links = shared
    .map((p) => p.customFields.stripeCustomerId)
    .filter((id) => /^cus_/.test(String(id ?? '')));
  if (links.some((id) => id !== link)) return null;
  const customer = after.books.customers[link];
  if (!customer || customer.deleted) return null;
  // The currency as it was: a first credit gives the customer one, and whether it may is a person's decision.
  const currency = (before.books.customers[link] ?? customer).currency;
  return currency === currencyOf(reward.unit) ? link : null;
}

const currencyOf = (unit: string) => unit.split('/')[1]?.toLowerCase() ?? '';

function mayBePaid(reward: SeenReward, before: World): boolean {
  // On a reward that came since, the mark is the note of whoever paid it: us.
  const start = before.advocate.rewards.find(({ id }) => id === reward.id);
  if (
    start?.meta?.status === 'SUCCESS' ||
    before.integrations.some(({ units }) => units.includes(reward.unit))
  )
    return false;
  // Redeemed by us or still open; anything else is Advocate's last word.
  return reward.statuses.every((status) => status === 'AVAILABLE' || status === 'REDEEMED');
}

/** One reward: what should stand in Stripe and Advocate, against what does. */
function examine(reward: SeenReward, before: World, after: World): Finding[] {
  const findings: Finding[] = [];
  const say = (kind: Finding['kind'], what: string) => findings.push({ kind, reward: reward.id, what });
  const start = before.advocate.rewards.find(({ id }) => id === reward.id);
  const redeemedBefore = start?.redeemed ?? 0;
  const redeemedNow = reward.redeemed - redeemedBefore;
  const due = reward.value - redeemedBefore;

  const entries = creditsOf(reward.id, after);
  const standing =
    entries.filter(({ amount }) => amount < 0).length - entries.filter(({ amount }) => amount > 0).length;
  const customer = mayBePaid(reward, before) ? payee(reward, before, after) : null;

  if (standing > 1) say('duplicate', `has ${standing} credits: ${entries.map(({ id }) => id).join(', ')}`);
  // Taken back is an end like any other: it is not due again, and what was redeemed stays so.
  const reversals = entries.filter(({ amount }) => amount > 0);
  const isReversed = standing === 0 && reversals.length > 0;
  if (customer !== null && standing < 1 && !isReversed)
    say('lost', `is due to ${customer} and was not credited`);
  if (customer === null && standing > 0) say('wrong', 'was credited though nobody may be paid for it');
  if (standing > 0 && redeemedNow < due)
    say('lost', `was credited, but ${due - redeemedNow} of it is not redeemed`);
  if (standing < 1 && redeemedNow > 0 && !isReversed)
    say('lost', `${redeemedNow} of it was redeemed without a credit`);
  for (const credit of entries.filter(({ amount }) => amount < 0)) {
    if (-credit.amount !== due) say('wrong', `${credit.id} is over ${-credit.amount} instead of ${due}`);
    if (credit.currency !== currencyOf(reward.unit)) say('wrong', `${credit.id} is in ${credit.currency}`);
    if (customer !== null && credit.customer !== customer && !isReversed)
      say('wrong', `${credit.id} went to ${credit.customer}`);
    if (credit.livemode !== (after.mode === 'live')) say('wrong', `${credit.id} is of the other mode`);
  }
  findings.push(...examineReversals(reward.id, entries));
  return findings;
}

/** Each takes back one credit of the same customer, currency and mode, and not more than that credit was. */
function examineReversals(reward: string, entries: BalanceTransaction[]): Finding[] {
  const credits = entries.filter(({ amount }) => amount < 0);
  const found: Finding[] = [];
  for (const back of entries.filter(({ amount }) => amount > 0)) {
    const at = credits.findIndex(
      (credit) =>
        credit.customer === back.customer &&
        credit.currency === back.currency &&
        credit.livemode === back.livemode &&
        -credit.amount >= back.amount,
    );
    if (at === -1)
      found.push({ kind: 'wrong', reward, what: `${back.id} takes back what was not credited there` });
    else credits.splice(at, 1);
  }
  return found;
}

/** Every credit names a reward that exists: money without a cause is as wrong as a cause without money. */
function unexplained(before: World, after: World): Finding[] {
  const known = new Set(after.advocate.rewards.map(({ id }) => id));
  const old = new Set(
    Object.values(before.books.balanceTransactions).flatMap((list) => list.map(({ id }) => id)),
  );
  return Object.values(after.books.balanceTransactions)
    .flat()
    .filter(({ id, type }) => type === 'adjustment' && !old.has(id))
    .filter(({ metadata }) => !Object.values(metadata).some((value) => known.has(value)))
    .map(({ id }) => ({ kind: 'wrong', reward: '', what: `${id} names no reward of this mode` }));
}

function creditChanges(before: World, after: World): CustomerChange[] {
  return Object.values(after.books.customers).flatMap(({ id, name, email, balances }) =>
    Object.entries(balances).flatMap(([currency, balance]) => {
      const was = before.books.customers[id]?.balances[currency] ?? 0;
      if (was === balance) return [];
      return [
        {
          customer: id,
          name: name ?? email ?? id,
          currency: currency.toUpperCase(),
          before: 0 - was,
          after: 0 - balance,
        },
      ];
    }),
  );
}

/** @param units that were configured, e.g. `STRIPE/USD`. Rewards in others must have been left alone. */
export function account(before: World, after: World, units: readonly string[]): Account {
  const starts = new Map(before.advocate.rewards.map((reward) => [reward.id, reward]));
  const inUnits = ({ type, unit }: SeenReward) => type === 'CREDIT' && units.includes(unit);
  const wasDone = ({ id }: SeenReward) => isDone(starts.get(id)?.statuses ?? []);
  const [found, others] = split(after.advocate.rewards, (reward) => inUnits(reward) && !wasDone(reward));
  const touched = others.filter(
    ({ id, redeemed }) =>
      redeemed !== (starts.get(id)?.redeemed ?? 0) ||
      creditsOf(id, after).length > creditsOf(id, before).length,
  );
  const due = (rewards: SeenReward[]): Due[] =>
    rewards.map(({ id, value, unit }) => ({
      id,
      amount: value - (starts.get(id)?.redeemed ?? 0),
      currency: currencyOf(unit).toUpperCase(),
    }));
  const isEligible = (reward: SeenReward) =>
    mayBePaid(reward, before) && payee(reward, before, after) !== null;
  return {
    found: due(found),
    eligible: due(found.filter(isEligible)),
    credited: due(found.filter(({ id }) => creditsOf(id, after).length > 0)),
    redeemed: due(found.filter(({ statuses }) => statuses.includes('REDEEMED'))),
    findings: [
      ...found.flatMap((reward) => examine(reward, before, after)),
      ...touched.map(({ id }): Finding => ({ kind: 'wrong', reward: id, what: 'was to be left alone' })),
      ...unexplained(before, after),
    ],
    changes: creditChanges(before, after).sort((a, b) => a.name.localeCompare(b.name)),
  };
}

function split<T>(all: readonly T[], belongs: (one: T) => boolean): [T[], T[]] {
  return [all.filter(belongs), all.filter((one) => !belongs(one))];
}
