import { sumByCurrency } from '../../contract/money.ts';
import type { Action, Facts, Reason } from '../../contract/reasons.ts';
import type { Lease, ParticipantDetail, RewardSeen } from '../../contract/routes.ts';
import { explain } from '../../locales/explain.ts';
import { say } from '../../locales/say.ts';
import { money } from '../amounts.ts';
import { counted } from '../by-linking.ts';

export type RewardGroup = {
  key: string;
  state: RewardSeen['state'];
  title: string;
  what: string | null;
  next: string | null;
};

const TOLD = ['ready', 'waiting', 'held', 'credited'] as const;
type Told = (typeof TOLD)[number];
const isTold = (state: RewardSeen['state']): state is Told => TOLD.some((each) => each === state);

/** What only the extension's own pages can do. */
const ELSEWHERE: readonly Action[] = [
  'confirm_currency',
  'confirm_backfill',
  'release_cap',
  'take_back',
  'release',
  'retry',
  'connect',
  'resume',
  'units',
];

/** Unpaid rewards by what stands in their way, so that three of a kind are one sentence. */
export function rewardGroups(
  { rewards, customer, linkProblem }: ParticipantDetail,
  lease: Lease | null,
): RewardGroup[] {
  const groups = Map.groupBy(
    rewards.map((each) => foreseen(each, customer)),
    ({ state, reason, facts }) => JSON.stringify([state, reason, facts]),
  );
  return [...groups].flatMap(([key, members]) => {
    const [first] = members;
    if (!first || !isTold(first.state)) return [];
    const { state, reason, facts } = first;
    // What is wrong with the link stands above them all.
    const sentence = reason && reason !== linkProblem ? reasonSentence(reason, facts) : null;
    const title = counted(`link_rewards_${state}`, `link_rewards_${state}_worth`, members);
    if (!sentence && state === 'ready')
      return { key, state, title, what: sentBy(lease), next: afterwards(customer, members) };
    const { what = null, next = null } = sentence ?? {};
    // Whether somebody has to, only the settings know.
    return { key, state, title, what, next: state === 'ready' ? say('link_rewards_confirm_first') : next };
  });
}

/** Advocate alone calls it ready; what the customer's currency makes of it is known before it is tried. */
function foreseen(reward: RewardSeen, customer: ParticipantDetail['customer']): RewardSeen {
  const { state, money: worth } = reward;
  if (state !== 'ready' || !customer || !worth || worth.currency === customer.currency) return reward;
  const facts: Facts = { customer: customer.id, currency: worth.currency };
  if (customer.currency === null) return { ...reward, reason: 'currency_unset', facts };
  return {
    ...reward,
    state: 'held',
    reason: 'currency_differs',
    facts: { ...facts, customerCurrency: customer.currency },
  };
}

/** Support's own browser never sends, so it is told whose does. */
function sentBy(lease: Lease | null): string {
  const browser = lease?.holder?.name;
  return browser === undefined ? say('link_rewards_sent_by_none') : say('link_rewards_sent_by', { browser });
}

function afterwards(customer: ParticipantDetail['customer'], rewards: RewardSeen[]): string | null {
  const credit = customer?.credit;
  const sums = sumByCurrency(rewards.flatMap((reward) => reward.money ?? []));
  const added = credit && sums.find(({ currency }) => currency === credit.currency);
  if (!added) return null;
  const after = money({ ...credit, amount: credit.amount + added.amount });
  return say('link_rewards_credit_goes', { before: money(credit), after });
}

/** Why the linked customer cannot be shown, though nothing speaks against the link; null where something does. */
export function cannotShow(reason: Reason, facts: Facts): string | null {
  switch (reason) {
    case 'not_connected':
    case 'permission_missing': {
      const { what: first, next: second } = reasonSentence(reason, facts);
      return say('ui_two_sentences', { first, second });
    }
    case 'rate_limited':
    case 'stripe_unreachable':
    case 'stripe_refused':
      return say('link_state_unseen_why');
    default:
      return null;
  }
}

export function reasonSentence(reason: Reason, facts: Facts): { what: string; next: string } {
  const { what, next, action } = explain(reason, facts);
  const isElsewhere = action !== null && ELSEWHERE.includes(action) && reason !== 'outcome_unknown';
  return { what, next: isElsewhere ? say('link_rewards_elsewhere', { next }) : next };
}
