import { sumByCurrency } from '../contract/money.ts';
import { type Action, explain, type Facts, type Reason } from '../contract/reasons.ts';
import type { Candidate, ParticipantDetail, RewardSeen } from '../contract/routes.ts';
import type { Mode } from '../contract/words.ts';
import { amounts, rewardCount } from '../ui/amounts.ts';

export const MODE_WORDS: Record<Mode, string> = { test: 'Test mode', live: 'Live mode' };
export const otherMode = (mode: Mode | null): Mode => (mode === 'live' ? 'test' : 'live');

const UNPAID = ['ready', 'waiting', 'held'];

/** `Not linked to a Stripe customer. 3 rewards are waiting ($60.00 USD).` */
export function notLinked(detail: ParticipantDetail): string {
  const unpaid = detail.rewards.filter((reward) => UNPAID.includes(reward.state));
  if (unpaid.length === 0) return 'Not linked to a Stripe customer. No rewards are waiting.';
  const verb = unpaid.length === 1 ? 'is' : 'are';
  return `Not linked to a Stripe customer. ${rewardCount(unpaid.length)} ${verb} waiting${sumText(unpaid)}.`;
}

function sumText(rewards: RewardSeen[]): string {
  const sums = sumByCurrency(rewards.flatMap(({ money }) => money ?? []));
  return sums.length === 0 ? '' : ` (${amounts(sums)})`;
}

/** Null while the answer speaks for itself. */
export function severalWithEmail(q: string, candidates: Candidate[]): string | null {
  const same = candidates.filter(({ email }) => email?.toLowerCase() === q.trim().toLowerCase());
  return same.length < 2
    ? null
    : `${same.length} Stripe customers use this e-mail. Choose one; nothing was linked.`;
}

/** Names that two candidates share would make two buttons alike. */
export function linkLabel(candidate: Candidate, candidates: Candidate[]): string {
  const { id, name } = candidate;
  if (name === null) return `Link ${id}`;
  const shared = candidates.some((other) => other.id !== id && other.name === name);
  return shared ? `Link ${name}, ${id}` : `Link ${name}`;
}

export type RewardGroup = {
  key: string;
  state: RewardSeen['state'];
  title: string;
  what: string | null;
  next: string | null;
};

const STATE_WORDS: Partial<Record<RewardSeen['state'], string>> = {
  ready: 'on the way',
  waiting: 'waiting',
  held: 'held',
  credited: 'credited',
};

/** What only the extension's own pages can do. */
const ELSEWHERE: readonly Action[] = [
  'confirm_currency',
  'confirm_backfill',
  'release_cap',
  'take_back',
  'retry',
  'connect',
  'resume',
  'units',
];

/** Unpaid rewards by what stands in their way, so that three of a kind are one sentence. */
export function rewardGroups(rewards: RewardSeen[]): RewardGroup[] {
  const groups = new Map<string, RewardSeen[]>();
  for (const reward of rewards) {
    if (STATE_WORDS[reward.state] === undefined) continue;
    const key = JSON.stringify([reward.state, reward.reason, reward.facts]);
    groups.set(key, [...(groups.get(key) ?? []), reward]);
  }
  return [...groups].flatMap(([key, members]) => {
    const first = members[0];
    if (!first) return [];
    const sentence = first.reason === null ? null : reasonSentence(first.reason, first.facts);
    return {
      key,
      state: first.state,
      title: `${rewardCount(members.length)} ${STATE_WORDS[first.state]}${sumText(members)}`,
      what:
        sentence?.what ?? (first.state === 'ready' ? 'The credit goes to Stripe with the next run.' : null),
      next: sentence?.next ?? null,
    };
  });
}

export function reasonSentence(reason: Reason, facts: Facts): { what: string; next: string } {
  const { what, next, action } = explain(reason, facts);
  const where = action !== null && ELSEWHERE.includes(action) ? ' An admin does this in the extension.' : '';
  return { what, next: `${next}${reason === 'outcome_unknown' ? '' : where}` };
}

export function since(at: number): string {
  return `Created ${new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' }).format(at)}`;
}
